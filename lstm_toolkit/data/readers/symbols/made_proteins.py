"""Made proteins with what their chain folds into, to try tags of residues with.

Helices have a greasy residue every three or four places, strands every two, and coils are of small
and polar ones; so no letter tells by itself what it is part of, but its neighbours do.
"""

from __future__ import annotations

import numpy as np

CHAINS = 160
GREASY, POLAR, SMALL = "AVLIMFW", "EKQRDSTN", "GPSNDTA"
HELIX, STRAND, COIL = "H", "E", "C"
_LENGTHS = {HELIX: (8, 18), STRAND: (4, 9), COIL: (3, 10)}
_SLIPS = 0.15
"""Share of residues that are any."""


def sample_proteins(seed: int = 0) -> list[tuple[str, str, str]]:
    """Returns id, letters and tags of each chain."""
    rng = np.random.default_rng(seed)
    return [(f"chain{number + 1}", *_chain(rng)) for number in range(CHAINS)]


def _chain(rng: np.random.Generator) -> tuple[str, str]:
    letters, tags = "", ""
    length = int(rng.integers(40, 120))
    while len(letters) < length:
        kind = str(rng.choice([HELIX, STRAND])) if tags.endswith(COIL) or not tags else COIL
        size = int(rng.integers(*_LENGTHS[kind]))
        letters += "".join(_residue(kind, place, rng) for place in range(size))
        tags += kind * size
    return letters, tags


def _residue(kind: str, place: int, rng: np.random.Generator) -> str:
    if rng.random() < _SLIPS:
        return str(rng.choice(list("ACDEFGHIKLMNPQRSTVWY")))
    if kind == COIL:
        return str(rng.choice(list(SMALL)))
    greasy = place % 7 in (0, 3, 4) if kind == HELIX else place % 2 == 0
    return str(rng.choice(list(GREASY if greasy else POLAR)))
