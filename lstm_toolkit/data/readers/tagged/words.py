"""Sentences whose words are to be found: each character a token, tagged by where words begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lstm_toolkit.data.readers.tagged.conll import read_columns
from lstm_toolkit.data.readers.tagged.sentences import Sentence, TaggedFile
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.tag_schemes import WORD
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.spaced_tokens import characters, tokens_in, without_given


def read_words(path: Path, *, encoding: str = "utf-8", token_column: int = 1) -> TaggedFile:
    """Reads words: with spaces between them, a sentence a line, or a word a line.

    Args:
        path: The file; it is read in columns if its lines come in groups with blank lines
            between, or its name says so.
        encoding: Of the file.
        token_column: Of the words, in columns.
    """
    lines = decode(read_bytes(path), encoding, path).split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    if in_columns(path, lines):
        file = read_columns(path, encoding=encoding, token_column=token_column, tag_column=None)
        sentences = [_characters(each.tokens, each.line) for each in file.sentences]
        return TaggedFile(path, sentences, file.left_out, file.remarks, "character")
    counts: Counter[str] = Counter()
    sentences = [
        _characters(words, number)
        for number, line in enumerate(lines, 1)
        if (words := tokens_in(without_given(line, counts)))
    ]
    blank = len(lines) - bool(not lines[-1]) - len(sentences)
    left_out = {"empty": blank} if blank else {}
    remarks = tuple(f"{what}: {count:,}" for what, count in counts.items())
    return TaggedFile(path, sentences, left_out, remarks, "character")


def in_columns(path: Path, lines: Iterable[str]) -> bool:
    """Tells whether a file has a token a line, by its name or by blank lines between groups."""
    if path.name.lower().removesuffix(".gz").endswith((".conll", ".conllu", ".bio", ".iob")):
        return True
    tabs: set[int] = set()
    words: set[int] = set()
    blank, grouped = False, False
    for line in lines:
        grouped, blank = grouped or blank, not line.strip()  # the last line may be blank
        if not blank:
            tabs.add(line.count("\t"))
            words.add(len(tokens_in(line)))
    return grouped and (len(words) == 1 or (len(tabs) == 1 and tabs != {0}))


def _characters(words: list[str], line: int) -> Sentence:
    tokens, tags = [], []
    for word in words:
        for place, character in enumerate(characters(word)):
            tokens.append(character)
            tags.append(f"{'I' if place else 'B'}-{WORD}")
    return Sentence(tokens, tags, line)
