"""Running text to numbers and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.abc_notes import notes, signature
from lstm_toolkit.data.text.abc_tokens import abc_tokens
from lstm_toolkit.data.text.passages import PassageEncoder, PassageKind
from lstm_toolkit.errors import DataError

LETTERS = "ab é你\n\t."


def learnt(texts: list[str], kind: PassageKind) -> PassageEncoder:
    return PassageEncoder.learn(np.array(texts, object), kind=kind, size=100, least=1)


CHARACTERS = learnt([LETTERS], "character")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=4))
def test_characters_come_back_as_they_were(texts: list[str]) -> None:
    numbers = CHARACTERS.numbers(tf.constant(texts))
    assert numbers.row_lengths().numpy().tolist() == [len(text) for text in texts]
    back = CHARACTERS.joined(numbers.to_tensor()).numpy()
    assert [text.decode() for text in back] == texts


@pytest.mark.parametrize(
    ("kind", "text", "back"),
    [
        ("word", "Don't  go!\nNow.", " Don't go!\n Now."),
        ("space", "a b .\n\nc", " a b .\n\n c"),
    ],
)
def test_words_keep_the_ends_of_lines(kind: PassageKind, text: str, back: str) -> None:
    encoder = learnt([text], kind)
    numbers = encoder.numbers(tf.constant([text, " "]))
    joined = encoder.joined(numbers.to_tensor()).numpy()
    assert joined[0].decode() == back.replace("\n ", "\n")
    assert numbers.row_lengths().numpy()[1] == 0


def test_a_head_of_a_tune_stands_on_a_line_of_its_own() -> None:
    encoder = learnt(["M:3/4\nK:G\nA |\nK:D\nB |"], "abc")
    numbers = encoder.numbers(tf.constant(["M:3/4\nK:G\nA |\nK:D\nB |"]))
    assert encoder.joined(numbers.to_tensor()).numpy()[0] == b"M:3/4\nK:G\nA | \nK:D\nB | "


def test_other_ends_of_lines_and_zeros(tmp_path: Path) -> None:
    numbers = CHARACTERS.numbers(tf.constant(["a\r\nb\rb", "a\x00b"]))
    assert [t.decode() for t in CHARACTERS.joined(numbers.to_tensor()).numpy()] == ["a\nb\nb", "ab"]
    CHARACTERS.save(tmp_path)
    assert PassageEncoder.load(tmp_path).vocabulary == CHARACTERS.vocabulary


def test_a_text_without_frequent_tokens_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        PassageEncoder.learn(np.array(["abc"], object), kind="character", size=9, least=2)
    assert str(caught.value) == (
        "needs a token that occurs at least 2 times in the training text. "
        "Received: 3 different tokens, the most frequent 1 times"
    )


def test_tunes_are_divided_into_notes() -> None:
    tune = 'X: 3\nT: Walk\nM:C\nL:1/8\nK:D minor\n"Dm"A>B (3cde {g}f2- | [DFA]2 z2 ~c4:|\nw: la\n'
    tokens = [token.decode() for token in abc_tokens(tf.constant([tune]))[0].numpy()]
    assert tokens == [
        *("X:1", "M:4/4", "L:1/8", "K:Dm", '"Dm"', "A>B", "(3cde", "f2", "|"),
        *("[DFA]2", "z2", "c4", ":|"),
    ]
    played = list(notes(tokens))
    assert [float(note.length) for note in played[:5]] == pytest.approx(
        [3 / 16, 1 / 16, 1 / 12, 1 / 12, 1 / 12]
    )
    assert played[1].pitches == (70,)  # one flat: B is lowered
    assert played[6].pitches == (62, 65, 69)


MODES = {
    "": ("G", "G major", "GMaj", "G ionian", "Gion", "G middle=d", "G clef=bass", "G treble"),
    "m": ("Gm", "G m", "Gmin", "G Minor", "Gaeo", "G aeolian", "Gm clef=bass"),
    "dor": ("Gdor", "G Dorian"),
    "phr": ("Gphr", "G PHRYGIAN"),
    "lyd": ("Glyd", "G lydian octave=1"),
    "mix": ("Gmix", "GMix", "G mixolydian"),
    "loc": ("Gloc", "G locrian % dark"),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_way_to_write_a_mode_is_read(mode: str) -> None:
    heads = [f"K:{written}" for written in MODES[mode]] + [f"K: {MODES[mode][0]}"]
    tunes = tf.constant([f"{head}\nA|" for head in heads])
    assert abc_tokens(tunes).to_list() == [[f"K:G{mode}".encode(), b"A", b"|"]] * len(heads)
    fifths = {"": 1, "m": -2, "dor": -1, "phr": -3, "lyd": 2, "mix": 0, "loc": -4}[mode]
    assert sum(signature(f"G{mode}").values()) == fifths


@pytest.mark.parametrize("head", ["M:4/0", "L:1/0", "L:0/8", "M:3/4/0", "K:none", "K:Gfoo"])
@pytest.mark.parametrize("before", ["", "A "])
def test_a_head_that_cannot_be_is_left_out(head: str, before: str) -> None:
    tokens = [t.decode() for t in abc_tokens(tf.constant([f"{before}{head}\nB2|"]))[0].numpy()]
    assert tokens == [*before.split(), "B2", "|"]
    assert [float(note.length) for note in notes(tokens)][-1] == 0.25
