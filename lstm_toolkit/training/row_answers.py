"""What a run answered to each row of its test split, and what that adds to its scores.

`test_answers.csv` in a run folder: a line a row, readable in any spreadsheet, at most `MOST` of
them. By it two runs are compared without asking their networks again.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.row_keys import row_keys
from lstm_toolkit.errors import DataError
from lstm_toolkit.metrics.row_scores import ROWS, RowScore
from lstm_toolkit.system.files import write_text
from lstm_toolkit.targets.target import Predicted
from lstm_toolkit.task import Task

MOST = 10_000
"""Rows that are kept; of larger test splits a choice at random, the same in every run."""

SHOWN = 100
"""Characters that are kept of inputs and answers."""

_HEAD = ("row", "block", "key", "input", "truth", "answer")


@dataclasses.dataclass(frozen=True, eq=False)
class RowAnswers:
    """Rows of a test split with what was answered.

    Attributes:
        rows: `int64[n]`, their numbers in the split, from 0.
        blocks: `int64[n]`; rows of one block are resampled together.
        keys: What each row is known by in another run.
        inputs: What went in, for people to read.
        truth: What was right, likewise.
        answers: What was answered, likewise.
        columns: `float64[n]` by name, what each row adds to scores.
        total: Rows that were scored, be they kept or not; None if that is not known.
    """

    rows: NDArray[np.int64]
    blocks: NDArray[np.int64]
    keys: Sequence[str]
    inputs: Sequence[str]
    truth: Sequence[str]
    answers: Sequence[str]
    columns: Mapping[str, NDArray[np.float64]]
    total: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def scores(self, task: Task) -> list[RowScore]:
        """Returns the scores of a task's rows for which these have what is needed.

        Of windows that were cut elsewhere, MASE is not known.
        """
        known = {*self.columns, ROWS}
        return [score for score in task.target.row_scores if known.issuperset(score.columns)]

    def sums(self, score: RowScore) -> NDArray[np.float64]:
        """Returns `float64[n, columns]`, what each row adds to a score."""
        known = {**self.columns, ROWS: np.ones(len(self))}
        return np.stack([known[name] for name in score.columns], axis=1)

    def take(self, places: NDArray[np.int64]) -> RowAnswers:
        """Returns the rows at these places, in that order."""
        texts = {
            name: [getattr(self, name)[place] for place in places]
            for name in ("keys", "inputs", "truth", "answers")
        }
        columns = {name: column[places] for name, column in self.columns.items()}
        return RowAnswers(
            self.rows[places], self.blocks[places], columns=columns, total=self.total, **texts
        )

    def save(self, path: Path) -> None:
        """Writes a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*_HEAD, *self.columns])
        texts = (self.rows, self.blocks, self.keys, self.inputs, self.truth, self.answers)
        numbers = ([f"{n:.9g}" for n in column] for column in self.columns.values())
        writer.writerows(zip(*texts, *numbers, strict=True))
        write_text(path, text.getvalue())

    @classmethod
    def load(cls, path: Path, task: Task) -> RowAnswers:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: If there is none, as in runs of earlier versions.
            ValueError: If it is damaged.
            DataError: Likewise, or it lacks what the main score of the task needs.
        """
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file, strict=True)
        if tuple(head[: len(_HEAD)]) != _HEAD or not lines:
            raise DataError(f"needs a table of answers with {', '.join(_HEAD)}", path=path)
        rows, blocks, *texts = zip(*lines, strict=True)
        values = [np.array(column, np.float64) for column in texts[len(_HEAD) - 2 :]]
        columns = dict(zip(head[len(_HEAD) :], values, strict=True))
        needed = {*task.target.row_scores[0].columns} - {ROWS}
        if not needed <= columns.keys() or not all(np.isfinite(column).all() for column in values):
            raise DataError(f"needs numbers for the scores of {task.name}", path=path)
        keys, inputs, truth, answers = map(list, texts[: len(_HEAD) - 2])
        numbers = [np.array(column, np.int64) for column in (rows, blocks)]
        return cls(numbers[0], numbers[1], keys, inputs, truth, answers, columns)


def row_answers(task: Task, predicted: Predicted) -> RowAnswers | None:
    """Returns what became of each row; None where the target compares by no rows.

    Args:
        task: Its target judges the rows.
        predicted: Rows with the network's outputs.
    """
    if not task.target.row_scores:
        return None
    judged = task.target.judge_rows(predicted)
    count = len(judged.truth)
    rows = np.arange(count) if judged.rows is None else judged.rows
    blocks = rows if judged.blocks is None else judged.blocks
    places = _chosen(count)
    kept = predicted.rows.take(rows[places])
    return RowAnswers(
        rows[places],
        blocks[places],
        row_keys(kept),
        shown_inputs(kept),
        [_short(judged.truth[place]) for place in places],
        [_short(judged.answers[place]) for place in places],
        {name: column[places] for name, column in judged.columns.items()},
        count,
    )


def _chosen(count: int) -> NDArray[np.int64]:
    if count <= MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST, replace=False))


def shown_inputs(rows: Dataset) -> list[str]:
    """Returns each row in words: texts as they are, the last numbers of series, shapes of images.

    Example:
        >>> shown_inputs(Dataset({"image": np.zeros((1, 8, 8), np.uint8)}))
        ['8 x 8 values']
    """
    named = len(rows.columns) > 1
    lines = []
    for row in range(len(rows)):
        parts = [
            f"{name}={_value(column, row)}" if named else _value(column, row)
            for name, column in rows.columns.items()
        ]
        lines.append(_short("; ".join(parts)))
    return lines


def _value(column: Any, row: int) -> str:
    part = column[np.array([row])]
    array = part.values if isinstance(part, Ragged) else np.asarray(part[0])
    if array.ndim == 0 or array.dtype.kind in "OU":
        return " ".join(map(str, array.ravel()))
    if array.ndim == 1:
        few = ",".join(f"{number:.4g}" for number in array[-8:])
        return f"…,{few}" if len(array) > 8 else few
    return f"{' x '.join(map(str, array.shape))} values"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
