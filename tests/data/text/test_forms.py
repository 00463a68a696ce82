"""What the forms of texts allow: walks at random always keep them."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from lstm_toolkit.data.text.abc_tokens import sounding
from lstm_toolkit.data.text.forms import FREE, Form, form_of
from lstm_toolkit.data.text.passages import END_ID
from lstm_toolkit.data.text.vocabulary import END, PAD, START, UNK, Vocabulary
from lstm_toolkit.errors import InputError

OWN = (PAD, UNK, START, END)
VERSE = Vocabulary((*OWN, "，", "。", "山", "水", "a", "▁"))
NOTES = ("A", "B2", "c3", "(3def", "g/2", '"G"', "|", ":|", "[1", "[2", "z")
TUNE = Vocabulary((*OWN, "X:1", "M:3/4", "M:6/8", "L:1/8", "L:1/4", "K:G", *NOTES))


def walk(form: Form, rng: np.random.Generator, most: int = 600) -> list[int]:
    """Draws tokens that may follow until the end."""
    tokens, place = [], form.first
    while len(tokens) < most:
        allowed = np.flatnonzero(form.following[place][form.classes] >= 0)
        assert len(allowed), "a text must be able to go on"
        token = int(rng.choice(allowed))
        tokens.append(token)
        if token == END_ID:
            return tokens
        place = int(form.following[place][form.classes[token]])
        assert place != FREE
    return tokens


def test_verse_has_lines_of_one_width() -> None:
    form = form_of("verse", VERSE, "character")
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(300):
        text = "".join(VERSE.tokens[token] for token in walk(form, rng))
        couplets = re.fullmatch(r"((?:(..{4}(?:..)?)，(..{4}(?:..)?)。)+)\[END\]", text)
        lines = re.findall(r"[山水]+", text)
        assert couplets and len(lines) in (4, 8), text
        assert len({len(line) for line in lines}) == 1 and len(lines[0]) in (5, 7), text
        seen.add((len(lines), len(lines[0])))
    assert len(seen) == 4


def test_bars_of_tunes_add_up() -> None:
    form = form_of("tune", TUNE, "abc")
    rng = np.random.default_rng(0)
    ended = 0
    for _ in range(60):
        tokens = [TUNE.tokens[token] for token in walk(form, rng)]
        ended += tokens[-1] == END
        meter = unit = used = Fraction(0)
        for token in tokens[: tokens.index(END)] if END in tokens else tokens:
            if token.startswith("M:"):
                meter = Fraction(token[2:])
                unit = unit or Fraction(1, 8)
            elif token.startswith("L:"):
                unit = Fraction(token[2:])
            elif token in ("|", ":|"):
                assert used == meter, tokens
                used = Fraction(0)
            elif not token.startswith(("X:", "K:", "[")):
                used += (sounding(token) or 0) * unit
                assert used <= meter, tokens
        assert used == 0 or END not in tokens
    assert ended


@pytest.mark.parametrize(
    "tokens",
    [
        # After M:4/4 a third triplet does not fit, and nothing else fills the bar.
        ("M:4/4", "M:2/4", "L:1/8", "K:G", "(3def", "A3", "|"),
        ("M:3/4", "M:9/8", "M:5/4", "L:1/4", "L:1/8", "L:1/16", "K:D", "A2", "B3/4", "z7", ":|"),
        ("M:2/4", "L:1/4", "L:1/64", "K:D", "A/3", "B5", "c", "|"),
    ],
)
def test_no_beginning_of_a_tune_is_a_dead_end(tokens: tuple[str, ...]) -> None:
    vocabulary = Vocabulary((*OWN, *tokens))
    form, rng = form_of("tune", vocabulary, "abc"), np.random.default_rng(1)
    for _ in range(100):
        walk(form, rng)


def test_notes_that_fill_no_bar_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        form_of("tune", Vocabulary((*OWN, "M:4/4", "L:1/4", "K:G", "A3", "|")), "abc")
    assert str(caught.value) == (
        "form needs tokens by which a text comes to its end: notes that fill the bars of a "
        "metre, or lines of one width. Received: none, or too rare for the vocabulary"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "verse",
            "form=verse needs tokens=character and texts of Chinese characters with ， inside and "
            "。 at the end of couplets. Received: no ， and 。",
        ),
        (
            "tune",
            "form=tune needs tokens=abc and tunes with the lines M: and K:, notes and bar lines. "
            "Received: no M:, K:",
        ),
    ],
)
def test_a_vocabulary_without_the_form_is_refused(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        form_of(name, Vocabulary((*OWN, "a", "b")), "character")  # type: ignore[arg-type]
    assert str(caught.value) == message
