"""Where the sample data that comes with the repository lies."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Literal

from lstm_toolkit.errors import DataError

_SAMPLES = {"reviews": ("reviews.csv", "texts"), "pairs": ("pairs_en_zh.tsv", "pairs")}


def sample_path(name: Literal["reviews", "pairs"]) -> Path:
    """Returns the path of the sample reviews, or of the sample pairs of sentences.

    Raises:
        DataError: If they are neither in the checkout nor installed.
    """
    file, rows = _SAMPLES[name]
    places = (
        Path(__file__).parents[2] / "data" / file,
        Path(sysconfig.get_path("data")) / "share" / "lstm_toolkit" / file,
    )
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise DataError(
            f"needs the sample {name}, which come with the repository; "
            f"take {rows} of your own with --data. "
            f"Received: neither {places[0]} nor {places[1]}"
        )
    return path
