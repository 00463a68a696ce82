"""Labelled rows as every reader hands them on."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = ("", "nan", "NaN", "NaT", "None")
"""How a label that is not there reads as text."""


@dataclasses.dataclass(frozen=True)
class Examples:
    """Rows in memory, as raw as the export takes them.

    Attributes:
        inputs: One row an example; images are `uint8|uint16|float32[n, height, width]`,
            texts `object[n]` of `str`.
        labels: `str[n]`, the name of each example's class, or `object[n]` of `str`: its
            translation.
    """

    inputs: NDArray[Any]
    labels: NDArray[Any]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.int64]) -> Examples:
        """Returns the examples at `int64[m]` positions, in that order."""
        return Examples(self.inputs[rows], self.labels[rows])


@dataclasses.dataclass(frozen=True)
class Source:
    """What a reader found.

    Attributes:
        examples: The rows to learn from.
        test: The published test split, where the data has one.
        validation: The published validation split, likewise.
        note: One line that says what was read and what was chosen.
        found: Settings by which the same is chosen again, such as columns.
    """

    examples: Examples
    test: Examples | None
    note: str
    found: Mapping[str, str] = dataclasses.field(default_factory=dict)
    validation: Examples | None = dataclasses.field(default=None, kw_only=True)

    @property
    def scored(self) -> Examples:
        """The rows a score is asked for: the test split if there is one, else all."""
        return self.examples if self.test is None else self.test

    @property
    def published(self) -> tuple[Examples, ...]:
        """The splits that come with the data: validation, test, both or none."""
        return tuple(part for part in (self.validation, self.test) if part is not None)

    def fingerprint(self) -> str:
        """Returns 16 hexadecimal digits that change when any row does."""
        digest = hashlib.sha256()
        for name, part in (("", self.examples), ("", self.test), ("validation", self.validation)):
            if part is not None:
                digest.update(name.encode())
                digest.update(repr((part.inputs.dtype, part.inputs.shape)).encode())
                if part.inputs.dtype == object:
                    for text in part.inputs:
                        digest.update(text.encode("utf-8", "replace") + b"\0")
                else:
                    digest.update(np.ascontiguousarray(part.inputs).data)
                digest.update("\0".join(part.labels).encode("utf-8", "replace"))
        return digest.hexdigest()[:16]
