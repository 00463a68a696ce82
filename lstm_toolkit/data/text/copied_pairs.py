"""Pairs of sentences in which `COPY` stands for what is the same on both sides, or could be.

A decoder learns from them where a copied word belongs. Numbers, addresses and unknown names that
stand on both sides are marked on both. Since few data sets hold enough of those, words whose
translation is certain are left open in further pairs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, starmap
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.aligned_words import aligned_words
from lstm_toolkit.data.text.copying import COPY
from lstm_toolkit.data.text.literals import cut_out
from lstm_toolkit.data.text.lookups import TextGraph, in_parts
from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
from lstm_toolkit.data.text.sentence_tokens import sentence_characters, sentence_words, tidy
from lstm_toolkit.data.text.tokens import SPACE, Kind

Pair = tuple[str, str]

MOST_PAIRS = 30_000
"""Pairs in which translations of single words are looked for, at most."""

OPENED, LEAST_OPENED = 0.2, 500
"""Share of the pairs that are seen a second time, with words left open; and of how many at least,
where there are as many."""

_LETTER = r"[0-9A-Za-zÀ-ɏͰ-ӿ]"
_NEIGHBOURS = re.compile(f"{COPY}(?: ?{COPY})+")


def mark_literals(sources: Any, targets: Any) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Marks numbers, addresses and the like that are the same on both sides.

    Args:
        sources: `object[n]` of `str`.
        targets: Their translations.

    Returns:
        Both again, with `COPY` in those places.
    """
    graph = TextGraph(lambda texts: cut_out(tf.strings.regex_replace(texts, f"[\x03{COPY}]", "")))
    sides = (_rows(column, graph) for column in (sources, targets))
    return _columns(starmap(_marked, zip(*sides, strict=True)))


def mark_unknown(
    sources: Any, targets: Any, encoder: SentenceEncoder
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Marks words that the source's encoder does not know and the translation has as they are.

    Args:
        sources: `object[n]` of `str`, as `mark_literals` returned them.
        targets: Their translations.
        encoder: Of the source.
    """
    copied = _rows(sources, lambda texts: encoder.read(texts)[1])
    return _columns(starmap(_with_unknown, zip(sources, targets, copied, strict=True)))


def leave_open(
    sources: Any, targets: Any, kinds: tuple[Kind, Kind], *, seed: int
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Makes further pairs of some, in which one or two words are left open in both languages.

    Args:
        sources: `object[n]` of `str`.
        targets: Their translations.
        kinds: What a token is on both sides. Of two sides of characters no word is certain.
        seed: Chooses the pairs and the words.

    Returns:
        The further pairs alone; `COPY` stands for what was left open.
    """
    if kinds == ("character", "character"):
        return _columns(iter(()))
    # Words are looked for on the side that is not divided into characters.
    order = -1 if kinds[0] == "character" else 1
    chosen = np.random.default_rng([seed, len(sources)])
    rows = chosen.permutation(len(sources))[:MOST_PAIRS]
    sides = zip((sources, targets), kinds, strict=True)
    words, others = [list(_rows(column[rows], _graph(kind))) for column, kind in sides][::order]
    keys = [[token.lower() for token in row] for row in words]
    known = aligned_words(keys, others)
    count = min(len(rows), max(int(OPENED * len(sources)), LEAST_OPENED))
    parts = islice(zip(words, keys, others, strict=True), count)
    pairs = (_opened(*part, known, chosen) for part in parts)
    opened = (pair for pair in pairs if pair is not None)
    return _columns((b, a) if order < 0 else (a, b) for a, b in opened)


def copying_note(copied: NDArray[np.int64], attention: str) -> str:
    """Tells from how many pairs copying is learnt, or why it is not.

    Args:
        copied: `int64[n]`, how many words of each training pair are marked.
        attention: The setting of the network.
    """
    count = int((copied > 0).sum())
    if attention == "none":
        return "copy_unknown has no effect: it needs attention. Received: attention=none"
    if not count:
        return "copy_unknown has no effect: no training pair shows where a copied word belongs"
    return f"where unknown words are copied to is learnt from {count:,} training pairs"


def _rows(column: Any, graph: Any) -> Iterator[list[str]]:
    """Yields the tokens of each text, a chunk at a time."""
    for part in in_parts(column, graph):
        for row in part.to_list():
            yield [token.decode("utf-8", "replace") for token in row]


def _graph(kind: Kind) -> Any:
    division = sentence_characters if kind == "character" else sentence_words
    return TextGraph(lambda texts: division(tidy(texts)))


def _columns(pairs: Iterator[Pair]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    rows = list(pairs)
    one, other = (np.array([pair[side] for pair in rows], object) for side in (0, 1))
    return one, other


def _marked(one: Sequence[str], other: Sequence[str]) -> Pair:
    """Puts `COPY` for what stands at odd places of both."""
    common = Counter(one[1::2]) & Counter(other[1::2])
    return _together(_with_copies(one, common), _with_copies(other, common))


def _with_copies(parts: Sequence[str], common: Counter[str]) -> str:
    left, text = common.copy(), []
    for place, part in enumerate(parts):
        copied = place % 2 == 1 and left[part] > 0
        left[part] -= copied
        text.append(COPY if copied else part)
    return "".join(text)


def _together(one: str, other: str) -> Pair:
    """Makes neighbouring `COPY`s one, as `SentenceEncoder.read` does, where both sides agree."""
    single = (_NEIGHBOURS.sub(COPY, one), _NEIGHBOURS.sub(COPY, other))
    agree = single[0].count(COPY) == single[1].count(COPY)
    return single if agree else (one, other)


def _with_unknown(one: str, other: str, runs: Sequence[str]) -> Pair:
    one, other = str(one), str(other)
    for run in filter(None, runs):
        text = run.replace(SPACE, " ").strip()
        word = re.compile(f"(?<!{_LETTER}){re.escape(text)}(?!{_LETTER})")
        if word.search(one) and word.search(other):
            one, other = word.sub(COPY, one, count=1), word.sub(COPY, other, count=1)
    return _together(one, other)


def _opened(
    words: Sequence[str],
    keys: Sequence[str],
    others: Sequence[str],
    known: dict[str, tuple[str, ...]],
    rng: np.random.Generator,
) -> Pair | None:
    """Leaves words open at random; None where none can be."""
    spans = {
        place: span
        for place, key in enumerate(keys)
        if key in known and keys.count(key) == 1
        for span in [_only_place(others, known[key])]
        if span is not None
    }
    if not spans:
        return None
    places = rng.permutation(sorted(spans))[: 1 + int(rng.random() < 0.3)]
    row, other = list(words), list(others)
    for place in sorted(places, key=lambda place: -spans[place].start):
        row[place] = _copy_of(row[place])
        span = spans[place]
        other[span.start : span.stop] = [_copy_of(other[span.start])]
    return _together(_text(row), _text(other))


def _only_place(tokens: Sequence[str], wanted: tuple[str, ...]) -> range | None:
    size = len(wanted)
    starts = [i for i in range(len(tokens) - size + 1) if tuple(tokens[i : i + size]) == wanted]
    return range(starts[0], starts[0] + size) if len(starts) == 1 else None


def _copy_of(token: str) -> str:
    return SPACE + COPY if token.startswith(SPACE) else COPY


def _text(tokens: Sequence[str]) -> str:
    return "".join(tokens).replace(SPACE, " ").strip()
