"""Tables of known questions, and what is answered from scores."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import Dataset
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import States
from lstm_toolkit.metrics.retrieval_scores import FACTS
from lstm_toolkit.targets import Predicted
from lstm_toolkit.targets.answers import Answers, AnswersOptions
from lstm_toolkit.targets.known_questions import KnownQuestions
from lstm_toolkit.targets.matcher import answer_scores, answers

KNOWN = KnownQuestions(("a?", "b\t?", "c\n?"), ("One.", "Two.", "One."), "score", 2.0, 1.5)


def test_a_table_comes_back_from_its_files(tmp_path: Path) -> None:
    KNOWN.save(tmp_path)
    assert KnownQuestions.load(tmp_path) == KNOWN
    fresh = KnownQuestions(("a?",), ("One.",))
    fresh.save(tmp_path)
    assert KnownQuestions.load(tmp_path) == fresh


def test_partners_have_the_same_answer_and_are_others() -> None:
    assert KNOWN.partners(["a?", "new?", "b\t?"], ["One.", "Two.", "Two."], 0) == [
        "c\n?",
        "b\t?",
        "b\t?",
    ]
    assert KNOWN.partners(["x?"], ["Three."], 0) == ["x?"]
    assert KNOWN.encode(["Two.", "Three."]).tolist() == [1, -1]


def test_partners_of_many_ways_take_no_square_of_time() -> None:
    texts = tuple(f"way {number}" for number in range(100_000))
    known = KnownQuestions(texts, ("One.",) * len(texts))
    begin = time.process_time()
    partners = known.partners(texts, known.answers, 0)
    assert time.process_time() - begin < 5.0
    assert not any(map(str.__eq__, texts, partners))
    assert len(set(partners)) > len(texts) // 2


def test_too_few_right_answers_to_choose_by_are_told() -> None:
    def warned(best: int, rows: int) -> list[str]:
        outputs = np.zeros((rows, len(FACTS)))
        outputs[:, FACTS.index("best")] = best
        predicted = Predicted(
            Dataset({"text": np.full(rows, "", object)}), {}, outputs, States({}, KNOWN)
        )
        return list(Answers().choice_warnings(predicted))

    assert warned(best=0, rows=20) == []
    assert warned(best=0, rows=3) == [
        "warning: 3 of 3 validation questions are answered rightly, too few to know well from "
        "which confidence on to answer"
    ]
    assert warned(best=1, rows=3) == [
        "warning: 0 of 3 validation questions are answered rightly, so that nothing will be "
        "answered; more questions an answer, or more epochs, are needed"
    ]


def test_scores_of_an_answer_are_those_of_its_texts_together() -> None:
    scores = tf.constant([[1.0], [3.0], [2.0]])
    found = answer_scores(scores, tf.constant([0, 1, 0]), 2)
    sums = np.array([np.exp(1) + np.exp(2), np.exp(3)])
    np.testing.assert_allclose(found.sums, [np.log(sums)], rtol=1e-5)
    np.testing.assert_allclose(found.likely, [sums / sums.sum()], rtol=1e-5)
    np.testing.assert_allclose(found.nearest, [[2.0, 3.0]])


def test_below_the_threshold_there_is_no_answer() -> None:
    names = tf.constant(KNOWN.names)
    numbers, texts = tf.constant(KNOWN.encode(KNOWN.answers)), tf.constant(KNOWN.texts)
    scores = tf.constant([[4.0, 1.0], [0.0, 0.0], [0.0, 1.5]])
    told = {k: v.numpy() for k, v in answers(scores, numbers, names, texts, KNOWN).items()}
    first, second = Answers().to_json(told)
    assert (first["answer"], first["known_question"]) == ("One.", "a?")
    assert (second["answer"], second["known_question"]) == (None, "c\n?")
    assert [each["answer"] for each in second["candidates"]] == ["One.", "Two."]
    assert Answers().format_answer({**first, "answer": "a\tb\nc"}).startswith("a b c\t0.9")
    assert Answers().format_answer(first).startswith("One.\t0.9")
    assert Answers().format_answer(second).endswith("\t(nearest: One.)")


def test_another_table_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nwho?,me\n", encoding="utf-8")
    options = AnswersOptions(faq=str(path))
    assert Answers().signature_for(options) == "answer_from"
    given = Answers().arguments(options, KNOWN)
    assert given == {"questions": ("who?", "me"), "known_answers": ("me", "me")}
    held = Answers().state_to_export(KNOWN, options)
    assert held.texts == ("who?", "me")
    assert Answers().on_predict_end([], options) == (
        f"answered from 1 questions and 1 answers of {path}"
    )


def test_another_table_is_read_as_the_training_was_or_as_stated(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("ask;say;more\nwho?;me;you\n", encoding="utf-8")
    options = AnswersOptions(faq=str(path))
    reader = {"text_column": "ask", "answer_column": "say", "separator": ";"}
    trained = dataclasses.replace(KNOWN, reader=reader)
    assert Answers().arguments(options, trained)["known_answers"] == ("me", "me")
    stated = Answers().state_reading(trained, {"answer_column": "more", "epochs": "2"})
    assert Answers().arguments(options, stated)["known_answers"] == ("you", "you")
    stated.save(tmp_path)
    assert KnownQuestions.load(tmp_path).reader == {**reader, "answer_column": "more"}
    # What the training's columns were called is a hint, what is stated now is not.
    path.write_text("question,answer\nwho?,us\n", encoding="utf-8")
    columns = dataclasses.replace(KNOWN, reader={"text_column": "ask", "answer_column": "say"})
    assert Answers().arguments(options, columns)["known_answers"] == ("us", "us")
    with pytest.raises(DataError, match="no column `zzz` for answer_column"):
        Answers().arguments(options, columns.reading({"answer_column": "zzz"}))


def test_another_table_is_judged_by_scores() -> None:
    likely = KnownQuestions(("a?",), ("One.",), "probability", 0.9, 1.5)
    other = likely.with_table(["b?"], ["Two."])
    assert (other.measure, other.threshold, other.names) == ("score", 1.5, ("Two.",))


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nwho?,\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        Answers().arguments(AnswersOptions(faq=str(path)), KNOWN)
    assert str(error.value) == (
        f"{path}: needs at least one question with an answer. Received: none"
    )
