"""Forms that a text can be held to while it is written: which token may follow, step by step."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.passages import END_ID, PassageKind, token_text
from lstm_toolkit.data.text.vocabulary import Vocabulary
from lstm_toolkit.errors import InputError

FormName = Literal["free", "verse", "tune"]

FREE = 0
"""The state in which every token may follow: of texts without a form, or that have left it."""


@dataclasses.dataclass(frozen=True, eq=False)
class Form:
    """Which tokens may follow, as states that each token leads on from.

    Attributes:
        classes: `int32[vocabulary]`, the class of each token.
        following: `int32[states, classes]`, the state behind a token of each class; -1 where it
            may not stand. State `FREE` allows all.
        first: The state before the first token.
    """

    classes: NDArray[np.int32]
    following: NDArray[np.int32]
    first: int


def form_of(name: FormName, vocabulary: Vocabulary, kind: PassageKind) -> Form:
    """Returns a form over the tokens of a vocabulary.

    Raises:
        InputError: If the vocabulary lacks tokens without which the form cannot be kept.
    """
    if name == "free":
        return Form(np.zeros(len(vocabulary), np.int32), np.zeros((1, 1), np.int32), FREE)
    if name == "tune":
        from lstm_toolkit.data.text.tune_form import tune

        return tune(vocabulary.tokens)
    return verse([token_text(token, kind) for token in vocabulary.tokens])


INNER, LAST, CHARACTER, ENDING, OTHER = range(5)
"""Classes of tokens of verse: the two marks, characters, the end, and what it does not hold."""

MARKS = {"，": INNER, "。": LAST}
LINES, WIDTHS = (4, 8), (5, 7)


def verse(shown: Sequence[str]) -> Form:
    """Returns the form of regulated verse: 4 or 8 lines of 5 or 7 characters.

    `，` ends a line inside of a couplet and `。` the couplet. The first line decides how long all
    are, the end after the fourth how many there are.

    Args:
        shown: What each token adds to a text.

    Raises:
        InputError: If marks or characters are missing.
    """
    classes = np.array([_class_of(text) for text in shown], np.int32)
    classes[END_ID] = ENDING
    missing = [name for name, number in MARKS.items() if number not in classes]
    if missing or CHARACTER not in classes:
        raise InputError(
            "form=verse needs tokens=character and texts of Chinese characters with ， inside and "
            f"。 at the end of couplets. Received: no {' and '.join(missing) or 'characters'}"
        )
    return automaton(classes, (0, 0, 0), _next_in_verse, count=5, end=ENDING)


def _class_of(text: str) -> int:
    if text in MARKS:
        return MARKS[text]
    return CHARACTER if len(text) == 1 and unicodedata.category(text) == "Lo" else OTHER


Place = tuple[int, int, int]
"""Width of the lines (0 before it is decided), lines that are whole, characters in this one."""


def _next_in_verse(place: Place, kind: int) -> Place | None:
    """Returns the place behind a token of a class, None where it may not stand."""
    width, lines, characters = place
    if kind == CHARACTER:
        room = characters < (width or WIDTHS[-1]) and lines < LINES[-1]
        return (width, lines, characters + 1) if room else None
    if kind == ENDING:
        return place if lines in LINES and not characters else None
    if kind not in (INNER, LAST) or (kind == LAST) != bool(lines % 2):
        return None
    whole = characters == width if width else characters in WIDTHS
    return (characters, lines + 1, 0) if whole else None


P = TypeVar("P", bound=Hashable)


def automaton(
    classes: NDArray[np.int32],
    first: P,
    follow: Callable[[P, int], P | None],
    *,
    count: int,
    end: int,
) -> Form:
    """Numbers the places that can be reached, and what leads from each to which.

    What leads to a place from which no text comes to its end is left out: there, at last, no token
    could follow.

    Args:
        classes: `int32[vocabulary]`.
        first: Where a text begins.
        follow: Returns the place behind a token of a class, None where it may not stand.
        count: Of classes.
        end: The class of the end.

    Raises:
        InputError: If no text of these tokens comes to its end.
    """
    numbers = {first: FREE + 1}
    rows = [np.full(count, FREE, np.int32)]
    waiting = [first]
    while waiting:
        place = waiting.pop(0)
        row = np.full(count, -1, np.int32)
        for kind in range(count):
            after = follow(place, kind)
            if after is None:
                continue
            if after not in numbers:
                numbers[after] = len(numbers) + 1
                waiting.append(after)
            row[kind] = numbers[after]
        rows.append(row)
    following = np.stack(rows)
    ending = _ending(following, end)
    if not ending[FREE + 1]:
        raise InputError(
            "form needs tokens by which a text comes to its end: notes that fill the bars of a "
            "metre, or lines of one width. Received: none, or too rare for the vocabulary"
        )
    return Form(classes, np.where(ending[following], following, -1).astype(np.int32), FREE + 1)


def _ending(following: NDArray[np.int32], end: int) -> NDArray[np.bool_]:
    """Returns from which states the end can be reached."""
    ending = following[:, end] >= 0
    while True:
        more = ending | ((following >= 0) & ending[following]).any(axis=1)
        if (more == ending).all():
            return ending
        ending = more
