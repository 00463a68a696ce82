"""Networks over letters: both strands answer alike, padding counts for nothing."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import symbol_classifier, symbol_tagger
from lstm_toolkit.data.alphabets import DNA

SMALL = {"units": (4,), "filters": 4, "kernel": 3, "bidirectional": True}


def rows(*lengths: int, width: int = 12) -> np.ndarray:
    rng = np.random.default_rng(0)
    numbers = np.zeros((len(lengths), width), np.int32)
    for row, length in enumerate(lengths):
        numbers[row, :length] = rng.integers(1, 6, length)
    return numbers


def turned(numbers: np.ndarray) -> np.ndarray:
    others = np.zeros_like(numbers)
    for row, letters in enumerate(numbers):
        real = letters[letters > 0]
        others[row, : len(real)] = DNA.complement[real][::-1]
    return others


def test_both_strands_answer_alike() -> None:
    keras.utils.set_random_seed(0)
    model = symbol_classifier(
        DNA.vectors, classes=3, embedding=4, complement=DNA.complement, patch=3, wide=2, **SMALL
    )
    letters = rows(12, 7)
    assert np.allclose(model(letters), model(turned(letters)), atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"patch": 3}, {"kmer": 3, "stride": 2}, {"wide": 2}])
def test_padding_changes_no_answer(options: dict[str, int]) -> None:
    keras.utils.set_random_seed(0)
    model = symbol_classifier(DNA.vectors, classes=2, embedding=4, **SMALL, **options)
    letters = rows(9, 5)
    more = np.pad(letters, [[0, 0], [0, 7]])
    assert np.allclose(model(letters), model(more), atol=1e-5)


def test_a_tagger_keeps_letters_apart_from_padding() -> None:
    keras.utils.set_random_seed(0)
    model = symbol_tagger(DNA.vectors, tags=2, reach=2, **SMALL)
    letters = rows(9, 5)
    alone = model(letters[1:, :5])
    assert np.allclose(
        np.asarray(model(letters))[1, :5, :2], np.asarray(alone)[0, :5, :2], atol=1e-5
    )


def test_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError) as error:
        symbol_classifier(DNA.vectors, classes=1, units=(4,), embedding=4, kernel=4)
    assert str(error.value) == (
        "classes must be at least 2, kmer, stride and patch at least 1, and kernel odd. Received: "
        "classes=1, kmer=1, stride=1, patch=1, kernel=4"
    )
    with pytest.raises(ValueError) as error:
        symbol_tagger(DNA.vectors, tags=1, units=(4,))
    assert str(error.value) == "tags must be at least 2, and kernel odd. Received: tags=1, kernel=1"
