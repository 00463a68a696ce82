"""The card of an export, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lstm_toolkit.runs import Run
from lstm_toolkit.serving.card import CARD, Card
from lstm_toolkit.serving.card_words import CHINESE, ENGLISH
from lstm_toolkit.tasks import get_task
from tests.comparison.pretended import write_run

ROW = {"precision": 0.5, "recall": 0.25, "f1-score": 1 / 3}
TEXT = {"text": ("string", (None,))}
ANSWERS = {"label": ("string", (None,)), "unlike": ("bool", (None,))}
SIGNATURES = {"serving_default": (TEXT, ANSWERS)}


def card(folder: Path, *, licence: str = "", gain: float = 0.2, **classes: float) -> str:
    """Returns the card of a run with these classes and how many test rows each has."""
    scores = {
        "accuracy": 0.7 + gain,
        "standard_error": 0.05,
        "baselines": {"most_frequent": {"accuracy": 0.5}, "logistic_regression": {"accuracy": 0.7}},
        "per_class": {name: {**ROW, "support": float(n)} for name, n in classes.items()},
    }
    run = Run.open(write_run(folder / "run", scores=scores, units=(8,)))
    return Card("mine", run.task, run, licence, SIGNATURES).text()


def test_data_scores_and_classes_stand_in_both_languages(tmp_path: Path) -> None:
    text = card(tmp_path, good=40, bad=12)
    english, chinese = text.split("\n## 中文\n")
    for page, words in ((english, ENGLISH), (chinese, CHINESE)):
        assert "mine.csv: 40 examples" in page
        assert "`0123456789abcdef`" in page
        assert "`units=8`" in page
        assert "| accuracy | 0.9000 ± 0.0500 |  | 0.5000 | 0.7000 |" in page
        assert "| good | 0.500 | 0.250 | 0.333 | 40 |" in page
        assert words.better.format(method="logistic_regression") in page
        assert words.small.format(least=30, names="bad") in page
        assert words.unlike in page
        assert words.no_licence in page
        assert 'signatures["serving_default"](text=tf.constant(["…"]))' in page
        assert "| `serving_default` | `text`: string[any] | `label`: string[any]," in page
    headings = [re.findall(r"^###? ", page, re.MULTILINE) for page in (english, chinese)]
    assert len(headings[0]) == len(headings[1]) + 1  # the heading of the Chinese part is cut off


def test_a_model_that_does_not_beat_the_simplest_says_so(tmp_path: Path) -> None:
    text = card(tmp_path, gain=0.04, good=40)
    for words in (ENGLISH, CHINESE):
        assert words.not_better.format(method="logistic_regression", error=0.05) in text
        assert words.better.format(method="logistic_regression") not in text


def test_the_licence_stands_where_hubs_read_it(tmp_path: Path) -> None:
    lines = card(tmp_path, licence='Own "terms": v1', good=40).splitlines()
    assert lines[:4] == ["---", 'license: "Own \\"terms\\": v1"', "tags: [lstm, sentiment]", "---"]
    assert lines.count('Own "terms": v1') == 2
    assert card(tmp_path / "none", good=40).splitlines()[1] == 'license: "unknown"'


def test_names_of_classes_stay_in_their_cells(tmp_path: Path) -> None:
    text = card(tmp_path, **{"a|b <i>\n# x": 40})
    assert r"| a\|b \<i\> \# x | 0.500 |" in text


def test_a_network_without_a_run_has_a_card_of_what_is_known() -> None:
    text = Card("mine", get_task("sentiment"), None, "MIT", SIGNATURES).text()
    assert ENGLISH.no_run in text
    assert CHINESE.no_run in text
    assert "accuracy" not in text


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=lambda words: words.language)
def test_both_languages_ask_for_the_same_values(words: object) -> None:
    for name, text in vars(words).items():
        if isinstance(text, str):
            wanted = sorted(re.findall(r"\{.*?\}", getattr(ENGLISH, name)))
            assert sorted(re.findall(r"\{.*?\}", text)) == wanted, name


def test_every_export_has_one(export_folder: Path, run_folder: Path) -> None:
    text = (export_folder / "1" / CARD).read_text(encoding="utf-8")
    config = json.loads((run_folder / "config.json").read_text())
    assert text.startswith("---\nlicense:")
    assert config["data"]["fingerprint"] in text
    assert "`images`: float32[any, 6, 5]" in text
    assert "images=tf.zeros([1, 6, 5], tf.float32)" in text
    assert "| level |" in text
