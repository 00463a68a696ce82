"""Answers of runs and exports in Python."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import FORMAT
from lstm_toolkit.serving import prediction
from lstm_toolkit.serving.export import EXTRA, TASK_FILE
from lstm_toolkit.serving.prediction import Model
from lstm_toolkit.system.files import write_json
from tests.conftest import bars


@pytest.fixture
def array(tmp_path: Path) -> str:
    np.save(tmp_path / "images.npy", bars(3)[0])
    return str(tmp_path / "images.npy")


@pytest.fixture(scope="module")
def opened(run_folder: Path) -> Model:
    """The run, opened once: each opening traces its answers again."""
    return lt.load(str(run_folder))


@pytest.fixture(scope="module")
def served(export_folder: Path) -> Model:
    """The export, opened once."""
    return lt.load(export_folder)


def test_run_folder_export_and_run_answer_alike(
    run_folder: Path, opened: Model, served: Model, array: str
) -> None:
    models = (opened, lt.load(lt.Run.open(run_folder)), served)
    answers = [model.predict([array]) for model in models]
    for found in answers:
        assert [answer["input"] for answer in found] == [f"{array}[{row}]" for row in range(3)]
        assert [answer["label"] for answer in found] == [one["label"] for one in answers[0]]
        given = [answer["probability"] for answer in found]
        wanted = [one["probability"] for one in answers[0]]
        assert given == pytest.approx(wanted, abs=1e-5)


def test_states_are_those_of_the_run(run_folder: Path, export_folder: Path) -> None:
    states = lt.Run.open(run_folder).states
    assert lt.load(run_folder).states == lt.load(export_folder).states == states
    assert states.target.names == ("level", "upright")
    assert (states["images"].height, states["images"].width) == (6, 5)


def test_a_bad_input_is_answered_with_its_error(served: Model, array: str) -> None:
    *good, bad = served.predict([array, "nowhere.png"])
    assert all("label" in answer for answer in good)
    assert bad.keys() == {"input", "error"}
    assert bad["input"] == "nowhere.png"


def test_options_are_taken(served: Model, tmp_path: Path, array: str) -> None:
    np.save(tmp_path / "dark.npy", 255 - bars(3)[0])
    turned = served.predict([str(tmp_path / "dark.npy")], invert=True)
    plain = served.predict([array])
    assert [a["probability"] for a in turned] == pytest.approx(
        [a["probability"] for a in plain], abs=1e-5
    )


def test_wrong_words_give_one_line(run_folder: Path) -> None:
    model = lt.load(run_folder)
    with pytest.raises(InputError) as error:
        model.predict("a.png")
    assert str(error.value) == "inputs must be a list. Received: a str"
    with pytest.raises(InputError) as error:
        model.predict(["a.png"], beams=3)
    assert str(error.value) == "beams is not for digits, choose from: invert, as_is"


def test_the_network_is_loaded_when_it_is_needed_and_once(
    run_folder: Path, array: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, load = [], prediction._run_function

    def counted(*args: Any) -> Any:
        loaded.append(args[1])
        return load(*args)

    monkeypatch.setattr(prediction, "_run_function", counted)
    model = lt.load(run_folder)
    assert "error" in model.predict(["nowhere.png"])[0]
    assert loaded == []
    for _ in range(2):
        model.predict([array])
    assert loaded == ["any_size"]


def test_threads_share_one_network_and_get_the_same_answers(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, load = [], prediction._run_function

    def slowly(*args: Any) -> Any:
        loaded.append(args[1])
        time.sleep(0.05)
        return load(*args)

    monkeypatch.setattr(prediction, "_run_function", slowly)
    images, _ = bars(12)
    model = lt.load(run_folder)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda start: model.predict(images[start::4]), range(4)))
    assert loaded == ["any_size"]
    alone = model.predict(images)
    for start in range(4):
        assert [a["label"] for a in answers[start]] == [a["label"] for a in alone[start::4]]
        assert [a["probability"] for a in answers[start]] == pytest.approx(
            [a["probability"] for a in alone[start::4]], abs=1e-6
        )


def test_inputs_may_be_a_series_or_a_frame_of_one_column(opened: Model) -> None:
    images = list(bars(2)[0])
    answers = opened.predict(images)
    assert opened.predict(pd.Series(images)) == answers
    assert opened.predict(pd.DataFrame({"images": images})) == answers
    for wrong, received in (
        (pd.DataFrame({"a": [1], "b": [2]}), "a DataFrame of 2 columns"),
        ({"images": images}, "a dict"),
        (np.array("a.png"), "a ndarray"),
        ({"a.png", "b.png"}, "a set"),
    ):
        with pytest.raises(InputError) as error:
            opened.predict(wrong)
        assert str(error.value) == f"inputs must be a list. Received: {received}"


def test_arrays_are_answered_as_files_are(opened: Model) -> None:
    images, _ = bars(3)
    answers = opened.predict([images[0], images[1].tolist(), np.zeros((2, 2, 2)), "none.png", None])
    told = [set(answer) - {"remarks"} for answer in answers[:2]]
    assert told == [{"input", "label", "probability", "unlike"}] * 2
    assert [answer["error"] for answer in answers[2:]] == [
        "needs float32 of shape (any, any). Received: shape (2, 2, 2)",
        "none.png: no such file; needs an image, .npy or .npz",
        "needs float32 of shape (any, any). Received: shape ()",
    ]


def test_what_is_no_list_or_no_model_is_refused(run_folder: Path) -> None:
    with pytest.raises(InputError, match=r"^inputs must be a list. Received: a int$"):
        lt.load(run_folder).predict(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^needs a run or a folder. Received: a int$"):
        lt.load(5)  # type: ignore[arg-type]


def test_other_values_of_parameters_load_nothing_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loads = []

    class Signature:
        structured_input_signature = ((), {"beams": tf.TensorSpec([], tf.int32)})

        def __call__(self, **given: Any) -> dict[str, Any]:
            return given

    class Loaded:
        signatures: ClassVar[dict[str, Any]] = {"translate": Signature(), "attend": Signature()}

    def load(path: Path) -> Loaded:
        loads.append(path)
        return Loaded()

    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").touch()
    write_json(tmp_path / "1" / EXTRA / TASK_FILE, {"format": FORMAT, "task": "translation"})
    monkeypatch.setattr(prediction, "load_saved_model", load)
    model = lt.load(tmp_path)
    asked = [
        model.signature(name, {"beams": beams})({})["beams"].numpy()
        for name in ("translate", "attend")
        for beams in (2, 3)
    ]
    assert asked == [2, 3, 2, 3]
    assert loads == [tmp_path / "1"]
