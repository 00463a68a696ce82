from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import speed_up
from lstm_toolkit.layers.fast import speed_up as module
from lstm_toolkit.layers.fast.native import Native, load
from lstm_toolkit.system.runtime import dtype_policy
from tests.pairwise import pairwise

BATCH, TIME, FEATURES, UNITS = 3, 7, 4, 5
RIGHT = np.arange(TIME) < np.array([[TIME], [2], [5]])
MASKS = {
    "none": None,
    "right": RIGHT,
    "left": RIGHT[:, ::-1],
    "holes": np.random.default_rng(1).random((BATCH, TIME)) < 0.5,
    "empty row": np.arange(TIME) < np.array([[TIME], [0], [5]]),
}


def numbers(*shape: int, seed: int = 0, dtype: str = "float32") -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).normal(0, 0.7, shape), dtype)


def twins(layer: Any) -> tuple[keras.Model, keras.Model]:
    """Returns two models with the same random weights, the second sped up."""
    inputs = keras.Input((None, FEATURES))
    first = keras.Model(inputs, layer(inputs))
    first.set_weights([numbers(*w.shape, seed=i) for i, w in enumerate(first.get_weights())])
    second = keras.models.clone_model(first)
    second.set_weights(first.get_weights())
    for one, other in zip(first._flatten_layers(), second._flatten_layers(), strict=True):
        if hasattr(one, "zero_output_for_mask"):
            other.zero_output_for_mask = one.zero_output_for_mask
    return first, speed_up(second)


Results = tuple[list[Any], list[Any]]


def results(
    model: keras.Model,
    mask: Any = None,
    state: Any = None,
    *,
    inputs: tf.Tensor | None = None,
    graph: bool = False,
) -> Results:
    """Returns outputs, and gradients for inputs, initial state and weights."""
    if inputs is None:
        inputs = numbers(BATCH, TIME, FEATURES, dtype=model.compute_dtype)
    state = state or []
    run = step(model, mask)
    return as_arrays(traced(run, inputs, state) if graph else run, inputs, state)


def step(model: keras.Model, mask: Any = None) -> Any:
    """Returns a function of inputs and initial state: one training step without the update."""
    layer = model.layers[-1]
    mask = None if mask is None else tf.constant(mask)

    def run(inputs: Any, state: Any) -> Any:
        weights = [weight.value for weight in model.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch((inputs, state))
            outputs = layer(inputs, initial_state=state or None, mask=mask, training=True)
            outputs = tf.nest.flatten(outputs)
            waves = (tf.sin(3 * tf.cast(o, "float64") + i) for i, o in enumerate(outputs))
            loss = tf.add_n([tf.reduce_sum(wave) for wave in waves])
        return outputs, tape.gradient(loss, [inputs, *state, *weights])

    return run


def traced(run: Any, inputs: tf.Tensor, state: list[tf.Tensor]) -> Any:
    """Returns it as a graph for any number of rows and steps; tracing takes a second."""
    unknown = [tf.TensorSpec([None] * (x.shape.rank - 1) + [x.shape[-1]], x.dtype) for x in state]
    whole = tf.TensorSpec([None, None, inputs.shape[-1]], inputs.dtype)
    return tf.function(run, input_signature=[whole, unknown])


def as_arrays(run: Any, inputs: tf.Tensor, state: list[tf.Tensor]) -> Results:
    outputs, gradients = run(inputs, state)
    return [o.numpy() for o in outputs], [g.numpy() for g in gradients]


def assert_same(received: Any, expected: Any, *, outputs: float, gradients: float) -> None:
    for one, other in zip(received[0], expected[0], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=outputs)
    for one, other in zip(received[1], expected[1], strict=True):
        scale = max(1e-3, np.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, rtol=0, atol=gradients)


def is_fast(model: keras.Model) -> list[bool]:
    return [
        "inner_loop" in vars(layer)
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.LSTM | keras.layers.GRU)
    ]


