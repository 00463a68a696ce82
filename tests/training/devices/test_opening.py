from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from lstm_toolkit import get_task, train
from lstm_toolkit.builders import train_adversarially
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.cluster import EXAMPLE
from lstm_toolkit.tasks import task_names
from lstm_toolkit.training.devices import opening
from lstm_toolkit.training.devices.devices import ONE_DEVICE, OneDevice, SeveralDevices
from lstm_toolkit.training.devices.opening import open_devices, planned
from lstm_toolkit.training.devices.shared_loss import Divided, check_loss, check_task, of_rows
from lstm_toolkit.training.devices.steps import check_steps
from lstm_toolkit.tuning import make_plan, tune
from tests.training.devices.small_trainings import network

CONFIG = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}


def test_one_device_is_the_default() -> None:
    assert open_devices() is open_devices(1) is ONE_DEVICE
    assert (str(ONE_DEVICE), ONE_DEVICE.chief, planned()) == ("one device", True, "the CPU")


def test_other_versions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "TESTED", {"keras": "0.1."})
    message = (
        "several devices need keras 0.1.*, with which they were tested; train on one device, or "
        f"install that. Received: keras {keras.__version__}"
    )
    with pytest.raises(InputError) as raised:
        open_devices(2)
    assert str(raised.value) == message
    assert planned() == f"one device; {message}"


def test_devices_are_opened_before_tensorflow_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    keras.ops.zeros(1)
    start = (
        "several devices must be opened before TensorFlow computes anything; train in a new "
        "process. Received: RuntimeError of TensorFlow: "
    )
    with pytest.raises(InputError) as raised:
        train("digits", devices=2)
    assert str(raised.value).startswith(start)
    monkeypatch.setenv("TF_CONFIG", json.dumps(CONFIG))
    with pytest.raises(InputError) as raised:
        open_devices()
    assert str(raised.value).startswith(start)


def test_machines_without_gpus_have_one_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", json.dumps(CONFIG))
    with pytest.raises(InputError) as raised:
        open_devices(2)
    assert str(raised.value) == (
        "machines of TF_CONFIG without a GPU have one device each. Received: devices=2"
    )
    assert planned() == (
        "MultiWorkerMirroredStrategy by TF_CONFIG: machine 2 of 2, b:1, with its CPU"
    )


def test_what_a_training_would_run_on_tells_of_an_unfit_cluster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF_CONFIG", "{")
    assert planned() == f"nothing; TF_CONFIG must be like {EXAMPLE}. Received: {{"


def test_a_search_refuses_machines_that_share_a_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("TF_CONFIG", json.dumps(CONFIG))
    with pytest.raises(InputError) as raised:
        tune(make_plan("digits", trials=1), tmp_path_factory.mktemp("search") / "out")
    assert str(raised.value) == (
        "a search gives each machine trials of its own: unset TF_CONFIG, and begin one with "
        "--serve and the others with --join"
    )


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (keras.losses.MeanSquaredError(reduction="none"), "MeanSquaredError"),
        (lambda truth, outputs: keras.ops.mean(outputs), "function"),
    ],
)
def test_losses_that_cannot_be_shared_are_refused(loss: object, name: str) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss=loss)
    with pytest.raises(InputError) as raised:
        check_loss(model)
    assert str(raised.value) == (
        "several devices need a loss with a method divisor(y_true, sample_weight), or one of "
        f"Keras's that is a mean over rows of one length. Received: {name}"
    )


class OwnSteps(keras.Sequential):
    def compute_loss(self, *arguments: object, **options: object) -> object:
        return super().compute_loss(*arguments, **options)


def test_steps_of_a_networks_own_are_refused() -> None:
    model = OwnSteps([keras.Input((2,)), keras.layers.Dense(1)], name="mine")
    with pytest.raises(InputError) as raised:
        check_steps(model)
    assert str(raised.value) == (
        "several devices take Keras's own compute_loss; train on one device. "
        "Received: that of OwnSteps mine"
    )
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="plain")
    check_steps(model)
    model.train_step = lambda data: {}
    with pytest.raises(InputError, match=r"own train_step; .* that of Sequential plain$"):
        check_steps(model)


def test_a_step_that_gives_gradients_is_taken() -> None:
    model, layer = network()
    train_adversarially(model, layer, real=lambda rows: rows != 0, amount=0.4)
    check_steps(model)


def test_a_task_that_compares_rows_is_refused_before_its_data_is_read(tmp_path: Path) -> None:
    class Several(OneDevice):
        check = SeveralDevices.check

    with pytest.raises(InputError) as raised:
        train("questions", data=tmp_path / "none.csv", out=tmp_path / "run", devices=Several())
    assert str(raised.value) == (
        "questions compares each row with all others of its batch, which several devices do not "
        "see; train it on one device"
    )
    assert not (tmp_path / "run").exists()


def test_every_other_task_has_a_loss_that_can_be_shared() -> None:
    for task in map(get_task, task_names()):
        if task.name != "questions":
            loss = task.target.loss(task.settings())
            check_task(task, task.settings())
            assert isinstance(loss, Divided) or of_rows(loss), task.name


def test_a_mean_over_steps_that_padding_changes_is_refused() -> None:
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(1)])
    model.compile(loss=keras.losses.MeanSquaredError())
    with pytest.raises(InputError, match=r"Received: MeanSquaredError$"):
        check_loss(model)
