"""The wrapper's contract: training, saving, precision, and masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import (
    AttentionMechanism,
    AttentionWrapper,
    AttentionWrapperState,
    BahdanauAttention,
    BahdanauMonotonicAttention,
    LuongAttention,
    LuongMonotonicAttention,
)

BATCH, STEPS, TIME, FEATURES, DEPTH, UNITS = 2, 3, 5, 3, 4, 6
MECHANISMS = [LuongAttention, BahdanauAttention]
rng = np.random.default_rng(0)
X = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
MEMORY = rng.normal(size=(BATCH, TIME, DEPTH)).astype("float32")
LENGTHS = np.array([5, 3], "int32")


@keras.saving.register_keras_serializable(package="tests")
class Reader(keras.Model):
    """A decoder that reads a memory: what users write."""

    def __init__(self, wrapper: AttentionWrapper, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wrapper = wrapper
        self.head = keras.layers.Dense(1)

    def call(self, inputs: Any, training: bool = False) -> Any:
        x, memory, lengths = inputs
        for mechanism in self.wrapper.attention_mechanisms:
            mechanism.setup_memory(memory, lengths)
        return self.head(keras.layers.RNN(self.wrapper)(x, training=training))

    def get_config(self) -> dict[str, Any]:
        return {"wrapper": keras.saving.serialize_keras_object(self.wrapper)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Reader:
        return cls(keras.saving.deserialize_keras_object(config["wrapper"]))


def wrapped(mechanism: type = LuongAttention, **options: Any) -> AttentionWrapper:
    keras.utils.set_random_seed(3)
    switch = "scale" if mechanism is LuongAttention else "normalize"
    cell = keras.layers.LSTMCell(UNITS, bias_initializer="ones", unit_forget_bias=False)
    attention = mechanism(UNITS, **{switch: True})
    return AttentionWrapper(cell, attention, **{"attention_layer_size": 4, **options})


def with_memory(wrapper: AttentionWrapper, memory: Any = MEMORY, **more: Any) -> AttentionWrapper:
    for mechanism in wrapper.attention_mechanisms:
        mechanism.setup_memory(memory, **more)
    return wrapper


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_one_step_of_training_changes_every_weight(mechanism: type) -> None:
    reader = Reader(wrapped(mechanism))
    reader.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=True)
    reader((X, MEMORY, LENGTHS))
    before = reader.get_weights()
    data = tf.data.Dataset.from_tensors(((X, MEMORY, LENGTHS), np.ones((BATCH, 1))))
    reader.fit(data, epochs=1, shuffle=False, verbose=0)
    assert len(before) == (8 if mechanism is LuongAttention else 11)
    for weight, old in zip(reader.weights, before, strict=True):
        assert not np.array_equal(weight.numpy(), old), weight.path


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_saved_and_loaded_it_answers_the_same(mechanism: type, tmp_path: Path) -> None:
    reader = Reader(wrapped(mechanism))
    expected = reader((X, MEMORY, LENGTHS)).numpy()
    reader.save(tmp_path / "reader.keras")
    loaded = keras.models.load_model(tmp_path / "reader.keras")
    np.testing.assert_array_equal(loaded((X, MEMORY, LENGTHS)), expected)


def test_an_export_answers_the_same(tmp_path: Path) -> None:
    reader = Reader(wrapped())
    expected = reader((X, MEMORY, LENGTHS)).numpy()
    archive = keras.export.ExportArchive()
    archive.track(reader)
    archive.add_endpoint(
        "serve",
        lambda x, memory, lengths: reader((x, memory, lengths)),
        input_signature=[
            tf.TensorSpec([None, None, FEATURES], tf.float32),
            tf.TensorSpec([None, None, DEPTH], tf.float32),
            tf.TensorSpec([None], tf.int32),
        ],
    )
    archive.write_out(tmp_path / "export", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "export"))
    np.testing.assert_allclose(served.serve(X, MEMORY, LENGTHS), expected, atol=1e-6)


def test_a_wrapper_with_two_mechanisms_and_functions_has_a_configuration() -> None:
    wrapper = AttentionWrapper(
        keras.layers.LSTMCell(UNITS),
        [LuongAttention(UNITS, scale=True), BahdanauAttention(UNITS, probability_fn="hardmax")],
        attention_layer=[keras.layers.Dense(2, activation="tanh"), keras.layers.Dense(3)],
        cell_input_fn=_sum,
        output_attention=False,
        name="two",
    )
    config = keras.saving.serialize_keras_object(wrapper)
    assert config["registered_name"] == "lstm_toolkit>AttentionWrapper"
    again = keras.saving.deserialize_keras_object(config)
    assert again.cell_input_fn is _sum
    assert again.get_config() == wrapper.get_config()
    assert again.name == "two"
    assert [m.get_config() for m in again.attention_mechanisms] == [
        m.get_config() for m in wrapper.attention_mechanisms
    ]
    assert [layer.units for layer in again.attention_layers] == [2, 3]


@pytest.mark.parametrize("mechanism", [LuongMonotonicAttention, BahdanauMonotonicAttention])
def test_a_monotonic_mechanism_is_saved(mechanism: type) -> None:
    made = mechanism(3, sigmoid_noise=0.5, sigmoid_noise_seed=2, score_bias_init=-1.0, mode="hard")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made))
    assert type(again) is mechanism
    assert again.get_config() == made.get_config()
    assert again.mode == "hard"


def test_noise_moves_monotonic_alignments() -> None:
    query = tf.ones((BATCH, UNITS))
    alignments = []
    for noise in (0.0, 2.0, 2.0):
        keras.utils.set_random_seed(5)
        attention = LuongMonotonicAttention(UNITS, memory=MEMORY, sigmoid_noise=noise)
        alignments.append(attention([query, attention.initial_state(BATCH, "float32")])[0])
    assert not np.allclose(alignments[0], alignments[1])
    np.testing.assert_array_equal(alignments[1], alignments[2])


@keras.saving.register_keras_serializable(package="tests")
def _sum(inputs: Any, attention: Any) -> Any:
    return inputs + attention[:, :FEATURES]


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_stays_near_float32(mechanism: type, policy: str) -> None:
    wrapper = with_memory(wrapped(mechanism), memory_sequence_length=LENGTHS)
    rnn = keras.layers.RNN(wrapper)
    expected = rnn(X)
    cell = keras.layers.LSTMCell(UNITS, dtype=policy)
    switch = "scale" if mechanism is LuongAttention else "normalize"
    attention = mechanism(UNITS, dtype=policy, **{switch: True})
    mixed = AttentionWrapper(cell, attention, attention_layer_size=4, dtype=policy)
    with_memory(mixed, memory_sequence_length=LENGTHS)
    layer = keras.layers.RNN(mixed, dtype=policy)
    layer.build(X.shape)
    layer.set_weights(rnn.get_weights())
    with_memory(mixed, memory_sequence_length=LENGTHS)
    found = layer(X)
    assert found.dtype.name == policy.removeprefix("mixed_")
    assert attention.values.dtype == found.dtype
    np.testing.assert_allclose(np.asarray(found, "float32"), expected, atol=0.06)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_padding_of_the_memory_and_of_the_inputs_changes_no_answer(mechanism: type) -> None:
    reader = Reader(wrapped(mechanism))
    expected = reader((X, MEMORY, LENGTHS))
    padding = np.full((BATCH, 3, DEPTH), np.nan, "float32")
    padded = np.concatenate([MEMORY, padding], axis=1)
    np.testing.assert_allclose(reader((X, padded, LENGTHS)), expected, atol=1e-6)
    rnn = keras.layers.RNN(reader.wrapper)
    longer = np.concatenate([X, np.ones((BATCH, 2, FEATURES), "float32")], axis=1)
    mask = np.arange(STEPS + 2) < np.array([[STEPS], [STEPS]])
    np.testing.assert_allclose(rnn(longer, mask=mask), rnn(X), atol=1e-6)


def test_a_mask_that_the_memory_carries_counts() -> None:
    tokens = np.array([[4, 2, 1, 0], [3, 0, 0, 0]])
    memory = keras.layers.Embedding(5, DEPTH, mask_zero=True)(tokens)
    query = tf.ones((BATCH, UNITS))
    for attention in (LuongAttention(UNITS, memory=memory), LuongAttention(UNITS)):
        if not attention.memory_initialized:
            attention(memory, setup_memory=True)
        alignments, _ = attention([query, attention.initial_state(BATCH, "float32")])
        np.testing.assert_array_equal(alignments.numpy() > 0, tokens > 0)


@pytest.mark.parametrize("in_graph", [False, True])
def test_dropout_of_the_wrapped_cell_is_drawn_anew(in_graph: bool) -> None:
    cell = keras.layers.StackedRNNCells(
        [keras.layers.LSTMCell(UNITS, dropout=0.5, recurrent_dropout=0.5) for _ in range(2)]
    )
    attention = LuongAttention(UNITS, memory=MEMORY)
    rnn = keras.layers.RNN(AttentionWrapper(cell, attention))
    run = tf.function(rnn, jit_compile=False) if in_graph else rnn
    one, other, quiet = (run(X, training=training).numpy() for training in (True, True, False))
    assert not np.allclose(one, other)
    assert not np.allclose(one, quiet)
    np.testing.assert_array_equal(run(X, training=False), quiet)


def test_the_history_lasts_through_a_graph_of_unknown_sizes() -> None:
    wrapper = with_memory(wrapped(alignment_history=True))
    wrapper(X[:, 0], wrapper.get_initial_state(X[:, 0]))
    unknown = tf.TensorSpec([None, None, DEPTH]), tf.TensorSpec([None, FEATURES])

    @tf.function(input_signature=unknown)
    def history(memory: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
        with_memory(wrapper, memory)
        state = wrapper.get_initial_state(batch_size=tf.shape(x)[0], dtype="float32")
        for _ in tf.range(4):
            _, state = wrapper(x, state)
        return state.alignment_history.stack()

    found = history(MEMORY, X[:, 0])
    assert found.shape == (4, BATCH, TIME)
    np.testing.assert_allclose(tf.reduce_sum(found, -1), np.ones((4, BATCH)), atol=1e-6)


def test_sizes_are_those_of_the_parts() -> None:
    mechanisms = [LuongAttention(UNITS, memory=MEMORY), BahdanauAttention(2, memory=MEMORY)]
    wrapper = AttentionWrapper(keras.layers.LSTMCell(UNITS), mechanisms, alignment_history=True)
    assert wrapper.output_size == 2 * DEPTH
    assert wrapper.state_size == AttentionWrapperState(
        [UNITS, UNITS], 2 * DEPTH, (TIME, TIME), (TIME, TIME), (TIME, TIME)
    )
    state = wrapper.get_initial_state(batch_size=BATCH, dtype="float64")
    assert state.attention.dtype == tf.float64
    assert [len(part) for part in state[2:]] == [2, 2, 2]


def test_a_mechanism_of_ones_own() -> None:
    class First(AttentionMechanism):
        def _calculate_attention(self, query: Any, state: Any) -> tuple[Any, Any]:
            return tf.one_hot(tf.zeros(len(query), tf.int32), TIME), state

    wrapper = AttentionWrapper(keras.layers.GRUCell(UNITS), First(MEMORY))
    output, _ = wrapper(X[:, 0], wrapper.get_initial_state(X[:, 0]))
    np.testing.assert_array_equal(output, MEMORY[:, 0])
