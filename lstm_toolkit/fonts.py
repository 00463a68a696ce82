"""Fonts that hold the characters of a text, for figures."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterable
from functools import cache

_NAMES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    "Noto Sans Thai",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
)
"""Families with what matplotlib's own font lacks, the Chinese ones first."""

HINT = (
    "no font here holds {missing}: boxes stand for it in the figure; install one, such as "
    "Noto Sans CJK, and draw again"
)


def families(texts: Iterable[str]) -> list[str]:
    """Returns font families that together hold the texts, as matplotlib takes them.

    Warns with `HINT` if some characters are in none of them.
    """
    wanted = {character for text in texts for character in text if not character.isspace()}
    found = ["DejaVu Sans", *_installed()]
    missing = sorted(wanted - set().union(*map(_characters, found)))
    if missing:
        warnings.warn(HINT.format(missing="".join(missing[:8])), stacklevel=2)
    return found


@cache
def _installed() -> tuple[str, ...]:
    from matplotlib import font_manager

    # It tells of fonts that have a single weight, which nobody asked for.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    manager = font_manager.fontManager
    listed = {font.fname for font in manager.ttflist}
    for path in font_manager.findSystemFonts():  # those installed since matplotlib last looked
        if path not in listed:
            with contextlib.suppress(RuntimeError, OSError):
                manager.addfont(path)
    known = {font.name for font in manager.ttflist}
    return tuple(name for name in _NAMES if name in known)


@cache
def _characters(family: str) -> frozenset[str]:
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont(family))
    return frozenset(map(chr, font.get_charmap()))
