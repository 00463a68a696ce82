"""What the simplest ways to translate score."""

from __future__ import annotations

import pytest

from lstm_toolkit.data.columns import texts
from lstm_toolkit.features import Sentence
from lstm_toolkit.metrics.simple_translations import copies, nearest

HOW = {"tokenizer": "13a", "lowercase": False}
SOURCES = texts(["the red cup is here now", "the red cup is here now", "a blue door opens"])
REFERENCES = texts(["die rote Tasse ist hier jetzt", "anders", "eine blaue Tür geht auf"])


def test_a_sentence_copied_is_right_where_it_is_its_own_translation() -> None:
    same = copies(SOURCES, SOURCES, **HOW)
    assert same == {"bleu": pytest.approx(100), "chrf": pytest.approx(100)}
    other = copies(SOURCES, REFERENCES, **HOW)
    assert other["chrf"] < 30


def test_the_most_similar_sentence_of_training_is_looked_up() -> None:
    known = texts(["the red cup is here", "a blue door", "something else"])
    translations = texts([REFERENCES[0], REFERENCES[2], "nichts"])
    model = Sentence().simple_model()
    scores = nearest(model, known, translations, SOURCES, REFERENCES, **HOW)
    # Repeated sentences are scored once, against their first reference.
    assert scores == {"bleu": pytest.approx(100), "chrf": pytest.approx(100)}


def test_capitals_do_not_count_where_small_letters_are_written() -> None:
    shouted = texts([text.upper() for text in SOURCES])
    assert copies(SOURCES, shouted, **HOW)["chrf"] < 5
    assert copies(SOURCES, shouted, **{**HOW, "lowercase": True})["chrf"] == pytest.approx(100)
