"""Splits that come with the data are used as they are, whatever divides the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import (
    AsPublished,
    AtRandom,
    ByGroup,
    ByTime,
    Connected,
    Dataset,
    InOrder,
    RollingOrigin,
    Source,
)
from lstm_toolkit.data.columns import texts
from lstm_toolkit.errors import DataError

SPLITTERS = {
    "AtRandom": AtRandom("translation"),
    "AtRandom, no classes": AtRandom(""),
    "Connected": Connected(),
    "ByGroup": ByGroup(),
    "InOrder": InOrder(),
    "ByTime": ByTime(),
    "RollingOrigin": RollingOrigin(),
}


def dataset(rows: list[int], *, first: int = 0, classes: bool = True) -> Dataset:
    """Rows of which equal numbers read alike, with their places in the order of all."""
    targets = ["ab"[row % 2] if classes else f"Zeile {row}" for row in rows]
    return Dataset(
        {"text": texts([f"row {row}" for row in rows])},
        {"translation": texts(targets)},
        {"group": np.array(rows), "time": np.array(rows), "place": np.arange(len(rows)) + first},
    )


def places(part: Dataset) -> list[int]:
    return part.meta["place"].tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", SPLITTERS)
@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.integers(0, 60), min_size=4, max_size=60),
    published=st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=5), max_size=2),
    first=st.sampled_from(["validation", "test"]),
    validation=st.floats(0.05, 0.4) | st.integers(2, 8).map(float),
    test=st.floats(0.05, 0.4) | st.integers(2, 8).map(float),
    seed=st.integers(0, 3),
)
def test_published_splits_are_honoured_and_every_row_stands_once_or_is_counted(
    name: str,
    rows: list[int],
    published: list[list[int]],
    first: str,
    validation: float,
    test: float,
    seed: int,
) -> None:
    classes = name == "AtRandom"
    order = (first, "test" if first == "validation" else "validation")
    parts = {
        part: dataset(found, first=1000 * (number + 1), classes=classes)
        for number, (part, found) in enumerate(zip(order, published, strict=False))
    }
    own = dataset(rows, classes=classes)
    source = Source(own, parts.get("test"), "", validation=parts.get("validation"))
    try:
        splits = SPLITTERS[name].split(source, validation=validation, test=test, seed=seed)
    except DataError:
        assume(False)
    for part, known in parts.items():
        assert splits.parts[part] is known
    found = [place for part in splits.parts.values() for place in places(part) if place < 1000]
    assert len(found) == len(set(found))
    assert len(found) + splits.repeated == len(rows)
    assert all(len(part) for part in splits.parts.values())


@pytest.mark.parametrize("name", ["AtRandom", "Connected", "ByGroup", "ByTime"])
def test_what_reads_alike_never_stands_on_both_sides(name: str) -> None:
    rng = np.random.default_rng(0)
    rows: list[int] = rng.integers(0, 40, 200).tolist()
    source = Source(dataset(rows, classes=name == "AtRandom"), None, "")
    splits = SPLITTERS[name].split(source, validation=0.2, test=0.2, seed=0)
    sides = [set(part.columns["text"].tolist()) for part in splits.parts.values()]
    assert sum(map(len, sides)) == len(set(rows)) == len(set().union(*sides))


def test_numbers_of_rows_are_taken_as_they_are() -> None:
    source = Source(dataset(list(range(300))), None, "")
    for validation, test in ((30, 60), (0.1, 60), (30, 0.2), (0.1, 0.2)):
        splits = SPLITTERS["AtRandom"].split(source, validation=validation, test=test, seed=0)
        assert [len(part) for part in splits.parts.values()] == [210, 30, 60]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "AtRandom",
            "needs rows of every class that do not stand in the published test split too. "
            "Received: none of class a, b; 3 of 3 rows do",
        ),
        (
            "AtRandom, no classes",
            "needs rows that do not stand in the published splits too. Received: 3 of 3 rows do",
        ),
        (
            "Connected",
            "needs at least one pair for training beside 1 for validation. "
            "Received: 0 outside the published splits",
        ),
        (
            "ByGroup",
            "needs rows for each of train, validation and test. Received: 3 rows, none left for "
            "train",
        ),
    ],
)
def test_rows_that_are_all_published_give_the_full_message(name: str, message: str) -> None:
    rows = dataset([1, 2, 2], classes=name == "AtRandom")
    with pytest.raises(DataError) as error:
        SPLITTERS[name].split(Source(rows, rows, ""), validation=0.2, test=0.2, seed=0)
    assert str(error.value) == message


def test_too_few_different_rows_without_classes_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        SPLITTERS["AtRandom, no classes"].split(
            Source(dataset([1, 1, 2]), None, ""), validation=0.2, test=0.2, seed=0
        )
    assert str(error.value) == "needs different rows for each split. Received: 1 left"


def test_all_three_are_taken_as_they_come() -> None:
    train, validation, test = (dataset([row] * 3, first=row) for row in range(3))
    splits = AsPublished().split(
        Source(train, test, "", validation=validation), validation=0.1, test=0.1, seed=0
    )
    assert [splits.train, splits.validation, splits.test] == [train, validation, test]
    assert splits.repeated == 0


@pytest.mark.parametrize("missing", ["validation", "test"])
def test_a_split_that_is_not_published_gives_the_full_message(missing: str) -> None:
    rows = dataset([1])
    published = {"validation": rows, "test": rows} | {missing: None}
    source = Source(rows, published["test"], "", validation=published["validation"])
    with pytest.raises(DataError) as error:
        AsPublished().split(source, validation=0.1, test=0.1, seed=0)
    assert str(error.value) == f"needs data with published splits. Received: no {missing} split"
