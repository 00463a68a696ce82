"""What translation can be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, SHARE, Bounds, Settings

TokenKind = Literal["auto", "word", "character", "subword"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TranslationSettings(Settings):
    """How pairs are read and divided into tokens, the network, and how it writes."""

    source_column: str = ""
    """Column of the sentences to translate; empty finds it."""
    target_column: str = ""
    """Column of their translations; empty finds it."""
    direction: str = ""
    """From which language to which, as in en-zh; empty takes the order of the file."""
    encoding: str = "utf-8"
    """Encoding of text files, as Python names it."""
    source_tokens: TokenKind = "auto"
    """What a token of the source is; auto: characters where words are not spaced, else words."""
    target_tokens: TokenKind = "auto"
    """What a token of the translation is, likewise."""
    source_lower: bool = True
    """Make the capitals of the source small."""
    target_lower: bool = False
    """Write small letters alone; scores then ignore capitals too."""
    source_vocabulary: Annotated[int, Bounds(5)] = 20_000
    """Tokens of the source that are known, at most; learnt from the training split."""
    target_vocabulary: Annotated[int, Bounds(5)] = 10_000
    """Tokens that can be written, at most."""
    min_count: Annotated[int, POSITIVE] = 2
    """Occurrences in the training split that a token needs to be known; not for subwords."""
    max_tokens: Annotated[int, POSITIVE] = 100
    """Tokens of a sentence that are read or written, at most."""
    embedding: Annotated[int, POSITIVE] = 128
    """Width of a token's vector."""
    units: Annotated[tuple[int, ...], POSITIVE] = (128,)
    """Width of each LSTM layer, first to last, in the encoder and in the decoder."""
    bidirectional: bool = True
    """Read the source in both directions."""
    attention: Literal["none", "luong", "scaled_luong", "bahdanau", "scaled_bahdanau"] = (
        "scaled_luong"
    )
    """How the decoder looks at the source; none is the plain encoder-decoder."""
    input_feeding: bool = False
    """Feed what attention gives at each step to the next; slower."""
    dropout: Annotated[float, SHARE] = 0.3
    """Share of each layer's outputs dropped in training."""
    embedding_dropout: Annotated[float, SHARE] = 0.2
    """Share of the features of tokens' vectors dropped in training."""
    token_dropout: Annotated[float, SHARE] = 0.05
    """Share of the tokens whose vectors are dropped in training."""
    tied: bool = True
    """Score tokens with the vectors by which the decoder reads them."""
    label_smoothing: Annotated[float, SHARE] = 0.1
    """Share of each target spread over the whole vocabulary."""
    scheduled_sampling: Annotated[float, SHARE] = 0.0
    """Share of the tokens told to the decoder in training that are its own guesses."""
    beams: Annotated[int, POSITIVE] = 5
    """Beams that are followed in writing; 1 is greedy."""
    length_penalty: Annotated[float, NOT_NEGATIVE] = 1.0
    """Exponent by which longer translations are favoured."""
    coverage_penalty: Annotated[float, NOT_NEGATIVE] = 0.0
    """What it costs to leave words of the source out; needs attention."""
    epochs: Annotated[int, POSITIVE] = 10
    """Passes over the training split, at most."""
    batch_size: Annotated[int, POSITIVE] = 32
    """Pairs in one training step."""
    learning_rate: Annotated[float, NOT_NEGATIVE] = 0.004
    """Learning rate, at its highest where a schedule changes it."""
    schedule: Literal["constant", "cosine", "exponential"] = "cosine"
    """How the learning rate falls over the epochs: not at all, along a cosine to zero, or
    exponentially to a hundredth."""
    warmup: Annotated[float, SHARE] = 0.05
    """Share of all steps in which the learning rate first rises from zero (schedule=cosine)."""
    average: Annotated[float, SHARE] = 0.99
    """Momentum of the running average of the weights that is kept in place of the last ones; it
    lags in trainings of a few hundred steps. 0 keeps the last."""
    monitor: Literal["val_accuracy", "val_loss"] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""
    test_share: Annotated[float, Bounds(0.01, 0.5)] = 0.1
    """Share of the pairs held out for the final score, where the data has no test split."""
    validation_pairs: Annotated[int, NOT_NEGATIVE] = 0
    """Pairs held out for validation, in place of validation_share."""
    test_pairs: Annotated[int, NOT_NEGATIVE] = 0
    """Pairs held out for the final score, in place of test_share."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        for name, value in (
            ("input_feeding", self.input_feeding),
            ("coverage_penalty", self.coverage_penalty),
        ):
            if value and self.attention == "none":
                yield f"{name} needs attention. Received: {name}={value:g}, attention=none"


@dataclasses.dataclass(frozen=True)
class TranslationOptions:
    """What `predict` can be told about translations."""

    beams: int = -1
    """Beams to follow instead of the trained setting; 1 is greedy (translation)."""
    length_penalty: float = -1.0
    """Exponent that favours longer translations, instead of the trained setting (translation)."""
    all: bool = False
    """Show every candidate with its score (translation)."""
    attention: str = ""
    """Draw what each token looked at into this PNG file, of the first sentence (translation)."""

    def __post_init__(self) -> None:
        if self.beams < 1 and self.beams != -1:
            raise InputError(f"--beams must be at least 1. Received: {self.beams}")
        if self.length_penalty < 0 and self.length_penalty != -1.0:
            raise InputError(
                f"--length-penalty must be at least 0. Received: {self.length_penalty}"
            )
