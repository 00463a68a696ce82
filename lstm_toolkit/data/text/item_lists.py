"""Items of a session as one text: names between spaces, or between signs that no name holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.json_text import read_json

if TYPE_CHECKING:
    import tensorflow as tf

BETWEEN = "\x1f"
"""Between items, where a name may have spaces in it."""

SPACES = (
    r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
    r"\x{3000}]+"
)
"""What `str.split` divides at, in the words of RE2, whose own class has spaces of ASCII alone."""

EXACT = 2.0**53
"""From here on floats do not hold every whole number."""

_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
_WHOLE_RE2 = r"^([+-]?[0-9]+)\.0+$"


def item_name(cell: str) -> str:
    """Returns the one form in which an item is known.

    Numbers that came through a column of floats lose their fraction; leading zeros stay.

    >>> item_name(" 12.0"), item_name("0012"), item_name("red  shirt"), item_name("1.5")
    ('12', '0012', 'red shirt', '1.5')
    """
    name = " ".join(cell.replace(BETWEEN, " ").split())
    whole = _WHOLE.fullmatch(name)
    return whole[1] if whole else name


def join_items(items: Sequence[str]) -> str:
    r"""Returns items as one text, from which `divide_items` gets them back.

    >>> join_items(["a", "b"]), join_items(["red shirt", "b"]), join_items(["red shirt"])
    ('a b', 'red shirt\x1fb', 'red shirt\x1f')
    """
    # A text that begins with a bracket may be read as a list in JSON, in which no such sign is.
    if not any(" " in item for item in items) and not "".join(items[:1]).startswith("["):
        return " ".join(items)
    return BETWEEN.join(items) if len(items) > 1 else f"{items[0]}{BETWEEN}"


def split_items(text: str) -> list[str]:
    r"""Returns the items of a text in their one form.

    >>> split_items("a  12.0"), split_items("red shirt\x1f"), split_items(" ")
    (['a', '12'], ['red shirt'], [])
    """
    parts = text.split(BETWEEN) if BETWEEN in text else text.split()
    return [name for name in map(item_name, parts) if name]


def read_items(word: str) -> list[str]:
    """Returns the items of a word: between spaces, or those of a list in JSON.

    >>> read_items("a b"), read_items('["red shirt", 12]')
    (['a', 'b'], ['red shirt', '12'])
    """
    if BETWEEN in word or not word.lstrip().startswith("["):
        return split_items(word)
    try:
        items = read_json(word)
    except (ValueError, RecursionError):  # names may begin with a bracket
        return split_items(word)
    return listed_items(items)


def listed_items(cell: Any) -> list[str]:
    """Returns the items of a list, in which None and NaN are none.

    Raises:
        DataError: If it is none, or holds others.

    >>> listed_items(["a", None, 12.0, float("nan")])
    ['a', '12']
    """
    if not isinstance(cell, list | tuple) or not all(
        e is None or isinstance(e, str | int | float) for e in cell
    ):
        raise DataError(f"needs a list of items. Received: {str(cell)[:60]}")
    check_exact(cell)
    names = [item_name(str(e)) for e in cell if not _is_none(e)]
    return [name for name in names if name]


def _is_none(item: Any) -> bool:
    return item is None or (isinstance(item, float) and math.isnan(item))


def check_exact(items: Sequence[Any]) -> None:
    """Refuses numbers with a fraction that are too large to hold each whole number.

    Raises:
        DataError: If there is one.
    """
    for item in items:
        if isinstance(item, float) and EXACT <= abs(item) < math.inf:
            raise DataError(
                "needs items as texts or whole numbers: floats from 2^53 on lose digits. "
                f"Received: {item!r}"
            )


def fractions_dropped(items: Iterable[Any]) -> int:
    """Returns how many items lose a fraction of zero, see `item_name`.

    >>> fractions_dropped(["12.0", 7.0, 7, "1.5"])
    2
    """
    return sum(bool(_WHOLE.fullmatch(str(item).strip())) for item in items)


def divide_items(texts: tf.Tensor) -> tf.RaggedTensor:
    """Returns the items of each text, `string[batch, (items)]`, as `split_items`; in the graph."""
    import tensorflow as tf

    marked = tf.strings.regex_full_match(texts, f"(?s).*{BETWEEN}.*")
    spaced = tf.strings.regex_replace(texts, SPACES, BETWEEN)
    parts = tf.strings.split(tf.where(marked, texts, spaced), BETWEEN)
    names = one_form(parts.flat_values)
    return tf.ragged.boolean_mask(
        parts.with_flat_values(names), parts.with_flat_values(tf.not_equal(names, ""))
    )


def one_form(items: tf.Tensor) -> tf.Tensor:
    """Returns names of items in the form of `item_name`; in the graph."""
    import tensorflow as tf

    spaced = tf.strings.strip(tf.strings.regex_replace(items, SPACES, " "))
    return tf.strings.regex_replace(spaced, _WHOLE_RE2, r"\1")
