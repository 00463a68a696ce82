"""What a row is known by in another run: a digest of all that goes in and is to come out."""

from __future__ import annotations

import hashlib

import numpy as np

from lstm_toolkit.data.columns import digest_column
from lstm_toolkit.data.dataset import Dataset

DIGITS = 12


def row_keys(rows: Dataset) -> list[str]:
    """Returns 12 hexadecimal digits a row, which are equal where rows are.

    Example:
        >>> from lstm_toolkit.data.columns import texts
        >>> one, two, three = row_keys(Dataset({"text": texts(["a", "b", "a"])}))
        >>> one == three, one == two
        (True, False)
    """
    parts = sorted([*rows.columns.items(), *rows.targets.items()])
    keys = []
    for row in range(len(rows)):
        digest = hashlib.sha256()
        for name, column in parts:
            digest.update(f"{name}\0".encode())
            digest_column(digest, column[np.array([row])])
        keys.append(digest.hexdigest()[:DIGITS])
    return keys
