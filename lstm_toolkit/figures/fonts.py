"""Fonts that hold the characters of a text, for figures."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
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

HINT = "no font here holds {missing}: install one, such as Noto Sans CJK, and draw again"

_BOX = "\u25a1"
"""Stands for a character that no font holds."""


def legible(texts: Sequence[str]) -> tuple[list[str], list[str], str]:
    """Finds fonts for texts, and puts boxes in place of what none of them holds.

    Args:
        texts: What a figure is to show.

    Returns:
        The texts, font families as matplotlib takes them, and `HINT` or "".
    """
    families = ["DejaVu Sans", *_installed()]
    held = frozenset().union(*map(_characters, families))
    wanted = {character for text in texts for character in text if not character.isspace()}
    missing = "".join(sorted(wanted - held))
    boxes = str.maketrans(dict.fromkeys(missing, _BOX))
    hint = HINT.format(missing=missing[:8]) if missing else ""
    return [text.translate(boxes) for text in texts], families, hint


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
