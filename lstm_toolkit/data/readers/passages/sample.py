"""Made texts, so that a language model can be tried at once: stories, verse and tunes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Rng = np.random.Generator

WHO = (
    ("fox", "red"), ("heron", "grey"), ("mole", "small"), ("baker", "young"), ("miller", "old"),
    ("sailor", "tall"), ("goose", "white"), ("smith", "strong"), ("girl", "quiet"),
    ("bear", "brown"),
)  # fmt: skip
WHERE = ("mill", "harbour", "hill", "forest", "bridge", "market", "well", "garden", "lake", "tower")
THINGS = ("lantern", "key", "basket", "coin", "letter", "boat", "bell", "apple", "drum", "coat")
WEATHER = ("It rained", "The wind blew", "The sun shone", "Snow fell", "Mist lay low")
OPENINGS = (
    "Once a {how} {who} lived near the {where}.",
    "Long ago there was a {how} {who} who kept a {thing}.",
    "Every morning the {how} {who} walked to the {where}.",
)
MIDDLES = (
    "{weather} all day, and the {where} was empty.",
    "One evening the {who} found a {thing} by the {where}.",
    '"Whose {thing} is this?" asked the {who}.',
    '"It is mine," said the {other}, "but you may have it for a {thing}."',
    "So the {who} and the {other} went to the {where} together.",
    "Nobody at the {where} had ever seen such a {thing}.",
    "The {other} laughed and gave the {who} a {thing}.",
    "They looked for it in the {where}, but it was gone.",
)
ENDINGS = (
    "From that day on the {who} never lost a {thing} again.",
    "And so the {who} and the {other} became friends.",
    "That night the {who} slept well, with the {thing} under the bed.",
)


def made_texts(kind: str) -> list[str]:
    """Returns different made texts, the same at every call.

    Args:
        kind: "stories", "verse" or "tunes".
    """
    make, count = _KINDS[kind]
    rng = np.random.default_rng(0)
    different: dict[str, None] = {}
    while len(different) < count:
        different.setdefault(make(rng))
    return list(different)


def _story(rng: Rng) -> str:
    """Returns a short tale of someone, someone else, a place and a thing."""
    one, other = rng.choice(len(WHO), 2, replace=False)
    facts = {
        "who": WHO[one][0],
        "how": WHO[one][1],
        "other": WHO[other][0],
        "where": _one(WHERE, rng),
        "thing": _one(THINGS, rng),
        "weather": _one(WEATHER, rng),
    }
    chosen = rng.choice(len(MIDDLES), rng.integers(3, 6), replace=False)
    middles = [MIDDLES[place] for place in chosen]
    lines = [_one(OPENINGS, rng), *middles, _one(ENDINGS, rng)]
    return "\n".join(line.format(**facts) for line in lines) + "\n"


def _one(words: Sequence[str], rng: Rng) -> str:
    return words[int(rng.integers(len(words)))]


SCENES = (
    "春山",
    "秋水",
    "寒江",
    "孤舟",
    "明月",
    "白雲",
    "古寺",
    "長亭",
    "青竹",
    "荒村",
    "遠岸",
    "夕陽",
)
DOINGS = ("照", "入", "過", "繞", "映", "滿", "隔", "對", "落", "歸")
OBJECTS = ("小橋", "空庭", "林間", "天邊", "故園", "石階", "柴門", "層樓", "平沙", "深谷")
HEADS = ("夜來", "日暮", "客中", "風起", "雨後", "曉看", "獨坐", "相思")


def _poem(rng: Rng) -> str:
    """Returns lines of 5 or 7 characters, 4 or 8 of them, of a scene, a verb and an object."""
    wide, lines = rng.random() < 0.5, 8 if rng.random() < 0.3 else 4
    parts = []
    for _ in range(lines):
        line = _one(SCENES, rng) + _one(DOINGS, rng) + _one(OBJECTS, rng)
        parts.append(_one(HEADS, rng) + line if wide else line)
    return "".join(f"{line}{'。' if place % 2 else '，'}" for place, line in enumerate(parts))


SCALE = ("D", "E", "F", "G", "A", "B", "c", "d", "e", "f", "g")
METERS = {"4/4": 8, "3/4": 6, "6/8": 6}
LENGTHS = ((2,), (2, 2), (1, 1), (1, 1, 2), (3, 1), (4,))


def _tune(rng: Rng) -> str:
    """Returns a tune in ABC of two parts, each of eight bars, that walks up and down a scale."""
    meter = _one(tuple(METERS), rng)
    place = int(rng.integers(2, 8))
    lines = []
    for _ in range(2):
        bars = []
        for _ in range(8):
            bar, place = _bar(METERS[meter], place, rng)
            bars.append(" ".join(bar))
        lines.append(f"{' | '.join(bars[:4])} |\n{' | '.join(bars[4:])} |]")
    key = _one(("G", "D", "C"), rng)
    return f"X: 1\nM: {meter}\nL: 1/8\nK: {key}\n" + "\n".join(lines)


def _bar(left: int, place: int, rng: Rng) -> tuple[list[str], int]:
    notes: list[str] = []
    while left:
        fitting = [lengths for lengths in LENGTHS if sum(lengths) <= left] or [(1,)]
        for length in fitting[int(rng.integers(len(fitting)))]:
            place = int(np.clip(place + rng.integers(-2, 3), 0, len(SCALE) - 1))
            notes.append(SCALE[place] + (str(length) if length > 1 else ""))
            left -= length
    return notes, place


_KINDS: dict[str, tuple[Callable[[Rng], str], int]] = {
    "stories": (_story, 400),
    "verse": (_poem, 1200),
    "tunes": (_tune, 300),
}
