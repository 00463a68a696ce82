"""Two runs on the same test rows: which is better, how sure that is, and where they disagree."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError
from lstm_toolkit.metrics.paired_bootstrap import FEWEST, Paired, paired_bootstrap
from lstm_toolkit.metrics.row_scores import RowScore
from lstm_toolkit.runs import ANSWERS, BEST, SEARCH, Run
from lstm_toolkit.system.reporting import SILENT, Reporter
from lstm_toolkit.task import Task
from lstm_toolkit.training.row_answers import RowAnswers, row_answers

Letter = Literal["A", "B"]

TOLERANCE = 1e-4
"""Of the score of the kept rows against `metrics.json`, relative to it or to 1."""


@dataclasses.dataclass(frozen=True)
class Disagreement:
    """A row on which one run does better than the other.

    Attributes:
        row: Its number in the test split, from 0.
        input: What went in, as far as it is kept.
        truth: What was right, likewise.
        a: What the first run answered.
        b: What the second answered.
        better: Which of them is nearer to the truth.
    """

    row: int
    input: str
    truth: str
    a: str
    b: str
    better: Letter


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two runs on the same rows.

    Attributes:
        task: Of both.
        a: The first run.
        b: The second.
        settings: The values in both by the names of the settings that differ.
        facts: Likewise what else differs: data, precision, first weights.
        rows: How many rows were compared.
        total: Of how many.
        scores: By name, the one to compare by first.
        wins: How many rows the first does better on, and the second.
        disagreements: Some of these, the clearest first, of either side.
    """

    task: Task
    a: Run
    b: Run
    settings: Mapping[str, tuple[Any, Any]]
    facts: Mapping[str, tuple[Any, Any]]
    rows: int
    total: int
    scores: Mapping[str, Paired]
    wins: tuple[int, int]
    disagreements: Sequence[Disagreement]

    @property
    def main(self) -> Paired:
        """The score that the target compares by."""
        return next(iter(self.scores.values()))

    @property
    def few(self) -> bool:
        """Whether there are too few rows to judge by."""
        return self.main.units < FEWEST

    @property
    def better(self) -> Letter | None:
        """Which run is better, None if these rows do not tell."""
        difference = self.main.difference
        if self.few or difference.low <= 0 <= difference.high:
            return None
        rises = self.task.direction(next(iter(self.scores))) == "max"
        return "B" if (difference.low > 0) == rises else "A"


def compare(
    a: str | Path,
    b: str | Path,
    data: Any = None,
    *,
    examples: int = 3,
    reporter: Reporter = SILENT,
) -> Comparison:
    """Compares two finished runs of one task on the rows of their test splits.

    What they answered is taken from their folders; a run without that, of an earlier version, is
    scored anew, for which its data has to be where it was.

    Args:
        a: A run folder, or that of a search, whose best run is taken.
        b: Another.
        data: Rows to score both on in place of their test splits, see `Task.source`.
        examples: Of rows on which either does better, how many are returned at most.
        reporter: Is told what is scored anew.

    Raises:
        InputError: If they are of different tasks, their target has no scores of rows, or their
            test rows differ.
        DataError: If a run has to be scored anew, and its data is gone or has changed.
    """
    one, other = (Run.open(run_folder(Path(path))) for path in (a, b))
    task = one.task
    if other.task.name != task.name:
        raise InputError(
            "needs two runs of one task. "
            f"Received: {one.path} of {task.name}, {other.path} of {other.task.name}"
        )
    if not task.target.row_scores:
        raise InputError(f"the target of {task.name} has no scores of rows to compare by")
    answers = (_answers(one, data, reporter), _answers(other, data, reporter))
    first, second = _paired(*answers, one, other)
    scores = {
        score.name: paired_bootstrap(
            first.sums(score), second.sums(score), score.combine, blocks=first.blocks
        )
        for score in first.scores(task)
        if score in second.scores(task)
    }
    gains = _gains(task, first, second)
    return Comparison(
        task,
        one,
        other,
        _differing(*(run.config["settings"] for run in (one, other))),
        _differing(*map(_facts, (one, other))),
        len(first),
        max(len(first), first.total or 0),
        scores,
        (int((gains < 0).sum()), int((gains > 0).sum())),
        _disagreements(first, second, gains, examples),
    )


