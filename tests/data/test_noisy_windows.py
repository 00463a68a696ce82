"""Noise of a row is a function of seed, epoch and row, so that trainings can go on exactly."""

from __future__ import annotations

import dataclasses

import numpy as np

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.data.columns import Beside, Windows
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.noisy_windows import NoisyWindows, Recipe

RECIPE = Recipe(("white", "impulses"), (0.0, 10.0), 100.0)
CLEAN = np.sin(np.arange(400, dtype=np.float32) / 5)
STARTS = np.arange(0, 300, 20)


def windows() -> NoisyWindows:
    count = len(STARTS)
    numbers = np.arange(count)
    return NoisyWindows(CLEAN[:, None], STARTS, 64, numbers, np.full(count, 0.7), RECIPE)


def test_a_row_is_the_same_alone_among_others_and_of_a_part() -> None:
    column = windows()
    for each in (column, column.of_epoch(3, 2)):
        rows = each[np.array([4, 1, 9])]
        assert rows.shape == (3, 64, 1)
        np.testing.assert_array_equal(each[np.array([9])][0], rows[2])
        np.testing.assert_array_equal(each.subset(np.array([1, 9]))[np.array([1])][0], rows[2])
        np.testing.assert_array_equal(each[1:2][0], rows[1])
        assert each[np.array([], int)].shape == (0, 64, 1)


def test_epochs_and_seeds_differ_and_scored_rows_do_not() -> None:
    column, rows = windows(), np.arange(3)
    drawn = [column.of_epoch(seed, epoch)[rows] for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not np.array_equal(drawn[one], drawn[other])
    np.testing.assert_array_equal(column[rows], windows()[rows])


def test_scored_rows_have_the_kind_and_the_level_of_their_number() -> None:
    pairs = [RECIPE.at(number) for number in range(RECIPE.combinations)]
    assert pairs == [("white", 0.0), ("impulses", 0.0), ("white", 10.0), ("impulses", 10.0)]
    column = windows()
    noise = column[np.arange(4)][..., 0] - Windows(CLEAN, STARTS, 64)[np.arange(4)]
    powers = 10 * np.log10(0.49 / np.square(noise.astype(np.float64)).mean(axis=1))
    np.testing.assert_allclose(powers, [0, 0, 10, 10], atol=0.01)
    assert (np.abs(noise[1]) < 1e-6).mean() > 0.7  # impulses hit few samples


def test_batches_that_go_on_in_an_epoch_have_its_noise() -> None:
    column, targets = windows(), Beside((Windows(CLEAN, STARTS, 64), np.ones(len(STARTS))))
    batches = Batches({"values": column}, targets, batch_size=4, seed=5)
    batches.epoch = 1
    whole = [batch[0]["values"].numpy() for batch in batches.dataset()]
    again = Batches({"values": column}, targets, batch_size=4, seed=5)
    again.epoch, again.first_step = 1, 2
    rest = [batch[0]["values"].numpy() for batch in again.dataset().take(len(whole) - 2)]
    for one, other in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(one, other)
    again.epoch, again.first_step = 2, 0
    assert not np.array_equal(next(iter(again.dataset()))[0]["values"], whole[0])


def test_rows_that_are_scored_are_not_of_an_epoch() -> None:
    column = windows()
    batches = Batches({"values": column}, batch_size=100)
    batches.epoch = 7
    ((inputs, _),) = list(batches.dataset())
    np.testing.assert_array_equal(inputs["values"], column[np.arange(len(column))])


def test_a_data_set_takes_rows_with_their_noise() -> None:
    rows = Dataset({"values": windows()}).take(np.array([2, 5]))
    np.testing.assert_array_equal(rows.columns["values"][0:1], windows()[2:3])
    assert dataclasses.is_dataclass(rows.columns["values"])
