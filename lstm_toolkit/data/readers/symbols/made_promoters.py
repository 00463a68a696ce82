"""Made pieces of DNA, to try sequences with: what counts is the order of motifs, not their number.

A promoter of bacteria has a box TTGACA and, 15 to 19 letters on, a box TATAAT. Decoys have both
boxes too, in the other order or too far apart, and the rest has none. Each piece is rich or poor
in G and C by chance, so that counts of letters tell little.
"""

from __future__ import annotations

import numpy as np

LENGTH = 100
FAMILIES = 900
"""Pieces that are made anew; others are relatives of them, of which a few letters changed."""
SLIPS = 0.02
"""Share of the letters of a box that are others."""
CLASSES = ("promoter", "decoy", "background")

_BOXES = ("TTGACA", "TATAAT")
_GAP, _FAR = (15, 19), (27, 45)


def sample_promoters(seed: int = 0) -> list[tuple[str, str, str]]:
    """Returns id, letters and class of each piece."""
    rng = np.random.default_rng(seed)
    made = []
    for family in range(FAMILIES):
        label = CLASSES[family % len(CLASSES)]
        piece = _piece(label, rng)
        for member in range(int(rng.integers(1, 4))):
            made.append((f"piece{family + 1}.{member + 1}", _changed(piece, 0.04, rng), label))
    return made


def _piece(label: str, rng: np.random.Generator) -> str:
    piece = _random(LENGTH, rng.uniform(0.3, 0.7), rng)
    if label == "background":
        return piece
    boxes = [_changed(box, SLIPS, rng) for box in _BOXES]
    turned = label == "decoy" and rng.random() < 0.5
    far = label == "decoy" and not turned
    gap = int(rng.integers(_FAR[0], _FAR[1] + 1) if far else rng.integers(_GAP[0], _GAP[1] + 1))
    first, second = reversed(boxes) if turned else boxes
    begin = int(rng.integers(0, LENGTH - gap - len(first) - len(second) + 1))
    second_at = begin + len(first) + gap
    between = piece[begin + len(first) : second_at]
    return piece[:begin] + first + between + second + piece[second_at + len(second) :]


def _random(length: int, rich: float, rng: np.random.Generator) -> str:
    shares = [(1 - rich) / 2, rich / 2, rich / 2, (1 - rich) / 2]
    return "".join(rng.choice(list("ACGT"), length, p=shares))


def _changed(piece: str, share: float, rng: np.random.Generator) -> str:
    """Returns letters of which a share are others."""
    return "".join(
        str(rng.choice([other for other in "ACGT" if other != letter]))
        if rng.random() < share
        else letter
        for letter in piece
    )
