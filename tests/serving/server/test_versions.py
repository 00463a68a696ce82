"""A version answers its warm-up requests before it answers others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.errors import RunError
from lstm_toolkit.serving.export import EXTRA
from lstm_toolkit.serving.server import versions
from lstm_toolkit.serving.server.signatures import Arrays, ServedSignature
from lstm_toolkit.serving.server.versions import load_version
from lstm_toolkit.serving.warmup import write_warmup
from lstm_toolkit.targets.signature import Signature
from tests.serving.server.small_model import TEXT

SAMPLES = {"text": np.array(["a", "b"])}


def unused(*_: tf.Tensor) -> dict[str, tf.Tensor]:
    raise AssertionError


def with_warmup(model: Path, folder: Path, *names: str) -> Path:
    version = folder / "1"
    shutil.copytree(model / "1", version)
    (version / EXTRA).mkdir()
    signatures = {name: Signature(unused, (TEXT,)) for name in names}
    write_warmup(version / EXTRA, signatures, SAMPLES)
    return version


def no_batcher(*_: object) -> Any:
    return None


def test_warm_up_requests_are_asked_alone_and_joined(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask = [], ServedSignature.ask

    def noting(self: ServedSignature, arrays: Arrays) -> Arrays:
        asked.append((self.name, arrays["text"].tolist()))
        return ask(self, arrays)

    monkeypatch.setattr(versions.ServedSignature, "ask", noting)
    version = with_warmup(small_model, tmp_path, "serving_default", "tokens")
    served = load_version(version, "small", 1, no_batcher)
    assert (served.model, served.number) == ("small", 1)
    assert asked == [
        ("serving_default", [b"a"]), ("serving_default", [b"a", b"a"]), ("tokens", [b"a"]),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["nope", "total"])
def test_a_version_that_does_not_answer_them_is_not_served(
    small_model: Path, tmp_path: Path, name: str
) -> None:
    version = with_warmup(small_model, tmp_path, name)
    with pytest.raises(RunError) as error:
        load_version(version, "small", 1, no_batcher)
    assert str(error.value).startswith(f"{version}: does not answer its warm-up requests. ")


def test_a_saved_model_without_signatures_is_none(tmp_path: Path) -> None:
    tf.saved_model.save(tf.Module(), tmp_path)
    with pytest.raises(RunError) as error:
        load_version(tmp_path, "small", 1, no_batcher)
    assert str(error.value) == f"{tmp_path}: needs a SavedModel with a signature. Received: none"
