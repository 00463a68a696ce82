"""Class names: one form for all writings of one, learnt from the training split."""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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

_ZEROS = re.compile(r"(-?)0+([0-9]+(?:\.[0-9]+)?)")
_CODE = re.compile(r"0[0-9]+")
_FREQUENT = 0.1
"""Share of the rows of a code with zeros and of the number without from which neither is a slip."""

_TRUTH = {"false": "0", "true": "1", "0": "0", "1": "1"}
"""What a column may hold, in several writings, that says only yes and no."""

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

    Width, capitals and spaces do not count, nor do kinds of dashes, quotes around all of it, or
    zeros before a number, which spreadsheets take away.

    >>> label_key("True") == label_key(" true ") == label_key("ＴＲＵＥ")
    True
    >>> label_key("non‑toxic") == label_key('"non-toxic"')
    True
    >>> label_key("007") == label_key("7.0"), label_key("0x7") == label_key("7")
    (True, False)
    """
    plain = _plain(text)
    while quoted := _QUOTED.fullmatch(plain):
        plain = _plain(quoted[2])
    return plain


def class_key(labels: Iterable[str]) -> Callable[[str], str]:
    """Returns what gives the same for labels of one class, see `label_key`.

    Args:
        labels: Those that stand beside each other. Where they say no more than yes and no,
            `true` is `1`, and `false` is `0`.

    >>> key = class_key(["True", "0", "1"])
    >>> key("true") == key("1"), class_key(["True", "1", "2"])("True") == "1"
    (True, False)
    """
    if all(label_key(label) in _TRUTH for label in labels if label_text(label)):
        return lambda label: _TRUTH.get(label_key(label), label_key(label))
    return label_key


def numbered(labels: Sequence[str]) -> NDArray[np.int64]:
    """Returns the number of each label's name, `int64[n]`, in the order in which names come.

    >>> numbered(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    numbers = {name: number for number, name in enumerate(dict.fromkeys(labels))}
    return np.fromiter(map(numbers.__getitem__, labels), np.int64, len(labels))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _written(text)).casefold()
    plain = " ".join(unicodedata.normalize("NFKC", folded).translate(_SIGNS).split())
    zeros = _ZEROS.fullmatch(plain)
    return _written(zeros[1] + (zeros[2].lstrip("0") or "0")) if zeros else plain


def one_spelling(labels: Iterable[str]) -> dict[str, str]:
    """Returns the name of each label's class: the most frequent writing of those that are one.

    Args:
        labels: Each as often as it comes; "" stands for none, and stays "". Where several
            are codes of one width that begin with zeros, and such a code and its number are
            both frequent, they are two classes.

    >>> one_spelling(["pos", "Pos", "pos", "1.0", ""])
    {'pos': 'pos', 'Pos': 'pos', '1.0': '1', '': ''}
    >>> one_spelling(["0012", "0013", "12"])["12"], one_spelling(["0012", "12"])["12"]
    ('12', '0012')
    """
    raw = Counter(labels)
    counts: Counter[str] = Counter()
    for label, count in raw.items():
        counts[label_text(label)] += count
    names: dict[str, str] = {}
    key = class_key(counts)
    for text, _ in counts.most_common():
        names.setdefault(key(text), text)
    apart = _codes(counts) if key is label_key else set()
    return {
        label: text if (text := label_text(label)) in apart else names[key(label)] for label in raw
    }


def _codes(counts: Mapping[str, int]) -> set[str]:
    """Returns codes that begin with zeros, and numbers, which are not each other's."""
    codes = [text for text in counts if _CODE.fullmatch(text)]
    if len(codes) < 2 or len({len(code) for code in codes}) > 1:
        return set()
    pairs = [(code, label_key(code)) for code in codes if counts.get(label_key(code))]
    return {
        text
        for pair in pairs
        if min(counts[text] for text in pair) >= _FREQUENT * sum(counts[text] for text in pair)
        for text in pair
    }


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

    def extended(self, other: Labels) -> Labels:
        """Returns the names of both; those that are new stand behind the others.

        Another writing of a name is that name.

        >>> Labels(("no", "yes")).extended(Labels(("maybe", "No"))).names
        ('no', 'yes', 'maybe')
        """
        key = class_key((*self.names, *other.names))
        known = {key(name) for name in self.names}
        new = [name for name in other.names if key(name) not in known]
        return Labels((*self.names, *new))

    def encode(self, labels: NDArray[Any]) -> NDArray[np.int32]:
        """Returns `int32[n]` class numbers; other writings of a name are that name.

        Raises:
            DataError: If a row has no label, or a name was not in the training split.
        """
        key = class_key(self.names)
        place = {key(name): i for i, name in reversed([*enumerate(self.names)])}
        exact = {name: i for i, name in enumerate(self.names)}
        texts = _texts(labels)
        number = {text: exact.get(text, place.get(key(text))) for text in dict.fromkeys(texts)}
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
