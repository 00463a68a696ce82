"""The simplest methods for sound."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.metrics.simple_sounds import cepstral_statistics, segmented_words


def word(pitch: int, rng: np.random.Generator) -> np.ndarray:
    bands = np.full((12, 16), -10.0) + rng.normal(0, 0.1, (12, 16))
    bands[:, pitch : pitch + 3] = 0.0
    return bands.astype(np.float32)


def test_words_are_cut_at_pauses_and_told_apart() -> None:
    rng = np.random.default_rng(0)
    pause = np.full((8, 16), -11.0, np.float32)

    def row(words: list[str]) -> np.ndarray:
        parts = [
            part for each in words for part in (pause, word({"low": 2, "high": 10}[each], rng))
        ]
        return np.concatenate([*parts, pause])

    said = [["low", "high"], ["high"], ["low"], ["high", "low", "low"]]
    rows = [row(words) for words in said]
    found = segmented_words(rows, said, [row(["high", "high", "low"])])
    assert found == [["high", "high", "low"]]
    assert segmented_words(rows, [["one"]] * 4, rows[:1]) == [["one"]]


def test_pauses_change_no_statistics() -> None:
    rng = np.random.default_rng(0)
    alone, pause = word(3, rng), np.full((9, 16), -11.0, np.float32)
    around = np.concatenate([pause, alone, pause])
    np.testing.assert_array_equal(cepstral_statistics(around), cepstral_statistics(alone))


def test_statistics_of_one_frame() -> None:
    one = cepstral_statistics(np.zeros((1, 16), np.float32))
    assert one.shape == cepstral_statistics(np.zeros((40, 16), np.float32)).shape
    assert np.isfinite(one).all()
