"""Scores of translations, the page and the figures that show them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit import plots
from lstm_toolkit.figures.fonts import legible
from lstm_toolkit.figures.translation_page import page
from lstm_toolkit.metrics.translation_scores import sentence_chrf, translation_scores
from lstm_toolkit.targets.scored_sentences import JUDGED
from lstm_toolkit.targets.translation_answers import translation_answers

SOURCES = ["He reads a book.", "He reads a book.", "They sing here."]
REFERENCES = ["他在看书。", "他看一本书。", "他们在这里唱歌。"]


def outputs(greedy: list[str], beam: list[str]) -> np.ndarray:
    rows = np.zeros(len(beam), JUDGED)
    rows["greedy"], rows["beam"] = greedy, beam
    rows["loss"], rows["tokens"] = [2.0, 4.0, 6.0], [4, 4, 4]
    return rows


def test_the_first_reference_of_each_sentence_counts() -> None:
    right = ["他在看书。", "他在看书。", "他们在这里唱歌。"]
    scores = translation_scores(
        SOURCES, REFERENCES, outputs(["坏", "坏", "坏"], right), tokenizer="zh"
    )
    assert scores["bleu"] == pytest.approx(100)
    assert scores["chrf"] == pytest.approx(100)
    assert scores["bleu_greedy"] < 1
    assert scores["sentences"] == 2
    assert scores["loss"] == pytest.approx(1.0)
    assert scores["perplexity"] == pytest.approx(np.e, abs=1e-4)
    assert scores["sacrebleu_signature"].startswith("nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp")
    assert [sample["source"] for sample in scores["samples"]] == [SOURCES[0], SOURCES[2]]


def test_capitals_do_not_count_where_small_letters_are_written() -> None:
    rows = outputs(["ein hund rennt im hof."] * 3, ["ein hund rennt im hof."] * 3)
    references = ["Ein Hund rennt im Hof."] * 3
    strict = translation_scores(SOURCES, references, rows, tokenizer="13a")
    scores = translation_scores(SOURCES, references, rows, tokenizer="13a", lowercase=True)
    assert scores["bleu"] == pytest.approx(100)
    assert strict["bleu"] < 60
    assert scores["sacrebleu_signature"].startswith("nrefs:1|case:lc|eff:no|tok:13a")
    assert sentence_chrf(["ein hund"], ["Ein Hund"], lowercase=True) == [100]


def test_the_page_shows_worst_and_best_and_escapes() -> None:
    chrf = sentence_chrf(["他在看书。", "不知道"], ["他在看书。", "他们唱歌。"])
    rows = [("<b>He</b>", "他在看书。", "他在看书。", chrf[0]), ("They", "不知道", "唱", chrf[1])]
    shown = page(rows, most=1)
    assert "&lt;b&gt;He" in shown
    assert "<b>He" not in shown
    worst, best = shown.split("<h2>Worst")[1].split("<h2>Best")
    assert "不知道" in worst
    assert "他在看书。" in best


def test_beams_without_an_answer_are_left_out() -> None:
    served = {
        "translations": np.array([[b"\xe5\xa5\xbd", b""]], object),
        "scores": np.array([[-0.5, -np.inf]], np.float32),
        "truncated": np.array([False]),
        "unknown_tokens": np.array([2]),
    }
    best = {"translation": "好", "score": -0.5}
    assert translation_answers(served) == [best | {"candidates": [best], "unknown_tokens": 2}]


def test_an_attention_map_is_drawn_with_both_sentences(tmp_path: Path) -> None:
    weights = np.eye(4, 3, dtype=np.float32)
    figure = plots.attention_map(weights, ["▁where", "▁is", "?"], ["a", "$", "c"])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["where", "is", "?"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", r"\$", "c", "end"]
    plots.save(figure, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width > 200


def test_boxes_stand_for_what_no_font_holds() -> None:
    texts, fonts, hint = legible(["a\U000f0000", "b"])
    assert texts == ["a\u25a1", "b"]
    assert fonts[0] == "DejaVu Sans"
    assert hint == (
        "no font here holds \U000f0000: install one, such as Noto Sans CJK, and draw again"
    )
    assert legible(["plain"])[2] == ""
    figure = plots.attention_map(np.ones((1, 1), np.float32), ["\U000f0000"], ["b"])
    assert "install one" in figure.axes[0].get_xlabel()


def test_scores_by_length_count_every_sentence() -> None:
    lengths = np.array([2, 3, 3, 9, 12, 30])
    figure = plots.score_by_length(lengths, np.arange(6.0), "chrF")
    counts = [int(text.get_text()) for text in figure.axes[0].texts]
    assert sum(counts) == 6
