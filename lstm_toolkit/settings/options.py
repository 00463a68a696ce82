"""What `predict` can be told, one frozen dataclass a feature or target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import ClassVar


@dataclasses.dataclass(frozen=True)
class PredictOptions:
    """For features and targets that need no telling; the others add fields, as in settings."""

    writes: ClassVar[tuple[str, ...]] = ()
    """Fields that name files to be written, of this class alone."""

    def __post_init__(self) -> None:
        """Checks values that do not go together; subclasses call their parent's too."""

    def files(self) -> dict[str, Path]:
        """Returns the files that are to be written, by the names of their options."""
        names = [name for each in type(self).__mro__ for name in vars(each).get("writes", ())]
        return {name: Path(getattr(self, name)) for name in names if getattr(self, name)}


def joined(parts: Iterable[type[PredictOptions]]) -> type[PredictOptions]:
    """Returns one dataclass with the fields of several."""
    different = tuple(dict.fromkeys(part for part in parts if part is not PredictOptions))
    return _joined(different) if len(different) > 1 else (*different, PredictOptions)[0]


@cache
def _joined(parts: tuple[type[PredictOptions], ...]) -> type[PredictOptions]:
    return dataclasses.make_dataclass("JoinedOptions", [], bases=parts, frozen=True)
