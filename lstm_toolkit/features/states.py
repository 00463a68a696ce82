"""What was learnt from the training split, besides the weights."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.system.annotations import wrong_field
from lstm_toolkit.system.files import write_text

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.features.feature import Feature

FEATURES, TARGET = "features", "target"
"""The folders of a run where they lie."""

_DAMAGED = OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError
"""What reading a file raises that does not hold what it should."""

DIGESTS = "states.sha256"
"""The file with a digest of each of their files, as `sha256sum --check` reads it."""


COLUMN = "column.txt"
"""The file that tells the target, of a task that has several."""


def trained_with(folder: Path) -> list[str]:
    """Returns the names of the features of which states lie in a folder.

    Of a task with several targets, the column of the one that was learnt is among them.
    """
    parts, target = folder / FEATURES, folder / TARGET / COLUMN
    names = sorted(part.name for part in parts.iterdir()) if parts.is_dir() else []
    return [*names, target.read_text(encoding="utf-8").strip()] if target.is_file() else names


def additions(before: int, after: int, one: str, several: str) -> list[str]:
    """Returns in words how many are new; nothing if none is.

    >>> additions(3, 5, "class", "classes"), additions(3, 3, "class", "classes")
    (['2 new classes'], [])
    """
    new = after - before
    return [f"{new:,} new {one if new == 1 else several}"] if new else []


@dataclasses.dataclass(frozen=True)
class States:
    """The states of a task's features and of its target.

    Attributes:
        features: By the names of the features.
        target: That of the target.
        column: Of the target, where a run records which of several it has; else "".
    """

    features: Mapping[str, Any]
    target: Any
    column: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.features[name]

    @property
    def only(self) -> Any:
        """The state of the one feature there is."""
        (state,) = self.features.values()
        return state

    @classmethod
    def learn(
        cls, train: Dataset, settings: Any, features: Mapping[str, Feature[Any]], target: Any
    ) -> States:
        """Learns from the training split; the target first, which may say from which rows."""
        train = target.rows_to_learn(train, settings)
        learnt = target.learn(train, settings)
        return cls(
            {name: each.learn(train.columns[name], settings) for name, each in features.items()},
            learnt,
            _recorded(target),
        )

    def extended(
        self, train: Dataset, settings: Any, features: Mapping[str, Feature[Any]], target: Any
    ) -> tuple[States, list[str]]:
        """Adds what is new in other data, see `Feature.extend`.

        Returns:
            The states, and what was added in words.

        Raises:
            InputError: If the settings ask for what a state cannot become.
        """
        train = target.rows_to_learn(train, settings)
        grown, news = {}, []
        for name, each in features.items():
            grown[name], more = each.extend(self[name], train.columns[name], settings)
            news += more
        learnt, more = target.extend(self.target, train, settings)
        return States(grown, learnt, self.column), [*news, *more]

    def save(self, folder: Path) -> None:
        """Writes `features/NAME/` and `target/` into `folder`, and the digests of what is there."""
        parts = {f"{FEATURES}/{name}": state for name, state in self.features.items()}
        for folder_name, state in (parts | {TARGET: self.target}).items():
            (folder / folder_name).mkdir(parents=True, exist_ok=True)
            state.save(folder / folder_name)
        if self.column:
            write_text(folder / TARGET / COLUMN, f"{self.column}\n")
        lines = (f"{digest}  {name}\n" for name, digest in _digests(folder).items())
        write_text(folder / DIGESTS, "".join(lines))

    @classmethod
    def load(cls, folder: Path, features: Mapping[str, Feature[Any]], target: Any) -> States:
        """Reads what `save` wrote; version 0.1 wrote no digests.

        Raises:
            DataError: If a file was changed since, is gone, or does not hold what it should.
        """
        _check_unchanged(folder)
        try:
            states = cls(
                {name: each.load(folder / FEATURES / name) for name, each in features.items()},
                target.load(folder / TARGET),
                _recorded(target),
            )
            for state in (*states.features.values(), states.target):
                if wrong := wrong_field(state):
                    raise ValueError(wrong)
            return states
        except InputError:
            raise
        except FileNotFoundError as error:
            raise DataError("is gone", path=Path(str(error.filename))) from None
        except _DAMAGED as error:
            said = f"{type(error).__name__}: {error}"
            raise DataError(f"what was learnt is damaged. {said}", path=folder) from error


def _recorded(target: Any) -> str:
    return target.column if target.recorded else ""


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _files(folder)
    }


def _files(folder: Path) -> Iterator[Path]:
    for part in (FEATURES, TARGET):
        yield from sorted(path for path in (folder / part).rglob("*") if path.is_file())


def _check_unchanged(folder: Path) -> None:
    """Compares files with their digests: another order of labels would answer wrongly."""
    path = folder / DIGESTS
    if not path.exists():
        return
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    now = _digests(folder)
    changed = sorted(name for name in known | now if known.get(name) != now.get(name))
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise DataError(
            f"what was learnt was changed since the training: {', '.join(changed[:3])}{more}; "
            "put the files back as they were, or train again",
            path=folder,
        )
