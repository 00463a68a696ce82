"""What columns of a table are called as inputs of a network: their kind, and their name."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterable

KINDS = ("text", "number", "category", "image", "series")
"""What a column may hold."""

LONGEST = 80
"""Signs of an input's name; the states of inputs lie in folders of these names."""


def input_name(kind: str, heading: str) -> str:
    """Returns the name of a column's input, of letters, digits and underscores alone.

    Signs are written by their numbers where a heading has nothing else, and a digest stands for
    what is too long.

    >>> input_name("number", "Weight (kg)"), input_name("text", "标题"), input_name("number", "#")
    ('number_weight_kg', 'text_u6807u9898', 'number_u0023')
    """
    plain = unicodedata.normalize("NFKC", heading).casefold()
    words = "".join(_written(sign) for sign in plain).split("_")
    rest = "_".join(filter(None, words)) or "".join(f"u{ord(sign):04x}" for sign in plain)
    name = f"{kind}_{rest}"
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(heading.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{name[: LONGEST - 13]}_{digest}"


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
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([*names])
    return line.getvalue()
