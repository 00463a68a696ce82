"""The proof of exports, on signatures of a line each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.errors import ExportError
from lstm_toolkit.serving.proof import difference, prove
from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.testing import in_this_process

X = tf.TensorSpec([None, 2], tf.float32, "x")
TOTAL = tf.TensorSpec([None, 2], tf.float32, "total")
SAMPLES = {"x": np.arange(6, dtype=np.float64).reshape(3, 2)}

Function = Callable[..., dict[str, tf.Tensor]]


def doubled(x: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"y": 2.0 * x}


def doubled_plus(gap: float) -> Function:
    return lambda x: {"y": 2.0 * x + gap}


def proved(
    right: Mapping[str, Signature], draft: Path, samples: Any = None, **wrong: Function | None
) -> float:
    """Saves signatures, some with other functions or not at all, and proves what was saved."""
    module = tf.Module()
    functions = {name: wrong.get(name, each.function) for name, each in right.items()}
    given = {
        name: tf.function(function, input_signature=right[name].specs)
        for name, function in functions.items()
        if function is not None
    }
    graphs = {name: graph.get_concrete_function() for name, graph in given.items()}
    tf.saved_model.save(module, draft / "model", signatures=graphs)
    return prove(right, SAMPLES if samples is None else samples, draft)


def asked(draft: Path) -> dict[str, int]:
    """Returns how often each signature was asked."""
    files = [file.name.split(".")[0] for file in (draft / "proof").glob("*.outputs.npz")]
    return {name: files.count(name) for name in files}


def drawn(x: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"y": tf.random.uniform(tf.shape(x))}


def test_every_signature_is_asked(tmp_path: Path) -> None:
    signatures = {
        "serving_default": Signature(doubled, (X,)),
        "halved": Signature(lambda x: {"y": x / 2.0}, (X,)),
        "random": Signature(drawn, (X,), deterministic=False),
    }
    assert proved(signatures, tmp_path) == 0.0
    assert asked(tmp_path) == {"serving_default": 1, "halved": 1, "random": 1}
    assert set(json.loads((tmp_path / "proof" / "calls.json").read_text())) == set(asked(tmp_path))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda x: {"y": drawn(x)["y"] * np.nan},
            "random: needs numbers in `y`. Received: NaN; nothing was published",
        ),
        (
            lambda x: {"y": drawn(x)["y"][:1]},
            "random: needs outputs with the batch first, which servers ask for. "
            "Received: y of shape (1, 2) for 3 rows",
        ),
    ],
)
def test_what_is_drawn_is_one_row_of_numbers_an_input(
    tmp_path: Path, wrong: Function, message: str
) -> None:
    with pytest.raises(ExportError, match=f"^{re.escape(message)}$"):
        proved({"random": Signature(drawn, (X,), deterministic=False)}, tmp_path, random=wrong)


def test_as_many_classes_as_rows_hide_no_missing_batch(tmp_path: Path) -> None:
    def function(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": x, "classes": tf.constant([1.0, 2.0, 3.0])}

    with pytest.raises(ExportError, match=r"Received: classes of shape \(3,\) for 1 rows$"):
        proved({"serving_default": Signature(function, (X,))}, tmp_path)


def test_the_keras_model_answers_without_tensor_float_32(tmp_path: Path) -> None:
    enabled = []

    def function(x: tf.Tensor) -> dict[str, tf.Tensor]:
        enabled.append(tf.config.experimental.tensor_float_32_execution_enabled())
        return doubled(x)

    graph = tf.function(doubled, input_signature=[X]).get_concrete_function()
    tf.saved_model.save(tf.Module(), tmp_path / "model", signatures={"serving_default": graph})
    prove({"serving_default": Signature(function, (X,))}, SAMPLES, tmp_path, answer=in_this_process)
    assert enabled == [False]


@pytest.mark.parametrize("name", ["serving_default", "other"])
def test_any_signature_that_differs_fails_the_proof(tmp_path: Path, name: str) -> None:
    signatures = {each: Signature(doubled, (X,)) for each in ("serving_default", "other")}
    with pytest.raises(ExportError) as error:
        proved(signatures, tmp_path, **{name: doubled_plus(0.5)})
    assert str(error.value) == (
        "the export answers differently from its Keras model: needs at most 1e-05. "
        f"Received: 0.5 by {name}; nothing was published"
    )


def test_the_largest_difference_is_returned(tmp_path: Path) -> None:
    signatures = {each: Signature(doubled, (X,)) for each in ("serving_default", "other")}
    gap = proved(signatures, tmp_path, other=doubled_plus(4e-6))
    assert gap == pytest.approx(4e-6, rel=0.1)


def test_parameters_have_the_values_of_the_examples(tmp_path: Path) -> None:
    times = tf.TensorSpec([], tf.int32, "times")

    def function(x: tf.Tensor, times: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": x * tf.cast(times, tf.float32)}

    signature = Signature(function, (X,), (times,), {"times": 3})
    assert proved({"serving_default": signature}, tmp_path) == 0.0
    with np.load(tmp_path / "proof" / "serving_default.inputs.npz") as given:
        assert (given["times"].dtype, given["times"]) == (np.int32, 3)
    with np.load(tmp_path / "proof" / "serving_default.0.outputs.npz") as found:
        np.testing.assert_array_equal(found["y"], 3 * SAMPLES["x"])


def summed(x: tf.Tensor, total: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"y": x + total, "total": total + x}


def forgetful(x: tf.Tensor, total: tf.Tensor) -> dict[str, tf.Tensor]:
    """Answers as `summed` does, as long as the state is zero."""
    return {"y": x, "total": x}


def test_a_signature_with_state_is_asked_twice_in_a_row(tmp_path: Path) -> None:
    assert proved({"step": Signature(summed, (X,), state=(TOTAL,))}, tmp_path) == 0.0
    assert asked(tmp_path) == {"step": 2}
    for call in range(2):
        with np.load(tmp_path / "proof" / f"step.{call}.outputs.npz") as found:
            np.testing.assert_array_equal(found["y"], (call + 1) * SAMPLES["x"])


def test_state_that_is_not_carried_on_fails_the_proof(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"Received: 5 by step; nothing was published"):
        proved({"step": Signature(summed, (X,), state=(TOTAL,))}, tmp_path, step=forgetful)


@pytest.mark.parametrize(
    ("odd", "shape"),
    [
        (lambda x: tf.constant([1.0, 2.0]), "(2,)"),
        (tf.reduce_sum, "()"),
        (tf.transpose, "(2, 3)"),
        (lambda x: tf.reshape(x, [-1]), "(6,)"),
        (lambda x: x[:1], "(1, 2)"),
    ],
    ids=["names", "scalar", "transposed", "flat", "cut"],
)
def test_an_output_without_the_batch_first_fails_the_proof(
    tmp_path: Path, odd: Callable[[tf.Tensor], tf.Tensor], shape: str
) -> None:
    signature = Signature(lambda x: {"y": 2.0 * x, "odd": odd(x)}, (X,))
    with pytest.raises(ExportError) as error:
        proved({"extra": signature}, tmp_path)
    assert str(error.value) == (
        "extra: needs outputs with the batch first, which servers ask for. "
        f"Received: odd of shape {shape} for 3 rows"
    )


def test_a_signature_may_say_that_it_is_not_batched(tmp_path: Path) -> None:
    signature = Signature(lambda x: {"sum": tf.reduce_sum(x)}, (X,), batched=False)
    assert proved({"sum": signature}, tmp_path) == 0.0


def test_an_output_of_another_shape_fails_the_proof(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"Received: nan by cut; nothing was published"):
        proved({"cut": Signature(doubled, (X,))}, tmp_path, cut=lambda x: {"y": 2.0 * x[:, :1]})


def test_texts_are_compared_too(tmp_path: Path) -> None:
    text = tf.TensorSpec([None], tf.string, "text")
    samples = {"text": np.array(["a", "é", "", "好"], object)}
    same = {"same": Signature(lambda text: {"text": text + "!"}, (text,))}
    assert proved(same, tmp_path, samples) == 0.0
    with pytest.raises(ExportError, match="4 of 4 in `text`; nothing was published"):
        proved(same, tmp_path, samples, same=lambda text: {"text": text + "?"})


def test_several_inputs_are_given_by_name(tmp_path: Path) -> None:
    text = tf.TensorSpec([None], tf.string, "text")

    def function(x: tf.Tensor, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": x + tf.cast(tf.strings.length(text), tf.float32)[:, tf.newaxis]}

    samples = SAMPLES | {"text": np.array(["a", "bc", ""], object)}
    assert proved({"both": Signature(function, (X, text))}, tmp_path, samples) == 0.0


def test_an_export_that_lacks_a_signature_does_not_answer(tmp_path: Path) -> None:
    signatures = {each: Signature(doubled, (X,)) for each in ("serving_default", "other")}
    with pytest.raises(KeyError, match="other"):
        proved(signatures, tmp_path, other=None)


def test_who_asks_can_be_chosen(tmp_path: Path) -> None:
    calls = []

    def answer(model: Path, folder: Path) -> None:
        calls.append(model)
        in_this_process(model, folder)

    signatures = {"serving_default": Signature(doubled, (X,))}
    proved(signatures, tmp_path)
    assert prove(signatures, SAMPLES, tmp_path, answer=answer) == 0.0
    assert calls == [tmp_path / "model"]


def test_differences() -> None:
    infinite = {"score": np.array([-np.inf, 1.0])}
    assert difference(infinite, infinite) == 0.0
    assert np.isnan(difference({"score": np.array([np.nan])}, {"score": np.array([np.nan])}))
    assert difference({"n": np.array([3])}, {"n": np.array([5])}) == 2.0
    near = {"text": np.array([b"a"] * 20, object)}
    assert difference(near, {"text": np.array([b"a"] * 19 + [b"b"])}) == 0.0
    message = "2 of 20 in `text`; nothing was published"
    with pytest.raises(ExportError, match=re.escape(message)):
        difference(near, {"text": np.array([b"a"] * 18 + [b"b"] * 2)})
