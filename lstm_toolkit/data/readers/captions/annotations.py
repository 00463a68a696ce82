"""Captions as COCO keeps them: a list of pictures, and one of captions by the pictures' numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError, foreign_error


def is_annotations(content: str) -> bool:
    """Tells whether JSON is one object with both lists, by the names in it."""
    return content.lstrip().startswith("{") and '"annotations"' in content and '"images"' in content


def read_annotations(content: str, path: Path) -> Table:
    """Returns a row a caption.

    Raises:
        DataError: If it is damaged, or a caption is of no picture in it.
    """
    try:
        whole: Any = json.loads(content)
        files = {image["id"]: image["file_name"] for image in whole["images"]}
        pairs = [(each["image_id"], each["caption"]) for each in whole["annotations"]]
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(
            "needs images with id and file_name, and annotations with image_id and caption. "
            f"Received: {foreign_error(error)}",
            path=path,
        ) from error
    unknown = [number for number, _ in pairs if number not in files]
    if unknown:
        raise DataError(
            f"needs each caption's image_id among the images. Received: {unknown[0]}", path=path
        )
    names = [files[number] for number, _ in pairs]
    return Table({"picture": names, "caption": [text for _, text in pairs]}, (), path)
