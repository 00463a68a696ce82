"""What `predict` can be told about tags."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import ClassVar

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable

CANDIDATES = "candidates"
"""The option, the parameter of the signature, and its answers."""

MOST_CANDIDATES = 100


@dataclasses.dataclass(frozen=True)
class TagsOptions(PredictOptions):
    """What `predict` can be told about tags."""

    writes: ClassVar[tuple[str, ...]] = ("html",)

    candidates: int = 0
    """Show so many of the best sequences of tags with their probabilities (tagging)."""
    html: str = ""
    """Write the answers in colour as a page to this file; of classes with --explain."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.candidates <= MOST_CANDIDATES:
            raise InputError(
                f"--candidates must be in [0, {MOST_CANDIDATES}]. Received: {self.candidates}"
            )
        if self.html:
            check_writable(Path(self.html).parent)
