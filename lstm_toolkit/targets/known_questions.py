"""The table that questions are held against, and from which confidence on it is answered."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.retrieval_scores import Measure
from lstm_toolkit.system.files import write_json, write_text

READER_NAMES = ("text_column", "answer_column", "encoding", "sheet", "separator")
"""Settings of how tables are read."""


@dataclasses.dataclass(frozen=True)
class KnownQuestions:
    """Texts of the training split with their answers, and when to answer.

    Attributes:
        texts: Questions, and answers that are found by their own words.
        answers: The answer of each, as people read it.
        measure: By which is judged whether there is an answer: the score of the best one, or its
            probability among all.
        threshold: The least with which it is given; chosen on the validation split. Until
            then, and where no validation question is answered rightly, it is infinite.
        least_score: That of scores, for other tables: a probability depends on how much else
            there is to be chosen from.
        reader: How the training's table was read: settings by name, see `READER_NAMES`.
        stated: Those of them that were stated since, for other tables.
    """

    texts: tuple[str, ...]
    answers: tuple[str, ...]
    measure: Measure = "score"
    threshold: float = float("inf")
    least_score: float = float("inf")
    reader: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stated: frozenset[str] = frozenset()

    def with_table(self, texts: Sequence[str], answers: Sequence[str]) -> KnownQuestions:
        """Returns another table, judged by scores."""
        return dataclasses.replace(
            self,
            texts=tuple(texts),
            answers=tuple(answers),
            measure="score",
            threshold=self.least_score,
        )

    def reading(self, settings: Mapping[str, str]) -> KnownQuestions:
        """Returns the same with other ways to read tables."""
        stated = {name: value for name, value in settings.items() if name in READER_NAMES}
        return dataclasses.replace(
            self, reader={**self.reader, **stated}, stated=self.stated.union(stated)
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The different answers, in the order in which they first come."""
        return tuple(dict.fromkeys(self.answers))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Their numbers by name."""
        return {name: number for number, name in enumerate(self.names)}

    def encode(self, answers: Sequence[str]) -> NDArray[np.int32]:
        """Returns `int32[n]` numbers of answers, -1 for those that are not in the table."""
        return np.array([self.numbers.get(str(answer), -1) for answer in answers], np.int32)

    def save(self, folder: Path) -> None:
        """Writes `known.jsonl` and `answers.json`."""
        rows = zip(self.texts, self.answers, strict=True)
        lines = (
            json.dumps({"text": text, "answer": answer}, ensure_ascii=False) + "\n"
            for text, answer in rows
        )
        write_text(folder / "known.jsonl", "".join(lines))
        limits = {"threshold": self.threshold, "least_score": self.least_score}
        known = {name: value if np.isfinite(value) else None for name, value in limits.items()}
        write_json(
            folder / "answers.json", {"measure": self.measure, **known, "reader": dict(self.reader)}
        )

    @classmethod
    def load(cls, folder: Path) -> KnownQuestions:
        """Reads what `save` wrote."""
        lines = (folder / "known.jsonl").read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line]
        facts: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
        limits = (facts[name] for name in ("threshold", "least_score"))
        numbers = (float("inf") if limit is None else float(limit) for limit in limits)
        texts, answers = (tuple(str(row[key]) for row in rows) for key in ("text", "answer"))
        threshold, least = numbers
        reader = facts.get("reader", {})
        return cls(texts, answers, facts["measure"], threshold, least, reader)

    def partners(self, texts: Sequence[str], answers: Sequence[str], seed: int) -> list[str]:
        """Returns for each text another one of the table with the same answer, at random.

        Where there is no other, the text itself.
        """
        rng = np.random.default_rng(seed)
        ways: dict[str, list[str]] = {}
        for text, answer in zip(self.texts, self.answers, strict=True):
            ways.setdefault(answer, []).append(text)
        partners = []
        for text, answer in zip(texts, answers, strict=True):
            partners.append(_another(ways.get(answer, []), text, rng))
        return partners


def _another(ways: Sequence[str], text: str, rng: np.random.Generator) -> str:
    """Returns a way to ask at random that is not `text`, or `text` where there is none.

    The first of the ways that follow a random one is taken: to list all others of each text would
    take the square of their number.
    """
    begin = int(rng.integers(len(ways))) if ways else 0
    places = ((begin + step) % len(ways) for step in range(len(ways)))
    return next((ways[place] for place in places if ways[place] != text), text)
