"""Texts from a table to an export, by the command line."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_toolkit import get_task, prepare, train
from lstm_toolkit.errors import DataError, SettingsError, TrainingError
from lstm_toolkit.runs import METRICS, Run
from lstm_toolkit.system.reporting import Reporter
from tests.shared import export_unproved, made_once
from tests.tasks.samples import reviews

Command = Callable[..., tuple[int, str, str]]

TINY = {
    "units": "8", "embedding": "8", "epochs": "3", "batch_size": "16", "min_count": "1",
    "dropout": "0.2", "spatial_dropout": "0.1", "max_tokens": "12",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        reviews().to_csv(folder / "reviews.csv", index=False)

    return made_once(tmp_path_factory, "reviews", make) / "reviews.csv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    def make(folder: Path) -> None:
        task = get_task("sentiment")
        train(task, task.configure(TINY), folder / "texts", data=data)

    return made_once(tmp_path_factory, "run-of-reviews", make) / "texts"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, run: Path) -> Path:
    def make(folder: Path) -> None:
        export_unproved(run, folder / "texts")

    return made_once(tmp_path_factory, "export-of-reviews", make) / "texts"


@pytest.fixture(scope="module")
def ask(model: Path) -> Any:
    loaded = tf.saved_model.load(model / "1")
    yield loaded.signatures["serving_default"]
    del loaded


def test_train_says_what_it_read_and_what_is_lost(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(*_: Any, **__: Any) -> None:
        raise TrainingError("it is told before")

    monkeypatch.setattr(keras.Model, "fit", fit)
    task, said = get_task("sentiment"), []
    few = TINY | {"epochs": "1", "max_tokens": "4", "bidirectional": "false", "wide": "false"}
    reporter = Reporter(log=said.append)
    with pytest.raises(TrainingError, match="it is told before"):
        train(task, task.configure(few), tmp_path / "run", data=data, reporter=reporter)
    place = f"texts in column review, labels in column verdict, of {data}"
    assert said[0] == f"192 examples: {place}"
    assert said[1].startswith("vocabulary of ")
    assert said[2].endswith("of the tokens are cut off, truncate=head")
    assert any("of the steps are padding" in line for line in said)


def test_letters_beyond_the_vocabulary_are_told(data: Path) -> None:
    pytest.importorskip("tokenizers")
    task = get_task("sentiment")
    settings = task.configure({"tokens": "subword", "vocabulary": "10"})
    prepared = prepare(task, settings, data)
    size, more = prepared.data_warnings()
    assert size.startswith(f"vocabulary of {len(prepared.states['text'].vocabulary)} subwords")
    assert more == "more than vocabulary=10: letters are always known"


def test_a_run_holds_readable_vocabularies_and_what_is_lost(run: Path) -> None:
    metrics = json.loads((run / METRICS).read_text())
    assert metrics["test"].keys() >= {"accuracy", "macro_f1", "unknown_tokens", "truncated_tokens"}
    texts = run / "features" / "text"
    tokens = (texts / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    assert tokens[:2] == ["[PAD]", "[UNK]"]
    assert {"soup", "酒", "店", "!"} <= set(tokens)
    assert "was not" in (texts / "bigrams.txt").read_text(encoding="utf-8").split("\n")
    assert (run / "target" / "labels.txt").read_text(encoding="utf-8") == "Neg\nPos\n"


def test_evaluate_takes_labels_in_other_case(run: Path, tmp_path: Path, command: Command) -> None:
    more = reviews(1).assign(verdict=lambda rows: rows["verdict"].str.upper())
    more[more["verdict"] == "POS"].to_csv(tmp_path / "more.csv", index=False)
    code, out, err = command("evaluate", run, "--data", tmp_path / "more.csv", "--json")
    assert code == 0, err
    assert json.loads(out)["accuracy"] >= 0


def test_predict_answers_texts_and_lines(
    run: Path, model: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    for place in (run, model):
        monkeypatch.setattr(sys, "stdin", io.StringIO("the soup was not good\n\n"))
        code, out, _ = command("predict", place, "酒店很好", "-", "--json")
        assert code == 0
        answers.append(json.loads(out)["predictions"])
    assert [a["input"] for a in answers[0]] == ["酒店很好", "the soup was not good", ""]
    for one, other in zip(*answers, strict=True):
        assert one["label"] == other["label"]
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-5)


@pytest.mark.slow
def test_the_export_needs_tensorflow_alone(model: Path) -> None:
    code = (
        "import sys, tensorflow as tf; "
        f"m = tf.saved_model.load({str(model / '1')!r}); "
        "texts = tf.constant(['the soup was good', ''])\n"
        "for name in ('serving_default', 'explain'):\n"
        "    print(*(f'{k}:{v.shape[0]}' for k, v in sorted(m.signatures[name](texts).items())))\n"
        "assert 'lstm_toolkit' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    default = "label:2 labels:2 probabilities:2 probability:2"
    assert done.stdout.splitlines()[-2:] == [
        f"{default} unlike:2",
        f"{default} tokens:2 unlike:2 weights:2",
    ]


def test_predict_prints_one_line_a_text(run: Path, command: Command) -> None:
    code, out, _ = command("predict", run, "two\nlines", "tab\there")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == ["two lines", "tab here"]


def test_explain_tells_the_weight_of_each_token(
    model: Path, tmp_path: Path, command: Command
) -> None:
    page = tmp_path / "page.html"
    words = ("predict", model, "the <b>soup</b> was not good", "", "--explain")
    code, out, _ = command(*words, "--html", page, "--json")
    assert code == 0
    first, blank = json.loads(out)["predictions"]
    tokens = [item["token"] for item in first["tokens"]]
    assert tokens == ["the", "<", "b", ">", "soup", "<", "/", "b", ">", "was", "not", "good"]
    assert len(blank["tokens"]) == 1
    assert "<b>soup" not in page.read_text(encoding="utf-8")
    code, out, _ = command("predict", model, "the soup was good", "--explain")
    weighted = out.rstrip("\n").split("\t")[-1]
    assert re.sub(r"\([+-]\d\.\d\d\)", "", weighted) == "the soup was good"


def test_html_without_explain_is_refused(run: Path, command: Command) -> None:
    code, _, err = command("predict", run, "text", "--html", "page.html")
    assert (code, err) == (2, "lstm-toolkit: --html needs --explain\n")


def test_options_of_other_tasks_are_refused(run: Path, command: Command) -> None:
    code, _, err = command("predict", run, "text", "--invert")
    assert (code, err) == (2, "lstm-toolkit: --invert is not for sentiment\n")


def test_an_edited_vocabulary_is_refused(
    run: Path, model: Path, command: Command, tmp_path: Path
) -> None:
    import shutil

    for place, inside in ((run, ""), (model, "1/assets.extra")):
        copy = tmp_path / place.name / inside
        shutil.copytree(place, tmp_path / place.name)
        vocabulary = copy / "features" / "text" / "vocabulary.txt"
        kept = vocabulary.read_text(encoding="utf-8").split("\n")
        vocabulary.write_text("\n".join(kept[:-3]) + "\n", encoding="utf-8")
        code, _, err = command("predict", tmp_path / place.name, "text")
        assert (code, err.count("\n")) == (2, 1)
        assert "was changed since the training: features/text/vocabulary.txt; put" in err
        shutil.rmtree(tmp_path / place.name)


def test_a_data_frame_is_learnt_from_too(tmp_path: Path) -> None:
    task = get_task("sentiment")
    plain = {"bigrams": "0", "affixes": "0", "naive_bayes": "0", "wide": "false"}
    prepared = prepare(task, task.configure(TINY | plain), reviews(1))
    assert prepared.note.endswith("of a data frame")
    assert [layer.name for layer in prepared.build().layers if "bigram" in layer.name] == []
    prepared.states.save(tmp_path)
    files = {path.name for path in (tmp_path / "features" / "text").iterdir()}
    assert files == {"vocabulary.txt", "text.json"}


class CutError(Exception):
    """Stands for a kill."""


def interrupted(settings: dict[str, str], data: Any, out: Path, *, after: int) -> Path:
    """Trains, is cut off at the end of an epoch, and goes on."""
    task = get_task("sentiment")

    def say(line: str) -> None:
        if line.startswith(f"epoch {after}/"):
            raise CutError

    with pytest.raises(CutError):
        train(task, task.configure(settings), out, data=data, reporter=Reporter(log=say))
    train(task, task.configure(settings), out, data=data, resume=True)
    return out


def same_weights(one: Path, other: Path) -> None:
    weights = [Run.open(path).model().get_weights() for path in (one, other)]
    for left, right in zip(*weights, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.slow
def test_an_interrupted_training_ends_with_the_same_weights(
    data: Path, run: Path, tmp_path: Path
) -> None:
    same_weights(run, interrupted(TINY, data, tmp_path / "run", after=2))


@pytest.mark.slow
def test_so_does_an_adversarial_one_with_lazy_adam(tmp_path: Path) -> None:
    task, small = get_task("sentiment"), {"bidirectional": "false", "wide": "false", "bigrams": "0"}
    settings = TINY | small | {"adversarial": "0.3", "optimizer": "lazy_adam", "epochs": "2"}
    rows = reviews(1)
    train(task, task.configure(settings), tmp_path / "whole", data=rows)
    same_weights(tmp_path / "whole", interrupted(settings, rows, tmp_path / "run", after=1))


HOSTILE = [
    *("", " ", "\t\n", "\u3000", "\u200b\ufeff", "\x00", "a\x00b", "'", "''", "\u2019"),
    *(
        "\U0001f600\U0001f44d\U0001f3fd\U0001f468\u200d\U0001f469",
        "\u202eabc",
        "\ud7ff\ue000\uffff",
    ),
    *("مرحبا بالعالم", "שלום", "e\u0301" * 50, "好" * 2_000, "word " * 20_000, "x" * 100_000),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: f"{len(text)}:{text[:6]!r}")
def test_the_export_answers_any_text(ask: Any, text: str) -> None:
    check(ask(text=tf.constant([text.encode(), b"the soup was good"])), 2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(st.text(), min_size=1, max_size=5))
def test_the_export_answers_generated_texts(ask: Any, texts: list[str]) -> None:
    check(ask(text=tf.constant([text.encode() for text in texts])), len(texts))


@settings(max_examples=30, deadline=None)
@given(text=st.binary())
def test_the_export_answers_bytes_that_are_not_utf_8(ask: Any, text: bytes) -> None:
    check(ask(text=tf.constant([text])), 1)


def test_the_export_answers_a_batch_of_no_texts(ask: Any, model: Path) -> None:
    nothing = tf.constant([], tf.string)
    check(ask(text=nothing), 0)
    loaded = tf.saved_model.load(str(model / "1"))
    check(loaded.signatures["explain"](text=nothing), 0)


def check(outputs: dict[str, tf.Tensor], count: int) -> None:
    assert outputs["label"].shape == [count]
    assert outputs["probabilities"].shape == outputs["labels"].shape == [count, 2]
    np.testing.assert_allclose(np.sum(outputs["probabilities"], axis=1), 1, atol=1e-5)


def test_an_export_answers_a_text_the_same_whatever_stands_beside_it(ask: Any) -> None:
    short = b"the soup was not good"
    alone = ask(text=tf.constant([short]))["probabilities"].numpy()[0]
    beside = ask(text=tf.constant([short, b"the hotel was lovely " * 50]))
    np.testing.assert_allclose(beside["probabilities"].numpy()[0], alone, atol=1e-6)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("review,label\nfine,a\nbad,a\nso,a\n", "needs at least two classes. "),
        ("review,label\n" + "fine,a\n" * 4 + "bad,b\n", "needs at least three different texts"),
        ("review,verdict\na,x\nb,y,z\n", "line 3: needs 2 cells a row"),
    ],
)
def test_unfit_tables_leave_nothing_behind(rows: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(rows)
    task = get_task("sentiment")
    with pytest.raises(DataError) as error:
        train(task, task.configure(TINY), tmp_path / "run", data=path)
    assert message in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            {"pooling": "last", "units": "8,8"},
            "residual needs two equal units before the last, as in units=96,96,96. "
            "Received: units=8,8",
        ),
        ({"units": "8,9"}, "residual needs two equal units. Received: units=8,9"),
    ],
)
def test_settings_that_do_not_fit_each_other_are_refused(
    texts: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        get_task("sentiment").configure({"residual": "true", **texts})
    assert str(error.value) == message


def test_what_keeps_time_has_its_last_residual() -> None:
    assert get_task("sentiment").configure({"residual": "true", "units": "8,8"}).residual
