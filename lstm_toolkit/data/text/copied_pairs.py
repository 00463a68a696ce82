"""Pairs of sentences in which `COPY` stands for what is the same on both sides, or could be.

A decoder learns from them where a copied word belongs. Numbers, addresses and unknown names that
stand on both sides are marked on both. Since few data sets hold enough of those, words whose
translation is certain are left open in some pairs too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.aligned_words import aligned_words
from lstm_toolkit.data.text.copying import COPY
from lstm_toolkit.data.text.literals import cut_out
from lstm_toolkit.data.text.lookups import in_parts, traced
from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
from lstm_toolkit.data.text.sentence_tokens import sentence_characters, sentence_words, tidy
from lstm_toolkit.data.text.tokens import SPACE, Kind

Pair = tuple[str, str]

MOST_PAIRS = 30_000
"""Pairs in which translations of single words are looked for."""

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
    graph = traced(lambda texts: cut_out(tf.strings.regex_replace(texts, f"[\x03{COPY}]", "")))
    sides = (_lists(column, graph) for column in (sources, targets))
    return _columns(_marked(one, other) for one, other in zip(*sides, strict=True))


def mark_unknown(
    sources: Any, targets: Any, encoder: SentenceEncoder
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Marks words that the source's encoder does not know and the translation has as they are.

    Args:
        sources: `object[n]` of `str`, as `mark_literals` returned them.
        targets: Their translations.
        encoder: Of the source.
    """
    graph = traced(lambda texts: encoder.read(texts)[1])
    copied = _lists(sources, graph)
    pairs = zip(sources, targets, copied, strict=True)
    return _columns(_with_unknown(str(one), str(other), runs) for one, other, runs in pairs)


def leave_open(
    sources: Any, targets: Any, kinds: tuple[Kind, Kind], *, share: float, seed: int
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Leaves one or two words open in some pairs, in both languages.

    Args:
        sources: `object[n]` of `str`.
        targets: Their translations.
        kinds: What a token is on both sides; of two sides of characters none is sure.
        share: Of the pairs in which a word is left open.
        seed: Chooses them.

    Returns:
        Both again, in their order; `COPY` stands for what was left open.
    """
    if kinds == ("character", "character"):
        return np.asarray(sources, object), np.asarray(targets, object)
    sides = [_lists(column, _graph(kind)) for column, kind in zip((sources, targets), kinds)]
    # Words are looked for on the side that is not divided into characters.
    order = -1 if kinds[0] == "character" else 1
    words, others = sides[::order]
    lowered = [[token.lower() for token in row] for row in words]
    known = aligned_words(lowered[:MOST_PAIRS], others[:MOST_PAIRS])
    rng = np.random.default_rng([seed, len(words)])
    import os
    extra = os.environ.get("EXTRA")
    if extra:
        n=len(words); m=int(float(extra)*n)
        pairs=[(str(a),str(b)) for a,b in zip(sources,targets)]
        order_=np.concatenate([rng.permutation(n) for _ in range(-(-m//n))])[:m]
        for r in order_:
            o=_opened(words[r],lowered[r],others[r],known,rng)
            if o: pairs.append(o[::order])
        return _columns(pairs)
    share=float(os.environ.get("SHARE",share))
    pairs = []
    for chosen, row, keys, other in zip(rng.random(len(words)), words, lowered, others):
        opened = _opened(row, keys, other, known, rng) if chosen < share else None
        pairs.append(opened[::order] if opened else None)
    texts = zip(sources, targets, pairs, strict=True)
    return _columns((str(a), str(b)) if pair is None else pair for a, b, pair in texts)


def _lists(column: Any, graph: Any) -> list[list[str]]:
    parts = in_parts(np.asarray(column, object), graph)
    rows = [row for part in parts for row in part.to_list()]
    return [[token.decode("utf-8", "replace") for token in row] for row in rows]


def _graph(kind: Kind) -> Any:
    division = sentence_characters if kind == "character" else sentence_words
    return traced(lambda texts: division(tidy(texts)))


def _columns(pairs: Iterator[Pair]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    rows = list(pairs)
    one, other = ([pair[side] for pair in rows] for side in (0, 1))
    return np.array(one, object), np.array(other, object)


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
