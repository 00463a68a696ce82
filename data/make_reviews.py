"""Writes the sample reviews, reviews.csv, from reviews_en.txt and reviews_zh.txt.

Run `python data/make_reviews.py` for the file beside this one, or name another file to write.
The head of reviews_en.txt explains the text files. The same files always give the same bytes.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SEED = 7
ROWS_PER_CELL = 80
"""Reviews of each subject and label, in each language."""
MIXED_SHARE = 0.28
"""Share of the frames tried that concede something to the other side."""
CASUAL_SHARE = 0.07
"""Share of the composed reviews without a final full stop, in English without capitals too."""
LABELS = {"+": "positive", "-": "negative"}
OTHER = {"+": "-", "-": "+"}
KINDS = {"v": ("verdict", "plan"), "d": ("plan",), "k": ("close",)}
"""What fills the slots of a frame that take no clause."""
NOT_ASPECTS = ("frame", "verdict", "plan", "close", "whole")


class Language(NamedTuple):
    """What composing needs to know about a language."""

    lengths: tuple[int, int]
    size: Callable[[str], int]
    striking: re.Pattern[str]
    """Words of which the parts of a review share none."""


LANGUAGES = {
    "en": Language(
        (5, 45), lambda text: len(text.split()), re.compile(r"\b(but|even|so|any|[a-z]{5,})\b")
    ),
    "zh": Language((8, 80), len, re.compile("(?=([一-鿿]{2}|[但虽都还就]))")),
}


class Line(NamedTuple):
    """One line of a text file: a frame, a clause, a verdict, a closing remark or a review."""

    kind: str
    sign: str
    weight: int
    """0 for a sign in brackets, 1 for a plain one, 2 for a doubled one."""
    text: str


@dataclass
class Writer:
    """Composes the reviews of one language.

    Attributes:
        language: The rules of the language.
        frames: The patterns that all subjects share.
        rng: The source of chance.
        uses: How often each line was used in reviews of each sign.
        seen: The reviews so far, without case and punctuation.
    """

    language: Language
    frames: list[Line]
    rng: random.Random
    uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def write(self, lines: list[Line], sign: str) -> list[str]:
        """Returns the reviews of one subject and sign: the whole ones, then composed ones."""
        texts = [line.text for line in lines if (line.kind, line.sign) == ("whole", sign)]
        self.seen.update(map(plain, texts))
        while len(texts) < ROWS_PER_CELL:
            text = self.compose(lines, sign)
            if text and plain(text) not in self.seen:
                self.seen.add(plain(text))
                texts.append(text)
        return texts

    def compose(self, lines: list[Line], sign: str) -> str | None:
        """Returns one review, or None where the chosen frame gives none that will do."""
        frame = self.choose_frame(sign)
        parts = self.fill(frame, lines, sign)
        if parts is None:
            return None
        text = self.finish(frame.text.format(**{slot: line.text for slot, line in parts.items()}))
        low, high = self.language.lengths
        if not low <= self.language.size(text) <= high:
            return None
        self.uses.update((sign, line.text) for line in (frame, *parts.values()))
        return text

    def choose_frame(self, sign: str) -> Line:
        """Returns a frame for reviews of a sign."""
        mixed = self.rng.random() < MIXED_SHARE
        frames = [frame for frame in self.frames if frame.sign in ("*", sign)]
        return self.least_used([frame for frame in frames if ("{x}" in frame.text) == mixed], sign)

    def fill(self, frame: Line, lines: list[Line], sign: str) -> dict[str, Line] | None:
        """Returns a line for each slot of a frame, or None where no line goes with the others."""
        parts: dict[str, Line] = {}
        for slot in re.findall(r"\{(\w)\}", frame.text):
            beside = [frame, *parts.values()]
            options = [line for line in lines if fits(line, slot, frame, sign)]
            options = [line for line in options if self.goes_with(line, beside)]
            if not options:
                return None
            parts[slot] = self.least_used(options, sign)
        return parts

    def goes_with(self, line: Line, others: list[Line]) -> bool:
        """Returns whether a line shares no aspect and no striking word with the others."""
        find = self.language.striking.findall
        words = set(find(line.text))
        return all(
            line.kind != other.kind and words.isdisjoint(find(other.text)) for other in others
        )

    def least_used(self, lines: list[Line], sign: str) -> Line:
        """Returns one of the lines used least for a sign so far, so that none is frequent."""
        # Of the methods of Random, only random() is promised to stay the same between versions.
        return min(lines, key=lambda line: (self.uses[sign, line.text], self.rng.random()))

    def finish(self, text: str) -> str:
        """Returns the text with a capital at each start of a sentence, or casually without."""
        text = re.sub(r"(^|[.!?] )([a-z])", lambda found: found[0].upper(), text)
        return text.lower().rstrip(".。") if self.rng.random() < CASUAL_SHARE else text


def fits(line: Line, slot: str, frame: Line, sign: str) -> bool:
    """Returns whether a line may fill a slot of a frame in a review of a sign."""
    if slot in KINDS:
        return line.sign == sign and line.kind in KINDS[slot]
    if line.kind in NOT_ASPECTS:
        return False
    if slot in "xy":
        return line.sign == OTHER[sign] and line.weight < 2
    return line.sign == sign and (slot != "a" or line.weight >= frame.weight)


def plain(text: str) -> str:
    """Returns the text in lower case, without punctuation and spaces."""
    return re.sub(r"[\W_]+", "", text.lower())


def read_lines(path: Path) -> dict[str, list[Line]]:
    """Returns the lines of a text file by section."""
    sections: dict[str, list[Line]] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("["):
            lines = sections.setdefault(row.strip("[]"), [])
        elif row and not row.startswith("#"):
            kind, sign, text = row.split(maxsplit=2)
            weight = 0 if sign.startswith("(") else len(sign)
            lines.append(Line(kind, sign.strip("()")[0], weight, text))
    return sections


def make_rows() -> list[tuple[str, str, str]]:
    """Returns text, label and language of every review, in shuffled order."""
    rng = random.Random(SEED)
    rows = []
    for code, language in LANGUAGES.items():
        sections = read_lines(HERE / f"reviews_{code}.txt")
        writer = Writer(language, sections.pop("frames"), rng)
        common = sections.pop("any")
        for lines in sections.values():
            for sign, label in LABELS.items():
                rows += [(text, label, code) for text in writer.write(common + lines, sign)]
    return sorted(rows, key=lambda row: rng.random())


def main(path: Path = HERE / "reviews.csv") -> None:
    """Writes the reviews to a file."""
    rows = make_rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("text", "label", "language"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
