"""No sentence of either side stands in two splits, whichever way pairs are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data import Connected, Dataset, Source, Splits
from lstm_toolkit.data.splits.connected import connected
from lstm_toolkit.errors import DataError


def examples(sources: Sequence[str], targets: Sequence[str]) -> Dataset:
    return Dataset({"text": np.array(sources, object)}, {"translation": np.array(targets, object)})


def source(*pairs: tuple[str, str], test: Dataset | None = None, **more: Dataset) -> Source:
    sources, targets = zip(*pairs, strict=True)
    return Source(examples(sources, targets), test, "", **more)


def split(source: Source, *, validation: float = 0.1, test: float = 0.1, seed: int = 0) -> Splits:
    return Connected().split(source, validation=validation, test=test, seed=seed)


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


def parts(splits: Splits) -> list[Dataset]:
    return [splits.train, splits.validation, splits.test]


@pytest.mark.parametrize("seed", range(4))
def test_no_sentence_stands_in_two_splits(seed: int) -> None:
    splits = split(source(*made()), validation=30, test=0.2, seed=seed)
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
    for one, other in zip(parts(split(there)), parts(split(back)), strict=True):
        assert list(one.inputs) == list(other.labels)
        assert list(one.labels) == list(other.inputs)


def test_same_seed_same_rows_and_sizes_of_one_split_do_not_move_the_test() -> None:
    rows = source(*made())
    one, same = split(rows, seed=1), split(rows, seed=1, validation=5)
    other = split(rows, seed=2)
    assert list(one.test.inputs) == list(same.test.inputs) != list(other.test.inputs)


def test_published_splits_are_used_and_their_sentences_left_out() -> None:
    pairs = [(f"s{i}", f"t{i}") for i in range(20)]
    validation = examples(["S1", "x"], ["y", "t2 "])
    test = examples(["s3"], ["T3"])
    splits = split(source(*pairs, test=test, validation=validation))
    assert splits.validation is validation
    assert splits.test is test
    assert splits.repeated == 3
    assert list(splits.train.inputs) == ["s0", *(f"s{i}" for i in range(4, 20))]
    splits = split(source(*pairs, validation=validation), test=4)
    assert splits.validation is validation
    assert [len(part) for part in parts(splits)] == [14, 2, 4]


def test_a_name_written_alike_in_both_languages_joins_nothing() -> None:
    assert len(split(source(("a", "b"), ("b", "c"), ("c", "a"))).train) == 1


def test_a_giant_group_goes_to_training() -> None:
    giant = [("yes", f"t{i}") for i in range(90)]
    rows = source(*giant, *((f"s{i}", f"u{i}") for i in range(30)))
    splits = split(rows, validation=10, test=10)
    assert [len(part) for part in parts(splits)] == [100, 10, 10]
    assert "yes" not in {*splits.validation.inputs, *splits.test.inputs}
    # Where the others are too few for the sizes asked for, they are shared out.
    splits = split(rows, validation=20, test=40)
    assert [len(part) for part in parts(splits)] == [90, 10, 20]


def test_groups_are_connected_by_way_of_others() -> None:
    assert connected([]) == []
    chain = [(i, i + 1) for i in range(0, 2000, 2)] + [(i, i + 1) for i in range(1, 1999, 2)]
    assert connected(chain) == [list(range(1999))]


@pytest.mark.parametrize("size", [0, -1, 1.5, float("nan"), float("inf")])
def test_a_wrong_size_gives_the_full_message(size: float) -> None:
    with pytest.raises(ValueError) as error:
        split(source(*made()), test=size)
    assert str(error.value) == (
        f"test must be a share in (0, 1) or a number of pairs from 1. Received: test={size}"
    )


def test_too_few_pairs_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        split(source(*made()), validation=1000, test=0.5)
    assert str(error.value) == (
        "needs at least one pair for training beside 150 for test and 1,000 for validation. "
        "Received: 300"
    )
    test = examples(["s0", "s1"], ["", ""])
    with pytest.raises(DataError) as error:
        split(source(("s0", "t"), ("s1", "u"), ("s2", "v"), test=test))
    assert str(error.value) == (
        "needs at least one pair for training beside 1 for validation. "
        "Received: 1 outside the published splits"
    )
    with pytest.raises(DataError) as error:
        split(source(("s0", "t"), ("s1", "u"), test=test, validation=test))
    assert str(error.value) == (
        "needs at least one pair for training beside the published splits. "
        "Received: 0 outside the published splits"
    )


def test_pairs_that_all_hang_together_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        split(source(*(("yes", f"t{i}") for i in range(20)), ("no", "u")))
    assert str(error.value) == (
        "needs pairs for each split that share no sentence with those of another. "
        "Received: 21 pairs, of which only 2 groups share none, the largest of 20"
    )


def test_prompts_alone_are_kept_apart_where_replies_are_common() -> None:
    pairs = [
        (f"Prompt {number // 2}", ("yes", "no", f"Reply {number}")[number % 3])
        for number in range(120)
    ]
    splits = Connected(both=False).split(source(*pairs), validation=0.1, test=0.1, seed=0)
    prompts = [set(part.inputs) for part in splits.parts.values()]
    assert not prompts[0] & prompts[1] and not prompts[0] & prompts[2]
    assert not prompts[1] & prompts[2]
    assert sum(map(len, splits.parts.values())) == 120
    assert "yes" in splits.test.labels


def test_the_preset_of_replies_reads_and_splits_by_prompts() -> None:
    task = get_task("translation")
    settings = task.configure({"preset": "replies"})
    frame = pd.DataFrame({"source": [f"prompt {n}" for n in range(3_000)], "target": "yes"})
    asked = dataclasses.replace(settings, source_column="source", target_column="target")
    splits = task.split(task.source(frame, asked), asked)
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 3_000
    with pytest.raises(DataError, match="to sort texts into classes, train sentiment"):
        task.source(frame, dataclasses.replace(asked, split_by="both"))
