"""Tokens without alignment, against all alignments counted one by one."""

from __future__ import annotations

import itertools

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers import CTCLoss, ctc_decode, ctc_losses, ctc_times

STEPS, CLASSES = 5, 3
"""The last class is the blank."""


def outputs(rows: int = 4, seed: int = 0) -> np.ndarray:
    scores = np.random.default_rng(seed).normal(0, 2, (rows, STEPS, CLASSES)).astype(np.float32)
    lengths = np.arange(rows) % 3 + STEPS - 2
    real = (np.arange(STEPS) < lengths[:, None]).astype(np.float32)
    return np.concatenate([scores, real[..., None]], axis=2)


def by_hand(row: np.ndarray) -> dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]]:
    """Returns the alignments of every row of tokens with their probabilities."""
    length = int(row[:, -1].sum())
    logs = tf.nn.log_softmax(row[:length, :-1]).numpy()
    found: dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]] = {}
    for path in itertools.product(range(CLASSES), repeat=length):
        tokens = tuple(c + 1 for c, _ in itertools.groupby(path) if c != CLASSES - 1)
        chance = float(np.exp(sum(logs[step, c] for step, c in enumerate(path))))
        found.setdefault(tokens, []).append((chance, path))
    return found


def test_losses_are_sums_over_alignments() -> None:
    rows = outputs()
    numbers = np.array([[1, 2, 0], [2, 2, 0], [0, 0, 0], [1, 2, 1]])
    losses = ctc_losses(numbers, rows).numpy()
    for row, own, loss in zip(rows, numbers, losses, strict=True):
        chances = by_hand(row).get(tuple(own[own > 0].tolist()), [])
        np.testing.assert_allclose(np.exp(-loss), sum(c for c, _ in chances), rtol=1e-4)
    np.testing.assert_allclose(CTCLoss()(numbers, rows), losses.sum() / 7, rtol=1e-6)


def test_rows_with_too_few_steps_count_for_nothing() -> None:
    rows = outputs(2)[:, :3]
    rows[:, :, -1] = 1
    numbers = np.array([[1, 2, 0], [1, 1, 2]])
    losses = ctc_losses(numbers, rows).numpy()
    assert losses[1] == 0 < losses[0] < np.inf
    np.testing.assert_allclose(CTCLoss()(numbers, rows), losses[0] / 2, rtol=1e-6)
    assert CTCLoss()(numbers[1:], rows[1:]).numpy() == 0


def test_beams_find_the_likeliest_tokens() -> None:
    rows = outputs(12, seed=1)
    numbers, counts, logs = (each.numpy() for each in ctc_decode(rows, 50))
    for row, own, count, log in zip(rows, numbers, counts, logs, strict=True):
        sums = {tokens: sum(c for c, _ in paths) for tokens, paths in by_hand(row).items()}
        best = max(sums, key=sums.__getitem__)
        assert tuple(own[:count].tolist()) == best
        np.testing.assert_allclose(np.exp(log), sums[best], rtol=1e-4)


def test_the_greedy_answer_is_that_of_the_best_path() -> None:
    rows = outputs(12, seed=2)
    numbers, counts, _ = (each.numpy() for each in ctc_decode(rows))
    for row, own, count in zip(rows, numbers, counts, strict=True):
        length = int(row[:, -1].sum())
        path = row[:length, :-1].argmax(axis=1)
        tokens = [c + 1 for c, _ in itertools.groupby(path.tolist()) if c != CLASSES - 1]
        assert own[:count].tolist() == tokens


def test_times_are_those_of_the_likeliest_alignment() -> None:
    rows = outputs(12, seed=3)
    numbers, counts, _ = ctc_decode(rows, 50)
    first, last = (each.numpy() for each in ctc_times(numbers, rows))
    for place, row in enumerate(rows):
        own = tuple(numbers[place, : counts[place]].numpy().tolist())
        _, path = max(by_hand(row)[own])
        runs, step = [], 0
        for token, group in itertools.groupby(path):
            length = len(list(group))
            runs += [(step, step + length - 1)] if token != CLASSES - 1 else []
            step += length
        assert list(zip(first[place], last[place], strict=True))[: len(own)] == runs
        assert set(first[place, len(own) :]) <= {-1}


def test_rows_of_silence_alone() -> None:
    quiet = outputs(2)
    quiet[..., CLASSES - 1] = 9.0
    numbers, counts, _ = ctc_decode(quiet, 4)
    assert (numbers.shape, counts.numpy().tolist()) == ((2, 0), [0, 0])
    first, last = ctc_times(numbers, quiet)
    assert (first.shape, last.shape) == ((2, 0), (2, 0))
