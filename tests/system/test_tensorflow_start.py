"""How Keras and TensorFlow start in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.system import tensorflow_start


def test_keras_runs_on_tensorflow_quietly_and_without_what_is_seldom_used(tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "torch"}))
    code = (
        "import lstm_toolkit, importlib.util; importlib.util.find_spec('keras'); "
        "from lstm_toolkit.layers import CRF; import keras, tensorflow as tf; "
        "print(keras.backend.backend(), tf.zeros([2]).shape[0]); "
        "import gc, sys; print(gc.isenabled(), 'sklearn' in sys.modules); "
        "print(keras.wrappers.SKLearnClassifier.__name__, 'sklearn' in sys.modules)"
    )
    others = {k: v for k, v in os.environ.items() if k != tensorflow_start.LEVEL}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**others, "KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "tensorflow 2",
        "True False",
        "SKLearnClassifier True",
    ]


def test_another_backend_that_runs_already_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(InputError) as error:
        tensorflow_start.prepare_start()
    assert str(error.value) == (
        "lstm_toolkit needs Keras on TensorFlow; import lstm_toolkit before keras, or set "
        "KERAS_BACKEND=tensorflow. Received: backend=jax"
    )
