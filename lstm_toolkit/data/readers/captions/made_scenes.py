"""Made scenes: handwritten digits in colours, beside or above each other, and what there is to see.

The digits are scikit-learn's. Those of training, validation and test scenes are different ones, so
that nothing is known by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset, Source

Language = Literal["en", "zh"]

SIDE = 32
"""Pixels along each side of a scene."""

_COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (220, 30, 40),
    "green": (20, 150, 50),
    "blue": (40, 70, 220),
    "yellow": (230, 190, 0),
    "purple": (140, 40, 170),
    "black": (20, 20, 20),
}
_WORDS: dict[Language, dict[str, Sequence[str]]] = {
    "en": {
        "colour": ("red", "green", "blue", "yellow", "purple", "black"),
        "digit": (
            *("zero", "one", "two", "three", "four"),
            *("five", "six", "seven", "eight", "nine"),
        ),
        "one": ("a {0} {1}",),
        "beside": ("a {0} {1} left of a {2} {3}", "a {0} {1} above a {2} {3}"),
    },
    "zh": {
        "colour": ("红色", "绿色", "蓝色", "黄色", "紫色", "黑色"),
        "digit": ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九"),
        "one": ("一个{0}的{1}",),
        "beside": ("一个{0}的{1}在一个{2}的{3}左边", "一个{0}的{1}在一个{2}的{3}上面"),
    },
}
_COUNTS = {"train": 4000, "validation": 400, "test": 500}
_SHARES = {"train": 0.75, "validation": 0.1, "test": 0.15}
"""Of the digits that scenes of each split show."""


def sample_scenes(
    language: Language = "en", *, counts: dict[str, int] | None = None, seed: int = 0
) -> Source:
    """Returns made scenes of one digit or two, with a caption each, in published splits.

    Args:
        language: Of the captions.
        counts: Scenes by split; None takes 4,000 for training, 400 and 500.
        seed: Of what scenes show.

    Example:
        >>> source = sample_scenes(counts={"train": 2, "validation": 1, "test": 1})
        >>> source.rows.columns["picture"].shape
        (2, 32, 32, 3)
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    counts = counts or _COUNTS
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(digits.images))
    ends = np.cumsum([round(share * len(order)) for share in _SHARES.values()])[:-1]
    parts = {
        name: _scenes(name, counts[name], digits.images[ours], digits.target[ours], language, rng)
        for name, ours in zip(_SHARES, np.split(order, ends), strict=True)
    }
    note = (
        f"{counts['train']:,} made scenes of coloured digits, {counts['validation']:,} for "
        f"validation, {counts['test']:,} for the test"
    )
    return Source(parts["train"], parts["test"], note, validation=parts["validation"])


def _scenes(
    part: str,
    count: int,
    images: NDArray[np.float64],
    names: NDArray[np.int64],
    language: Language,
    rng: np.random.Generator,
) -> Dataset:
    pictures = np.empty((count, SIDE, SIDE, 3), np.uint8)
    captions = []
    for row in range(count):
        shown = rng.integers(len(images), size=1 if rng.random() < 0.2 else 2)
        colours = rng.integers(len(_COLOURS), size=len(shown))
        upright = int(rng.integers(2))
        pictures[row] = _painted(images[shown], colours, upright, rng)
        captions.append(_said(names[shown], colours, upright, language))
    groups = np.array([f"{part} scene {row}" for row in range(count)])
    ones = np.ones(count, np.int64)
    return Dataset(
        {"picture": pictures},
        {"caption": Ragged.from_lengths(texts(captions), ones)},
        {"group": groups},
    )


def _painted(
    images: NDArray[np.float64],
    colours: NDArray[np.int64],
    upright: int,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Lays digits on paper of a light shade, each of 16 pixels a side, where there is room."""
    page = np.full((SIDE, SIDE, 3), rng.uniform(225, 255, 3))
    palette = np.array(list(_COLOURS.values()), np.float64)
    half = SIDE // 2
    for place, (image, colour) in enumerate(zip(images, colours, strict=True)):
        ink = np.kron(image / 16, np.ones((2, 2)))[..., None]
        free = int(rng.integers(half + 1))  # across the line in which digits stand
        first = int(rng.integers(half + 1)) if len(images) == 1 else place * half
        top, left = (first, free) if upright else (free, first)
        part = page[top : top + half, left : left + half]
        part[...] = part * (1 - ink) + palette[colour] * ink
    return np.clip(page + rng.normal(0, 4, page.shape), 0, 255).astype(np.uint8)


def _said(
    names: NDArray[np.int64], colours: NDArray[np.int64], upright: int, language: Language
) -> str:
    words = _WORDS[language]
    parts = [
        word
        for name, colour in zip(names, colours, strict=True)
        for word in (words["colour"][colour], words["digit"][name])
    ]
    form = words["one"][0] if len(names) == 1 else words["beside"][upright]
    return form.format(*parts)
