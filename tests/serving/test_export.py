"""Exports: what they take, give, and how they are published."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import unit_range
from lstm_toolkit.errors import ExportError, InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.serving import export
from lstm_toolkit.serving.export import export_model, export_run, find_export, read_task_file
from lstm_toolkit.system.files import LOCK
from lstm_toolkit.system.runtime import dtype_policy
from tests.conftest import bars

IMAGES, _ = bars(5)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name != LOCK)


@pytest.fixture(scope="module")
def signatures(export_folder: Path) -> Any:
    loaded = tf.saved_model.load(export_folder / "1")
    yield loaded.signatures
    del loaded


def test_the_default_signature_is_as_documented(signatures: Any) -> None:
    default = signatures["serving_default"]
    (spec,) = default.structured_input_signature[1].values()
    assert (spec.name, spec.dtype, spec.shape.as_list()) == ("images", tf.float32, [None, 6, 5])
    outputs = default(images=tf.constant(IMAGES, tf.float32))
    assert outputs["label"].dtype == tf.string
    assert outputs["label"].shape == outputs["probability"].shape == [5]
    assert outputs["probabilities"].shape == [5, 2]
    assert outputs["labels"].numpy().tolist() == [b"level", b"upright"]
    best = outputs["probabilities"].numpy().argmax(axis=1)
    np.testing.assert_array_equal(outputs["labels"].numpy()[best], outputs["label"])


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_batch_size(signatures: Any, count: int) -> None:
    images = tf.constant(np.resize(IMAGES, (count, 6, 5)), tf.float32)
    assert signatures["serving_default"](images=images)["label"].shape == [count]


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


def test_saved_model_cli_shows_the_signature(export_folder: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show", "--dir",
         str(export_folder / "1"), "--tag_set", "serve", "--signature_def", "serving_default"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for text in ("inputs['images']", "shape: (-1, 6, 5)", "outputs['label']", "DT_STRING"):
        assert text in shown


def test_versions_count_up_and_the_newest_is_found(
    run_folder: Path, export_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    (folder / "7").mkdir(parents=True)
    target, difference = export_run(Run.open(run_folder), folder)
    assert target == folder / "8"
    assert difference <= 1e-5
    assert find_export(folder) == target
    assert names(folder) == ["7", "8"]
    assert read_task_file(target)["task"] == "digits"


def test_an_export_that_differs_is_withdrawn(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = export._answer_elsewhere

    def wrong(draft: Path) -> dict[str, Any]:
        answers = right(draft)
        return {k: v if v.dtype.kind == "S" else v + 2e-5 for k, v in answers.items()}

    monkeypatch.setattr(export, "_answer_elsewhere", wrong)
    with pytest.raises(ExportError, match=r"needs at most 1e-05\. Received: 2e-05; nothing was"):
        export_run(Run.open(run_folder), tmp_path / "model")
    assert names(tmp_path / "model") == []


def test_an_export_with_other_labels_is_withdrawn(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = export._answer_elsewhere

    def wrong(draft: Path) -> dict[str, Any]:
        answers = right(draft)
        return {k: v[::-1] if k == "labels" else v for k, v in answers.items()}

    monkeypatch.setattr(export, "_answer_elsewhere", wrong)
    with pytest.raises(ExportError, match="2 of 2 in `labels`; nothing was published"):
        export_run(Run.open(run_folder), tmp_path / "model")


def test_a_network_that_gives_no_numbers_is_not_published(run_folder: Path, tmp_path: Path) -> None:
    run = Run.open(run_folder)
    model = run.model()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    with pytest.raises(ExportError, match=r"Received: nan; nothing was published"):
        export_model(run.task, model, run.assets, run.samples, tmp_path / "model")


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_network_of_16_bits_is_exported_in_float32(
    run_folder: Path, tmp_path: Path, policy: str
) -> None:
    run = Run.open(run_folder)
    with dtype_policy(policy):
        model = run.task.build(run.settings, run.assets)
    model.set_weights(run.model().get_weights())
    target, _ = export_model(run.task, model, run.assets, run.samples, tmp_path / policy)
    served = tf.saved_model.load(target).signatures["serving_default"]
    answer = served(images=tf.constant(run.samples, tf.float32))["probabilities"]
    expected = run.model().predict(unit_range(run.samples, 255), verbose=0)
    np.testing.assert_allclose(answer, expected, atol=1e-5)


def test_what_tensorflow_makes_of_a_full_disk_is_one_line(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(export, "_write", full)
    with pytest.raises(ExportError, match=r"cannot be written\. No space left on device"):
        export_run(Run.open(run_folder), tmp_path / "model")
    assert names(tmp_path / "model") == []


def test_an_export_that_does_not_load_is_withdrawn(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_ANSWER", "raise SystemExit('no such op')")
    with pytest.raises(ExportError, match="does not answer in a clean process: no such op"):
        export_run(Run.open(run_folder), tmp_path / "model")
    assert names(tmp_path / "model") == []


def test_a_full_disk_leaves_older_versions(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    (folder / "1").mkdir(parents=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export, "write_json", full)
    with pytest.raises(OSError, match="No space left"):
        export_run(Run.open(run_folder), folder)
    assert names(folder) == ["1"]


def test_foreign_saved_models_are_refused(tmp_path: Path) -> None:
    module = tf.Module()
    tf.saved_model.save(module, tmp_path / "1")
    found = find_export(tmp_path)
    assert found == tmp_path / "1"
    with pytest.raises(InputError) as error:
        read_task_file(found)
    assert str(error.value) == f"{found}: needs a SavedModel that this toolkit exported"


def test_a_killed_export_leaves_nothing_for_long(tmp_path: Path, run_folder: Path) -> None:
    folder = tmp_path / "models"
    (folder / ".draft-abc" / "model").mkdir(parents=True)
    target, _ = export_run(Run.open(run_folder), folder)
    assert target == folder / "1"
    assert names(folder) == ["1"]
