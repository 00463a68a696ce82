"""Pictures with what was written of them, and where each word looked."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import figure, literal, tell_missing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 6
"""Pictures side by side, at most."""


def attention_over_picture(
    picture: NDArray[np.uint8], tokens: Sequence[str], weights: NDArray[np.float32]
) -> Figure:
    """Draws the picture, and over it again for each token how much each part was looked at.

    Args:
        picture: `uint8[height, width, 3]`.
        tokens: What was written.
        weights: `float32[time, rows, columns]`, each adds up to 1.
    """
    shown = ["", *(token.replace("\u2581", " ").strip() or "␣" for token in tokens)]
    sheet, axes = _panels(shown)
    height, width = picture.shape[:2]
    for place, axis in enumerate(axes):
        axis.imshow(picture, interpolation="nearest")
        if place:
            seen = weights[place - 1] / max(float(weights[place - 1].max()), 1e-9)
            extent = (-0.5, width - 0.5, height - 0.5, -0.5)
            # What was not looked at is covered.
            cover = np.zeros((*seen.shape, 4), np.float32)
            cover[..., 3] = 0.8 * (1 - seen)
            axis.imshow(cover, extent=extent, interpolation="bilinear")
    return sheet


def captioned(
    pictures: NDArray[np.uint8], given: Sequence[str], wanted: Sequence[Sequence[str]]
) -> Figure:
    """Draws pictures with their captions, and below what people wrote where that is another.

    Args:
        pictures: `uint8[n, height, width, 3]`.
        given: What was written.
        wanted: Captions of people.
    """
    pairs = zip(given, wanted, strict=True)
    shown = [text if text in said or not said else f"{text}\n= {said[0]}" for text, said in pairs]
    sheet, axes = _panels(["\n".join(map(_wrapped, text.split("\n"))) for text in shown])
    for picture, axis in zip(pictures, axes, strict=True):
        axis.imshow(picture, interpolation="nearest")
    return sheet


def _wrapped(line: str) -> str:
    return "\n".join(textwrap.wrap(line, 26)[:3])


def _panels(titles: Sequence[str]) -> tuple[Figure, list[Any]]:
    from lstm_toolkit.figures.fonts import legible

    shown, fonts, hint = legible(literal(titles))
    across = min(len(titles), COLUMNS)
    down = math.ceil(len(titles) / across)
    lines = max(title.count("\n") for title in titles) + 1
    sheet = figure(2.0 * across, (2.0 + 0.18 * lines) * down)
    axes = [sheet.add_subplot(down, across, place) for place in range(1, len(titles) + 1)]
    for axis, title in zip(axes, shown, strict=True):
        axis.set_axis_off()
        axis.set_title(title, family=fonts, fontsize=9)
    tell_missing(axes[0], hint)
    return sheet, axes
