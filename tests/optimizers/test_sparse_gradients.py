"""Optimizers step by the sum of a row's gradients, however often a token repeats."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import merge_repeated_rows, optimizer
from lstm_toolkit.optimizers.catalogue import CLASSES
from lstm_toolkit.system.runtime import dtype_policy

SPARSE = tf.IndexedSlices(
    tf.constant([[3.0, 0.5], [1.0, 1.0], [-2.0, 0.5]]), tf.constant([1, 2, 1]), tf.constant([4, 2])
)
"""Row 1 twice, 3 and -2 in its first column; row 2 once."""
DENSE = tf.constant([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])


def moved(
    made: keras.optimizers.Optimizer, gradient: tf.Tensor | tf.IndexedSlices, steps: int = 2
) -> np.ndarray:
    """Returns how far each number of a table is moved."""
    table = keras.Variable(np.ones((4, 2), np.float32))
    for _ in range(steps):
        made.apply([gradient], [table])
    return 1 - table.numpy()


@pytest.mark.parametrize("clipnorm", [0.0, 0.1])
@pytest.mark.parametrize("name", CLASSES)
def test_repeated_rows_move_as_their_sum_does(name: str, clipnorm: float) -> None:
    found = moved(optimizer(name, 0.05, clipnorm=clipnorm), SPARSE)
    expected = moved(optimizer(name, 0.05, clipnorm=clipnorm), DENSE)
    assert np.abs(expected[1:3]).min() > 1e-3
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "first"),
    [("adam", 0.0139), ("adamw", 0.0139), ("nadam", 0.0147), ("rmsprop", 0.0439),
     ("adagrad", 0.0138), ("adamax", 0.0100), ("lamb", 0.0194)],
)  # fmt: skip
def test_plain_keras_still_moves_them_otherwise(name: str, first: float) -> None:
    # Where this fails, Keras has mended it, and `merge_repeated_rows` may go.
    options = {"weight_decay": 0.0} if name == "adamw" else {}
    sparse, dense = (moved(CLASSES[name](0.05, **options), g, 1)[1, 0] for g in (SPARSE, DENSE))
    assert sparse == pytest.approx(first, abs=1e-4)
    assert sparse != pytest.approx(dense, rel=0.05)


def test_the_first_step_of_adam() -> None:
    found = moved(merge_repeated_rows(keras.optimizers.Adam(0.05)), SPARSE, steps=1)
    np.testing.assert_allclose(found, [[0, 0], [0.05, 0.05], [0.05, 0.05], [0, 0]], atol=1e-6)


def test_the_norm_is_that_of_the_merged_rows() -> None:
    made = merge_repeated_rows(keras.optimizers.SGD(1.0, clipnorm=1.0))
    found = moved(made, SPARSE, steps=1)
    np.testing.assert_allclose(found, DENSE / 2, atol=1e-6)  # of norm 2
    plain = moved(keras.optimizers.SGD(1.0, clipnorm=1.0), SPARSE, steps=1)
    assert np.linalg.norm(plain) < 0.6  # clipped by the norm of what cancels out


def test_other_gradients_pass_as_they_are() -> None:
    made = merge_repeated_rows(keras.optimizers.SGD(1.0))
    table, other = keras.Variable(np.zeros((4, 2))), keras.Variable(np.zeros((4, 2)))
    made.apply([SPARSE, DENSE], [table, other])
    np.testing.assert_array_equal(table.numpy(), -DENSE)
    np.testing.assert_array_equal(other.numpy(), -DENSE)
    made.apply([DENSE, SPARSE])  # without variables: those it was built with
    np.testing.assert_array_equal(table.numpy(), -2 * DENSE)


def test_it_changes_the_optimizer_in_place() -> None:
    made = keras.optimizers.Adam(name="a")
    assert merge_repeated_rows(made) is made
    assert type(made) is keras.optimizers.Adam
    assert made.get_config() == keras.optimizers.Adam(name="a").get_config()


def fitted(policy: str, made: keras.optimizers.Optimizer) -> keras.Model:
    """Fits one step in which token 1 stands twice, with gradients 0.75 and -0.5."""
    with dtype_policy(policy):
        tokens = keras.Input((2,), dtype="int32")
        x = keras.layers.Embedding(3, 1, embeddings_initializer="zeros", name="table")(tokens)
        head = keras.layers.Dense(1, use_bias=False, trainable=False, dtype="float32")
        model = keras.Model(tokens, head(keras.layers.Flatten()(x)))
        head.set_weights([np.array([[0.75], [-0.5]])])
        model.compile(made, "mse", jit_compile=False)
    model.fit(np.array([[1, 1]]), np.array([[-0.5]]), verbose=0)
    return model


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_a_fitted_and_loaded_model_holds_the_optimizer_of_keras(
    policy: str, tmp_path: Path
) -> None:
    model = fitted(policy, optimizer("adam", 0.05))
    table = model.get_layer("table").get_weights()[0]
    np.testing.assert_allclose(table, [[0], [-0.05], [0]], atol=1e-5)
    model.save(tmp_path / "model.keras")
    with dtype_policy(policy):  # or Keras leaves the loss scale out
        loaded = keras.models.load_model(tmp_path / "model.keras").optimizer
    assert isinstance(loaded, keras.optimizers.LossScaleOptimizer) == (policy == "mixed_float16")
    inner = getattr(loaded, "inner_optimizer", loaded)
    assert type(inner) is keras.optimizers.Adam
    assert "apply" not in vars(inner)
    for mine, other in zip(inner.variables, _adam(model).variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), other.numpy())


def _adam(model: keras.Model) -> keras.optimizers.Optimizer:
    return getattr(model.optimizer, "inner_optimizer", model.optimizer)
