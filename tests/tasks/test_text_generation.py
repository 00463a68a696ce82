"""Texts that are written: alike alone and as a stream, held to forms, rated as scored."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import builders
from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.text.passages import PassageEncoder
from lstm_toolkit.errors import InputError
from lstm_toolkit.targets import NextToken, text_generator
from lstm_toolkit.targets.passage_rows import training_pair
from lstm_toolkit.targets.rated_passages import _characters
from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.targets.text_generator import TextGenerator
from lstm_toolkit.targets.text_writer import TextWriter
from lstm_toolkit.targets.writing_answers import to_json, with_copied
from lstm_toolkit.targets.writing_settings import WritingOptions
from lstm_toolkit.targets.writing_signatures import writing_signatures
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training.growth import take_over

CHOICES = {
    **{"length": 9, "temperature": 1.0, "top_k": 0, "top_p": 1.0},
    **{"repetition_penalty": 1.0, "form": "free"},
}
DRAWING = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "repetition_penalty": 1.0}


@pytest.fixture(scope="module")
def generator() -> TextGenerator:
    encoder = PassageEncoder.learn(
        np.array(["abc de\n"], object), kind="character", size=50, least=1
    )
    tf.keras.utils.set_random_seed(0)
    model = builders.language_model(len(encoder.vocabulary), embedding=6, units=(7, 5))
    return TextGenerator(model, TextWriter(encoder, CHOICES))


@pytest.fixture(scope="module")
def signatures(generator: TextGenerator) -> dict[str, Signature]:
    return writing_signatures(generator, (tf.TensorSpec([None], tf.string, "text"),))


def asked(signature: Signature, texts: list[str], **values: Any) -> dict[str, Any]:
    given = {"text": tf.constant(texts, tf.string), **values}
    args = [
        tf.cast(given[spec.name], spec.dtype) if spec.dtype != tf.string else given[spec.name]
        for spec in signature.specs
    ]
    return {name: value.numpy() for name, value in signature.graph()(*args).items()}


def test_a_prompt_is_gone_on_with_alike_alone_and_among_others(
    signatures: dict[str, Signature],
) -> None:
    how = {**DRAWING, "length": 9, "seed": 3, "samples": 2, "stop": tf.constant("")}
    both = asked(signatures["generate"], ["abc", ""], **how)
    alone = asked(signatures["generate"], [""], **how)
    assert both["texts"].shape == (2, 2)
    assert both["texts"][1].tolist() == alone["texts"][0].tolist()
    assert both["texts"][0, 0] != both["texts"][0, 1]
    other = asked(signatures["generate"], [""], **{**how, "seed": 4})
    assert other["texts"].tolist() != alone["texts"].tolist()
    text = alone["texts"][0, 0].decode()
    stopped = asked(signatures["generate"], [""], **{**how, "stop": tf.constant(f"\x1f{text[2]}")})
    assert stopped["texts"][0, 0].decode() == text[: text.index(text[2])]
    rated = asked(signatures["serving_default"], [stopped["texts"][0, 0].decode()])
    assert rated["tokens"][0] == stopped["tokens"][0, 0]
    np.testing.assert_allclose(
        rated["log_probability"][0], stopped["log_probabilities"][0, 0], rtol=1e-5
    )
    assert stopped["stopped"][0, 0] and not stopped["ended"][0, 0]


def test_what_is_written_is_as_likely_as_it_is_rated(signatures: dict[str, Signature]) -> None:
    how = {**DRAWING, "length": 6, "seed": 1, "samples": 1, "stop": tf.constant("")}
    written = asked(signatures["generate"], [""], **how)
    assert not written["ended"][0, 0], "choose another seed: the end is rated only when written"
    rated = asked(signatures["serving_default"], [written["texts"][0, 0].decode()])
    assert rated["tokens"].tolist() == [6]
    np.testing.assert_allclose(
        rated["log_probability"], written["log_probabilities"][:, 0], rtol=1e-5
    )


def test_of_a_very_long_text_the_beginning_is_rated(
    generator: TextGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_generator, "MOST_READ", 3)
    monkeypatch.setattr(text_generator, "MOST_SCORES", 1)
    rated = generator.rate(tf.constant(["abcde", "abc"]))
    long, short = to_json({name: values.numpy() for name, values in rated.items()})
    assert long["remarks"] == ["only the first 3 tokens were rated"] and "remarks" not in short
    assert long["log_probability"] == pytest.approx(short["log_probability"], rel=1e-5)


def test_what_tokens_leave_out_is_not_divided_by() -> None:
    rows = Dataset({"text": texts(["  one   two\n\n", "one three"])}, {"before": texts(["", ""])})
    encoder = PassageEncoder.learn(np.array(["one two\n"], object), kind="word", size=9, least=1)
    assert _characters(rows, "text", encoder).tolist() == [len(" one two\n\n") + 1, len(" one") + 1]


def test_a_stream_writes_what_is_likeliest_as_a_whole(signatures: dict[str, Signature]) -> None:
    greedy = {**DRAWING, "temperature": 0.0, "seed": 0}
    how = {**greedy, "length": 5, "samples": 1, "stop": tf.constant("")}
    whole = asked(signatures["generate"], ["ab", "c"], **how)["texts"][:, 0]
    stream = signatures["stream"]
    state = {spec.name: np.zeros([2, *spec.shape[1:]]) for spec in stream.state}
    texts, parts = ["ab", "c"], [b"", b""]
    for _ in range(5):
        outputs = asked(stream, texts, **greedy, **state)
        state = {spec.name: outputs[spec.name] for spec in stream.state}
        texts, parts = ["", ""], [a + b for a, b in zip(parts, outputs["text"], strict=True)]
    assert parts == whole.tolist()


def test_what_stands_before_a_passage_is_read_and_not_asked_for() -> None:
    passages = tf.constant([[7, 8, 0], [5, 6, 4]])
    targets = tf.ragged.constant([[4, 5, 0], [3]], dtype=tf.int32)
    inputs, wanted = training_pair(passages, targets)
    assert inputs.numpy().tolist() == [[2, 4, 5, 7], [2, 5, 6, 4]]
    assert wanted.numpy().tolist() == [[0, 0, 7, 8], [5, 6, 4, 3]]


def test_answers_tell_what_is_copied_and_what_is_unknown(generator: TextGenerator) -> None:
    outputs = {
        "texts": np.array([[b"the cat", b"a dog"]]),
        "log_probabilities": np.zeros((1, 2)),
        "tokens": np.ones((1, 2)),
        "ended": np.ones((1, 2), bool),
        "stopped": np.zeros((1, 2), bool),
        "kept_form": np.zeros((1, 2), bool),
        "prompt_kept_form": np.zeros(1, bool),
        "unknown_tokens": np.array([2]),
        "cut": np.array([True]),
    }
    (answer,) = to_json(outputs)
    assert answer["remarks"] == [
        "only the last tokens of the prompt were read",
        "2 tokens of the prompt are unknown",
        "the prompt does not keep the form, so the text is free",
    ]
    told = with_copied(answer, TextWriter(generator.writer.encoder, CHOICES, "see the car"))
    assert (told["copied_characters"], told["copied"]) == (6, "the ca")
    exported = with_copied(answer, NextToken().state_to_export(generator.writer, None))
    assert exported["copied_characters"] is None
    assert "cannot be told" in NextToken().format_answer(exported)


def test_prompts_are_whole_files_or_their_lines(tmp_path: Path) -> None:
    from lstm_toolkit.data.inputs.rows import ReadingContext

    path = tmp_path / "prompt.md"
    path.write_text("one\ntwo\n", encoding="utf-8")
    task = get_task("text_generation")
    for unit, expected in (("text", ["one\ntwo"]), ("line", ["one", "two"])):
        settings = task.settings_of({"unit": unit})
        inputs = task.read_inputs(path, ReadingContext(settings, None, None))
        assert [row.value for row in inputs.rows] == expected


LENGTH = "--length must be a number from 1 to 100,000. Received: {}"
TEMPERATURE = "--temperature must be a number from 0 to 1,000. Received: {}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, LENGTH.format(0)),
        ({"length": -1}, LENGTH.format(-1)),
        (
            {"length": 3 * 10**9},
            LENGTH.format(3000000000),
        ),
        (
            {"temperature": math.nan},
            TEMPERATURE.format("nan"),
        ),
        (
            {"temperature": math.inf},
            TEMPERATURE.format("inf"),
        ),
        (
            {"top_k": 2**31},
            "--top-k must be a number from 0 to 2,147,483,647. Received: 2147483648",
        ),
        ({"top_p": 1.5}, "--top-p must be a number from 0 to 1. Received: 1.5"),
        (
            {"repetition_penalty": 0.5},
            "--repetition-penalty must be a number from 1 to 1,000. Received: 0.5",
        ),
        ({"samples": 0}, "--samples must be a number from 1 to 1,000. Received: 0"),
        (
            {"stop": ("a", "")},
            "--stop must be a text, not empty and without U+001F. Received: ''",
        ),
    ],
)
def test_options_that_cannot_be_are_refused(options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        WritingOptions(**options)
    assert str(caught.value) == message


def test_strings_that_end_a_text_are_literal() -> None:
    from lstm_toolkit.cli.task_options import TaskOption, chosen_options
    from lstm_toolkit.settings.fields import fields

    (stop,) = (field for field in fields(WritingOptions) if field.name == "stop")
    command = click.Command("x", params=[TaskOption(stop, ["text_generation"])])
    words = ["--stop", " (a, b) ", "--stop", r"\n"]
    given = command.make_context("x", words).params
    options = chosen_options(WritingOptions, get_task("text_generation"), given)
    assert options.stop == (" (a, b) ", r"\n")
    state: Any = SimpleNamespace(choices=CHOICES)
    assert NextToken().arguments(options, state)["stop"] == " (a, b) \x1f\n"


def test_midi_holds_the_prompt_of_a_file(tmp_path: Path) -> None:
    pytest.importorskip("mido")
    row = Row("cabbage.abc", "X:1\nM:2/4\nL:1/4\nK:C\nC ")
    options = WritingOptions(midi=str(tmp_path / "tune.mid"))
    line = NextToken().on_predict_end([{"row": row, "text": "D | E2 |"}], options)
    assert line == f"{tmp_path / 'tune.mid'}: 3 notes"


def test_tunes_become_midi(tmp_path: Path) -> None:
    mido = pytest.importorskip("mido")
    from lstm_toolkit.targets.midi_file import write_midi

    path = tmp_path / "tune.mid"
    assert write_midi("X:1\nM:2/4\nL:1/4\nK:C\nC z | [CE]2 |", path) == 3
    sent = [message for message in mido.MidiFile(path).tracks[0] if message.type == "note_on"]
    assert [(message.note, message.time) for message in sent] == [(60, 0), (60, 480), (64, 0)]


def test_an_adaptive_softmax_writes_and_rates_alike(generator: TextGenerator) -> None:
    writer = TextWriter(generator.writer.encoder, CHOICES, cutoffs=(4, 7))
    model = builders.language_model(
        len(writer.encoder.vocabulary), embedding=6, units=(7,), cutoffs=(4, 7)
    )
    signatures = writing_signatures(
        TextGenerator(model, writer), (tf.TensorSpec([None], tf.string, "text"),)
    )
    how = {**DRAWING, "length": 6, "seed": 5, "samples": 1, "stop": tf.constant("\n")}
    asked(signatures["generate"], ["ab"], **how)
    rated = asked(signatures["serving_default"], ["abc"])["log_probability"]
    steps, total = TextGenerator(model, writer).steps, 0.0
    state, tokens = steps.zeros(1), [2, *writer.encoder.numbers(tf.constant(["abc"]))[0].numpy()]
    for token, after in itertools.pairwise(tokens):
        scores, state = steps(tf.constant([token]), state)
        total += float(tf.nn.log_softmax(scores)[0, after])
    np.testing.assert_allclose(rated, [total], rtol=1e-5)


def test_groups_of_tokens_stay_when_a_run_goes_on(tmp_path: Path) -> None:
    task, target = get_task("text_generation"), NextToken()
    settings = task.settings_of({"adaptive": 20, "min_count": 1})
    rows = Dataset({"text": texts(["abcdefghijklmnopqrstuvwxyz"])}, {"before": texts([""])})
    more = Dataset({"text": texts(["0123456789"])}, {"before": texts([""])})
    large = target.learn(rows, settings)
    grown, _ = target.extend(large, more, settings)
    assert grown.cutoffs == large.cutoffs == (3, 12)
    assert grown.text == "abcdefghijklmnopqrstuvwxyz\x1e0123456789"
    grown.save(tmp_path)
    assert TextWriter.load(tmp_path) == grown
    small = target.learn(more, settings)
    assert small.cutoffs == () == target.extend(small, rows, settings)[0].cutoffs
    old, new = (
        builders.language_model(
            len(each.encoder.vocabulary), embedding=4, units=(3,), cutoffs=each.cutoffs
        )
        for each in (large, grown)
    )
    take_over(old, new)
    asked_for = {"tokens": np.full((1, 30), 5), "next": np.arange(30)[None]}
    logs = [model(asked_for)[0, :12].numpy() for model in (old, new)]
    np.testing.assert_allclose(logs[0], logs[1], rtol=1e-5)
