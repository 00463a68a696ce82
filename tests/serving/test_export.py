"""Exports: what they take, give, and how they are published."""

from __future__ import annotations

import dataclasses
import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit import get_task
from lstm_toolkit.data import Labels, unit_range
from lstm_toolkit.errors import ExportError, InputError, RunError
from lstm_toolkit.features.states import States
from lstm_toolkit.runs import Run
from lstm_toolkit.serving import export, proof
from lstm_toolkit.serving.export import (
    EXTRA,
    TASK_FILE,
    export_model,
    find_export,
    read_task_file,
)
from lstm_toolkit.serving.prediction import open_model
from lstm_toolkit.system.files import LOCK, write_json
from lstm_toolkit.system.runtime import dtype_policy
from lstm_toolkit.targets import Classes
from tests.conftest import bars

Values = NDArray[Any]
Change = Callable[[str, Values], Values]
Publish = Callable[[Path], tuple[Path, float]]

IMAGES, _ = bars(5)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name != LOCK)


@pytest.fixture(scope="module")
def signatures(export_folder: Path, optimized_graphs: None) -> Any:
    loaded = tf.saved_model.load(export_folder / "1")
    yield loaded.signatures
    del loaded


@pytest.fixture(scope="module")
def dense() -> keras.Model:
    """A network that is exported at once, where it does not matter which."""
    return keras.Sequential(
        [keras.Input((6, 5)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")]
    )


@pytest.fixture(scope="module")
def states(run_folder: Path) -> States:
    """Those of a run of an earlier version, whose export has fewer and smaller signatures."""
    known = Run.open(run_folder).states
    frame = dataclasses.replace(known.only, looks=None, familiarity=None)
    return dataclasses.replace(known, features={"images": frame})


@pytest.fixture
def publish(states: States, dense: keras.Model) -> Publish:
    """Exports `dense`."""
    return partial(export_model, "digits", dense, states, IMAGES)


def test_the_default_signature_is_as_documented(signatures: Any) -> None:
    default = signatures["serving_default"]
    (spec,) = default.structured_input_signature[1].values()
    assert (spec.name, spec.dtype, spec.shape.as_list()) == ("images", tf.float32, [None, 6, 5])
    outputs = default(images=tf.constant(IMAGES, tf.float32))
    assert outputs["label"].dtype == tf.string
    assert outputs["label"].shape == outputs["probability"].shape == [5]
    assert outputs["probabilities"].shape == [5, 2]
    assert outputs["labels"].dtype == tf.string
    assert outputs["labels"].numpy().tolist() == [[b"level", b"upright"]] * 5
    best = outputs["probabilities"].numpy().argmax(axis=1)
    np.testing.assert_array_equal(outputs["labels"].numpy()[range(5), best], outputs["label"])


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_batch_size(signatures: Any, count: int) -> None:
    images = tf.constant(np.resize(IMAGES, (count, 6, 5)), tf.float32)
    outputs = signatures["serving_default"](images=images)
    assert {name: value.shape.as_list() for name, value in outputs.items()} == {
        "label": [count],
        "labels": [count, 2],
        "probability": [count],
        "probabilities": [count, 2],
        "unlike": [count],
    }


@pytest.mark.parametrize("shape", [[1, 9, 5], [1, 6, 9], [6, 5]], ids=str)
@pytest.mark.parametrize("name", ["serving_default", "uint8"])
def test_images_of_another_size_are_refused(signatures: Any, name: str, shape: list[int]) -> None:
    images = tf.zeros(shape, tf.uint8 if name == "uint8" else tf.float32)
    found = ",".join(map(str, shape))
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        signatures[name](images=images)
    said = f"Shape of tensor images [{found}] is not compatible with expected shape [?,6,5]."
    assert said in str(caught.value).splitlines()


def test_bytes_floats_and_fractions_give_the_same(signatures: Any) -> None:
    as_bytes = signatures["uint8"](images=tf.constant(IMAGES))["probabilities"]
    for images in (IMAGES.astype(np.float32), IMAGES.astype(np.float32) / 255):
        answer = signatures["serving_default"](images=tf.constant(images))["probabilities"]
        np.testing.assert_allclose(answer, as_bytes, atol=1e-6)


def test_an_image_answers_the_same_alone_and_in_a_batch(signatures: Any) -> None:
    default = signatures["serving_default"]
    together = default(images=tf.constant(IMAGES, tf.float32))["probabilities"]
    for i, image in enumerate(IMAGES):
        alone = default(images=tf.constant(image[None], tf.float32))["probabilities"]
        np.testing.assert_allclose(alone[0], together[i], atol=1e-6)


@pytest.mark.slow
def test_saved_model_cli_shows_the_signature(export_folder: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show", "--dir",
         str(export_folder / "1"), "--tag_set", "serve", "--signature_def", "serving_default"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for text in ("inputs['images']", "shape: (-1, 6, 5)", "outputs['label']", "DT_STRING"):
        assert text in shown


@pytest.mark.usefixtures("clean_process")
def test_versions_count_up_and_the_newest_is_found(publish: Publish, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "7").mkdir(parents=True)
    target, difference = publish(folder)
    assert target == folder / "8"
    assert difference <= 1e-5
    assert find_export(folder) == target
    assert names(folder) == ["7", "8"]
    assert read_task_file(target)["task"] == "digits"


def tampered(patch: pytest.MonkeyPatch, change: Change, signature: str = "*") -> None:
    """Changes what exports answer when they are proved, to one of their signatures or all."""
    right = proof.in_a_clean_process

    def wrong(model: Path, folder: Path) -> None:
        right(model, folder)
        files = list(folder.glob(f"{signature}.0.outputs.npz"))
        assert files
        for file in files:
            with np.load(file) as found:
                answers = dict(found)
            np.savez(file, **{name: change(name, value) for name, value in answers.items()})

    patch.setattr(proof, "in_a_clean_process", wrong)


def moved(_: str, value: Values) -> Values:
    return value if value.dtype.kind == "S" else value + np.float32(2e-5)


@pytest.mark.parametrize("name", ["serving_default", "uint8"])
def test_an_export_of_which_one_signature_differs_is_withdrawn(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tampered(monkeypatch, moved, name)
    message = rf"needs at most 1e-05\. Received: 2e-05 by {name}; nothing was published"
    with pytest.raises(ExportError, match=message):
        publish(tmp_path / "model")
    assert names(tmp_path / "model") == []


def test_an_export_with_other_labels_is_withdrawn(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tampered(monkeypatch, lambda name, value: value[:, ::-1] if name == "labels" else value)
    with pytest.raises(ExportError, match="10 of 10 in `labels`; nothing was published"):
        publish(tmp_path / "model")


class OddClasses(Classes):
    """Names the classes once a batch, which servers refuse."""

    def decode(self, outputs: tf.Tensor, state: Labels) -> dict[str, tf.Tensor]:
        return super().decode(outputs, state) | {"names": tf.constant(state.names)}


def test_an_export_of_which_an_output_lacks_the_batch_is_withdrawn(
    states: States, dense: keras.Model, tmp_path: Path
) -> None:
    task = dataclasses.replace(get_task("digits"), target=OddClasses())
    with pytest.raises(ExportError) as error:
        export_model(task, dense, states, IMAGES, tmp_path / "model")
    assert str(error.value) == (
        "serving_default: needs outputs with the batch first, which servers ask for. "
        "Received: names of shape (2,) for 5 rows"
    )
    assert names(tmp_path / "model") == []


def test_a_network_that_gives_no_numbers_is_not_published(
    states: States, dense: keras.Model, tmp_path: Path
) -> None:
    model = keras.models.clone_model(dense)
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    message = r"Received: nan by serving_default; nothing was published"
    with pytest.raises(ExportError, match=message):
        export_model("digits", model, states, IMAGES, tmp_path / "model")
    assert names(tmp_path / "model") == []


@pytest.mark.parametrize(
    "policy", ["mixed_float16", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)]
)
def test_a_network_of_16_bits_is_exported_in_float32(
    run_folder: Path, states: States, tmp_path: Path, policy: str
) -> None:
    run = Run.open(run_folder)
    with dtype_policy(policy):
        model = run.task.build(run.settings, run.states)
    model.set_weights(run.model().get_weights())
    images = run.samples["images"]
    # An array stands for the one feature there is.
    target, _ = export_model(run.task, model, states, images, tmp_path / policy)
    served = tf.saved_model.load(target)
    answer = served.signatures["serving_default"](images=tf.constant(images, tf.float32))
    expected = run.model().predict(unit_range(images, 255), verbose=0)
    np.testing.assert_allclose(answer["probabilities"], expected, atol=1e-5)


def test_what_tensorflow_makes_of_a_full_disk_is_one_line(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(export, "_write", full)
    with pytest.raises(ExportError, match=r"cannot be written\. No space left on device"):
        publish(tmp_path / "model")
    assert names(tmp_path / "model") == []


@pytest.mark.usefixtures("clean_process")
def test_an_export_that_does_not_load_is_withdrawn(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_ANSWER", "raise SystemExit('no such op')")
    with pytest.raises(ExportError, match="does not answer in a clean process: no such op"):
        publish(tmp_path / "model")
    assert names(tmp_path / "model") == []


def test_a_full_disk_leaves_older_versions(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    (folder / "1").mkdir(parents=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export, "write_json", full)
    with pytest.raises(OSError, match="No space left"):
        publish(folder)
    assert names(folder) == ["1"]


def test_foreign_saved_models_are_refused(tmp_path: Path) -> None:
    tf.saved_model.save(tf.Module(), tmp_path / "1")
    found = find_export(tmp_path)
    assert found == tmp_path / "1"
    with pytest.raises(InputError) as error:
        read_task_file(found)
    assert str(error.value) == f"{found}: needs a SavedModel that this toolkit exported"


def test_a_killed_export_leaves_nothing_for_long(tmp_path: Path, publish: Publish) -> None:
    folder = tmp_path / "models"
    (folder / ".draft-abc" / "model").mkdir(parents=True)
    target, _ = publish(folder)
    assert target == folder / "1"
    assert names(folder) == ["1"]


def test_exports_of_another_version_are_refused(export_folder: Path, tmp_path: Path) -> None:
    for number, message in {
        1: "was made by version 0.1; open it with that version of lstm_toolkit, or train again",
        99: "was made by a newer version; needs format 2. Received: format=99",
    }.items():
        target = tmp_path / str(number)
        shutil.copytree(export_folder / "1", target)
        write_json(target / EXTRA / TASK_FILE, {"format": number, "task": "digits"})
        with pytest.raises(RunError) as error:
            open_model(target)
        assert str(error.value) == f"{target}: {message}"
