"""What classifiers of texts learn from the training split, besides the weights."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit import data
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples
    from lstm_toolkit.data.labels import Labels
    from lstm_toolkit.data.text.text_encoder import TextEncoder
    from lstm_toolkit.text_settings import TextSettings


@dataclasses.dataclass(frozen=True)
class TextAssets:
    """The classes and the vocabulary, learnt from the training split.

    Attributes:
        labels: The classes.
        encoder: From texts to numbers of tokens.
        ratios: Those of tokens, then of pairs, `float32[vocabulary, classes]`, see
            `data.log_ratios`; only where they were just learnt, since they live on in the
            network's weights.
    """

    labels: Labels
    encoder: TextEncoder
    ratios: tuple[NDArray[np.float32], ...] = dataclasses.field(
        default=(), compare=False, repr=False
    )

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`, `vocabulary.txt`, `pairs.txt` if there are any, `text.json`."""
        encoder = self.encoder
        self.labels.save(folder / "labels.txt")
        encoder.vocabulary.save(folder / "vocabulary.txt")
        if encoder.pairs is not None:
            encoder.pairs.save(folder / "pairs.txt")
        facts = {
            "tokens": encoder.kind,
            "max_tokens": encoder.max_tokens,
            "truncate": encoder.truncate,
            "vocabulary": encoder.vocabulary.digest,
            "pairs": None if encoder.pairs is None else encoder.pairs.digest,
        }
        write_json(folder / "text.json", facts)

    @classmethod
    def learn(cls, train: Examples, settings: TextSettings) -> TextAssets:
        """Learns the classes, the vocabularies and the ratios from the training split."""
        labels = data.Labels.learn(train.labels)
        encoder = data.TextEncoder.learn(
            train.inputs,
            kind=settings.tokens,
            size=settings.vocabulary,
            pairs=settings.pairs,
            least=settings.min_count,
            max_tokens=settings.max_tokens,
            truncate=settings.truncate,
        )
        return cls(labels, encoder, _ratios(encoder, train, labels))

    @property
    def known_ratios(self) -> tuple[NDArray[np.float32], ...]:
        """The ratios; zeros if the assets were loaded, as the weights then come from a run."""
        if self.ratios:
            return self.ratios
        classes = len(self.labels.names)
        return tuple(np.zeros((len(v), classes), np.float32) for v in self.encoder.vocabularies)

    @classmethod
    def load(cls, folder: Path) -> TextAssets:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        facts = json.loads((folder / "text.json").read_text(encoding="utf-8"))
        vocabulary = data.Vocabulary.load(folder / "vocabulary.txt", digest=facts["vocabulary"])
        pairs = None
        if facts["pairs"]:
            pairs = data.Vocabulary.load(folder / "pairs.txt", digest=facts["pairs"])
        encoder = data.TextEncoder(
            facts["tokens"], vocabulary, pairs, facts["max_tokens"], facts["truncate"]
        )
        return cls(data.Labels.load(folder / "labels.txt"), encoder)


def _ratios(
    encoder: TextEncoder, train: Examples, labels: Labels
) -> tuple[NDArray[np.float32], ...]:
    """Counts for which class tokens and pairs speak."""
    rows = encoder.encode_all(train.inputs)
    columns = rows.flat_values.numpy().reshape(-1, len(encoder.vocabularies)).T
    classes = labels.encode(train.labels)
    return tuple(
        data.log_ratios(column, rows.value_rowids().numpy(), classes, vocabulary=len(vocabulary))
        for column, vocabulary in zip(columns, encoder.vocabularies, strict=True)
    )
