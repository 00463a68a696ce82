from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import LazyAdam
from tests.addons.reference import assert_forward, read_cases

CASES = read_cases("lazy_adam")


def made(options: dict[str, Any]) -> LazyAdam:
    arguments = dict(options)
    if "schedule" in arguments:
        schedule = keras.optimizers.schedules.ExponentialDecay(*arguments.pop("schedule"))
        arguments["learning_rate"] = schedule
    return LazyAdam(**arguments)


@pytest.mark.parametrize("in_graph", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_steps_are_those_of_tensorflow_addons(name: str, in_graph: bool) -> None:
    case = CASES[name]
    table, dense = keras.Variable(case["table"]), keras.Variable(case["dense"])
    optimizer = made(case.options)
    optimizer.build([table, dense])

    def step(rows: Any, values: Any, dense_gradient: Any) -> None:
        slices = tf.IndexedSlices(values, rows, tf.constant(tuple(table.shape)))
        optimizer.apply([slices, dense_gradient], [table, dense])

    run = tf.function(step) if in_graph else step
    for i, rows in enumerate(case.numbered("rows")):
        values, gradient = case[f"row_gradients/{i}"], case[f"dense_gradients/{i}"]
        run(*(tf.constant(part) for part in (rows, values, gradient)))
        assert_forward(table, case[f"tables/{i}"])
        assert_forward(dense, case[f"denses/{i}"])
    momentum, velocity = (v for v in optimizer.variables if v.shape == table.shape)
    assert_forward(momentum, case["momentum"])
    assert_forward(velocity, case["velocity"])
    assert (case["table"][-1] == table.numpy()[-1]).all()


def test_a_row_rests_while_it_is_not_seen() -> None:
    table = keras.Variable(np.ones((3, 2), "float32"))
    optimizer = LazyAdam(0.1)
    for row in (0, 1, 1):
        optimizer.apply([tf.IndexedSlices(tf.ones((1, 2)), tf.constant([row]))], [table])
        if row == 0:
            first = table.numpy()[0]
    assert (table.numpy()[0] == first).all()
    assert first[0] == pytest.approx(0.9, abs=1e-5)


def test_an_embedding_trains_and_the_optimizer_is_saved(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((4,), dtype="int32"), keras.layers.Embedding(9, 3), keras.layers.LSTM(3)]
    )
    model.compile(LazyAdam(0.01), "mse", jit_compile=False)
    x, y = np.array([[1, 2, 2, 1], [3, 1, 1, 3]]), np.ones((2, 3), "float32")
    before = model.layers[0].get_weights()[0]
    model.fit(x, y, epochs=3, verbose=0)
    changed = (model.layers[0].get_weights()[0] != before).any(axis=1)
    assert changed.tolist() == [False, True, True, True] + [False] * 5
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is LazyAdam
    for found, expected in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())


def test_clipping_sees_added_rows() -> None:
    table = keras.Variable(np.zeros((2, 1), "float32"))
    optimizer = LazyAdam(0.1, clipvalue=1.0, beta_1=0.0, epsilon=1.0, beta_2=0.0)
    optimizer.apply([tf.IndexedSlices(tf.constant([[3.0], [-2.5]]), tf.constant([1, 1]))], [table])
    assert table.numpy().ravel() == pytest.approx([0.0, -0.1 * 0.5 / 1.5])


def test_amsgrad_is_refused() -> None:
    with pytest.raises(ValueError) as error:
        LazyAdam(amsgrad=True)
    assert str(error.value) == "amsgrad must be False. Received: amsgrad=True"
