"""Parquet files, and the names of classes that Hugging Face keeps in them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def read_parquet(content: bytes) -> pd.DataFrame:
    """Returns a data frame, with names in the place of the numbers of classes."""
    import pyarrow.parquet as pq

    return as_frame(pq.read_table(io.BytesIO(content)))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Returns an Arrow table as `read_parquet` does."""
    frame = table.to_pandas()
    for column, names in class_names(table.schema.metadata or {}).items():
        if column in frame:
            frame[column] = [_named(cell, names) for cell in frame[column]]
    return frame


def class_names(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Returns the names of classes by column, as `datasets` writes them into a schema.

    >>> label = {"_type": "ClassLabel", "names": ["neg", "pos"]}
    >>> info = json.dumps({"info": {"features": {"label": label}}})
    >>> class_names({b"huggingface": info.encode()})
    {'label': ['neg', 'pos']}
    """
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {
            str(column): list(map(str, names))
            for column, feature in features.items()
            if (names := _names(feature))
        }
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _names(feature: Any) -> Sequence[str] | None:
    inner = feature[0] if isinstance(feature, list) and feature else feature
    if isinstance(inner, dict) and "feature" in inner:
        inner = inner["feature"]
    known = isinstance(inner, dict) and inner.get("_type") == "ClassLabel"
    return inner.get("names") if known else None


def _named(cell: Any, names: Sequence[str]) -> Any:
    """Returns the name of a class, or of each; none of -1, which stands for no label."""
    if hasattr(cell, "__len__") and not isinstance(cell, str):
        return [_named(each, names) for each in cell]
    try:
        place = int(cell)
    except (TypeError, ValueError):
        return None
    return names[place] if 0 <= place < len(names) else None if place == -1 else str(place)
