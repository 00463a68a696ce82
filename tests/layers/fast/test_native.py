from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers.fast import native
from lstm_toolkit.layers.fast.native import load, run_native, use_kernels

SIZES = [(1, 1, 1, 1), (3, 5, 2, 7), (13, 3, 17, 16), (50, 2, 5, 33), (97, 4, 3, 24)]
"""Batch, time, features, units: none of all, one block of rows and some more than two, units
that fill vectors, and those that leave some of a vector free."""

needed = pytest.mark.skipif(not load().operations, reason=load().missing)


@pytest.fixture
def library() -> Path:
    return next(Path(native.__file__).parent.glob("_native*.so"))


@pytest.fixture
def kernels(library: Path) -> Iterator[Any]:
    """Chooses kernels, and the best ones again behind the test."""
    yield lambda name: use_kernels(name, library)
    use_kernels(None, library)


def answers(
    sizes: tuple[int, int, int, int], *, masked: bool = True, gru: bool = False
) -> list[bytes]:
    """Returns outputs, last state and all gradients, as bytes."""
    return [array.tobytes() for array in arrays(sizes, masked=masked, gru=gru)]


def arrays(
    sizes: tuple[int, int, int, int], *, masked: bool = True, gru: bool = False
) -> list[Any]:
    batch, time, features, units = sizes
    rng = np.random.default_rng(sum(sizes))
    shapes = [
        (batch, time, features),
        (features + units + 1, 4 * units),
        (batch, units),
        (batch, units),
    ]
    values = [tf.constant(rng.normal(0, 0.4, shape), tf.float32) for shape in shapes]
    mask = tf.constant(rng.random((batch, time)) < 0.7) if masked else None
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = run_native(*values, mask, gru=gru)
        loss = tf.add_n([tf.reduce_sum(tf.sin(3 * x + k)) for k, x in enumerate(outputs)])
    return [x.numpy() for x in (*outputs, *tape.gradient(loss, values))]


@needed
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("gru", [False, True])
def test_all_kernels_compute_the_same(kernels: Any, sizes: Any, masked: bool, gru: bool) -> None:
    assert kernels("plain C") == "plain C"
    expected = arrays(sizes, masked=masked, gru=gru)
    for name in ("AVX2", "AVX-512"):
        if kernels(name) == name:  # else the processor has it not
            for one, other in zip(arrays(sizes, masked=masked, gru=gru), expected, strict=True):
                scale = max(1.0, np.abs(other).max())
                np.testing.assert_allclose(one / scale, other / scale, rtol=0, atol=2e-6)


@needed
def test_the_best_kernels_are_used(kernels: Any) -> None:
    names = [name for name in ("plain C", "AVX2", "AVX-512") if kernels(name) == name]
    assert kernels(None) == names[-1] == load().kernels


@needed
@pytest.mark.parametrize("gru", [False, True])
@pytest.mark.parametrize("name", ["plain C", "AVX2", "AVX-512"])
def test_no_bit_depends_on_the_number_of_threads(
    kernels: Any, monkeypatch: pytest.MonkeyPatch, name: str, gru: bool
) -> None:
    kernels(name)
    for sizes in SIZES:
        bits = []
        for count in (1, 2, 7):
            monkeypatch.setattr(native, "threads", lambda count=count: count)
            bits.append(answers(sizes, gru=gru))
        assert bits[0] == bits[1] == bits[2]


@needed
def test_operations_at_the_same_time_do_not_disturb_each_other() -> None:
    expected = [answers(sizes) for sizes in SIZES]
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(answers, sizes) for sizes in SIZES * 8]
    assert [run.result() for run in runs] == expected * 8


@needed
def test_tensors_that_do_not_fit_are_refused() -> None:
    inputs, weights, state = tf.zeros([2, 3, 4]), tf.zeros([10, 20]), tf.zeros([2, 5])
    run_native(inputs, weights, state, state)
    mask = tf.ones([2, 2], tf.bool)
    for wrong in [
        (inputs[..., :3], weights, state, state),
        (inputs[0], weights, state, state),
        (inputs, weights, state[:1], state),
        (inputs, weights, state, state[:, :4]),
        (inputs, weights, state, state, mask),
    ]:
        with pytest.raises(tf.errors.InvalidArgumentError, match="lstm_toolkit: "):
            run_native(*wrong)


@needed
def test_shapes_are_known_while_tracing() -> None:
    specs = [
        tf.TensorSpec([None, None, 4]),
        tf.TensorSpec([10, 20]),
        tf.TensorSpec([None, 5]),
        tf.TensorSpec([None, 5]),
    ]
    traced = tf.function(run_native, input_signature=specs).get_concrete_function()
    assert [x.shape.as_list() for x in traced.outputs] == [[None, None, 5], [None, 5], [None, 5]]


@needed
def test_there_is_no_gradient_of_the_gradient() -> None:
    weights = tf.Variable(tf.ones([10, 20]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            outputs = run_native(tf.ones([2, 3, 4]), weights, tf.zeros([2, 5]), tf.zeros([2, 5]))
        gradient = tape.gradient(outputs, weights)
    with pytest.raises(LookupError):
        outer.gradient(gradient, weights)


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSTM_TOOLKIT_NATIVE", "0")
    assert load.__wrapped__() == (None, "", "LSTM_TOOLKIT_NATIVE=0")


def test_it_may_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(native, "__file__", str(tmp_path / "native.py"))
    assert load.__wrapped__() == (
        None,
        "",
        "not built, there was no C compiler when lstm_toolkit was installed",
    )
    (tmp_path / "_native.abi3.so").write_bytes(b"not a library")
    assert load.__wrapped__().missing.startswith(f"does not suit TensorFlow {tf.__version__}: ")