def run_folder(path: Path) -> Path:
    """Returns the folder of a run, or of the best run where `path` is that of a search."""
    return path / BEST if (path / SEARCH).exists() else path


def _answers(run: Run, data: Any, reporter: Reporter) -> RowAnswers:
    """Returns what a run answered, from its folder or by asking its network again."""
    if data is None:
        try:
            known = RowAnswers.load(run.path / ANSWERS, run.task)
            if _agrees(run, known):
                return known
            reporter.log(f"{run.path / ANSWERS}: does not fit the scores; scoring the run anew")
        except FileNotFoundError:
            reporter.log(f"{run.path}: keeps no answers to its test rows; scoring it anew")
        except (ValueError, OSError, csv.Error):
            reporter.log(f"{run.path / ANSWERS}: is damaged; scoring the run anew")
    from lstm_toolkit.training.evaluation import predict_run

    _, predicted = predict_run(run, data)
    answers = row_answers(run.task, predicted)
    assert answers is not None  # the target has scores of rows
    return answers


def _agrees(run: Run, answers: RowAnswers) -> bool:
    """Tells whether kept rows give the scores in `metrics.json`, where all are kept."""
    scored = run.metrics["test"]
    number = int(scored.get("examples", scored.get("sentences", len(answers))))
    if number > len(answers):
        return len(answers) >= FEWEST  # a choice of rows, which gives other scores
    score = run.task.target.row_scores[0]
    value = float(score.combine(answers.sums(score).sum(axis=0)))
    known = float(scored[score.name])
    return abs(value - known) <= TOLERANCE * max(1.0, abs(known))


def _paired(one: RowAnswers, other: RowAnswers, a: Run, b: Run) -> tuple[RowAnswers, RowAnswers]:
    """Returns the answers to the same rows in the same order.

    Raises:
        InputError: If the rows are not the same ones.
    """
    left, right = _numbered(one.keys), _numbered(other.keys)
    if left.keys() != right.keys():
        shared = len(left.keys() & right.keys())
        raise InputError(
            f"{a.path} and {b.path} need the same test rows; give both others with --data FILE. "
            f"Received: {len(left):,} and {len(right):,} rows, of which {shared:,} are the same"
        )
    return one, other.take(np.array([right[key] for key in left], np.int64))


def _numbered(keys: Sequence[str]) -> dict[tuple[str, int], int]:
    """Returns where each key stands; equal rows are told apart by their order."""
    seen: dict[str, int] = {}
    places = {}
    for place, key in enumerate(keys):
        seen[key] = seen.get(key, -1) + 1
        places[key, seen[key]] = place
    return places


def _gains(task: Task, one: RowAnswers, other: RowAnswers) -> NDArray[np.float64]:
    """Returns by how much the second does better on each row, less than 0 where worse."""
    score: RowScore = task.target.row_scores[0]
    sign = 1 if task.direction(score.name) == "max" else -1
    gains = sign * (score.of_rows(other.sums(score)) - score.of_rows(one.sums(score)))
    return np.where(np.abs(gains) < 1e-9, 0.0, gains)


def _disagreements(
    one: RowAnswers, other: RowAnswers, gains: NDArray[np.float64], most: int
) -> list[Disagreement]:
    order = np.argsort(-np.abs(gains), kind="stable")
    chosen = [
        place for side in (1, -1) for place in order[np.sign(gains[order]) == side][:most].tolist()
    ]
    return [
        Disagreement(
            int(one.rows[place]),
            one.inputs[place],
            one.truth[place],
            one.answers[place],
            other.answers[place],
            "B" if gains[place] > 0 else "A",
        )
        for place in chosen
    ]


def _facts(run: Run) -> dict[str, Any]:
    """Returns what beside settings decides over a run."""
    data = run.config["data"]
    facts = {name: data.get(name) for name in ("path", "fingerprint", "train")}
    return {
        **{f"data {name}": value for name, value in facts.items()},
        "precision in use": run.config["precision"],
        **{f"begun with {name}": how for name, how in run.config.get("begun_with", {}).items()},
        **{f"version of {name}": text for name, text in run.config.get("versions", {}).items()},
    }


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*one, *other])
    return {n: (one.get(n), other.get(n)) for n in names if one.get(n) != other.get(n)}