SWITCH = (False, True)
WAYS = ("native", "tensorflow")


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lets what runs the layers be the operations in C, or the loop in TensorFlow."""
    if request.param == "tensorflow":
        monkeypatch.setattr(module, "load", lambda: Native(None, "", "as the test wants"))
    elif not load().operations:
        pytest.skip(load().missing)
    return request.param


both_ways = pytest.mark.parametrize("way", WAYS, indirect=True)


def ways_and(names: str, *options: Any, ways: Sequence[str] = WAYS) -> Any:
    """Parametrizes a test with the way and other options, pairwise."""
    cases = pairwise(ways, *options)
    return pytest.mark.parametrize(f"way, {names}", cases, indirect=["way"])


def assert_as_keras(
    mask: str,
    backwards: bool,
    given: bool,
    sequences: bool,
    *,
    graph: bool,
    kind: type[keras.layers.RNN] = keras.layers.LSTM,
) -> None:
    layer = kind(UNITS, go_backwards=backwards, return_sequences=sequences, return_state=True)
    stock, fast = twins(layer)
    assert is_fast(fast) == [True]
    seeds = (7, 8) if kind is keras.layers.LSTM else (7,)
    state = [numbers(BATCH, UNITS, seed=seed) for seed in seeds] if given else None
    expected = results(stock, MASKS[mask], state)
    received = results(fast, MASKS[mask], state, graph=graph)
    assert_same(received, expected, outputs=1e-6, gradients=1e-5)


@ways_and("mask, backwards, given, sequences", [*MASKS], SWITCH, SWITCH, SWITCH)
def test_answers_and_gradients_are_those_of_keras(
    way: str, mask: str, backwards: bool, given: bool, sequences: bool
) -> None:
    assert_as_keras(mask, backwards, given, sequences, graph=False)


@ways_and("mask, backwards, given, sequences", [*MASKS], SWITCH, SWITCH, SWITCH, ways=["native"])
def test_those_of_a_gru_too(
    way: str, mask: str, backwards: bool, given: bool, sequences: bool
) -> None:
    assert_as_keras(mask, backwards, given, sequences, graph=False, kind=keras.layers.GRU)


@ways_and("mask, backwards, given, sequences", [*MASKS], SWITCH, SWITCH, SWITCH)
def test_in_a_graph_they_are_too(
    way: str, mask: str, backwards: bool, given: bool, sequences: bool
) -> None:
    assert_as_keras(mask, backwards, given, sequences, graph=True)


@ways_and("mask, sequences", ["right", "holes"], SWITCH)
def test_zeros_for_masked_steps(way: str, mask: str, sequences: bool) -> None:
    layer = keras.layers.LSTM(UNITS, return_sequences=sequences, zero_output_for_mask=True)
    stock, fast = twins(layer)
    expected = results(stock, MASKS[mask])
    received = results(fast, MASKS[mask], graph=sequences)
    assert_same(received, expected, outputs=1e-6, gradients=1e-5)


@ways_and("mask, sequences", ["none", "right", "left"], SWITCH)
def test_both_directions(way: str, mask: str, sequences: bool) -> None:
    layer = keras.layers.LSTM(UNITS, return_sequences=sequences, return_state=True)
    stock, fast = twins(keras.layers.Bidirectional(layer))
    assert is_fast(fast) == [True, True]
    state = [numbers(BATCH, UNITS, seed=s) for s in range(4)]
    expected = results(stock, MASKS[mask], state)
    received = results(fast, MASKS[mask], state, graph=sequences)
    assert_same(received, expected, outputs=1e-6, gradients=1e-5)


@both_ways
def test_every_length(way: str) -> None:
    stock, fast = twins(keras.layers.LSTM(UNITS, return_sequences=True))
    eager = step(fast)
    graph = traced(eager, numbers(BATCH, TIME, FEATURES), [])
    for time in (1, 3, 4, 5, 8, 9):
        inputs = numbers(BATCH, time, FEATURES)
        expected = results(stock, inputs=inputs)
        for run in (eager, graph):
            assert_same(as_arrays(run, inputs, []), expected, outputs=1e-6, gradients=1e-5)


@pytest.mark.parametrize(
    ("policy", "outputs", "gradients"),
    [
        ("float64", 1e-13, 1e-12),
        ("mixed_float16", 4e-3, 2e-2),
        ("mixed_bfloat16", 3e-2, 1e-1),
    ],
)
def test_other_precisions(policy: str, outputs: float, gradients: float) -> None:
    with dtype_policy(policy):
        stock, fast = twins(keras.layers.LSTM(UNITS, return_sequences=True, return_state=True))
        expected = results(stock, MASKS["right"])
        received = results(fast, MASKS["right"], graph=True)
    assert [x.dtype for x in received[0]] == [x.dtype for x in expected[0]]
    as_floats = [[[x.astype(float) for x in y] for y in z] for z in (received, expected)]
    assert_same(*as_floats, outputs=outputs, gradients=gradients)


@both_ways
def test_masked_inputs_may_be_anything(way: str) -> None:
    _, fast = twins(keras.layers.LSTM(UNITS))
    inputs = numbers(BATCH, TIME, FEATURES).numpy()
    clean = results(fast, RIGHT, inputs=tf.constant(inputs))[0][0]
    inputs[~RIGHT] = np.inf
    np.testing.assert_array_equal(results(fast, RIGHT, inputs=tf.constant(inputs))[0][0], clean)


@both_ways
def test_dropout_of_inputs_is_that_of_keras(way: str) -> None:
    stock, fast = twins(keras.layers.LSTM(UNITS, dropout=0.5, seed=3))
    expected = results(stock)
    assert_same(results(fast, graph=True), expected, outputs=1e-6, gradients=1e-5)
    assert_same(results(fast), results(stock), outputs=1e-6, gradients=1e-5)  # another mask
    assert np.abs(results(fast)[0][0] - expected[0][0]).max() > 0.01


@both_ways
def test_the_state_is_kept_between_batches(way: str) -> None:
    layers = [keras.layers.LSTM(UNITS, stateful=True, seed=0) for _ in range(2)]
    inputs = numbers(BATCH, TIME, FEATURES)
    models = [keras.Sequential([keras.Input(batch_shape=inputs.shape), x]) for x in layers]
    models[1].set_weights(models[0].get_weights())
    speed_up(models[1])
    for _ in range(2):
        expected, received = (model(inputs, training=True).numpy() for model in models)
        np.testing.assert_allclose(received, expected, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
        {"use_bias": False},
        {"recurrent_dropout": 0.1},
        {"unroll": True},
        {"use_cudnn": True},
        {"implementation": 1},
    ],
)
def test_what_it_does_not_know_is_left_alone(options: dict[str, Any]) -> None:
    model = speed_up(keras.Sequential([keras.layers.LSTM(UNITS, **options)]))
    assert is_fast(model) == [False]


@both_ways
def test_a_gru_needs_the_native_operations(way: str) -> None:
    layers = [keras.layers.GRU(UNITS), keras.layers.GRU(UNITS, reset_after=False)]
    assert is_fast(speed_up(keras.Sequential(layers))) == [way == "native", False]


def test_a_gru_in_another_precision_is_left_to_keras() -> None:
    with dtype_policy("float64"):
        stock, fast = twins(keras.layers.GRU(UNITS))
        assert_same(results(fast), results(stock), outputs=0, gradients=0)


def test_a_subclass_is_left_alone() -> None:
    class Other(keras.layers.LSTM):
        pass

    assert is_fast(speed_up(keras.Sequential([Other(UNITS)]))) == [False]


def test_beside_a_gpu_keras_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    model = speed_up(keras.Sequential([keras.Input((TIME, FEATURES)), keras.layers.LSTM(UNITS)]))
    asked = []
    loop = model.layers[0].inner_loop
    monkeypatch.setattr(loop, "original", lambda *a, **k: asked.append(k) or (a[1][0],) * 3)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    loop(numbers(BATCH, TIME, FEATURES), [numbers(BATCH, UNITS)] * 2, None, training=True)
    assert asked == [{"training": True}]


def small() -> keras.Model:
    keras.utils.set_random_seed(4)
    inputs = keras.Input((None, FEATURES))
    x = keras.layers.Bidirectional(keras.layers.LSTM(UNITS, return_sequences=True))(inputs)
    x = keras.layers.LSTM(UNITS)(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.02), loss="mse", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def train(model: keras.Model) -> list[float]:
    """Returns the loss of each epoch."""
    inputs = numbers(64, TIME, FEATURES).numpy()
    targets = inputs.sum(axis=(1, 2))[:, None] / 5
    told = model.fit(inputs, targets, batch_size=24, epochs=15, shuffle=False, verbose=0)
    return told.history["loss"]


@functools.cache
def trained() -> keras.Model:
    model = speed_up(small())
    train(model)
    return model


def test_training_is_that_of_keras_and_gives_the_same_bits_twice() -> None:
    tf.config.experimental.enable_op_determinism()
    stock, fast = small(), speed_up(small())
    train(stock)
    variables = [*fast.variables, *fast.optimizer.variables]
    start = [variable.numpy() for variable in variables]
    history = train(fast)
    once = fast.get_weights()
    for variable, value in zip(variables, start, strict=True):
        variable.assign(value)
    train(fast)
    for one, other, expected in zip(once, fast.get_weights(), stock.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_allclose(one, expected, atol=1e-3)
    assert history[-1] < 0.2 * history[0]
    inputs = numbers(8, TIME, FEATURES).numpy()
    assert fast.evaluate(inputs, inputs[:, 0, :1], verbose=0) > 0
    assert fast.predict(inputs, verbose=0).shape == (8, 1)


def test_keras_does_not_choose_xla_by_itself() -> None:
    assert not keras.src.trainers.trainer.model_supports_jit(speed_up(small()))


def test_twice_is_once() -> None:
    model = speed_up(small())
    loops = [layer.inner_loop for layer in model._flatten_layers() if hasattr(layer, "inner_loop")]
    speed_up(model)
    assert loops == [x.inner_loop for x in model._flatten_layers() if hasattr(x, "inner_loop")]


def test_copies_are_plain_keras_models(tmp_path: Path) -> None:
    model = trained()
    inputs = numbers(8, TIME, FEATURES)
    expected = model(inputs).numpy()
    model.save(tmp_path / "model.keras")
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    copies = [
        keras.models.load_model(tmp_path / "model.keras"),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        clone,
    ]
    for other in copies:
        assert is_fast(other) == [False, False, False]
        np.testing.assert_allclose(other(inputs).numpy(), expected, atol=1e-6)


def test_exports_answer_the_same(tmp_path: Path) -> None:
    model = trained()
    inputs = numbers(8, TIME, FEATURES)
    model.export(tmp_path / "saved", verbose=False)
    saved = tf.saved_model.load(tmp_path / "saved")  # holds the weights that `serve` reads
    assert b"LstmToolkit" not in (tmp_path / "saved" / "saved_model.pb").read_bytes()
    np.testing.assert_allclose(saved.serve(inputs).numpy(), model(inputs).numpy(), atol=1e-6)
