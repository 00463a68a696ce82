"""Tunes in ABC that can be learnt by notes and bars, and which of them are the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import tensorflow as tf

from lstm_toolkit.data.readers.passages.documents import Document
from lstm_toolkit.data.text.abc_tokens import NOTE, abc_tokens, is_head

_SILENT = re.compile(
    r'(?m)%[^\n]*|^[A-JN-UWYZa-z+]:[^\n]*|"[^"\n]*"|![^!\n]*!|\{[^}\n]*\}|\[[A-JN-UWYZa-z]:[^\]\n]*\]'
)
"""What has no part in the sound of a tune."""
_VOICE = re.compile(r"(?m)^V:[ \t]*([^\s]+)|\[V:[ \t]*([^\s\]]+)")
_TUPLET = re.compile(rf"\([24-9]|\(3(?!(?::[0-9]?)*[ ]*{NOTE}[ ]*{NOTE}[ ]*{NOTE})")

_TURN = re.compile(r"\[[KLM]:")


def tunes(documents: Sequence[Document]) -> tuple[list[Document], Counter[str]]:
    """Returns the tunes that can be learnt, and how many of the others there are, by the reason."""
    left_out: Counter[str] = Counter()
    fitting = []
    for each in documents:
        reason = _reason(_SILENT.sub("", each.text))
        if reason:
            left_out[reason] += 1
        else:
            fitting.append(each)
    return fitting, left_out


def _reason(sounding: str) -> str:
    """Returns why the tokens of a tune would sound otherwise than they are meant, "" if not."""
    voices = {one or other for one, other in _VOICE.findall(sounding)}
    if "&" in sounding or len(voices) > 1:
        return "of several voices"
    if _TUPLET.search(sounding):
        return "with tuplets other than three notes"
    return "that change key, metre or unit inside of a line" if _TURN.search(sounding) else ""


def tune_keys(documents: Sequence[Document]) -> list[str]:
    """Returns what is equal of tunes that differ in number, title and layout alone."""
    if not documents:
        return []
    divided = abc_tokens(tf.constant([each.text for each in documents], tf.string))
    return [
        " ".join(
            token.decode() for token in row if not (is_head(token.decode()) and token[:1] == b"X")
        )
        for row in divided.to_list()
    ]
