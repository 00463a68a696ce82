"""What every task must keep, on data so small that it takes seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task
from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.prediction import open_model
from lstm_toolkit.task import task_names
from lstm_toolkit.testing import check_task

LONGEST_FILE = 160
"""Lines of an application; most have about 80."""


@pytest.mark.parametrize("name", [*task_names(), "readings"])
def test_the_contract(name: str, tmp_path: Path) -> None:
    task = get_task(name)
    prepared = check_task(task, tmp_path)
    exported = next((tmp_path / "answers" / "model").glob("[0-9]*"))
    loaded = tf.saved_model.load(exported).signatures
    signatures = task.signatures(prepared.build(), prepared.states)
    assert set(loaded) == set(signatures)
    for key, signature in signatures.items():
        given = loaded[key].structured_input_signature[1]
        assert {spec.name: spec.dtype for spec in signature.specs} == {
            each: spec.dtype for each, spec in given.items()
        }
        assert [spec.name for spec in signature.inputs] == list(task.features)
    served = open_model(exported.parent)
    assert served.task is task
    places = {path.parent.name for path in exported.glob("assets.extra/features/*/*")}
    assert places == set(task.features)


def test_labels_of_classes_stand_in_every_row(export_folder: Path) -> None:
    ask = tf.saved_model.load(export_folder / "1").signatures["serving_default"]
    labels = ask(images=tf.zeros([3, 6, 5]))["labels"].numpy()
    assert labels.tolist() == [[b"level", b"upright"]] * 3


@pytest.mark.parametrize("name", task_names())
def test_an_application_is_one_file(name: str) -> None:
    task = get_task(name)
    assert get_task(name) is get_task(task) is task
    module = sys.modules[task.read.__module__]
    assert module.__name__ == f"lstm_toolkit.tasks.{name}"
    assert module.__file__ is not None
    lines = Path(module.__file__).read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE


def test_a_score_without_a_direction_is_refused() -> None:
    with pytest.raises(InputError, match=r"^unknown score `val_los`, did you mean `loss`\?$"):
        get_task("digits").direction("val_los")


def test_the_registry_is_listed_without_tensorflow() -> None:
    code = (
        "import sys; from lstm_toolkit.task import get_task, task_names; "
        "[get_task(name).configure({}) for name in task_names()]; "
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numbers_are_those_of_the_row_alone(export_folder: Path) -> None:
    ask = tf.saved_model.load(export_folder / "1").signatures["serving_default"]
    images = np.random.default_rng(0).random((4, 6, 5)).astype(np.float32)
    together = ask(images=tf.constant(images))["probability"].numpy()
    alone = [ask(images=tf.constant(images[i : i + 1]))["probability"].numpy()[0] for i in range(4)]
    np.testing.assert_allclose(together, alone, rtol=1e-5)
