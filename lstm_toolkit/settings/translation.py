"""What translation can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    MODEL,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    TRAINING,
    Bounds,
    Settings,
    settings,
)

TokenKind = Literal["auto", "word", "character", "subword"]
Attention = Literal["none", "luong", "scaled_luong", "bahdanau", "scaled_bahdanau"]


@settings(
    epochs=10,
    batch_size=32,
    learning_rate=0.004,
    schedule="cosine",
    warmup=0.05,
    ema_momentum=0.99,
    test_share=0.1,
)
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
    embedding: Annotated[int, POSITIVE, MODEL] = 128
    """Width of a token's vector."""
    units: Annotated[tuple[int, ...], POSITIVE, MODEL] = (128,)
    """Width of each LSTM layer, first to last, in the encoder and in the decoder."""
    bidirectional: Annotated[bool, MODEL] = True
    """Read the source in both directions."""
    attention: Annotated[Attention, MODEL] = "scaled_luong"
    """How the decoder looks at the source; none is the plain encoder-decoder."""
    input_feeding: Annotated[bool, MODEL] = False
    """Feed what attention gives at each step to the next; slower."""
    dropout: Annotated[float, SHARE, MODEL] = 0.3
    """Share of each layer's outputs dropped in training."""
    embedding_dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of the features of tokens' vectors dropped in training."""
    token_dropout: Annotated[float, SHARE, MODEL] = 0.05
    """Share of the tokens whose vectors are dropped in training."""
    tied: Annotated[bool, MODEL] = True
    """Score tokens with the vectors by which the decoder reads them."""
    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.1
    """Share of each target spread over the whole vocabulary."""
    scheduled_sampling: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the tokens told to the decoder in training that are its own guesses."""
    beams: Annotated[int, POSITIVE] = 5
    """Beams that are followed in writing; 1 is greedy."""
    length_penalty: Annotated[float, NOT_NEGATIVE] = 1.0
    """Exponent by which longer translations are favoured."""
    coverage_penalty: Annotated[float, NOT_NEGATIVE] = 0.0
    """What it costs to leave words of the source out; needs attention."""
    monitor: Annotated[
        Literal["val_accuracy", "val_loss", "val_perplexity"], TRAINING, NOT_SEARCHED
    ] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""
    validation_pairs: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Pairs held out for validation, in place of validation_share."""
    test_pairs: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Pairs held out for the final score, in place of test_share."""

    @property
    def split_sizes(self) -> tuple[float, float]:
        """Numbers of pairs where they were given, or else shares."""
        return (
            self.validation_pairs or self.validation_share,
            self.test_pairs or self.test_share,
        )

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        for name, value in (
            ("input_feeding", self.input_feeding),
            ("coverage_penalty", self.coverage_penalty),
        ):
            if value and self.attention == "none":
                yield f"{name} needs attention. Received: {name}={value:g}, attention=none"
