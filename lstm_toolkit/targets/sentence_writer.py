"""How sentences are written: the state of the target `Tokens`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder


@dataclasses.dataclass(frozen=True)
class SentenceWriter:
    """How sentences are written.

    Attributes:
        encoder: From numbers of tokens to sentences.
        bleu_tokenizer: How sacreBLEU divides them into words.
        beams: Beams to follow.
        length_penalty: See `layers.beam_search`.
        coverage_penalty: Likewise.
    """

    encoder: SentenceEncoder
    bleu_tokenizer: str
    beams: int
    length_penalty: float
    coverage_penalty: float

    def save(self, folder: Path) -> None:
        """Writes `writer.json` beside the encoder's files."""
        self.encoder.save(folder)
        names = ("bleu_tokenizer", "beams", "length_penalty", "coverage_penalty")
        write_json(folder / "writer.json", {name: getattr(self, name) for name in names})

    @classmethod
    def load(cls, folder: Path) -> SentenceWriter:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        from lstm_toolkit import data

        facts = json.loads((folder / "writer.json").read_text(encoding="utf-8"))
        return cls(data.SentenceEncoder.load(folder), **facts)
