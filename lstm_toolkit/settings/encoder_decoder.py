"""Settings of encoder-decoders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, SettingsGroup, settings

Attention = Literal["none", "luong", "scaled_luong", "bahdanau", "scaled_bahdanau"]


@settings()
class WriterSettings(SettingsGroup):
    """How a network writes what it has read, whatever that is."""

    embedding: Annotated[int, POSITIVE, MODEL] = 128
    """Width of a token's vector."""
    units: Annotated[tuple[int, ...], POSITIVE, MODEL] = (128,)
    """Width of each LSTM layer, first to last, of what reads and of what writes."""
    attention: Annotated[Attention, MODEL] = "scaled_luong"
    """How the decoder looks at what was read; none is the plain encoder-decoder."""
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
    scheduled_sampling: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the tokens told to the decoder in training that are its own guesses."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.input_feeding and self.attention == "none":
            yield "input_feeding needs attention. Received: input_feeding=1, attention=none"


@settings()
class EncoderDecoderSettings(WriterSettings):
    """How one network reads and another writes; arguments of `builders.seq2seq`."""

    bidirectional: Annotated[bool, MODEL] = True
    """Read the source in both directions."""
