"""Labels as tables and arrays write them, in one form."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

LABEL_NAMES = ("label", "class", "target", "digit", "y", "labels", "category")
"""Names of columns that hold labels, in small letters."""

_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")


def whole_numbers(labels: NDArray[Any]) -> NDArray[np.str_]:
    """Returns labels as texts; where all are whole numbers, `1.0` and `01` are `1`.

    >>> whole_numbers(np.array(["1.0", "2", "01"])).tolist()
    ['1', '2', '1']
    """
    labels = np.char.strip(np.asarray(labels).astype(np.str_))
    different, places = np.unique(labels, return_inverse=True)
    if not all(_WHOLE.fullmatch(label) for label in different):
        return labels
    return np.array([str(int(label.split(".")[0])) for label in different], np.str_)[places]
