"""Pairs from a table to an export that translates, by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from lstm_toolkit import get_task, prepare, train
from lstm_toolkit.errors import InputError, SettingsError
from lstm_toolkit.runs import METRICS, Run
from lstm_toolkit.serving.answering import answer_all
from lstm_toolkit.serving.export import find_export
from lstm_toolkit.serving.prediction import Model, open_model, open_network
from lstm_toolkit.targets.token_settings import TokensOptions
from tests.shared import export_unproved, made_once
from tests.tasks.samples import pairs

Command = Callable[..., tuple[int, str, str]]

TINY = {
    "units": "32", "embedding": "32", "epochs": "15", "batch_size": "4", "min_count": "1",
    "learning_rate": "0.01", "dropout": "0.1", "embedding_dropout": "0", "token_dropout": "0",
    "beams": "3", "max_tokens": "12", "ema_momentum": "0",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        pairs().to_csv(folder / "pairs.tsv", index=False, sep="\t")

    return made_once(tmp_path_factory, "pairs", make) / "pairs.tsv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    def make(folder: Path) -> None:
        task = get_task("translation")
        train(task, task.configure(TINY), folder / "pairs", data=data)

    return made_once(tmp_path_factory, "run-of-pairs", make) / "pairs"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, run: Path) -> Path:
    def make(folder: Path) -> None:
        export_unproved(run, folder / "pairs")

    return made_once(tmp_path_factory, "export-of-pairs", make) / "pairs"


@pytest.fixture(scope="module")
def trained(run: Path) -> Model:
    """The run, opened once: each opening traces its answers again."""
    return open_model(run)


@pytest.fixture(scope="module")
def served(model: Path) -> Model:
    """The export, opened once."""
    return open_model(model)


def test_a_run_holds_scores_samples_and_pages(run: Path) -> None:
    metrics = json.loads((run / METRICS).read_text(encoding="utf-8"))
    test = metrics["test"]
    assert {"bleu", "chrf", "sacrebleu_signature", "loss", "standard_error"} <= set(test)
    assert set(test["baselines"]) <= {"copy", "nearest"}
    assert test["baselines"]["copy"]["chrf"] < test["chrf"]
    assert "tok:zh" in test["sacrebleu_signature"]
    assert test["bleu"] > 20, test
    assert set(test["samples"][0]) == {"source", "translation", "reference"}
    page = (run / "plots" / "translations.html").read_text(encoding="utf-8")
    assert all(title in page for title in ("Worst", "Best", "From all over"))
    assert (run / "plots" / "chrf_by_length.png").exists()
    assert "bleu" not in (run / "history.csv").read_text(encoding="utf-8")
    for place in ("features/text", "target"):
        vocabulary = (run / place / "vocabulary.txt").read_text(encoding="utf-8")
        assert vocabulary.startswith("[PAD]\n[UNK]\n")
    writer = json.loads((run / "target" / "writer.json").read_text(encoding="utf-8"))
    assert writer == {
        "bleu_tokenizer": "zh", "beams": 3, "length_penalty": 1.0, "coverage_penalty": 0.0,
    }  # fmt: skip


@pytest.mark.slow
def test_run_and_export_translate_alike(trained: Model, served: Model) -> None:
    texts = [
        *pairs()["en"][:30],
        "Tom",
        "",
        "   ",
        "😀",
        "Zebra!",
        "Tom reads https://a.org/B?c=1.",
    ]
    blank = list(answer_all(trained, ["", " \u3000 "], TokensOptions()))
    assert [set(answer) - {"score"} for answer in blank] == [{"input", "translation", "unlike"}] * 2
    assert [answer["translation"] for answer in blank] == ["", ""]
    for options in (TokensOptions(), TokensOptions(beams=4, length_penalty=0.5)):
        answers, expected = (list(answer_all(m, texts, options)) for m in (served, trained))
        assert [a["translation"] for a in answers] == [a["translation"] for a in expected]
        for one, other in zip(answers, expected, strict=True):
            assert one["score"] == pytest.approx(other["score"], abs=1e-5)


def test_what_the_vocabulary_does_not_know_is_copied(served: Model) -> None:
    texts = ["Wilkovic reads.", "{Name} often sleeps.", "a.b@c.org works now.", "Ann Lee sings."]
    words = ["Wilkovic", "{Name}", "a.b@c.org", "Ann Lee"]
    for options in (TokensOptions(), TokensOptions(beams=1), TokensOptions(beams=3)):
        answers = list(answer_all(served, texts, options))
        for word, answer in zip(words, answers, strict=True):
            assert word in answer["translation"]
            assert answer["unknown_tokens"] == len(word.split())
    assert sum("Wilkovic" in each["translation"] for each in answers[0]["candidates"]) > 1


@pytest.mark.slow
def test_scores_are_of_what_predict_answers(
    run: Path, trained: Model, command: Command, tmp_path: Path
) -> None:
    rows = pd.DataFrame({"en": ["Zoe reads.", "He sings 37."], "zh": ["Zoe看书。", "他唱歌37。"]})
    rows.to_csv(tmp_path / "other.csv", index=False)
    code, out, _ = command("evaluate", run, "--data", tmp_path / "other.csv", "--json")
    assert code == 0
    assert json.loads(out)["sentences"] == 2
    samples = json.loads(out)["samples"]
    answers = answer_all(trained, rows["en"], TokensOptions())
    assert [s["translation"] for s in samples] == [a["translation"] for a in answers]


def test_most_of_what_was_learnt_is_right(served: Model) -> None:
    rows = pairs()
    answers = answer_all(served, rows["en"], TokensOptions())
    right = [a["translation"] == zh for a, zh in zip(answers, rows["zh"], strict=True)]
    assert np.mean(right) > 0.6


@pytest.mark.slow
def test_the_export_needs_tensorflow_alone(model: Path) -> None:
    code = (
        "import sys, tensorflow as tf; "
        f"m = tf.saved_model.load({str(model / '1')!r}); "
        "a = m.signatures['serving_default'](text=tf.constant(['Tom reads.', '']))\n"
        "b = m.signatures['nbest'](text=tf.constant(['Tom reads.']))\n"
        "print(sorted(a), a['translation'].shape, b['translations'].shape, b['scores'].dtype)\n"
        "assert a['translation'].numpy()[1] == b''\n"
        "assert 'lstm_toolkit' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == (
        "['length', 'score', 'sentences', 'translation', 'truncated', 'unknown_tokens', 'unlike'] "
        "(2,) (1, 3) <dtype: 'float32'>"
    )


@pytest.mark.slow
def test_a_run_is_opened_in_a_new_process(run: Path) -> None:
    command = (sys.executable, "-m", "lstm_toolkit", "predict", str(run), "Tom reads.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Tom reads.\t")


def test_long_input_is_told_and_bounded(model: Path, command: Command) -> None:
    code, out, _ = command("predict", model, "Tom " * 10_000, "--json")
    answer = json.loads(out)["predictions"][0]
    assert code == 0
    assert answer["truncated"] is True
    code, out, _ = command("predict", model, "Tom sees a zebra.")
    assert "(3 unknown to the vocabulary)" in out


def test_several_sentences_at_once_are_told(model: Path, command: Command) -> None:
    code, out, _ = command("predict", model, "Tom reads.", "Tom reads. Mary reads.", "--json")
    one, two = json.loads(out)["predictions"]
    assert code == 0
    assert (one["unlike"], "sentences" in one) == (False, False)
    assert (two["unlike"], two["sentences"]) == (True, 2)
    assert two["remarks"] == ["unlike what the model was trained on"]
    _, out, _ = command("predict", model, "Tom reads. Mary reads.")
    lost = "(2 sentences at once, some may be lost: give each)"
    assert out.endswith(f"\t{lost}\tunlike what the model was trained on\n")


def test_candidates(model: Path, command: Command) -> None:
    code, out, _ = command("predict", model, "Tom reads.", "--beams", 4, "--all", "--json")
    answer = json.loads(out)["predictions"][0]
    scores = [candidate["score"] for candidate in answer["candidates"]]
    assert code == 0
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert answer["translation"] == answer["candidates"][0]["translation"]
    lines = command("predict", model, "Tom reads.", "--beams", 2, "--all")[1]
    assert len(lines.strip().split("\t")) == 1 + 2 * 2


def test_one_beam_is_greedy(run: Path) -> None:
    from lstm_toolkit.targets import Translator

    opened = Run.open(run)
    states = opened.states
    translator = Translator(opened.model(), states["text"], states.target)
    source = states["text"].encode(tf.constant(pairs()["en"])).to_tensor()
    one = translator.search(source, beams=1)
    np.testing.assert_array_equal(one.ids, translator.greedy(source).ids)
    seed = tf.constant([1, 2])
    cold = translator.sample(source, seed=seed, temperature=1e-4)
    np.testing.assert_array_equal(cold.ids, translator.greedy(source).ids)


def test_attention_is_drawn(model: Path, command: Command, tmp_path: Path) -> None:
    picture = tmp_path / "map.png"
    code, out, _ = command("predict", model, "Tom reads.", "--attention", picture, "--json")
    parts = json.loads(out)["predictions"][0]["attention"]
    assert code == 0
    assert parts["source"] == ["▁tom", "▁reads", "."]
    np.testing.assert_allclose(np.sum(parts["weights"], axis=1), 1, atol=1e-4)
    assert picture.stat().st_size > 1000


def test_attention_of_an_empty_translation_is_refused(tmp_path: Path) -> None:
    empty = {"attention": {"weights": [], "source": ["▁tom"], "target": []}}
    with pytest.raises(InputError) as caught:
        get_task("translation").target.on_predict_end(
            [empty], TokensOptions(attention=str(tmp_path / "map.png"))
        )
    assert str(caught.value) == "--attention has nothing to draw: the translation is empty"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--beams", "0"), "--beams must be at least 1. Received: 0"),
        (("--beams", "x"), "beams must be an integer. Received: beams=x"),
        (
            ("--beams", "999"),
            "--beams must be at most 28. Received: 999",
        ),
        (("--explain",), "--explain is not for translation"),
    ],
)
def test_wrong_options(run: Path, command: Command, words: tuple[str, ...], message: str) -> None:
    assert command("predict", run, "Tom", *words) == (2, "", f"lstm-toolkit: {message}\n")


def test_an_export_refuses_more_beams_before_it_takes_their_memory(model: Path) -> None:
    translate = tf.saved_model.load(find_export(model)).signatures["translate"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"beams must be at most \d+"):
        translate(
            text=tf.constant(["Tom reads."]),
            beams=tf.constant(2**31 - 1),
            length_penalty=tf.constant(1.0),
        )


def test_a_penalty_that_favours_nothing() -> None:
    with pytest.raises(InputError) as error:
        TokensOptions(length_penalty=-2.0)
    assert str(error.value) == "--length-penalty must be at least 0. Received: -2.0"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            {"attention": "none", "input_feeding": "true"},
            "input_feeding needs attention. Received: input_feeding=1, attention=none",
        ),
        (
            {"attention": "none", "coverage_penalty": "0.2"},
            "coverage_penalty needs attention. Received: coverage_penalty=0.2, attention=none",
        ),
        ({"beams": "0"}, "beams must be an integer, in [1, 100]. Received: beams=0"),
        ({"beam": "2"}, "unknown setting `beam`, did you mean `beams`?"),
    ],
)
def test_wrong_settings(texts: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        get_task("translation").configure(texts)
    assert str(error.value) == message


def test_without_attention_there_is_no_map(data: Path, tmp_path: Path) -> None:
    task = get_task("translation")
    few = {**TINY, "attention": "none", "units": "8", "bidirectional": "false"}
    prepared = prepare(task, task.configure(few), data)
    plain = open_network(task, prepared.build(), prepared.states)
    options = TokensOptions(attention=str(tmp_path / "map.png"))
    with pytest.raises(InputError) as error:
        list(answer_all(plain, ["Tom"], options))
    assert str(error.value) == (
        "needs a model with the signature `attend`. Received: nbest, serving_default, translate"
    )


def test_both_directions_hold_out_the_same_pairs(data: Path) -> None:
    task = get_task("translation")
    there = prepare(task, task.configure(TINY), data)
    back = prepare(task, task.configure({**TINY, "direction": "zh-en"}), data)
    assert there.splits.test.inputs.tolist() == back.splits.test.labels.tolist()
    assert back.states["text"].kind == "character"
    assert back.states.target.bleu_tokenizer == "13a"
