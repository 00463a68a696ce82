"""Probabilities of tags, and the next best sequences, against all sequences counted one by one."""

from __future__ import annotations

import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import CRF, CRFAccuracy, CRFLoss, crf_marginals, crf_nbest
from lstm_toolkit.layers.crf.layer import best_tags, unpack

TAGS, STEPS = 3, 4
RNG = np.random.default_rng(1)
POTENTIALS = RNG.normal(size=(3, STEPS, TAGS)).astype("float32")
TRANSITIONS = RNG.normal(size=(TAGS, TAGS)).astype("float32")
LENGTHS = [4, 2, 1]


def every(row: int) -> dict[tuple[int, ...], float]:
    """Returns the probability of each sequence of a row."""
    length = LENGTHS[row]

    def score(tags: tuple[int, ...]) -> float:
        steps = sum(POTENTIALS[row, step, tag] for step, tag in enumerate(tags))
        return float(steps + sum(TRANSITIONS[a, b] for a, b in itertools.pairwise(tags)))

    scores = {tags: np.exp(score(tags)) for tags in itertools.product(range(TAGS), repeat=length)}
    total = sum(scores.values())
    return {tags: value / total for tags, value in scores.items()}


def test_marginals_are_sums_over_all_sequences() -> None:
    shares = crf_marginals(POTENTIALS, TRANSITIONS, LENGTHS).numpy()
    for row, length in enumerate(LENGTHS):
        for step, tag in itertools.product(range(STEPS), range(TAGS)):
            right = sum(p for tags, p in every(row).items() if step < length and tags[step] == tag)
            assert shares[row, step, tag] == pytest.approx(right, abs=1e-5)


@pytest.mark.parametrize("count", [1, 5])
def test_the_next_best_sequences(count: int) -> None:
    tags, scores = crf_nbest(POTENTIALS, TRANSITIONS, LENGTHS, count)
    for row, length in enumerate(LENGTHS):
        best = sorted(every(row).items(), key=lambda pair: -pair[1])[:count]
        found = [tuple(each[:length].tolist()) for each in tags.numpy()[row]]
        assert found[: len(best)] == [each for each, _ in best]
        np.testing.assert_allclose(
            np.exp(scores[row, : len(best)]), [share for _, share in best], rtol=1e-4
        )
        assert (np.exp(scores[row, len(best) :]) == 0).all()
        assert not tags.numpy()[row, :, length:].any()


def test_one_step_and_no_rows_are_no_error() -> None:
    unknown = tf.TensorSpec([None, None, TAGS])
    for function in (crf_marginals, lambda *args: crf_nbest(*args, 2)[0]):
        graph = tf.function(
            lambda likes, function=function: function(likes, TRANSITIONS, tf.ones(2, tf.int32)),
            input_signature=[unknown],
        )
        assert np.isfinite(graph(POTENTIALS[:2, :1])).all()
    one = POTENTIALS[:, :1]
    np.testing.assert_allclose(
        crf_marginals(one, TRANSITIONS, [1, 1, 1]), tf.nn.softmax(one), rtol=1e-5
    )
    assert crf_nbest(one, TRANSITIONS, [1, 1, 1], 2)[0].shape == (3, 2, 1)
    assert crf_marginals(POTENTIALS[:0], TRANSITIONS, []).shape == (0, STEPS, TAGS)


ALLOWED = [
    [True, True, True, True],
    [False, True, True, False],
    [True, True, True, True],
    [False, True, True, True],
]


def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    tokens = keras.Input((None,), dtype="int32")
    potentials = keras.layers.Embedding(10, TAGS, embeddings_initializer="normal")(tokens)
    return keras.Model(tokens, CRF(ALLOWED, borders=True)(potentials, tokens != 0))


def test_only_allowed_sequences_are_found_and_learnt(tmp_path: Path) -> None:
    model = network()
    real = np.arange(6) < RNG.integers(1, 7, 40)[:, None]
    tokens = np.where(real, RNG.integers(1, 10, (40, 6)), 0)
    tags, lengths = (part.numpy() for part in best_tags(model(tokens)))
    rows = [row[:length].tolist() for row, length in zip(tags, lengths, strict=True)]
    for row in rows:
        path = [TAGS, *row, TAGS]
        assert all(ALLOWED[a][b] for a, b in itertools.pairwise(path))
    model.compile("sgd", loss=CRFLoss(), metrics=[CRFAccuracy()])
    numbers = np.where(tokens != 0, tags + 1, 0)
    assert model.evaluate(tokens, numbers, verbose=0)[1] == 1.0
    model.save(tmp_path / "field.keras")
    loaded = keras.models.load_model(tmp_path / "field.keras")
    np.testing.assert_array_equal(loaded(tokens), model(tokens))
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy(tokens), model(tokens))


def test_more_padding_changes_no_borders() -> None:
    model = network()
    short, long = model(np.array([[1, 2]])), model(np.array([[1, 2, 0]]))
    np.testing.assert_array_equal(unpack(short)[0], unpack(long)[0][:, :2])


def test_a_table_of_another_size_is_refused() -> None:
    told = r"^allowed must be of shape \(4, 4\)\. Received: shape=\(2, 2\)$"
    with pytest.raises(ValueError, match=told):
        CRF([[True, True], [True, True]])(tf.zeros((1, 2, 3)), tf.ones((1, 2)))
