"""Questions about stories, each story with all of its questions on one side."""

from __future__ import annotations

import dataclasses

import numpy as np

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.groups import ByGroup
from lstm_toolkit.data.splits.splitter import Splits, published_parts
from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.data.text.sentences import sentences

_GROUP = "story"


@dataclasses.dataclass(frozen=True)
class ByStory:
    """Splits whole stories at random; a story is all of a text but the question, its last sentence.

    Stories that begin with another one belong to it, as where each question is about what was told
    so far. Stories that stand in a published split are left out of the others.
    """

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If there are too few stories.
        """
        parts = [source.rows, *source.published]
        first = _beginnings([_story(text) for part in parts for text in part.inputs])
        published = {
            name: _with_group(part, first) for name, part in published_parts(source).items()
        }
        together = dataclasses.replace(
            source,
            rows=_with_group(source.rows, first),
            validation=published.get("validation"),
            test=published.get("test"),
        )
        return ByGroup(_GROUP).split(together, validation=validation, test=test, seed=seed)


def _story(text: str) -> tuple[str, ...]:
    return tuple(map(text_key, sentences(str(text))[:-1]))


def _beginnings(stories: list[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Returns for each story a number, the same for those that begin with the same story."""
    numbers: dict[tuple[str, ...], int] = {}
    first: tuple[str, ...] = ()
    # In order, a story is followed by those that begin with it.
    for number, story in enumerate(sorted(set(stories))):
        if not first or story[: len(first)] != first:
            first = story
            numbers[story] = number
        numbers[story] = numbers[first]
    return numbers


def _with_group(part: Dataset, first: dict[tuple[str, ...], int]) -> Dataset:
    groups = np.array([first[_story(text)] for text in part.inputs], np.int64)
    return dataclasses.replace(part, meta={**part.meta, _GROUP: groups})
