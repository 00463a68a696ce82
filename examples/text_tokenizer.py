"""Turns texts into numbers of tokens as an exported network wants them, without TensorFlow.

Reads `tokenizer.json` and the vocabularies beside it, which `lstm-toolkit export` leaves with
--format litert or onnx. It needs Python and `pip install regex`; the same steps can be written in
any language whose patterns know Unicode. Each step stands in docs/small-devices.md.
"""

import json
import unicodedata
from pathlib import Path

import regex

PADDING, UNKNOWN = 0, 1
WIDTHS = ("<wide>", "<narrow>", "<font>")


class Tokenizer:
    """From a text to numbers: one a token, or several where a token has bigrams or affixes."""

    def __init__(self, path):
        """Reads a `tokenizer.json`, or the one in a folder."""
        path = Path(path)
        path = path / "tokenizer.json" if path.is_dir() else path
        self.facts = json.loads(path.read_text("utf-8"))
        files = [self.facts["vocabulary"], self.facts["bigrams"], *self.facts["affixes"]]
        self.tables = [numbers(path.parent / file) for file in files if file]

    def __call__(self, text):
        """Returns `[steps]`, or `[steps, kinds]` where a token has several numbers."""
        tokens = self.tokens(fold(text, self.facts["fold"]))
        views = self.views(tokens)
        columns = [
            [table.get(part, UNKNOWN) for part in view]
            for table, view in zip(self.tables, views, strict=True)
        ]
        rows = (
            columns[0] if len(columns) == 1 else [list(row) for row in zip(*columns, strict=True)]
        )
        return cut(rows, self.facts["length"], self.facts["truncate"])

    def views(self, tokens):
        """Returns what of tokens is numbered: themselves, their bigrams, beginnings and ends."""
        views, letters = [tokens], self.facts["affix_letters"]
        if self.facts["bigrams"]:
            before = [self.facts["start"], *tokens]
            pairs = zip(before, tokens, strict=False)
            views.append([f"{one} {other}" for one, other in pairs])
        if self.facts["affixes"]:
            views += [[token[:letters] for token in tokens], [token[-letters:] for token in tokens]]
        return views

    def tokens(self, text):
        """Returns the tokens of a folded text, at least one."""
        facts = self.facts
        text = replaced(text, facts["replace_then_lower"]).lower()
        if facts["kind"] == "character":
            text = text.strip(" ") or facts["blank"]
            return list(text.replace(" ", facts["space"]))
        words = replaced(text, facts["replace_to_words"]).split() or [facts["blank"]]
        if facts["kind"] == "word":
            return words
        return [piece for word in words for piece in self.pieces(word)]

    def pieces(self, word):
        """Returns the longest pieces that the vocabulary knows; one unknown if a rest is left."""
        known, start, pieces = self.tables[0], 0, []
        if len(word) > self.facts["longest_word"]:
            return ["[UNK]"]
        while start < len(word):
            mark = self.facts["inside"] if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if known.get(mark + word[start:end], 0) > 1), None)
            if end is None:
                return ["[UNK]"]
            pieces.append(mark + word[start:end])
            start = end
        return pieces


def numbers(path):
    """Returns the number of each token: that of its line, counted from 0."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    return {token: number for number, token in enumerate(lines) if number != PADDING}


def padded(rows, length):
    """Fills rows up with zeros on the right, to one length."""
    empty = [0] * len(rows[0]) if isinstance(rows[0], list) else 0
    return rows + [empty] * (length - len(rows))


def cut(rows, length, kept):
    """Keeps so many rows: the head, the tail, or half from both ends; 0 keeps all."""
    if not length or len(rows) <= length:
        return rows
    head = {"head": length, "tail": 0, "both": length // 2}[kept]
    return rows[:head] + rows[len(rows) - (length - head) :]


def replaced(text, steps):
    r"""Replaces patterns, in their order; in a replacement, \0 is all that was found."""
    for pattern, by in steps:
        text = regex.sub(pattern, by.replace(r"\0", r"\g<0>"), text)
    return text


def fold(text, kind):
    """Brings letters to one form: accents put together; with "all", width and fonts too."""
    if kind == "none" or text.isascii():
        return text
    letters = [single(letter, kind) for letter in text]
    for _ in range(3):
        letters = composed(letters)
    return "".join(letters)


def single(letter, kind):
    """Returns the letter that another one stands for, such as A for the wide Ａ."""
    if kind == "all" and letter == "\u3000":
        return " "
    mark = (unicodedata.decomposition(letter).split() or [""])[0]
    if ord(letter) < 0x80 or not mark:
        return letter
    if mark.startswith("<") and (kind != "all" or mark not in WIDTHS):
        return letter
    other = unicodedata.normalize("NFKC" if mark.startswith("<") else "NFC", letter)
    return other if len(other) == 1 else letter


def composed(letters):
    """Puts each letter and the accent right behind it together, where they are one."""
    after = [*letters[1:], ""]
    pairs = [pair(one, other) for one, other in zip(letters, after, strict=True)]
    swallowed = [False, *(both is not None for both in pairs)]
    return [
        letter if both is None else both
        for letter, both, gone in zip(letters, pairs, swallowed, strict=False)
        if not gone
    ]


def pair(one, other):
    """Returns what two code points are together, None if nothing."""
    both = unicodedata.normalize("NFC", one + other) if other else ""
    if len(both) != 1:
        return None
    if "\uac00" <= both <= "\ud7a3":  # syllables of Hangul are made by rule
        return both
    parts = unicodedata.decomposition(both).split()
    return both if parts == [f"{ord(one):04X}", f"{ord(other):04X}"] else None
