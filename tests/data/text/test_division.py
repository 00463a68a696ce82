"""Raw texts to tokens, and the places where they stand."""

from __future__ import annotations

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.text.division import Division, divide, divided, fitting_division
from lstm_toolkit.data.text.spaced_tokens import GIVEN

RULES: tuple[Division, ...] = ("space", "character", "word", "treebank")
SIGNS = "ab Zé9.,'’-@#_ \t\n\u3000\u00a0北京ไท\u0301e\u200d😀\x00" + GIVEN


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(SIGNS, max_size=12), min_size=1, max_size=8))
def test_tokens_stand_where_it_is_told_and_nothing_is_lost(rows: list[str]) -> None:
    for rule in RULES:
        for text, tokens in zip(rows, divided(texts(rows), rule), strict=True):
            covered = [n for _, start, end in tokens for n in range(start, end)]
            assert covered == sorted(set(covered)), (text, rule)
            assert all(text[start:end] == token and token for token, start, end in tokens)
            left = "".join(sign for n, sign in enumerate(text) if n not in covered)
            spaces = "\t\n \x1f" + ("\u3000\u00a0" if rule in ("word", "treebank") else "")
            assert not left.strip(spaces), (text, rule, tokens)


@pytest.mark.parametrize(
    ("rule", "text", "tokens"),
    [
        ("space", "Ann's in 北京.", "Ann's|in|北京."),
        ("character", "Ann 北京.", "A|n|n|北|京|."),
        ("word", "Don't! U.S. 3.5% 北京, e-mail", "Don't|!|U.S.|3.5|%|北|京|,|e-mail"),
        ("word", "see https://a.b/c?d=1. @me #tag ...", "see|https://a.b/c?d=1|.|@me|#tag|..."),
        ("treebank", "Ann's won't, I'm he’ll", "Ann|'s|wo|n't|,|I|'m|he|’ll"),
        ("treebank", "rock'n'roll O'Neil", "rock'n'roll|O'Neil"),
        ("word", f"U.S{GIVEN}Leeds.{GIVEN}", "U.S|Leeds."),
    ],
)
def test_rules(rule: Division, text: str, tokens: str) -> None:
    (row,) = divided(texts([text]), rule)
    assert "|".join(token for token, *_ in row) == tokens


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (["王 芳 在 北 京 。"], "character"),
        (["Anna ran , slowly .", "Don't !"], "word"),
        (["Anna 's cat did n't run ."], "treebank"),
        (["我 ❤\ufe0f i P h o n e 1 5 👨\u200d👩 。" + " 好" * 20], "character"),
        (["ก\u0e47 ด\u0e35 i P h"], "character"),
        (["O'Brien and O'Neil did n't see Ann 's cat ."], "treebank"),
        (["O'Brien didn't see Ann's cat ."], "word"),
        (["Anna ran, slowly.", "No more."], "space"),
        (["王芳 在 北京 。"], "space"),
    ],
)
def test_the_rule_that_gives_the_training_tokens_back_is_found(rows: list[str], rule: str) -> None:
    assert fitting_division(texts(rows))[0] == rule


def test_what_is_no_text_is_divided_too() -> None:
    parts = divide(tf.constant([b"a\xff b", b""]), "word")
    assert parts.tokens.to_list() == [[b"a", "\ufffd".encode(), b"b"], []]
    assert parts.joined().numpy().tolist() == ["a \ufffd b".encode(), b""]
