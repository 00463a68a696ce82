"""What every task must keep, one that is dropped in among them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import evaluate, export_model, get_task, prepare, tasks
from lstm_toolkit.serving.prediction import answer_all, open_model
from lstm_toolkit.settings.fields import fields
from lstm_toolkit.task import Task, task_names
from lstm_toolkit.training.preparation import Prepared

SMALL = {"units": "8", "epochs": "1"}


@pytest.fixture(scope="module", params=task_names())
def prepared(request: pytest.FixtureRequest) -> Prepared:
    task = get_task(request.param)
    known = {field.name for field in fields(task.settings)}
    return prepare(task, task.configure({k: v for k, v in SMALL.items() if k in known}))


@pytest.fixture(scope="module")
def model(prepared: Prepared) -> keras.Model:
    keras.utils.set_random_seed(0)
    return prepared.task.build(prepared.settings, prepared.assets)


def test_the_name_is_the_modules(prepared: Prepared) -> None:
    assert get_task(prepared.task.name) is prepared.task
    assert prepared.task.summary
    assert "\n" not in prepared.task.summary


def test_builders_return_plain_keras_models(prepared: Prepared, model: keras.Model) -> None:
    assert type(model).__module__.startswith("keras.")
    assert all(type(layer).__module__.startswith("keras.") for layer in model._flatten_layers())


def test_assets_come_back_from_their_files(prepared: Prepared, tmp_path: Path) -> None:
    prepared.assets.save(tmp_path)
    assert prepared.task.assets.load(tmp_path) == prepared.assets
    for file in tmp_path.iterdir():
        file.read_text(encoding="utf-8")


def test_loss_falls_in_training(prepared: Prepared) -> None:
    model = prepared.task.build(prepared.settings, prepared.assets)
    loss, metrics = prepared.task.objective(prepared.settings)
    model.compile(keras.optimizers.Adam(0.01), loss=loss, metrics=metrics, jit_compile=False)
    batches = prepared.batches(prepared.splits.train, shuffled=True)
    losses = model.fit(batches.dataset(), epochs=2, shuffle=False, verbose=0).history["loss"]
    assert losses[1] < losses[0]


def test_same_seed_same_weights(prepared: Prepared, model: keras.Model) -> None:
    keras.utils.set_random_seed(0)
    again = prepared.task.build(prepared.settings, prepared.assets)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_saved_and_loaded_it_answers_the_same(
    prepared: Prepared, model: keras.Model, tmp_path: Path
) -> None:
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    inputs, _ = next(iter(prepared.batches(prepared.splits.test).dataset()))
    np.testing.assert_array_equal(model(inputs, training=False), loaded(inputs, training=False))


def test_scores_can_be_written_as_json(prepared: Prepared, model: keras.Model) -> None:
    import json

    scores = evaluate(prepared, model, prepared.splits.validation)
    json.dumps(scores)
    assert np.isfinite(scores["loss"])
    assert prepared.task.report(scores)


def test_the_export_answers_as_the_model_does(
    prepared: Prepared, model: keras.Model, tmp_path: Path
) -> None:
    task, inputs = prepared.task, prepared.splits.test.inputs[:5]
    folder = tmp_path / "model"
    target, difference = export_model(task, model, prepared.assets, inputs, folder)
    assert target == folder / "1"
    assert difference <= 1e-5
    signatures = tf.saved_model.load(target).signatures
    assert set(signatures) == set(task.endpoints(model, prepared.assets))
    served = open_model(folder)
    assert served.task is task
    assert served.assets == prepared.assets


TOY = '''
"""Tells which of two tones a series of numbers holds."""

import dataclasses
from typing import Annotated

import numpy as np

from lstm_toolkit import builders, data
from lstm_toolkit.classification import Classification, ClassifierSettings
from lstm_toolkit.errors import DataError
from lstm_toolkit.settings.fields import POSITIVE


@dataclasses.dataclass(frozen=True, kw_only=True)
class TonesSettings(ClassifierSettings):
    units: Annotated[tuple[int, ...], POSITIVE] = (8,)
    """Width of each layer."""


@dataclasses.dataclass(frozen=True)
class TonesAssets:
    labels: data.Labels

    def save(self, folder):
        self.labels.save(folder / "labels.txt")

    @classmethod
    def load(cls, folder):
        return cls(data.Labels.load(folder / "labels.txt"))


class Tones(Classification):
    summary = "series of numbers to tones"
    settings = TonesSettings
    assets = TonesAssets

    def read(self, path, settings, assets=None):
        rng = np.random.default_rng(0)
        high = np.arange(90) % 2
        phase = np.arange(20) + rng.random((90, 1))
        series = np.sin(phase * (0.5 + high[:, None])).astype(np.float32)
        names = np.where(high == 1, "high", "low")
        return data.Source(data.Examples(series, names), None, "90 made series")

    def learn(self, train, settings):
        return TonesAssets(data.Labels.learn(train.labels))

    def build(self, settings, assets):
        return builders.lstm_classifier(
            (20, 1), classes=len(assets.labels.names), units=settings.units
        )

    def collate(self, rows, assets):
        import tensorflow as tf

        return tf.expand_dims(rows, -1)

    def input_spec(self, assets):
        import tensorflow as tf

        return tf.TensorSpec([None, 20], tf.float32, "series")

    def read_inputs(self, text, assets, options):
        try:
            yield text, np.array([float(v) for v in text.split(",")], np.float32)
        except ValueError:
            raise DataError(f"needs numbers. Received: {text}") from None


TASK = Tones()
'''


@pytest.fixture
def tones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Task[Any, Any]]:
    (tmp_path / "tones.py").write_text(textwrap.dedent(TOY), encoding="utf-8")
    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(tmp_path)])
    yield get_task("tones")
    sys.modules.pop("lstm_toolkit.tasks.tones")


def test_a_second_application_is_one_file(
    tones: Task[Any, Any], tmp_path: Path, command: Any
) -> None:
    run, folder = tmp_path / "run", tmp_path / "model"
    assert "tones" in command("tasks")[1]
    code, out, _ = command(
        "train", "tones", "--epochs", 30, "--out", run, "--set", "learning_rate=0.01"
    )
    assert code == 0
    assert "high" in out
    assert command("evaluate", run, "--json")[0] == 0
    assert command("export", run, folder)[0] == 0
    high = ",".join(str(np.sin(1.5 * i)) for i in range(20))
    low = ",".join(str(np.sin(0.5 * i)) for i in range(20))
    for model in (run, folder):
        answers = list(answer_all(open_model(model), [high, "x", low], None))
        assert [a.get("label") for a in answers] == ["high", None, "low"]
        assert answers[1]["error"] == "needs numbers. Received: x"
    assert (run / "plots" / "confusion_matrix.png").exists()


def test_the_registry_is_listed_without_tensorflow() -> None:
    code = (
        "import sys; from lstm_toolkit.task import get_task, task_names; "
        "[get_task(name).configure({}) for name in task_names()]; "
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
