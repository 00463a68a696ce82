"""What classifiers of texts can be told."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.classification import ClassifierSettings
from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, SHARE, Bounds


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextSettings(ClassifierSettings):
    """How texts are read, divided into tokens, and classified."""

    epochs: Annotated[int, POSITIVE] = 6
    """Passes over the training split, at most."""
    batch_size: Annotated[int, POSITIVE] = 32
    """Examples in one training step."""
    learning_rate: Annotated[float, NOT_NEGATIVE] = 0.003
    """Learning rate, at its highest where a schedule changes it."""
    schedule: Literal["constant", "cosine", "exponential"] = "cosine"
    """How the learning rate falls over the epochs: not at all, along a cosine to zero, or
    exponentially to a hundredth."""
    text_column: str = ""
    """Column of the texts; empty finds it, title+description joins two."""
    label_column: str = ""
    """Column of the labels; empty finds it."""
    encoding: str = "utf-8"
    """Encoding of text files, as Python names it."""
    tokens: Literal["word", "character", "subword"] = "word"
    """What a token is. Words: Chinese, Japanese and Thai characters are one each."""
    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Tokens that are known, at most; learnt from the training split. Of subwords, letters
    are always known and may come on top."""
    pairs: Annotated[int, NOT_NEGATIVE] = 100_000
    """Pairs of neighbouring tokens that are known, at most; 0 leaves pairs out."""
    min_count: Annotated[int, POSITIVE] = 2
    """Occurrences in the training split that a token or a pair needs to be known."""
    max_tokens: Annotated[int, NOT_NEGATIVE] = 400
    """Tokens kept of each text; 0 keeps all."""
    truncate: Literal["head", "tail", "both"] = "head"
    """What is kept of a longer text: its head, its tail, or half from both ends."""
    embedding: Annotated[int, POSITIVE] = 100
    """Width of a token's vector, naive_bayes not counted."""
    pair_embedding: Annotated[int, NOT_NEGATIVE] = 0
    """Width of a pair's vector, naive_bayes not counted; 0 gives pairs no more."""
    naive_bayes: Annotated[float, NOT_NEGATIVE] = 0.5
    """Scale of one more feature a class in the vectors of tokens and pairs: for which class
    they speak, as counted in the training split; 0 leaves these features out."""
    wide: bool = True
    """Add a weight of every token and pair beside the recurrent layers."""
    vectors: str = ""
    """File of GloVe, word2vec or fastText vectors as text to start from; it sets the width."""
    spatial_dropout: Annotated[float, SHARE] = 0.4
    """Share of the embedding's features dropped in training, over whole texts."""
    units: Annotated[tuple[int, ...], POSITIVE] = (64,)
    """Width of each recurrent layer, first to last."""
    dropout: Annotated[float, SHARE] = 0.5
    """Share of each layer's outputs dropped in training."""
    adversarial: Annotated[float, NOT_NEGATIVE] = 0.0
    """Norm of the perturbation in adversarial training, as a share of that of the vectors, such
    as 0.2; training takes two to three times as long. 0 trains without."""
    pooling: Literal["last", "max", "mean", "max_mean", "attention"] = "max"
    """What the outputs of the last layer become: its last state, their maximum, their mean,
    both, or their mean weighted by attention."""
    monitor: Literal["val_accuracy", "val_loss"] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""
    test_share: Annotated[float, Bounds(0.01, 0.5)] = 0.1
    """Share of the rows held out for the final score, where the data has no test split."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        kept = self.units[:-1] if self.pooling == "last" else self.units
        if self.residual and not any(a == b for a, b in itertools.pairwise(kept)):
            last = " before the last" if self.pooling == "last" else ""
            yield (
                f"residual needs two equal units{last}. "
                f"Received: units={','.join(map(str, self.units))}, pooling={self.pooling}"
            )


@dataclasses.dataclass(frozen=True)
class TextOptions:
    """What `predict` can be told about texts."""

    explain: bool = False
    """Tell how much each token speaks for the answer (texts)."""
    html: str = ""
    """Write the explanations as a page to this file; needs --explain (texts)."""

    def __post_init__(self) -> None:
        if self.html and not self.explain:
            raise InputError("--html needs --explain")
