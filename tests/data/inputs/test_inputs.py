"""Rows to be answered, of pairs, tagged sentences and series."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lstm_toolkit.data.inputs.pairs import sentence_inputs
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.data.inputs.sentences import tokens_inputs
from lstm_toolkit.data.inputs.series import series_inputs
from lstm_toolkit.data.inputs.tables import text_inputs
from lstm_toolkit.errors import DataError
from lstm_toolkit.task import get_task


def context(task: str, stated: tuple[str, ...] = (), **settings: Any) -> ReadingContext:
    states = SimpleNamespace(only=SimpleNamespace(steps=4))
    return ReadingContext(get_task(task).settings(**settings), states, None, frozenset(stated))


def save(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


PAIRS = {
    "a.tsv": "en\tde\nhello there\thallo\n\tleer\nbye\t\n",
    "a.csv": "id,de,en\n1,hallo,hello there\n2,leer,\n3,,bye\n",
    "b.csv": "comment\nhello there\n \nbye\n",
    "a.txt": "hello there\n\nbye\n",
    "a.en": "hello there\n\nbye\n",
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_source_side_of_pairs_is_enough(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / name, PAIRS[name])
    inputs = sentence_inputs(path, context("translation", direction="en-de"))
    names = [row.name.strip() for row in inputs.rows]
    assert sorted(names) == ["", "bye", "hello there"]


def test_columns_that_the_training_had_are_not_guessed(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tsv", "fr\tit\nbonjour à tous\tciao a tutti\n")
    with pytest.raises(DataError, match=r"no column `en` for direction=en-de, choose from: fr, it"):
        sentence_inputs(path, context("translation", direction="en-de"))
    stated = context("translation", ("direction",), direction="fr-it")
    assert [row.name for row in sentence_inputs(path, stated).rows] == ["bonjour à tous"]


@pytest.mark.parametrize(
    ("name", "text", "tags"),
    [
        ("a.conll", "Ann B-PER\nsleeps O\n\nBob B-PER\nruns O\n", ["B-PER O", "B-PER O"]),
        ("a.txt", "Ann x B-PER\nsleeps y O\n\nBob x B-PER\nruns y O\n", ["B-PER O", "B-PER O"]),
        ("b.conll", "Ann\nsleeps\n\nBob\nruns\n", None),
        ("b.txt", "Ann sleeps\nBob runs\n", None),
    ],
)
def test_sentences_come_with_tags_or_without(
    tmp_path: Path, name: str, text: str, tags: list[str] | None
) -> None:
    inputs = tokens_inputs(save(tmp_path / name, text), context("tagging"))
    rows = list(inputs.rows)
    assert [row.value for row in rows] == ["Ann sleeps", "Bob runs"]
    assert [row.cells.get("tags") for row in rows] == (tags or [None, None])


def test_each_series_is_a_row_with_its_last_steps(tmp_path: Path) -> None:
    lines = [f"{name},{step},{step}.5\n" for name, n in (("a", 6), ("b", 2)) for step in range(n)]
    path = save(tmp_path / "a.csv", "unique_id,ds,y\n" + "".join(lines))
    one, other = series_inputs(path, context("forecasting")).rows
    assert (one.name, one.value.tolist()) == ("a", [2.5, 3.5, 4.5, 5.5])
    assert one.cells == {"series": "a", "steps": 6}
    assert str(other.value) == "needs the last 4 numbers. Received: 2 numbers"


@pytest.mark.parametrize(
    ("name", "text", "texts"),
    [
        ("one.csv", "a quite long text of mine\nanother one of that kind\n", 2),  # no header
        ("two.csv", "bemerkung\na quite long text of mine\nanother one of that kind\n", 2),
        ("three.txt", "__label__1 good film here\n__label__2 dull one\n", 2),
        ("four.txt", "1\tgood film here\n2\tdull one though\n", 2),
        ("five.txt", "good film here\n\ndull one though\n", 3),
    ],
)
def test_no_row_of_texts_is_lost(tmp_path: Path, name: str, text: str, texts: int) -> None:
    inputs = text_inputs(save(tmp_path / name, text), context("sentiment"))
    names = [row.name for row in inputs.rows]
    assert len(names) == texts
    assert not any("__label__" in each or "\t" in each for each in names)
