"""No sentence of either side stands in two splits, whichever way pairs are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lstm_toolkit.data import Examples, Source, Splits, split, split_pairs
from lstm_toolkit.data.splits.connected import connected
from lstm_toolkit.errors import DataError


def examples(sources: Sequence[str], targets: Sequence[str]) -> Examples:
    return Examples(np.array(sources, object), np.array(targets, object))


def source(*pairs: tuple[str, str], test: Examples | None = None, **more: Examples) -> Source:
    sources, targets = zip(*pairs, strict=True)
    return Source(examples(sources, targets), test, "", **more)


def made(count: int = 300) -> list[tuple[str, str]]:
    """Pairs of which many share a sentence with others, some as people copy it."""
    rng = np.random.default_rng(0)
    pairs = []
    for number in range(count):
        one, other = (
            f"Sentence {rng.integers(200)}",
            f"Satz {number if number % 3 else number // 9}",
        )
        pairs.append((one.upper() if number % 5 == 0 else one, f" {other} "))
    return pairs


def parts(splits: Splits) -> list[Examples]:
    return [splits.train, splits.validation, splits.test]


@pytest.mark.parametrize("seed", range(4))
def test_no_sentence_stands_in_two_splits(seed: int) -> None:
    splits = split_pairs(source(*made()), validation_size=30, test_size=0.2, seed=seed)
    assert [len(part) for part in parts(splits)] == [210, 30, 60]
    assert splits.repeated == 0
    for side in ("inputs", "labels"):
        sentences = [{text.strip().lower() for text in getattr(p, side)} for p in parts(splits)]
        assert sum(map(len, sentences)) == len(set().union(*sentences))
    kept = [pair for p in parts(splits) for pair in zip(p.inputs, p.labels, strict=True)]
    assert sorted(kept) == sorted(made())


@pytest.mark.parametrize("published", [False, True])
def test_both_directions_give_the_same_rows(published: bool) -> None:
    test = [("Sentence 3", "anders"), ("other", "SATZ 2")]
    there = source(*made(), test=examples(*zip(*test, strict=True)) if published else None)
    turned = [(target, source) for source, target in test]
    back = source(
        *((other, one) for one, other in made()),
        test=examples(*zip(*turned, strict=True)) if published else None,
    )
    for one, other in zip(parts(split_pairs(there)), parts(split_pairs(back)), strict=True):
        assert list(one.inputs) == list(other.labels)
        assert list(one.labels) == list(other.inputs)


def test_same_seed_same_rows_and_sizes_of_one_split_do_not_move_the_test() -> None:
    rows = source(*made())
    one, same = split_pairs(rows, seed=1), split_pairs(rows, seed=1, validation_size=5)
    other = split_pairs(rows, seed=2)
    assert list(one.test.inputs) == list(same.test.inputs) != list(other.test.inputs)


def test_published_splits_are_used_and_their_sentences_left_out() -> None:
    pairs = [(f"s{i}", f"t{i}") for i in range(20)]
    validation = examples(["S1", "x"], ["y", "t2 "])
    test = examples(["s3"], ["T3"])
    splits = split_pairs(source(*pairs, test=test, validation=validation))
    assert splits.validation is validation
    assert splits.test is test
    assert splits.repeated == 3
    assert list(splits.train.inputs) == ["s0", *(f"s{i}" for i in range(4, 20))]
    splits = split_pairs(source(*pairs, validation=validation), test_size=4)
    assert splits.validation is validation
    assert [len(part) for part in parts(splits)] == [14, 2, 4]


def test_a_name_written_alike_in_both_languages_joins_nothing() -> None:
    assert len(split_pairs(source(("a", "b"), ("b", "c"), ("c", "a"))).train) == 1


def test_a_giant_group_goes_to_training() -> None:
    giant = [("yes", f"t{i}") for i in range(90)]
    rows = source(*giant, *((f"s{i}", f"u{i}") for i in range(30)))
    splits = split_pairs(rows, validation_size=10, test_size=10)
    assert [len(part) for part in parts(splits)] == [100, 10, 10]
    assert "yes" not in {*splits.validation.inputs, *splits.test.inputs}
    # Where the others are too few for the sizes asked for, they are shared out.
    splits = split_pairs(rows, validation_size=20, test_size=40)
    assert [len(part) for part in parts(splits)] == [90, 10, 20]


def test_groups_are_connected_by_way_of_others() -> None:
    assert connected([]) == []
    chain = [(i, i + 1) for i in range(0, 2000, 2)] + [(i, i + 1) for i in range(1, 1999, 2)]
    assert connected(chain) == [list(range(1999))]


@pytest.mark.parametrize("size", [0, -1, 1.5, float("nan"), float("inf")])
def test_a_wrong_size_gives_the_full_message(size: float) -> None:
    with pytest.raises(ValueError) as error:
        split_pairs(source(*made()), test_size=size)
    assert str(error.value) == (
        "test_size must be a share in (0, 1) or a number of pairs from 1. "
        f"Received: test_size={size}"
    )


def test_too_few_pairs_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        split_pairs(source(*made()), validation_size=1000, test_size=0.5)
    assert str(error.value) == (
        "needs at least one pair for training beside 150 for test and 1,000 for validation. "
        "Received: 300"
    )
    test = examples(["s0", "s1"], ["", ""])
    with pytest.raises(DataError) as error:
        split_pairs(source(("s0", "t"), ("s1", "u"), ("s2", "v"), test=test))
    assert str(error.value) == (
        "needs at least one pair for training beside 1 for validation. "
        "Received: 1 outside the published splits"
    )
    with pytest.raises(DataError) as error:
        split_pairs(source(("s0", "t"), ("s1", "u"), test=test, validation=test))
    assert str(error.value) == (
        "needs at least one pair for training beside the published splits. "
        "Received: 0 outside the published splits"
    )


def test_pairs_that_all_hang_together_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        split_pairs(source(*(("yes", f"t{i}") for i in range(20)), ("no", "u")))
    assert str(error.value) == (
        "needs pairs for each split that share no sentence with those of another. "
        "Received: 21 pairs, of which only 2 groups share none, the largest of 20"
    )


def test_classes_are_split_around_a_published_validation_split_too() -> None:
    texts, labels = [f"film {i}" for i in range(40)], ["good", "bad"] * 20
    validation = examples(["FILM 0", "other"], ["good", "bad"])
    rows = Source(examples(texts, labels), None, "", validation=validation)
    splits = split(rows)
    assert splits.validation is validation
    assert splits.repeated == 1
    assert len(splits.train) + len(splits.test) == 39
    every = Source(examples(["a", "b"], ["x", "y"]), None, "", validation=examples(["a"], ["x"]))
    with pytest.raises(DataError) as error:
        split(every)
    assert str(error.value) == (
        "needs rows of every class that do not stand in the published splits too. "
        "Received: none of class x; 1 of 2 rows do"
    )


def test_the_fingerprint_covers_the_validation_split() -> None:
    rows, more = examples(["a", "b"], ["x", "y"]), examples(["c"], ["z"])
    sources = [
        Source(rows, None, ""),
        Source(rows, more, ""),
        Source(rows, None, "", validation=more),
        Source(rows, None, "", validation=examples(["c"], ["\ud800"])),
        Source(rows, more, "", validation=more),
    ]
    assert len({each.fingerprint() for each in sources}) == len(sources)
