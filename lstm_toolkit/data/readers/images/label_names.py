"""Labels as tables and arrays write them, in one form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.labels import label_text

LABEL_NAMES = ("label", "class", "target", "digit", "y", "labels", "category")
"""Names of columns that hold labels, in small letters."""


def plain_labels(labels: NDArray[Any]) -> NDArray[np.str_]:
    """Returns labels as texts in their one form, see `label_text`.

    >>> plain_labels(np.array(["1.0", "2", " 1"])).tolist()
    ['1', '2', '1']
    """
    different, places = np.unique(np.asarray(labels).astype(np.str_), return_inverse=True)
    return np.array([label_text(str(label)) for label in different], np.str_)[places]
