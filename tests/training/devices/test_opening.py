from __future__ import annotations

import json

import keras
import pytest

from lstm_toolkit import train
from lstm_toolkit.errors import InputError
from lstm_toolkit.training.devices import opening
from lstm_toolkit.training.devices.devices import ONE_DEVICE
from lstm_toolkit.training.devices.opening import open_devices, planned
from lstm_toolkit.training.devices.shared_loss import check_loss
from lstm_toolkit.tuning import make_plan, tune

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


def test_a_mean_over_steps_that_padding_changes_is_refused() -> None:
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(1)])
    model.compile(loss=keras.losses.MeanSquaredError())
    with pytest.raises(InputError, match=r"Received: MeanSquaredError$"):
        check_loss(model)
