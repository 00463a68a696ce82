"""How texts are written: the state of the target `NextToken`."""

from __future__ import annotations

import dataclasses
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.system.files import write_json, write_text

if TYPE_CHECKING:
    from lstm_toolkit.data.text.forms import Form
    from lstm_toolkit.data.text.passages import PassageEncoder

DRAWN = ("length", "temperature", "top_k", "top_p", "repetition_penalty")
"""Settings of writing that `predict` can be told otherwise."""

CHOICES = (*DRAWN, "form")
"""Settings of writing that are kept with a network."""

BETWEEN = "\x1f"
"""Stands between strings that end a text: a parameter that is no scalar would look like a batch."""

TEXT = "training_text.txt"

MOST_KEPT = 5_000_000
"""Characters of the training text that are kept; looking through more would take seconds."""

BORDER = "\x1e"
"""Stands between documents of the training text, so that no span reaches over it."""


def cutoffs_of(size: int, plain: int) -> tuple[int, ...]:
    """Returns where the groups of an adaptive softmax begin, none up to `plain` tokens.

    >>> cutoffs_of(100, 50), cutoffs_of(50, 50)
    ((10, 40), ())
    """
    return (size // 10, size * 4 // 10) if size > plain else ()


def unescaped(text: str) -> str:
    r"""Returns a string that ends a text as it is meant; a backslash is written twice.

    >>> unescaped(r"a\n"), unescaped(r"a\\n")
    ('a\n', 'a\\n')
    """
    meant = {"n": "\n", "t": "\t", "\\": "\\"}
    return re.sub(r"\\([nt\\])", lambda match: meant[match[1]], text)


@dataclasses.dataclass(frozen=True)
class TextWriter:
    """How texts are written.

    Attributes:
        encoder: From numbers of tokens to texts.
        choices: Values of `CHOICES` by name.
        cutoffs: Of the adaptive softmax, none of a plain one. They stay as they are when tokens are
            added, all in the last group, since weights belong to the groups.
        text: What was trained on, its documents with `BORDER` between; "" where it is not at hand.
    """

    encoder: PassageEncoder
    choices: dict[str, Any]
    text: str = dataclasses.field(default="", repr=False, compare=False)
    cutoffs: tuple[int, ...] = ()

    @cached_property
    def form(self) -> Form:
        """What texts are held to."""
        from lstm_toolkit.data.text.forms import form_of

        return form_of(self.choices["form"], self.encoder.vocabulary, self.encoder.kind)

    def save(self, folder: Path) -> None:
        """Writes `writing.json` beside the encoder's files, and the training text if there is."""
        self.encoder.save(folder)
        write_json(folder / "writing.json", {**self.choices, "cutoffs": self.cutoffs})
        if self.text:
            write_text(folder / TEXT, self.text)

    @classmethod
    def load(cls, folder: Path) -> TextWriter:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        from lstm_toolkit.data.text.passages import PassageEncoder

        choices = json.loads((folder / "writing.json").read_text(encoding="utf-8"))
        path = folder / TEXT
        text = path.read_bytes().decode("utf-8") if path.exists() else ""
        encoder = PassageEncoder.load(folder)
        if "cutoffs" not in choices:  # as runs were written that never grew
            choices["cutoffs"] = cutoffs_of(len(encoder.vocabulary), choices.pop("adaptive"))
        cutoffs = tuple(choices.pop("cutoffs"))
        return cls(encoder, choices, text, cutoffs)

    @property
    def without_text(self) -> TextWriter:
        """The same without the training text, which is not to be passed on."""
        return dataclasses.replace(self, text="")
