"""Class names: learnt from the training split, kept as plain text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_text

FILE = "labels.txt"


@dataclasses.dataclass(frozen=True)
class Labels:
    """The names of the classes, in the order of the network's outputs."""

    names: tuple[str, ...]

    @classmethod
    def learn(cls, labels: NDArray[np.str_]) -> Labels:
        """Learns the names from `str[n]`; whole numbers are put in numeric order.

        Raises:
            DataError: If a name holds control characters.

        >>> Labels.learn(np.array(["10", "9", "10"])).names
        ('9', '10')
        """
        names = [str(name) for name in np.unique(labels)]
        strange = [name for name in names if not name.isprintable()]
        if strange:
            raise DataError(f"needs labels of printable characters. Received: {strange[0]!r}")
        numeric = all(name.isdecimal() for name in names)
        return cls(tuple(sorted(names, key=int) if numeric else names))

    def extended(self, other: Labels) -> Labels:
        """Returns the names of both; those that are new stand behind the others.

        >>> Labels(("no", "yes")).extended(Labels(("maybe", "no"))).names
        ('no', 'yes', 'maybe')
        """
        return Labels(tuple(dict.fromkeys([*self.names, *other.names])))

    def encode(self, labels: NDArray[np.str_]) -> NDArray[np.int32]:
        """Returns `int32[n]` class numbers.

        Raises:
            DataError: If a name was not in the training split.
        """
        number = {name: i for i, name in enumerate(self.names)}
        unknown = sorted(set(map(str, np.unique(labels))) - set(number))
        if unknown:
            raise DataError(
                f"needs labels among {', '.join(self.names)}. Received: {', '.join(unknown)}"
            )
        return np.array([number[str(name)] for name in labels], np.int32)

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`, one name a line."""
        write_text(folder / FILE, "".join(f"{name}\n" for name in self.names))

    @classmethod
    def load(cls, folder: Path) -> Labels:
        """Reads what `save` wrote."""
        return cls(tuple((folder / FILE).read_text(encoding="utf-8").split("\n")[:-1]))
