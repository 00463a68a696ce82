"""Dated texts through a trained classifier: a daily index, and alerts when its level changes."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.monitoring.alerts import judge
from lstm_toolkit.monitoring.changes import Rules
from lstm_toolkit.monitoring.dated import EPOCH, DatedColumns, DatedText, dated_text
from lstm_toolkit.monitoring.journal import Journal, Toned
from lstm_toolkit.monitoring.tone import Weights, weights
from lstm_toolkit.runs import METRICS
from lstm_toolkit.serving.answering import BATCH, answer_rows
from lstm_toolkit.serving.export import find_export
from lstm_toolkit.serving.prediction import Model
from lstm_toolkit.targets.classes import Classes

CHUNK = 4 * BATCH
"""Rows that are written to the journal at a time."""


def utc_today() -> int:
    """Returns today, since 1970-01-01, in UTC."""
    return datetime.datetime.now(datetime.UTC).toordinal() - EPOCH


@dataclasses.dataclass
class Account:
    """What became of the rows that came.

    Attributes:
        rows: All of them.
        added: Those that went into the index.
        repeated: Those that had been seen before.
        late: Those of `added` whose day had been judged before.
        unlike: Those of `added` that are unlike what the model was trained on.
        errors: Those that cannot be read or answered.
    """

    rows: int = 0
    added: int = 0
    repeated: int = 0
    late: int = 0
    unlike: int = 0
    errors: int = 0

    def line(self) -> str:
        """Returns one line that accounts for every row.

        >>> Account(rows=7, added=4, repeated=2, late=1, errors=1).line()
        '7 rows: 4 added (1 for days that were judged before), 2 seen before, 1 with an error'
        """
        remarks = [
            f"{self.late} for days that were judged before" if self.late else "",
            f"{self.unlike} unlike the training texts" if self.unlike else "",
        ]
        told = ", ".join(filter(None, remarks))
        parts = [f"{self.added} added{f' ({told})' if told else ''}"]
        parts += [f"{self.repeated} seen before"] if self.repeated else []
        parts += [f"{self.errors} with an error"] if self.errors else []
        return f"{self.rows} rows: {', '.join(parts)}"


@dataclasses.dataclass(eq=False)
class Watch:
    """A classifier that texts go through, and the journal that they go to.

    Attributes:
        model: What answers.
        journal: See `Journal`.
        weights: What the probability of each class counts.
        columns: See `DatedColumns`.
        rules: When a day is a change.
        today: Returns the day that it is, since 1970-01-01; texts can be of the next one too, where
            that has begun.
        report: Is told what is wrong with a row.
    """

    model: Model
    journal: Journal
    weights: Weights
    columns: DatedColumns = dataclasses.field(default_factory=DatedColumns)
    rules: Rules = dataclasses.field(default_factory=Rules)
    today: Callable[[], int] = utc_today
    report: Callable[[str], None] = lambda line: None
    account: Account = dataclasses.field(default_factory=Account)
    _found: DatedColumns | None = dataclasses.field(default=None, repr=False)

    def table(self, rows: Iterable[Row]) -> Iterator[None]:
        """Adds all rows of a table, whatever their order; judges when they are all there."""
        rows = iter(rows)
        while chunk := list(itertools.islice(rows, CHUNK)):
            self._add(chunk)
        yield from self.end()

    def stream(self, groups: Iterable[list[Row]]) -> Iterator[None]:
        """Adds rows that come in the order of their days; judges a day when a later one comes.

        Args:
            groups: Rows that came together.

        Yields:
            None when there may be alerts.
        """
        for group in groups:
            self._add(group)
            with self.journal.writing():
                judge(self.journal, self.journal.last_day() - 1, self.rules)
            yield
        yield from self.end()

    def end(self) -> Iterator[None]:
        """Judges the last day too, unless it is today, of which more may come."""
        with self.journal.writing():
            judge(self.journal, min(self.journal.last_day(), self.today() - 1), self.rules)
        yield

    def _add(self, rows: Iterable[Row]) -> None:
        texts = list(self._dated(rows))
        new = self.journal.unseen(texts)
        self.account.repeated += len(texts) - len(new)
        toned = list(self._toned(new))
        judged = self.journal.judged
        with self.journal.writing():
            self.journal.add(toned)
        self.account.added += len(toned)
        self.account.late += sum(each.text.day <= judged for each in toned)

    def _dated(self, rows: Iterable[Row]) -> Iterator[DatedText]:
        today = self.today()
        for row in rows:
            self.account.rows += 1
            try:
                if not row.cells and not isinstance(row.value, DataError):
                    raise DataError("needs a table with a column of dates. Received: a text")
                if row.cells and self._found is None:
                    self._found = self.columns.among(row.cells)
                yield dated_text(row, self._found or self.columns, today)
            except DataError as error:
                self._wrong(row, str(error))

    def _toned(self, texts: list[DatedText]) -> Iterator[Toned]:
        rows = [text.row for text in texts]
        answered = answer_rows(self.model, rows, None, partial(tones, self.weights))
        for text, (row, answer) in zip(texts, answered, strict=True):
            if "error" in answer or not np.isfinite(answer["tone"]):
                self._wrong(row, answer.get("error", "the model answers with no number"))
                continue
            self.account.unlike += bool(answer.get("unlike"))
            yield Toned(text, answer["tone"])

    def _wrong(self, row: Row, message: str) -> None:
        self.account.errors += 1
        self.report(f"{row.name[:60]}: {message}")


def tones(weights: Weights, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, float]]:
    """Returns the tone of each text.

    Args:
        weights: What the probability of each class counts.
        outputs: `labels: bytes[batch, classes]` and `probabilities: float32[batch, classes]`.
    """
    if not len(outputs["labels"]):
        return []
    counts = [weights.get(name.decode(), 0.0) for name in outputs["labels"][0]]
    return [{"tone": float(tone)} for tone in outputs["probabilities"] @ np.array(counts)]


def open_watch(
    path: Path,
    model: Model,
    state: Path,
    *,
    label: str = "",
    columns: DatedColumns = DatedColumns(),  # noqa: B008  immutable
    rules: Rules = Rules(),  # noqa: B008
    report: Callable[[str], None] = lambda line: None,
) -> Watch:
    """Opens a journal for a model.

    Args:
        path: Of the run or the export.
        model: What was opened there.
        state: The journal's file; made if there is none.
        label: The class whose share is watched; "" takes praise against blame.
        columns: See `DatedColumns`.
        rules: See `Rules`.
        report: Is told what is wrong with a row.

    Raises:
        InputError: If the model does not classify texts, its classes are no praise and blame,
            or the journal is another's.
    """
    labels = getattr(model.states.target, "names", None)
    texts = isinstance(model.task.target, Classes) and not model.task.words_are_files
    if not texts or len(model.task.features) > 1 or labels is None:
        raise InputError(f"monitor needs a model of classes of texts. Received: {model.task.name}")
    counts = weights(list(labels), label)
    facts = {
        "model": _fingerprint(path),
        "choice of classes": ", ".join(f"{name} {count:+g}" for name, count in counts.items()),
        "set of rules": str(dataclasses.astuple(rules)),
        "--id": columns.key,
    }
    return Watch(model, Journal(state, facts), counts, columns, rules, report=report)


def _fingerprint(path: Path) -> str:
    """Returns what tells a model from others: of a run its scores, of an export its graph."""
    export = find_export(path)
    files = [path / METRICS] if export is None else [export / "saved_model.pb"]
    files += [] if export is None else sorted(export.glob("variables/*.index"))
    if not files[0].exists():
        raise InputError(f"{path}: no finished run and no export")
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
