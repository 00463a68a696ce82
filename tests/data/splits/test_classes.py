from __future__ import annotations

import numpy as np

from lstm_toolkit.data import AtRandom, Dataset, Source, Splits, sample_digits


def split(source: Source, *, validation: float = 0.1, test: float = 0.2, seed: int = 0) -> Splits:
    return AtRandom().split(source, validation=validation, test=test, seed=seed)


def test_classes_keep_their_shares() -> None:
    parts = split(sample_digits(), validation=0.1, test=0.2)
    assert [len(parts.train), len(parts.validation), len(parts.test)] == [1258, 180, 359]
    for part in (parts.train, parts.validation, parts.test):
        counts = np.unique(part.labels, return_counts=True)[1]
        assert counts.min() / counts.max() > 0.85


def test_same_seed_same_rows_and_another_seed_others() -> None:
    one, same, other = (split(sample_digits(), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.test.inputs, same.test.inputs)
    assert (one.test.inputs != other.test.inputs).any()


def test_identical_images_never_stand_on_both_sides() -> None:
    rng = np.random.default_rng(0)
    images = np.repeat(rng.integers(0, 255, (40, 3, 3), np.uint8), 3, axis=0)
    labels = np.repeat(np.array(["a", "b"] * 20), 3)
    parts = split(Source(Dataset({"images": images}, {"label": labels}), None, ""))
    sides = [
        {i.tobytes() for i in part.inputs} for part in (parts.train, parts.validation, parts.test)
    ]
    assert sum(map(len, sides)) == 40 == len(set.union(*sides))
    assert len(parts.train) + len(parts.validation) + len(parts.test) == 120


def test_a_published_test_split_is_used_as_it_is() -> None:
    digits = sample_digits().rows
    test = digits.take(np.arange(100))
    parts = split(Source(digits.take(np.arange(100, 1797)), test, ""), validation=0.2)
    assert parts.test is test
    assert [len(parts.train), len(parts.validation)] == [1358, 339]
