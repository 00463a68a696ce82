"""What translation learns from the training split, besides the weights."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit import data
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples
    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
    from lstm_toolkit.data.text.tokens import Kind
    from lstm_toolkit.translation_settings import TranslationSettings


@dataclasses.dataclass(frozen=True)
class TranslationAssets:
    """The vocabularies of both sides, and how to write.

    Attributes:
        source: From sentences to numbers of tokens.
        target: From numbers of tokens to sentences.
        bleu_tokenizer: How sacreBLEU divides translations into words.
        beams: Beams to follow.
        length_penalty: See `layers.beam_search`.
        coverage_penalty: Likewise.
    """

    source: SentenceEncoder
    target: SentenceEncoder
    bleu_tokenizer: str
    beams: int
    length_penalty: float
    coverage_penalty: float

    @classmethod
    def learn(cls, train: Examples, settings: TranslationSettings) -> TranslationAssets:
        """Learns both vocabularies from the training split."""
        return cls(
            _encoder(train.inputs, settings, "source"),
            _encoder(train.labels, settings, "target"),
            data.bleu_tokenizer(train.labels),
            settings.beams,
            settings.length_penalty,
            settings.coverage_penalty,
        )

    def save(self, folder: Path) -> None:
        """Writes `source_vocabulary.txt`, `target_vocabulary.txt` and `translation.json`."""
        facts: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("bleu_tokenizer", "beams", "length_penalty", "coverage_penalty")
        }
        for side, encoder in (("source", self.source), ("target", self.target)):
            encoder.vocabulary.save(folder / f"{side}_vocabulary.txt")
            facts[side] = {
                "tokens": encoder.kind,
                "lower": encoder.lower,
                "max_tokens": encoder.max_tokens,
                "vocabulary": encoder.vocabulary.digest,
            }
        write_json(folder / "translation.json", facts)

    @classmethod
    def load(cls, folder: Path) -> TranslationAssets:
        """Reads what `save` wrote.

        Raises:
            DataError: If a vocabulary was changed since.
        """
        facts = json.loads((folder / "translation.json").read_text(encoding="utf-8"))
        sides = []
        for side in ("source", "target"):
            known = facts.pop(side)
            vocabulary = data.Vocabulary.load(
                folder / f"{side}_vocabulary.txt", digest=known["vocabulary"]
            )
            sides.append(
                data.SentenceEncoder(
                    known["tokens"], vocabulary, known["lower"], known["max_tokens"]
                )
            )
        return cls(*sides, **facts)


def _encoder(
    texts: NDArray[np.object_], settings: TranslationSettings, side: str
) -> SentenceEncoder:
    kind: Kind | str = getattr(settings, f"{side}_tokens")
    return data.SentenceEncoder.learn(
        texts,
        kind=data.token_kind(texts) if kind == "auto" else kind,
        size=getattr(settings, f"{side}_vocabulary"),
        least=settings.min_count,
        lower=getattr(settings, f"{side}_lower"),
        max_tokens=settings.max_tokens,
    )
