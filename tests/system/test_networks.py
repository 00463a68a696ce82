"""Networks whose weights are made, or read, when it is known that they may be."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.errors import RunError, TrainingError
from lstm_toolkit.system.networks import build_checked, read_network
from lstm_toolkit.system.runtime import seed_everything
from lstm_toolkit.tasks import task_names
from lstm_toolkit.testing import prepare_sample


@pytest.mark.parametrize("name", task_names())
def test_weights_are_those_of_a_network_built_plainly(name: str, tmp_path: Path) -> None:
    prepared = prepare_sample(get_task(name), tmp_path)
    seed_everything(3)
    plain = prepared.build().get_weights()
    seed_everything(3)
    checked = build_checked(prepared.build, lambda _: None).get_weights()
    assert len(plain) == len(checked)
    for expected, weight in zip(plain, checked, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_it_is_judged_without_weights_and_built_once() -> None:
    built: list[keras.Model] = []

    def build() -> keras.Model:
        built.append(keras.Sequential([keras.Input((100_000,)), keras.layers.Dense(1_000_000)]))
        return built[-1]

    def refuse(model: keras.Model) -> None:
        assert [weight.shape for weight in model.weights] == [(100_000, 1_000_000), (1_000_000,)]
        raise TrainingError("too large")

    with pytest.raises(TrainingError, match=r"^too large$"):
        build_checked(build, refuse)
    assert len(built) == 1
    small = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    assert [weight.shape for weight in small.get_weights()] == [(1, 1), (1,)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    layers = [keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)]
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    keras.Sequential(layers).save(path)
    return path


def changed(saved: Path, folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Writes a file again with another `config.json`."""
    path = folder / "model.keras"
    with zipfile.ZipFile(saved) as archive, zipfile.ZipFile(path, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "config.json":
                config = json.loads(content)
                change(config)
                content = json.dumps(config).encode()
            other.writestr(name, content)
    return path


def test_a_saved_network_is_read(saved: Path) -> None:
    expected = keras.models.load_model(saved).get_weights()
    for weight, other in zip(read_network(saved).get_weights(), expected, strict=True):
        np.testing.assert_array_equal(weight, other)


def layer(config: dict[str, Any], place: int) -> dict[str, Any]:
    found: dict[str, Any] = config["config"]["layers"][place]
    return found


def as_lambda(config: dict[str, Any]) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wAAAAAAAAAA", "defaults": None}}
    found = {"name": "l", "function": code, "arguments": {}}
    layer(config, 1).update(class_name="Lambda", module="keras.layers", config=found)


def as_foreign(config: dict[str, Any]) -> None:
    layer(config, 1).update(class_name="Popen", module="subprocess", config={"args": "true"})


def as_far_too_wide(config: dict[str, Any]) -> None:
    layer(config, 2)["config"]["units"] = 10**9


def of_no_layers(config: dict[str, Any]) -> None:
    config.clear()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (as_lambda, "is damaged, or no network of this toolkit. ValueError: "),
        (as_foreign, "is damaged, or no network of this toolkit. TypeError: "),
        (as_far_too_wide, "is damaged; needs 16,000,000,036 bytes of weights. Received: "),
        (of_no_layers, "is damaged, or no network of this toolkit. "),
    ],
)
def test_a_changed_file_is_refused_in_a_line(
    saved: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = changed(saved, tmp_path, change)
    with pytest.raises(RunError, match=f"^{re.escape(f'{path}: {message}')}") as error:
        read_network(path)
    assert len(str(error.value).removeprefix(str(path))) <= 400
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_refused_in_a_line(saved: Path, tmp_path: Path) -> None:
    content = saved.read_bytes()
    path = tmp_path / "model.keras"
    for cut in (0, 10, len(content) // 2, len(content) - 10):
        path.write_bytes(content[:cut])
        with pytest.raises(RunError, match=r"model\.keras: is damaged, or no network"):
            read_network(path)


def test_what_was_not_made_is_not_made_later(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError):
        read_network(changed(saved, tmp_path, as_far_too_wide))
    with keras.StatelessScope():
        pass  # at the end of which Keras makes all weights that wait
