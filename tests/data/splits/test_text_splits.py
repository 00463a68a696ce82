"""Texts that read alike never stand on both sides of a split."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data import AtRandom, Dataset, Source, Splits
from lstm_toolkit.errors import DataError


def examples(texts: list[str], labels: list[str] | None = None) -> Dataset:
    labels = labels or [text.strip()[-1].lower() for text in texts]
    return Dataset({"text": np.array(texts, object)}, {"label": np.array(labels)})


def split(source: Source, *, validation: float = 0.1, test: float = 0.2, seed: int = 0) -> Splits:
    return AtRandom().split(source, validation=validation, test=test, seed=seed)


def variants(number: int, label: str) -> list[str]:
    """One text six times, as people copy it."""
    text = f"Großes Kino {number} {label}"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    return [
        text,
        text.upper(),
        f"  {text.replace(' ', '   ')}\n",
        wide,
        text.replace(" ", "\u3000"),
        text.replace("Kino", "Ki\u00adno").replace(" ", "<br />"),
    ]


def key(text: str) -> str:
    return "".join(c for c in text if c.isdigit()).translate(
        {0xFF10 + i: str(i) for i in range(10)}
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("published", [False, True])
def test_texts_that_read_alike_stay_on_one_side(seed: int, published: bool) -> None:
    texts = [text for i in range(40) for text in variants(i, "ab"[i % 2])]
    labels = [label for i in range(40) for label in ["ab"[i % 2]] * 6]
    rows = examples(texts, labels)
    test = examples(["Großes Kino 100 a", "Großes Kino 101 b"], ["a", "b"]) if published else None
    parts = split(Source(rows, test, ""), validation=0.2, seed=seed)
    sides = [{key(text) for text in part.inputs} for part in (parts.train, parts.validation)]
    sides.append({key(text) for text in parts.test.inputs})
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert sum(map(len, sides)) == 40 + 2 * published
    assert sum(map(len, (parts.train, parts.validation, parts.test))) == 240 + 2 * published
    assert parts.repeated == 0


def test_texts_that_differ_in_more_are_different_rows() -> None:
    texts = [f"good {i} a" for i in range(9)] + [f"good, {i} b" for i in range(9)]
    parts = split(Source(examples(texts), None, ""))
    assert sum(map(len, (parts.train, parts.validation, parts.test))) == 18


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_the_published_test_split_are_left_out(seed: int) -> None:
    texts = [f"Film {i} {'ab'[i % 2]}" for i in range(30)]
    test = examples(["FILM 0 A", "film  1 b", "Ｆｉｌｍ 2 a", "another b"])
    parts = split(Source(examples([*texts, " film 0 a"]), test, ""), seed=seed)
    assert parts.test is test
    assert parts.repeated == 4
    left = [*parts.train.inputs, *parts.validation.inputs]
    assert sorted(left) == sorted(texts[3:])


def test_same_seed_same_rows_and_another_seed_others() -> None:
    rows = examples([f"film {i} {'ab'[i % 2]}" for i in range(50)])
    one, same, other = (split(Source(rows, None, ""), seed=seed) for seed in (1, 1, 2))
    assert list(one.test.inputs) == list(same.test.inputs) != list(other.test.inputs)


def test_classes_keep_their_shares() -> None:
    rows = examples([f"film {i} {'aaab'[i % 4]}" for i in range(200)])
    parts = split(Source(rows, None, ""), validation=0.1, test=0.2)
    counts = [
        np.unique(p.labels, return_counts=True)[1].tolist()
        for p in (parts.train, parts.validation, parts.test)
    ]
    assert counts == [[105, 35], [15, 5], [30, 10]]


def test_too_few_different_texts_of_a_class_give_the_full_message() -> None:
    texts = [f"film {i} a" for i in range(9)] + ["good b", "GOOD b", " good  b"]
    with pytest.raises(DataError) as error:
        split(Source(examples(texts), None, ""))
    assert str(error.value) == (
        "needs at least three different rows in every class, one for each split. "
        "Received: 1 left of class b among 10 different rows"
    )


def test_a_class_that_stands_in_the_published_test_split_alone_is_named() -> None:
    rows = examples([f"{letter} {label}" for letter in "abcdef" for label in "xy"])
    test = examples([f"{letter} x" for letter in "abcdef"])
    with pytest.raises(DataError) as error:
        split(Source(rows, test, ""))
    assert str(error.value) == (
        "needs rows of every class that do not stand in the published test split too. "
        "Received: none of class x; 6 of 12 rows do"
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
