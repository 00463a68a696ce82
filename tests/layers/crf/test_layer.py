"""The conditional random field as a layer of Keras."""

from __future__ import annotations

import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import CRF, CRFLoss
from lstm_toolkit.layers.crf.layer import best_tags, tag_losses, unpack

TAGS = 3
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    tokens = keras.Input((None,), dtype="int32")
    potentials = keras.layers.Embedding(10, TAGS)(tokens)
    return keras.Model(tokens, CRF()(potentials, tokens != 0))


def test_what_is_packed_can_be_taken_apart(network: keras.Model) -> None:
    tokens = np.array([[1, 2, 3], [4, 0, 0]])
    potentials, lengths, transitions = unpack(network(tokens))
    np.testing.assert_array_equal(potentials, network.layers[1](tokens))
    assert lengths.numpy().tolist() == [3, 1]
    np.testing.assert_array_equal(transitions, network.layers[-1].transitions)


def test_the_loss_is_that_of_all_sequences_counted_one_by_one(network: keras.Model) -> None:
    tokens, right = np.array([[1, 2, 3]]), (2, 0, 1)
    outputs = network(tokens)
    potentials, _, transitions = (part.numpy() for part in unpack(outputs))

    def score(tags: tuple[int, ...]) -> float:
        steps = sum(potentials[0, step, tag] for step, tag in enumerate(tags))
        return float(steps + sum(transitions[a, b] for a, b in itertools.pairwise(tags)))

    every = {tags: score(tags) for tags in itertools.product(range(TAGS), repeat=3)}
    norm = np.log(sum(np.exp(value) for value in every.values()))
    numbers = np.array([[tag + 1 for tag in right]])
    losses, counted = tag_losses(numbers, outputs)
    assert float(losses[0]) == pytest.approx(norm - every[right], rel=1e-5)
    assert counted.numpy().tolist() == [3.0]
    assert float(CRFLoss()(numbers, outputs)) == pytest.approx(float(losses[0]) / 3, rel=1e-6)
    tags, _ = best_tags(outputs)
    assert tuple(tags[0].numpy().tolist()) == max(every, key=lambda tags: every[tags])


def test_more_padding_changes_nothing(network: keras.Model) -> None:
    short, long = np.array([[5, 6]]), np.array([[5, 6, 0, 0]])
    one, other = tag_losses([[1, 2]], network(short)), tag_losses([[1, 2, 0, 0]], network(long))
    np.testing.assert_allclose(one[0], other[0], rtol=1e-6)
    assert best_tags(network(long))[0][:, :2].numpy().tolist() == (
        best_tags(network(short))[0].numpy().tolist()
    )


def test_no_rows_are_no_error(network: keras.Model) -> None:
    tags, lengths = best_tags(network(np.zeros((0, 4), np.int32)))
    assert tags.shape[0] == lengths.shape[0] == 0


def test_it_saves_loads_clones_and_learns(network: keras.Model, tmp_path: Path) -> None:
    tokens = RNG.integers(1, 10, (64, 5))
    tags = tokens % TAGS + 1
    model = keras.models.clone_model(network)
    model.compile(keras.optimizers.Adam(0.1), loss=CRFLoss())
    losses = model.fit(tokens, tags, epochs=12, verbose=0).history["loss"]
    assert losses[-1] < 0.1 < losses[0]
    model.save(tmp_path / "tagger.keras")
    loaded = keras.models.load_model(tmp_path / "tagger.keras")
    np.testing.assert_array_equal(model(tokens), loaded(tokens))
    assert isinstance(loaded.loss, CRFLoss)
    np.testing.assert_array_equal(best_tags(loaded(tokens))[0], tokens % TAGS)


def test_rows_can_be_weighted(network: keras.Model) -> None:
    outputs, numbers = network(np.array([[1, 2], [3, 4]])), np.array([[1, 2], [3, 1]])
    losses, _ = tag_losses(numbers, outputs)
    weighted = CRFLoss()(numbers, outputs, sample_weight=np.array([1.0, 0.0]))
    assert float(weighted) == pytest.approx(float(losses[0]) / 2, rel=1e-6)
    assert tf.math.is_finite(CRFLoss()(numbers, outputs, sample_weight=np.zeros(2)))
