"""How exports for other run-times appear, and when they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit.errors import ExportError, InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.serving.formats import folder as formats_folder
from lstm_toolkit.serving.formats.asking import Answers, ask
from lstm_toolkit.serving.formats.catalogue import check_format
from lstm_toolkit.serving.formats.comparing import Comparison
from lstm_toolkit.serving.formats.exporting import export_network, plain_network
from lstm_toolkit.serving.formats.folder import (
    Written,
    check_folder,
    expected_answers,
    publish,
)
from lstm_toolkit.serving.formats.network import PlainNetwork

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def run(run_folder: Path) -> Run:
    return Run.open(run_folder)


@pytest.fixture(scope="module")
def network(run: Run) -> PlainNetwork:
    return plain_network(run, "litert")


@pytest.fixture
def publishing(
    run: Run, network: PlainNetwork, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Any:
    """Publishes two pretended files, whose answers are those of Keras, moved by so much."""
    rows, _ = network.rows(run.samples)
    right = expected_answers(network, rows)

    def publish_moved(exact: float = 0.0, turned: float = 0.0) -> Any:
        def answer(file: Path, rows: Any, folder: Path) -> Answers:
            outputs = {name: value.copy() for name, value in right.items()}
            if file.name == "exact":
                outputs["probabilities"] += exact
            else:
                count = round(turned * len(outputs["class"]))
                outputs["class"][:count] = 1 - outputs["class"][:count]
            return Answers(outputs, 0.5)

        def write(_: Any, folder: Path) -> list[Written]:
            for name in ("exact", "small"):
                (folder / name).write_bytes(b"1234")
            return [Written("exact"), Written("small", exact=False)]

        monkeypatch.setattr(formats_folder, "ask", answer)
        return publish("litert", write, network, run, tmp_path / "out", "MIT")

    return publish_moved


def test_a_version_appears_with_all_that_it_needs(publishing: Any, tmp_path: Path) -> None:
    published = publishing()
    assert published.path == tmp_path / "out" / "1"
    facts = json.loads((published.path / "model.json").read_text())
    known = {"bytes": 4, "milliseconds": 0.5, "difference": 0.0, "agreement": 1.0}
    assert facts["files"] == {"exact": known, "small": known}
    assert facts["inputs"] == {"images": {"dtype": "float32", "shape": [1, 6, 5]}}
    assert facts["outputs"]["probabilities"] == {"dtype": "float32", "shape": [1, 2]}
    assert (facts["kind"], facts["task"], facts["checked_rows"]) == ("litert", "digits", 12)
    assert (published.path / facts["labels"]).read_text() == "level\nupright\n"
    card = (published.path / "card.md").read_text()
    assert 'license: "MIT"' in card
    assert "ai_edge_litert" in card
    assert publishing().path.name == "2"
    assert not [entry for entry in (tmp_path / "out").iterdir() if entry.name.startswith(".draft")]


def test_a_file_that_answers_otherwise_is_withdrawn(publishing: Any, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^exact answers differently from its Keras model"):
        publishing(exact=0.01)
    assert not (tmp_path / "out" / "1").exists()


def test_a_small_file_that_decides_otherwise_is_left_out_and_told(publishing: Any) -> None:
    published = publishing(turned=0.5)
    assert list(published.files) == ["exact"]
    assert not (published.path / "small").exists()
    assert published.remarks == (
        "small is left out: 50% of the rows are decided as by the Keras model, and 95% are needed",
    )


def test_a_small_file_that_is_wrong_on_every_row_is_left_out(publishing: Any) -> None:
    assert publishing(turned=1.0).remarks == (
        "small is left out: 0% of the rows are decided as by the Keras model, and 95% are needed",
    )


def test_numbers_that_are_none_are_left_out() -> None:
    comparison = Comparison(float("nan"), float("nan"), None)
    assert formats_folder._too_far_off(comparison) == "its answers are no finite numbers"
    assert formats_folder._too_far_off(Comparison(9.0, 1.0, None)) == ""


def test_formats_do_not_share_a_folder(
    publishing: Any, run: Run, network: PlainNetwork, tmp_path: Path
) -> None:
    publishing()
    with pytest.raises(InputError) as caught:
        publish("onnx", lambda *_: [], network, run, tmp_path / "out")
    assert str(caught.value) == (
        f"{tmp_path / 'out'}: holds versions in another format, such as 1; export onnx into a "
        "folder of its own"
    )
    with pytest.raises(InputError) as caught:
        check_folder(tmp_path / "out", "savedmodel")
    assert str(caught.value) == (
        f"{tmp_path / 'out'}: holds versions in another format, such as 1; export savedmodel into "
        "a folder of its own"
    )


def test_predict_says_what_such_a_folder_is(
    publishing: Any, command: Command, tmp_path: Path
) -> None:
    published = publishing()
    for path in (published.path, published.path.parent):
        code, out, err = command("predict", path, "x.png")
        assert (code, out) == (2, "")
        assert err == (
            f"lstm-toolkit: {path}: needs a run or a SavedModel. Received: an export for litert, "
            "which docs/small-devices.md says how to ask\n"
        )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--format", "onyx"), "unknown format `onyx`, did you mean `onnx`?"),
        (("--length", "3"), "length is for format=litert. Received: length=3"),
    ],
)
def test_the_command_line_refuses(
    words: tuple[str, ...], says: str, command: Command, run_folder: Path, tmp_path: Path
) -> None:
    code, out, err = command("export", run_folder, tmp_path / "out", *words)
    assert (code, out, err) == (2, "", f"lstm-toolkit: {says}\n")
    assert not (tmp_path / "out").exists()


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError) as caught:
        check_format("onnx")
    assert str(caught.value) == (
        "--format onnx needs libraries of its own; pip install 'lstm_toolkit[onnx]'. Received: no "
        "tf2onnx, onnx, onnxruntime"
    )


def test_a_file_that_is_none_does_not_answer(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="needs lstm_toolkit[litert]")
    (tmp_path / "a.tflite").write_bytes(b"nothing")
    with pytest.raises(ExportError, match=r"^a\.tflite does not answer in a process without Ten"):
        ask(tmp_path / "a.tflite", {"x": np.zeros((1, 2))}, tmp_path)


@pytest.mark.parametrize(
    ("form", "library", "files"),
    [
        pytest.param(
            *("litert", "ai_edge_litert", ["float32.tflite", "int8.tflite"]), marks=pytest.mark.slow
        ),
        ("onnx", "tf2onnx", ["model.onnx"]),
    ],
)
def test_images_are_converted_and_asked(
    form: str, library: str, files: list[str], run: Run, tmp_path: Path
) -> None:
    pytest.importorskip(library, reason=f"needs lstm_toolkit[{form}]")
    published = export_network(run, tmp_path / "out", form)
    assert list(published.files) == files
    assert published.difference < 1e-5
    assert all(facts["agreement"] == 1.0 for facts in published.files.values())


@pytest.fixture(scope="module", params=["forecasting", "labelling", "scoring", "sentiment"])
def sample_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a task on its sample, for both formats."""
    folder = tmp_path_factory.mktemp(request.param)
    task = lt.get_task(request.param)
    assert task.sample is not None
    data, texts = task.sample(folder)
    return lt.train(task, task.configure(texts), folder / "run", data=data)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["litert", "onnx"])
def test_each_task_is_converted(sample_run: Run, form: str, tmp_path: Path) -> None:
    pytest.importorskip({"litert": "ai_edge_litert", "onnx": "tf2onnx"}[form])
    task = sample_run.task.name
    length = 12 if form == "litert" and task != "forecasting" else None
    path, difference = lt.export(sample_run, tmp_path / "out", format=form, length=length)
    assert difference < 1e-4
    facts = json.loads((path / "model.json").read_text())
    assert bool(facts["tokenizers"]) == (task != "forecasting")


@pytest.mark.slow
def test_the_example_asks_both(run: Run, run_folder: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    pytest.importorskip("tf2onnx")
    example = Path(__file__).parents[3] / "examples" / "ask_without_tensorflow.py"
    read = partial(subprocess.run, capture_output=True, text=True, check=True)
    answers = []
    for form, file in (("litert", "float32.tflite"), ("onnx", "model.onnx")):
        path = export_network(run, tmp_path / form, form).path
        done = read([sys.executable, example, path / file, run_folder / "samples.npz"])
        answers.append([line for line in done.stdout.splitlines() if line.startswith("class: ")])
    assert answers[0] == answers[1]
    assert set(answers[0]) <= {"class: level", "class: upright"}
