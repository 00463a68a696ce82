"""What tags say of entities: IOB1, IOB2, IOBES (BILOU, BMES), and entities as spans of tokens.

Everything here is read as IOB2: B- begins an entity, I- goes on with it, O is outside. Tags that
mark no entities, such as parts of speech, stay as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Literal

Scheme = Literal["iobes", "iob2"]
"""How a network learns entities; IOBES marks their ends and those of one token, too."""

OUTSIDE = "O"

_BEGINS, _GOES_ON, _ENDS, _SINGLE = {"B"}, {"I", "M"}, {"E", "L"}, {"S", "U", "W"}
_PREFIXES = _BEGINS | _GOES_ON | _ENDS | _SINGLE
_OF_ENDS = _ENDS | _SINGLE | {"M"}

WORD = "word"
"""Kind of the entities of tags that have none, as in the segmentation of words: B M E S."""


@dataclasses.dataclass(frozen=True)
class Entity:
    """One entity: what it is, and its first token and the one behind its last."""

    label: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Mended:
    """Tags of a sentence in IOB2.

    Attributes:
        tags: One a token.
        begun: Entities that began with I- alone, as in IOB1, or with E-.
        unclosed: Entities whose tags say that they go on behind their last token, or that had
            ended before.
    """

    tags: list[str]
    begun: int = 0
    unclosed: int = 0


def marks_entities(tags: Iterable[str]) -> bool:
    """Tells whether tags mark entities.

    >>> marks_entities(["O", "B-PER"]), marks_entities(["NOUN", "O"]), marks_entities("BMES")
    (True, False, True)
    """
    kinds = set(tags) - {OUTSIDE}
    bare = kinds <= _PREFIXES and "B" in kinds and len(kinds) > 1
    return bool(kinds) and (bare or all(_divided(tag)[0] for tag in kinds))


def _divided(tag: str) -> tuple[str, str]:
    """Returns prefix and kind, ("", "") of what has none."""
    prefix, sign, kind = tag.partition("-")
    if not sign:
        prefix, sign, kind = tag.partition("_")
    return (prefix, kind) if prefix in _PREFIXES and sign and kind else ("", "")


def mend(tags: Sequence[str], *, ends: bool) -> Mended:
    """Returns the tags of one sentence in IOB2; what is out of order is mended and counted.

    Args:
        tags: That mark entities, in any of the schemes.
        ends: Whether the data marks the ends of entities.

    >>> mend(["I-PER", "I-PER", "O", "I-LOC"], ends=False)
    Mended(tags=['B-PER', 'I-PER', 'O', 'B-LOC'], begun=2, unclosed=0)
    >>> mend(["B-PER", "O", "S-LOC", "E-LOC"], ends=True)
    Mended(tags=['B-PER', 'O', 'B-LOC', 'B-LOC'], begun=1, unclosed=1)
    """
    fixed: list[str] = []
    begun = unclosed = 0
    open_kind = ""
    for tag in tags:
        prefix, kind = _divided(tag) if tag not in _PREFIXES else (tag, WORD)
        goes_on = prefix in _GOES_ON | _ENDS
        inside = goes_on and open_kind == kind
        unclosed += bool(ends and open_kind and not inside)
        begun += goes_on and not inside
        fixed.append(f"{'I' if inside else 'B'}-{kind}" if prefix else OUTSIDE)
        closed = not prefix or prefix in _ENDS | _SINGLE
        open_kind = "" if closed else kind
    return Mended(fixed, begun, unclosed + bool(ends and open_kind))


def marks_ends(tags: Iterable[str]) -> bool:
    """Tells whether tags mark where entities end, as IOBES, BILOU and BMES do."""
    return any(tag in _OF_ENDS or _divided(tag)[0] in _OF_ENDS for tag in set(tags))


def entities(tags: Sequence[str]) -> list[Entity]:
    """Returns the entities of a sentence's tags in IOB2.

    >>> entities(["B-PER", "I-PER", "O", "B-LOC"])
    [Entity(label='PER', start=0, end=2), Entity(label='LOC', start=3, end=4)]
    """
    found: list[Entity] = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append(Entity(tag[2:], place, place + 1))
        elif tag.startswith("I-") and found and found[-1].end == place:
            found[-1] = dataclasses.replace(found[-1], end=place + 1)
    return found


def with_ends(tags: Sequence[str]) -> list[str]:
    """Returns tags in IOBES for those in IOB2.

    >>> with_ends(["B-PER", "I-PER", "O", "B-LOC"])
    ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    fixed = []
    for tag, after in zip(tags, [*tags, OUTSIDE][1:], strict=True):
        last = after != f"I-{tag[2:]}"
        prefix = {"B": "S", "I": "E"}.get(tag[:1], "") if last else tag[:1]
        fixed.append(f"{prefix}-{tag[2:]}" if tag[1:2] == "-" else tag)
    return fixed


def learns_ends(names: Iterable[str]) -> bool:
    """Tells whether the names of a network's tags are those of IOBES."""
    return marks_entities(names) and any(name[:2] in ("E-", "S-") for name in names)


def without_ends(name: str) -> str:
    """Returns the tag in IOB2 for one in IOBES.

    >>> [without_ends(name) for name in ("S-LOC", "E-PER", "O")]
    ['B-LOC', 'I-PER', 'O']
    """
    return {"S-": "B-", "E-": "I-"}.get(name[:2], name[:2]) + name[2:]


def allowed_pairs(names: Sequence[str]) -> list[list[bool]] | None:
    """Returns which tags may follow which, so that entities are whole.

    Args:
        names: Of a network's tags, in IOB2 or IOBES; the kinds of entities may stand in one
            of their tags alone.

    Returns:
        `bool[tags + 1, tags + 1]`, from row to column: the last row says which tags may begin
        a sentence, the last column which may end one. None where tags mark no entities.

    >>> allowed_pairs(["B-X", "I-X", "O"])[2]
    [True, False, True, True]
    """
    if not marks_entities(names):
        return None
    ends = learns_ends(names)
    border = OUTSIDE
    return [[_may_follow(a, b, ends) for b in (*names, border)] for a in (*names, border)]


def _may_follow(before: str, after: str, ends: bool) -> bool:
    goes_on = after[:2] in ("I-", "E-")
    is_open = before[:2] in ("B-", "I-")
    if goes_on:
        return is_open and before[2:] == after[2:]
    return not (ends and is_open)
