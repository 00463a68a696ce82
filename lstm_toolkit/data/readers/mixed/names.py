"""What columns of a table are called as inputs of a network: their kind, and their name."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable

KINDS = ("text", "number", "category", "image", "series")
"""What a column may hold."""


def input_name(kind: str, heading: str) -> str:
    """Returns the name of a column's input, of letters, digits and underscores alone.

    >>> input_name("number", "Weight (kg)"), input_name("text", "标题")
    ('number_weight_kg', 'text_u6807u9898')
    """
    plain = unicodedata.normalize("NFKC", heading).casefold()
    signs = (_written(sign) for sign in plain)
    return "_".join([kind, *"".join(signs).split("_")]).replace("__", "_").rstrip("_")


def _written(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalnum() else "_"
    return f"u{ord(sign):04x}"


def kind_of(name: str) -> str:
    """Returns the kind of an input, "" of what is none.

    >>> kind_of("number_weight_kg"), kind_of("label")
    ('number', '')
    """
    kind, _, rest = name.partition("_")
    return kind if kind in KINDS and rest else ""


def split_names(setting: str) -> list[str]:
    """Returns the columns that a setting names, with commas between; quotes hold commas.

    >>> split_names('title, "size, in cm"')
    ['title', 'size, in cm']
    """
    names = next(csv.reader([setting], skipinitialspace=True), [])
    return [" ".join(name.split()) for name in names if name.strip()]


def join_names(names: Iterable[str]) -> str:
    """Returns columns as a setting names them, see `split_names`.

    >>> join_names(["title", "size, in cm"])
    'title,"size, in cm"'
    """
    return ",".join(f'"{name}"' if "," in name else name for name in names)
