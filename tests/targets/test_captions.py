"""Captions are learnt one by one, and scored against all of a picture."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.readers.captions.captions import caption_rows
from lstm_toolkit.metrics.simple_captions import commonest, nearest
from lstm_toolkit.metrics.translation_scores import (
    corpus_scores,
    ngram_counts,
    translation_scores,
)
from lstm_toolkit.targets import Captions
from lstm_toolkit.targets.caption_answers import caption_answers
from lstm_toolkit.targets.scored_sentences import JUDGED

TARGET = Captions()
HOW = {"tokenizer": "13a", "lowercase": False}


def rows(captions: list[list[str]]) -> Dataset:
    pictures = np.arange(len(captions), dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Dataset({"picture": pictures}, {"caption": caption_rows(captions)})


def test_a_picture_is_trained_on_with_each_of_its_captions() -> None:
    three = rows([["a", "b"], ["c"], ["d", "e", "f"]])
    every = TARGET.rows_to_encode(three, None, None, training=True)  # type: ignore[arg-type]
    assert every.targets["caption"].to_list() == [["a"], ["c"], ["d"], ["b"], ["e"], ["f"]]
    assert every.columns["picture"].ravel().tolist() == [0, 1, 2, 0, 2, 2]
    assert TARGET.rows_to_encode(three, None, None) is three  # type: ignore[arg-type]


def test_captions_are_given_as_texts_or_lists_of_them() -> None:
    given = TARGET.given(["a", ["b", "c"], np.array(["d"])])
    assert isinstance(given, Ragged)
    assert given.to_list() == [["a"], ["b", "c"], ["d"]]


def test_any_caption_of_a_picture_is_right() -> None:
    wanted = [["a red dog runs here", "a dog is running now"], ["two cats sleep on a bed"]]
    given = ["a dog is running now", "two cats sleep on a bed"]
    assert corpus_scores(given, wanted, **HOW) == {"bleu": 100.0, "chrf": 100.0}  # type: ignore[arg-type]
    counts = ngram_counts(given, wanted, **HOW)  # type: ignore[arg-type]
    assert counts["bleu_right_4"].tolist() == [2, 3]
    assert counts["chrf_wanted_1"].tolist() == counts["chrf_both_1"].tolist()


def test_the_simplest_methods_score_captions_too() -> None:
    known = [["a dog"], ["a dog", "a hound"], ["a cat"]]
    wanted = [["a dog", "a hound"], ["a cat"]]
    assert commonest(known, wanted, **HOW)["sentence_error"] == 50.0  # type: ignore[arg-type]
    from lstm_toolkit.features import Picture

    pictures = np.zeros((3, 2, 2, 3), np.uint8)
    pictures[2] = 200
    scores = nearest(Picture().simple_model(), pictures, known, pictures[1:], wanted, **HOW)  # type: ignore[arg-type]
    assert scores["sentence_error"] == 0.0


def outputs_of(texts: list[str]) -> np.ndarray:
    rows = np.zeros(len(texts), JUDGED)
    rows["greedy"] = rows["beam"] = texts
    rows["tokens"] = 1
    return rows


def test_capitals_do_not_count_where_small_letters_are_written() -> None:
    wanted = [["A Dog Runs Here"], ["Two Cats Sleep Now", "No Dog"]]
    given = outputs_of(["a dog runs here", "two cats sleep now"])
    names = ["one", "two"]
    scores = translation_scores(names, wanted, given, tokenizer="13a", lowercase=True)
    assert (scores["bleu"], scores["token_error"], scores["sentence_error"]) == (100, 0, 0)
    assert translation_scores(names, wanted, given, tokenizer="13a")["sentence_error"] == 100
    known = [["a dog runs here"]]
    told = commonest(known, wanted[:1], tokenizer="13a", lowercase=True)
    assert told == {"bleu": 100.0, "chrf": 100.0, "sentence_error": 0.0}


def test_bleu_is_left_out_where_no_caption_is_long_enough() -> None:
    short, how = [["food"], ["an animal", "animal"]], {"tokenizer": "13a", "lowercase": False}
    assert commonest(short, short, **how) == {"chrf": 29.0055, "sentence_error": 50.0}  # type: ignore[arg-type]
    encoder = SimpleNamespace(lower=False)
    states = SimpleNamespace(target=SimpleNamespace(bleu_tokenizer="13a", encoder=encoder))
    given = outputs_of(["food", "animal"])
    predicted: Any = SimpleNamespace(rows=rows(short), outputs=given, states=states)
    assert TARGET.report(TARGET.evaluate(predicted)).splitlines()[-3:-1] == [
        "no BLEU, as no caption has four words, chrF 100.00 (greedy 100.00) on 2 pictures, "
        "all captions of each",
        "100.00% of the captions are one of the picture's as they are; perplexity of its first "
        "caption 1.00",
    ]
    assert not [name for name in TARGET.judge_rows(predicted).columns if "bleu" in name]


def test_answers_tell_captions_candidates_and_where_words_looked() -> None:
    outputs = {
        "captions": np.array([[b"a dog", b"a cat"]], object),
        "scores": np.array([[-0.5, -np.inf]], np.float32),
        "lengths": np.array([[3, 0]]),
        "tokens": np.array([[b"a", b"dog", b""]], object),
        "attention": np.full((1, 3, 2, 2), 0.25, np.float32),
    }
    (answer,) = caption_answers(outputs)
    one = {"caption": "a dog", "score": -0.5}
    attention = {"tokens": ["a", "dog"], "weights": [[[0.25, 0.25]] * 2] * 2}
    assert answer == {**one, "candidates": [one], "attention": attention}
    best = {"caption": np.array([b"a dog"], object), "score": np.array([-0.5])}
    assert caption_answers(best) == [one]
    assert TARGET.format_answer(one) == "a dog\t-0.5000"


def test_candidates_stand_beside_attention_where_all_are_asked_for() -> None:
    answer = {"caption": "a dog", "score": -0.5, "candidates": [], "attention": {}}
    alone = {"caption": "a dog", "score": -0.5, "attention": {}}
    assert TARGET.chosen(answer, TARGET.options(attention="a.png")) == alone
    assert TARGET.chosen(answer, TARGET.options(attention="a.png", all=True)) == answer
    assert TARGET.chosen(answer, TARGET.options(beams=2)) == answer


@pytest.mark.parametrize("option", ["beams", "attention"])
def test_options_choose_a_signature(option: str) -> None:
    options = TARGET.options()
    assert TARGET.signature_for(options) == "serving_default"
    chosen = TARGET.options(**{option: {"beams": 2, "attention": "a.png"}[option]})
    assert TARGET.signature_for(chosen) == {"beams": "describe", "attention": "attend"}[option]
