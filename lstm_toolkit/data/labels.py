"""Class names: one form for all writings of one, learnt from the training split."""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_text

FILE = "labels.txt"

_NUMBER = re.compile(r"([+-]?)(0|[1-9][0-9]*)?(?:\.([0-9]*))?")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")
_SIGNS = {**_DASHES, **_QUOTES, **dict.fromkeys(map(ord, "\u201c\u201d"), '"')}
"""Signs that programs write in the place of those on keyboards."""

_QUOTED = re.compile(r"""(["'])(?!\1)(.+)(?<!\1)\1""")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def label_text(value: Any) -> str:
    """Returns a label as people read it; "" where there is none.

    White space is one space each, what cannot be seen is left out, and numbers are written in
    one way: without a fraction of zeros, a plus, or a full width.

    Args:
        value: A text, a number or a truth value; None, NaN and NaT stand for none.

    >>> [label_text(value) for value in (1, 1.0, "1", " 1.00 ", "１", np.float32(1))]
    ['1', '1', '1', '1', '1', '1']
    >>> label_text(" very  good"), label_text("007"), label_text(True), label_text(float("nan"))
    ('very good', '007', 'True', '')
    """
    if type(value) is str:
        return _written(value)
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return ""
    text = str(value)
    return "" if text in ("NaT", "<NA>") else _written(text)


@lru_cache(65536)
def _written(text: str) -> str:
    spaced = " ".join(_INVISIBLE.sub("", text).split())
    plain = unicodedata.normalize("NFKC", spaced).replace("\u2212", "-")
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match[2] or match[3]):
        return spaced
    fraction = (match[3] or "").rstrip("0")
    number = f"{match[2] or 0}{'.' if fraction else ''}{fraction}"
    return f"-{number}" if match[1] == "-" and number != "0" else number


@lru_cache(65536)
def label_key(text: str) -> str:
    """Returns what is the same for labels that a reader takes for the same.

    Width, capitals and spaces do not count, nor do kinds of dashes, or quotes around all of it.

    >>> label_key("True") == label_key(" true ") == label_key("ＴＲＵＥ")
    True
    >>> label_key("non‑toxic") == label_key('"non-toxic"')
    True
    """
    plain = _plain(text)
    while quoted := _QUOTED.fullmatch(plain):
        plain = _plain(quoted[2])
    return plain


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _written(text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).translate(_SIGNS).split())


def one_spelling(labels: Iterable[str]) -> dict[str, str]:
    """Returns the name of each label's class: the most frequent writing of those that are one.

    Args:
        labels: Each as often as it comes; "" stands for none, and stays "".

    >>> one_spelling(["pos", "Pos", "pos", "1.0", ""])
    {'pos': 'pos', 'Pos': 'pos', '1.0': '1', '': ''}
    """
    raw = Counter(labels)
    counts: Counter[str] = Counter()
    for label, count in raw.items():
        counts[label_text(label)] += count
    names: dict[str, str] = {}
    for text, _ in counts.most_common():
        names.setdefault(label_key(text), text)
    return {label: names[label_key(label)] for label in raw}


@dataclasses.dataclass(frozen=True)
class Labels:
    """The names of the classes, in the order of the network's outputs."""

    names: tuple[str, ...]

    @classmethod
    def learn(cls, labels: NDArray[Any], *, exact: bool = False) -> Self:
        """Learns the names from `str[n]` or numbers; whole ones are put in numeric order.

        Args:
            labels: One a row.
            exact: Whether every writing is a name of its own, as with tags of tokens.

        Raises:
            DataError: If a row has no label, or a name holds control characters.

        >>> Labels.learn(np.array(["10", "9.0", "10"])).names
        ('9', '10')
        """
        written = map(str, labels) if exact else one_spelling(_texts(labels)).values()
        names = sorted(set(written))
        strange = [name for name in names if not name.isprintable()]
        if strange:
            raise DataError(f"needs labels of printable characters. Received: {strange[0]!r}")
        numeric = all(name.isdecimal() for name in names)
        return cls(tuple(sorted(names, key=int) if numeric else names))

    @property
    def by_key(self) -> Mapping[str, str]:
        """The names by what all writings of each have in common, see `label_key`."""
        return {label_key(name): name for name in reversed(self.names)}

    def extended(self, other: Labels) -> Labels:
        """Returns the names of both; those that are new stand behind the others.

        Another writing of a name is that name.

        >>> Labels(("no", "yes")).extended(Labels(("maybe", "No"))).names
        ('no', 'yes', 'maybe')
        """
        known = {label_key(name) for name in self.names}
        new = [name for name in other.names if label_key(name) not in known]
        return Labels((*self.names, *new))

    def encode(self, labels: NDArray[Any]) -> NDArray[np.int32]:
        """Returns `int32[n]` class numbers; other writings of a name are that name.

        Raises:
            DataError: If a row has no label, or a name was not in the training split.
        """
        place = {label_key(name): i for i, name in reversed([*enumerate(self.names)])}
        exact = {name: i for i, name in enumerate(self.names)}
        texts = _texts(labels)
        number = {
            text: exact.get(text, place.get(label_key(text))) for text in dict.fromkeys(texts)
        }
        unknown = sorted(text for text, found in number.items() if found is None)
        if unknown:
            raise DataError(
                f"needs labels among {_listed(self.names)}. Received: {_listed(unknown)}"
            )
        return np.array([number[text] for text in texts], np.int32)

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`, one name a line."""
        write_text(folder / FILE, "".join(f"{name}\n" for name in self.names))

    @classmethod
    def load(cls, folder: Path) -> Labels:
        """Reads what `save` wrote."""
        return cls(tuple((folder / FILE).read_text(encoding="utf-8").split("\n")[:-1]))


def _texts(labels: NDArray[Any]) -> list[str]:
    texts = [label_text(label) for label in labels.tolist()]
    if "" in texts:
        row = texts.index("") + 1
        raise DataError(f"needs a label in every row. Received: none in row {row:,}")
    return texts


def _listed(names: Iterable[str]) -> str:
    short = [name if len(name) <= 40 else f"{name[:40]}…" for name in names]
    return ", ".join(short[:8]) + (f" and {len(short) - 8:,} more" if len(short) > 8 else "")
