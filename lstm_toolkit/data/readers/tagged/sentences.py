"""Tagged sentences as readers of files hand them on, and what is to be told of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lstm_toolkit.data.tag_schemes import OUTSIDE, Mended, marks_ends, marks_entities, mend
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Sentence:
    """Tokens, a tag for each, and the line where the first stands; 0 if it has none."""

    tokens: list[str]
    tags: list[str]
    line: int = 0


@dataclasses.dataclass(frozen=True)
class TaggedFile:
    """What was read of one file or folder.

    Attributes:
        path: Where it lies; None of made sentences.
        sentences: In their order.
        left_out: How many texts are not among them, by the reason.
        remarks: What else is to be told.
        division: The rule that divided most of them; "" where tokens stood in the file.
    """

    path: Path | None
    sentences: list[Sentence]
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    division: str = ""


def in_iob2(files: Sequence[TaggedFile]) -> tuple[list[TaggedFile], list[str]]:
    """Returns sentences whose entities are tagged in IOB2, and what had to be mended.

    Raises:
        DataError: If only some of the tags mark entities.
    """
    kinds = {tag for file in files for sentence in file.sentences for tag in sentence.tags}
    if not marks_entities(kinds):
        _check_alike(files, kinds)
        return list(files), []
    ends = marks_ends(kinds)
    counts = _Counts()
    mended = [
        dataclasses.replace(
            file, sentences=[counts.mended(file, sentence, ends) for sentence in file.sentences]
        )
        for file in files
    ]
    return mended, counts.remarks()


def _check_alike(files: Sequence[TaggedFile], kinds: Iterable[str]) -> None:
    """Refuses tags of entities with others between them: B-PER, I-PER, O, and PER."""
    marking = {kind for kind in kinds if kind != OUTSIDE and marks_entities([kind])}
    others = set(kinds) - marking - {OUTSIDE}
    if OUTSIDE not in kinds or len(marking) < max(len(others), 2):
        return
    for file in files:
        for sentence in file.sentences:
            for place, tag in enumerate(sentence.tags):
                if tag in others:
                    line = sentence.line + place if sentence.line else None
                    raise DataError(
                        f"needs tags such as {min(marking)} and {OUTSIDE}. Received: {tag[:60]}",
                        path=file.path,
                        line=line,
                    )


class _Counts:
    """Counts what was mended, and where first."""

    def __init__(self) -> None:
        self.begun = self.unclosed = 0
        self.first: dict[str, str] = {}

    def mended(self, file: TaggedFile, sentence: Sentence, ends: bool) -> Sentence:
        fixed: Mended = mend(sentence.tags, ends=ends)
        place = f"line {sentence.line} of {file.path}" if sentence.line else str(file.path)
        if fixed.begun:
            self.begun += fixed.begun
            self.first.setdefault("begun", place)
        if fixed.unclosed:
            self.unclosed += fixed.unclosed
            self.first.setdefault("unclosed", place)
        return dataclasses.replace(sentence, tags=fixed.tags)

    def remarks(self) -> list[str]:
        told = []
        if self.begun:
            told.append(
                f"entities that began with I- and now begin with B-: {self.begun:,}, the first in "
                f"the sentence at {self.first['begun']}"
            )
        if self.unclosed:
            told.append(
                "entities that were not closed and now end where other tags begin: "
                f"{self.unclosed:,}, the first in the sentence at {self.first['unclosed']}"
            )
        return told
