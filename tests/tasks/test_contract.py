"""What every task must keep, on data so small that it takes seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import evaluate, export_model, get_task, prepare
from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.prediction import open_model
from lstm_toolkit.task import task_names
from lstm_toolkit.training.preparation import Prepared
from tests.tasks.samples import sample

ROWS = 3


@pytest.fixture(scope="module", params=[*task_names(), "readings"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    task = get_task(request.param)
    data, texts = sample(task, tmp_path_factory.mktemp(task.name))
    return prepare(task, task.configure(texts), data)


@pytest.fixture(scope="module")
def model(prepared: Prepared) -> keras.Model:
    keras.utils.set_random_seed(0)
    return prepared.build()


@pytest.fixture(scope="module")
def raw(prepared: Prepared) -> dict[str, Any]:
    columns = prepared.splits.test.columns
    return {name: column[:ROWS] for name, column in columns.items()}


@pytest.fixture(scope="module")
def export(
    prepared: Prepared,
    model: keras.Model,
    raw: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("exports") / "model"
    target, difference = export_model(prepared.task, model, prepared.states, raw, folder)
    assert target == folder / "1"
    assert difference <= 1e-5
    return target


def test_the_name_is_the_modules(prepared: Prepared) -> None:
    assert get_task(prepared.task.name) is prepared.task
    assert prepared.task.summary
    assert "\n" not in prepared.task.summary


def test_builders_return_plain_keras_models(prepared: Prepared, model: keras.Model) -> None:
    assert type(model).__module__.startswith("keras.")
    assert all(type(layer).__module__.startswith("keras.") for layer in model._flatten_layers())


def test_states_come_back_from_their_files(prepared: Prepared, tmp_path: Path) -> None:
    prepared.states.save(tmp_path)
    assert prepared.task.load(tmp_path) == prepared.states
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    places = {"/".join(file.relative_to(tmp_path).parts[:-1]) for file in files}
    assert places == {"target", *(f"features/{name}" for name in prepared.task.features)}
    for file in files:
        file.read_text(encoding="utf-8")


def test_loss_falls_in_training(prepared: Prepared) -> None:
    target = prepared.task.target
    model = prepared.build()
    loss, metrics = target.loss(prepared.settings), target.metrics(prepared.settings)
    model.compile(keras.optimizers.Adam(0.01), loss=loss, metrics=metrics, jit_compile=False)
    batches = prepared.batches(prepared.splits.train, shuffled=True)
    losses = model.fit(batches.dataset(), epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_same_seed_same_weights(prepared: Prepared, model: keras.Model) -> None:
    keras.utils.set_random_seed(0)
    for one, other in zip(model.get_weights(), prepared.build().get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_saved_and_loaded_it_answers_the_same(
    prepared: Prepared, model: keras.Model, tmp_path: Path
) -> None:
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    inputs, _ = next(iter(prepared.batches(prepared.splits.test).dataset()))
    np.testing.assert_array_equal(model(inputs, training=False), loaded(inputs, training=False))


def test_scores_can_be_written_as_json(prepared: Prepared, model: keras.Model) -> None:
    task = prepared.task
    scores = evaluate(prepared, model, prepared.splits.validation)
    json.dumps(scores)
    assert np.isfinite(scores["loss"])
    assert np.isfinite(scores[task.target.main_score])
    assert np.isfinite(scores["standard_error"])
    assert task.report(scores)


def test_what_can_be_chosen_by_has_a_direction(prepared: Prepared) -> None:
    task, settings = prepared.task, prepared.settings
    metrics = task.target.metrics(settings)
    names = ["loss", *(f"val_{metric.name}" for metric in metrics), settings.monitor]
    for name in [*names, task.target.main_score]:
        assert task.direction(name) in ("max", "min")
    with pytest.raises(InputError, match=r"^unknown score `val_los`, did you mean `loss`\?$"):
        task.direction("val_los")


def test_the_export_has_the_signatures_of_the_task(
    prepared: Prepared, model: keras.Model, export: Path
) -> None:
    task = prepared.task
    signatures = task.signatures(model, prepared.states)
    loaded = tf.saved_model.load(export)
    assert set(loaded.signatures) == set(signatures)
    for name, signature in signatures.items():
        given = loaded.signatures[name].structured_input_signature[1]
        assert {key: (spec.dtype, spec.shape.as_list()) for key, spec in given.items()} == {
            spec.name: (spec.dtype, spec.shape.as_list()) for spec in signature.specs
        }
        assert [spec.name for spec in signature.inputs] == list(task.features)
    served = open_model(export.parent)
    assert served.task is task
    assert served.states == prepared.states


def test_every_output_of_a_batched_signature_has_the_batch_first(
    prepared: Prepared, model: keras.Model, raw: dict[str, Any], export: Path
) -> None:
    loaded = tf.saved_model.load(export)
    signatures = prepared.task.signatures(model, prepared.states)
    assert signatures["serving_default"].batched
    assert signatures["serving_default"].deterministic
    for name, signature in signatures.items():
        fixed = {
            spec.name: tf.constant(signature.examples[spec.name], spec.dtype)
            for spec in signature.parameters
        }
        for rows in (1, ROWS) if signature.batched else ():
            inputs = {
                spec.name: tf.cast(tf.constant(raw[spec.name][:rows]), spec.dtype)
                if spec.dtype != tf.string
                else tf.constant(raw[spec.name][:rows], tf.string)
                for spec in signature.inputs
            }
            state = {s.name: tf.zeros([rows, *s.shape[1:]], s.dtype) for s in signature.state}
            outputs = loaded.signatures[name](**inputs, **fixed, **state)
            firsts = {key: value.shape.as_list()[:1] for key, value in outputs.items()}
            assert firsts == {key: [rows] for key in outputs}, name
            if "labels" in outputs:
                names = prepared.states.target.names
                assert outputs["labels"].dtype == tf.string
                assert outputs["labels"].numpy().tolist() == [[n.encode() for n in names]] * rows


def test_the_registry_is_listed_without_tensorflow() -> None:
    code = (
        "import sys; from lstm_toolkit.task import get_task, task_names; "
        "[get_task(name).configure({}) for name in task_names()]; "
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
