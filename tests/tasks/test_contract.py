"""What every task must keep, on data so small that it takes seconds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.states import DIGESTS
from lstm_toolkit.serving.prediction import open_model
from lstm_toolkit.tasks import task_names
from lstm_toolkit.testing import (
    check_answers,
    check_builder,
    check_feature,
    check_settings,
    check_target,
    prepare_sample,
)
from lstm_toolkit.training.preparation import Prepared
from tests.conftest import optimize_graphs

ROWS = 3

LONGEST_FILE = 160
"""Lines of an application; most have about 80."""

OWN_LAYERS = {
    "tagging": {"CRF"},
    "residues": {"CRF"},
    "fusion": {"MissingColumns"},
    "genes": {"BothStrands", "KmerCounts"},
    "captioning": {"GridPositions"},
    "questions": {"MatchScores", "WordsInCommon"},
    "stories": {"Regrouped"},
    "text_generation": {"TokenVectors"},
    "recommendation": {"ItemVectors", "OwnItems"},
    "speech": {"OtherVoices", "HiddenBands"},
    "transcription": {"OtherVoices", "HiddenBands"},
}
"""Those without which `keras.models.load_model` does not open a network of a task."""


@pytest.fixture(scope="module", autouse=True)
def graphs_as_traced(pytestconfig: pytest.Config) -> Iterator[None]:
    """Leaves the graphs of all tiers unoptimized here, which halves the time.

    Users' graphs are optimized: those of `optimized_graphs` in the slow tier, and of guides and
    notebooks, which do not reach every task.
    """
    optimize_graphs(False)
    yield
    optimize_graphs("not slow" not in pytestconfig.getoption("markexpr"))


@pytest.fixture(scope="module", params=[*task_names(), "readings"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare_sample(get_task(request.param), tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def model(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> keras.Model:
    return check_builder(prepared, tmp_path_factory.mktemp("builder"))


@pytest.fixture(scope="module")
def raw(prepared: Prepared) -> dict[str, Any]:
    columns = prepared.splits.test.take(np.arange(ROWS)).columns
    return {name: np.asarray(column) for name, column in columns.items()}


@pytest.fixture(scope="module")
def export(
    prepared: Prepared, model: keras.Model, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    check_answers(prepared, model, folder)
    return folder / "model" / "1"


@pytest.fixture(scope="module")
def loaded(export: Path) -> Any:
    """The export, loaded once: it takes seconds."""
    return tf.saved_model.load(export)


def test_the_name_is_the_modules(prepared: Prepared) -> None:
    assert get_task(prepared.task.name).settings is prepared.task.settings
    assert prepared.task.summary
    assert "\n" not in prepared.task.summary


def test_settings_and_scores_are_declared(prepared: Prepared) -> None:
    check_settings(prepared.task)


def test_each_feature_is_encoded_and_kept(prepared: Prepared, tmp_path: Path) -> None:
    for name, feature in prepared.task.features.items():
        check_feature(feature, prepared, name, tmp_path / name)


def test_scores_of_the_target(prepared: Prepared, model: keras.Model) -> None:
    """Finite ones, which can be written as JSON, shown and drawn."""
    check_target(prepared.task.target, prepared, model)


def test_builders_return_plain_keras_models(prepared: Prepared, model: keras.Model) -> None:
    assert type(model).__module__.startswith("keras.")
    layers = {type(layer) for layer in model._flatten_layers()}
    own = {layer.__name__ for layer in layers if not layer.__module__.startswith("keras.")}
    assert own == OWN_LAYERS.get(prepared.task.name, set())


def test_states_come_back_from_their_files(prepared: Prepared, tmp_path: Path) -> None:
    prepared.states.save(tmp_path)
    assert prepared.task.load(tmp_path) == prepared.states
    files = [path for path in tmp_path.rglob("*/*") if path.is_file()]
    lines = (tmp_path / DIGESTS).read_text(encoding="utf-8").splitlines()
    names = {file.relative_to(tmp_path).as_posix() for file in files}
    assert {line.partition("  ")[2] for line in lines} == names
    places = {"/".join(file.relative_to(tmp_path).parts[:-1]) for file in files}
    assert places == {"target", *(f"features/{name}" for name in prepared.task.features)}
    for file in files:
        file.read_text(encoding="utf-8")


def test_what_can_be_chosen_by_has_a_direction(prepared: Prepared) -> None:
    task, settings = prepared.task, prepared.settings
    metrics = task.target.metrics(settings)
    names = ["loss", *(f"val_{metric.name}" for metric in metrics), settings.monitor]
    for name in [*names, task.target.main_score]:
        assert task.direction(name) in ("max", "min")
    with pytest.raises(InputError, match=r"^unknown score `val_los`, did you mean `loss`\?$"):
        task.direction("val_los")


def test_the_export_has_the_signatures_of_the_task(
    prepared: Prepared, model: keras.Model, export: Path, loaded: Any
) -> None:
    task = prepared.task
    signatures = task.signatures(model, prepared.states)
    assert set(loaded.signatures) == set(signatures)
    for name, signature in signatures.items():
        given = loaded.signatures[name].structured_input_signature[1]
        assert {key: (spec.dtype, spec.shape.as_list()) for key, spec in given.items()} == {
            spec.name: (spec.dtype, spec.shape.as_list()) for spec in signature.specs
        }
        assert set(task.features) <= {spec.name for spec in signature.inputs}
    served = open_model(export.parent)
    assert (served.task.name, [*served.task.features]) == (task.name, [*task.features])
    assert served.states == prepared.states


def test_every_output_of_a_batched_signature_has_the_batch_first(
    prepared: Prepared, model: keras.Model, raw: dict[str, Any], loaded: Any
) -> None:
    signatures = prepared.task.signatures(model, prepared.states)
    assert signatures["serving_default"].batched
    assert signatures["serving_default"].deterministic
    for name, signature in signatures.items():
        fixed = {
            spec.name: tf.constant(signature.examples[spec.name], spec.dtype)
            for spec in signature.parameters
        }
        for rows in (1, ROWS) if signature.batched else ():
            samples = signature.samples(raw)
            inputs = {
                spec.name: tf.cast(tf.constant(samples[spec.name][:rows]), spec.dtype)
                if spec.dtype != tf.string
                else tf.constant(samples[spec.name][:rows], tf.string)
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
        "import sys; from lstm_toolkit.tasks import get_task, task_names; "
        "[get_task(name).configure({}) for name in task_names()]; "
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", task_names())
def test_an_application_is_one_short_file(name: str) -> None:
    task = get_task(name)
    assert get_task(task) is task
    module = sys.modules[task.read.__module__]
    assert module.__name__ == f"lstm_toolkit.tasks.{name}"
    assert module.__file__ is not None
    assert Path(module.__file__).read_text(encoding="utf-8").count("\n") <= LONGEST_FILE
