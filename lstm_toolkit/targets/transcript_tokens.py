"""What transcripts are made of: words or characters, numbered."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from lstm_toolkit.errors import DataError
from lstm_toolkit.settings.fields import (
    ANSWERS,
    DATA,
    NOT_SEARCHED,
    SHARE,
    Bounds,
    SettingsGroup,
    settings,
)
from lstm_toolkit.system.files import write_json

FEW_WORDS, SEEN = 200, 10
"""Different words at most that are tokens, if each is said so often on average; else characters
are."""


@settings()
class TranscriptsSettings(SettingsGroup):
    """How transcripts are learnt and written."""

    token: Annotated[Literal["auto", "word", "character"], DATA, NOT_SEARCHED] = "auto"
    """What the network recognises: words, where they are few and each is said often, or
    characters."""
    lowercase: Annotated[bool, DATA, NOT_SEARCHED] = True
    """Write transcripts in small letters, in training and in answers."""
    silences: Annotated[float, SHARE, DATA, NOT_SEARCHED] = 0.05
    """Recordings of noise in which nothing is said that are made, as a share of the training
    rows."""
    beams: Annotated[int, Bounds(1, 100), ANSWERS, NOT_SEARCHED] = 16
    """Transcripts that are followed at a time when one is looked for; 1 takes the likeliest token
    of each step."""


@dataclasses.dataclass(frozen=True)
class TranscriptTokens:
    """The tokens of transcripts.

    Attributes:
        tokens: By their numbers, which are counted from 1.
        words: Whether they are words, not characters.
        lowercase: Whether all letters are small.
        beams: Transcripts that are followed at a time.
        seconds: Of one step.
    """

    tokens: tuple[str, ...]
    words: bool
    lowercase: bool
    beams: int
    seconds: float

    @classmethod
    def learn(cls, transcripts: Sequence[str], settings: TranscriptsSettings, step: float) -> Self:
        """Learns which tokens there are.

        Raises:
            DataError: If there are none.
        """
        written = [normal(text, lowercase=settings.lowercase) for text in transcripts]
        words = Counter(word for text in written for word in text.split())
        often = sum(words.values()) >= SEEN * len(words)
        few = bool(words) and len(words) <= FEW_WORDS and often
        by_words = settings.token == "word" or (settings.token == "auto" and few)
        tokens = sorted(words) if by_words else sorted({sign for text in written for sign in text})
        if not tokens:
            raise DataError("needs transcripts with words in them. Received: none")
        return cls(tuple(tokens), by_words, settings.lowercase, settings.beams, step)

    def normal(self, text: str) -> str:
        """Returns a transcript as it is learnt and scored."""
        return normal(text, lowercase=self.lowercase)

    def divided(self, text: str) -> list[str]:
        """Returns the tokens of a transcript, known or not."""
        written = self.normal(text)
        return written.split() if self.words else list(written)

    def numbers(self, text: str) -> tuple[list[int], int]:
        """Returns the numbers of the tokens that are known, and how many are not."""
        known = {token: number for number, token in enumerate(self.tokens, 1)}
        tokens = self.divided(text)
        numbers = [known[token] for token in tokens if token in known]
        return numbers, len(tokens) - len(numbers)

    def extended(self, other: Self) -> Self:
        """Adds the tokens of another, behind these."""
        new = [token for token in other.tokens if token not in self.tokens]
        return dataclasses.replace(self, tokens=(*self.tokens, *new))

    def save(self, folder: Path) -> None:
        """Writes `tokens.json`."""
        write_json(folder / "tokens.json", dataclasses.asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote."""
        facts = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
        return cls(**{**facts, "tokens": tuple(facts["tokens"])})


def normal(text: str, *, lowercase: bool) -> str:
    """Returns a transcript with single spaces and composed letters, small ones if told so.

    >>> normal(" Zero  ONE", lowercase=True)
    'zero one'
    """
    written = " ".join(unicodedata.normalize("NFKC", text).split())
    return written.lower() if lowercase else written


def commonest(texts: Iterable[str]) -> str:
    """Returns the text that is there most often."""
    return Counter(texts).most_common(1)[0][0]
