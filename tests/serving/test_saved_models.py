"""SavedModels from strangers are read, or refused in a line."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.errors import RunError
from lstm_toolkit.serving.saved_models import load_saved_model

X = tf.TensorSpec([None], tf.string, "text")


def save(folder: Path, function: object) -> Path:
    graph = tf.function(function, input_signature=[X])
    tf.saved_model.save(tf.Module(), folder, signatures=graph.get_concrete_function())
    return folder


def read_a_file(text: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"label": tf.map_fn(tf.io.read_file, text)}


def call_python(text: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"label": tf.numpy_function(lambda value: value, [text], tf.string)}


def repeat(text: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"label": text + text}


def test_what_needs_nothing_else_is_loaded(tmp_path: Path) -> None:
    loaded = load_saved_model(save(tmp_path, repeat))
    answer = loaded.signatures["serving_default"](text=tf.constant(["a"]))
    np.testing.assert_array_equal(answer["label"], [b"aa"])


@pytest.mark.parametrize(
    ("function", "operation"), [(read_a_file, "ReadFile"), (call_python, "PyFunc")]
)
def test_what_reaches_beyond_its_graph_is_not_run(
    tmp_path: Path, function: object, operation: str
) -> None:
    message = (
        f"{save(tmp_path, function)}: holds operations that no export needs, and is not run. "
        f"Received: {operation}"
    )
    with pytest.raises(RunError, match=f"^{re.escape(message)}$"):
        load_saved_model(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 99, b"[]"])
def test_damage_is_one_line(tmp_path: Path, content: bytes) -> None:
    (save(tmp_path, repeat) / "saved_model.pb").write_bytes(content)
    with pytest.raises(RunError) as error:
        load_saved_model(tmp_path)
    assert str(error.value).startswith(f"{tmp_path}: is no SavedModel that this toolkit wrote. ")
    assert "\n" not in str(error.value)


def test_weights_that_are_cut_off_are_damage(tmp_path: Path) -> None:
    module = tf.Module()
    module.weight = tf.Variable(tf.ones([1000]))
    tf.saved_model.save(module, tmp_path)
    for file in (tmp_path / "variables").iterdir():
        file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(RunError, match="is no SavedModel that this toolkit wrote"):
        load_saved_model(tmp_path)
