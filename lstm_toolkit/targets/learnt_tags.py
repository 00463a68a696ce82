"""Tags as a network learns them: with the ends of entities marked, and numbered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.tag_schemes import OUTSIDE, learns_ends, marks_entities, with_ends
from lstm_toolkit.data.text.spaced_tokens import GIVEN, tokens_in
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn

if TYPE_CHECKING:
    from lstm_toolkit.targets.tag_names import TagNames


def as_learnt(tags: Ragged, *, ends: bool) -> Ragged:
    """Returns rows of tags as a network learns them.

    Args:
        tags: Rows of texts; entities are in IOB2.
        ends: Whether their ends are marked, too.
    """
    if not ends or not marks_entities(map(str, tags.values)):
        return tags
    return Ragged.of([with_ends(row) for row in tags.to_list()], object)


def numbered(texts: Sequence[str], given: Ragged, state: TagNames) -> EncodedColumn:
    """Returns rows of `int32` numbers of tags, counted from 1, and how many are `unknown`.

    Raises:
        DataError: If a sentence has no token, one with U+001F, or another number of tags than
            of tokens.
    """
    tags = as_learnt(given, ends=learns_ends(state.names))
    _check(texts, tags)
    number = {name: place for place, name in enumerate(state.names, 1)}
    # A tag that training never saw counts as wrong; in its place the loss takes one that may
    # stand anywhere.
    instead = number.get(OUTSIDE, 1)
    numbers = np.array([number.get(str(tag), instead) for tag in tags.values], np.int32)
    unknown = np.array([str(tag) not in number for tag in tags.values], np.int64)
    return EncodedColumn(Ragged(numbers, tags.offsets), {"unknown": unknown})


def _check(texts: Sequence[str], tags: Ragged) -> None:
    tokens = [len(tokens_in(str(text))) for text in texts]
    wrong = np.flatnonzero(tags.lengths != tokens)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"needs a tag for each token. Received: {tags.lengths[row]} tags for "
            f"{tokens[row]} tokens in: {texts[row][:60]}"
        )
    if without := tokens.count(0):
        raise DataError(f"needs a token in each sentence. Received: {without:,} without any")
    if marked := [text for text in texts if GIVEN in str(text)]:
        raise DataError(f"needs tokens without U+001F. Received: {marked[0][:60]!r}")
