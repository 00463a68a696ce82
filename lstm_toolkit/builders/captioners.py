"""Networks that look at a picture and write a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import keras

from lstm_toolkit.builders.decoder import Attention, Decoder
from lstm_toolkit.builders.encoder_decoder import check_sizes, token_dropping, written
from lstm_toolkit.builders.picture_augmentation import augment_pictures
from lstm_toolkit.builders.pictures import picture_grid


def captioner(
    size: tuple[int, int],
    vocabulary: int,
    *,
    filters: Sequence[int],
    depth: int = 1,
    embedding: int,
    units: Sequence[int],
    attention: Attention = "scaled_luong",
    input_feeding: bool = False,
    dropout: float = 0.0,
    picture_dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    token_dropout: float = 0.0,
    tied: bool = False,
    scheduled_sampling: float = 0.0,
    shift: float = 0.0,
    rotation: float = 0.0,
    zoom: float = 0.0,
    colour: float = 0.0,
    flip: bool = False,
) -> keras.Model:
    """Joins a convolutional network that reads pictures to the LSTM stack of `seq2seq` that writes.

    The grid of the CNN, with a learnt vector for each place, is what the decoder's attention looks
    at, as in K. Xu et al., 2015 (arXiv:1502.03044). The decoder begins with states from the mean
    and the maximum of all places.

    Args:
        size: Height and width of pictures.
        vocabulary: Number of tokens to write, padding counted.
        filters: See `picture_grid`.
        depth: Likewise.
        embedding: Width of the tokens' vectors.
        units: Width of each LSTM layer, first to last.
        attention: See `seq2seq`.
        input_feeding: Likewise.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        picture_dropout: Share of the channels dropped after each stage of the CNN.
        embedding_dropout: Share of the features of the tokens' vectors dropped in training.
        token_dropout: Share of the tokens whose whole vector is dropped in training.
        tied: Scores tokens with the vectors by which the decoder reads them.
        scheduled_sampling: Share of the tokens told to the decoder that are its own guesses.
        shift: See `augment_pictures`; `rotation`, `zoom`, `colour` and `flip` likewise.
        rotation: Degrees.
        zoom: A share.
        colour: A share.
        flip: Whether pictures are mirrored.

    Returns:
        An uncompiled model from `{"source": float32[batch, height, width, 3], "target":
        int32[batch, time]}` to `float32[batch, time, vocabulary]` logits of the tokens that follow.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> captioner((32, 32), 50, filters=(8, 8), embedding=16, units=(8,)).output_shape
        (None, None, 50)
    """
    shares = {
        "dropout": dropout,
        "picture_dropout": picture_dropout,
        "embedding_dropout": embedding_dropout,
        "token_dropout": token_dropout,
        "scheduled_sampling": scheduled_sampling,
    }
    check_sizes({"vocabulary": vocabulary, "embedding": embedding}, units, attention, shares)
    source = keras.Input((*size, 3), name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    seen = augment_pictures(
        source, shift=shift, rotation=rotation, zoom=zoom, colour=colour, flip=flip
    )
    grid = picture_grid(seen, filters=filters, depth=depth, dropout=picture_dropout)
    memory, states = _looked_at(grid, units, dropout)
    decoder = Decoder.create(
        vocabulary,
        embedding=embedding,
        units=units,
        attention=attention,
        input_feeding=input_feeding,
        dropout=dropout,
        tied=tied,
    )
    decode = partial(
        decoder.over_time,
        memory=memory,
        states=states,
        drop=token_dropping(embedding_dropout, token_dropout),
        drop_outputs=keras.layers.Dropout(dropout, name="output_dropout"),
    )
    inputs = {"source": source, "target": target}
    return keras.Model(inputs, written(target, decode, scheduled_sampling), name="lstm_captioner")


def _looked_at(
    grid: keras.KerasTensor, units: Sequence[int], dropout: float
) -> tuple[keras.KerasTensor, list[list[keras.KerasTensor]]]:
    """Returns the cells of a grid in a row, and hidden and cell state of each layer."""
    from lstm_toolkit.layers import GridPositions

    memory = GridPositions(name="cells")(grid)
    halves = [-(-side // 2) for side in grid.shape[1:3]]
    quarters = keras.layers.AveragePooling2D(halves, padding="same", name="mean_of_quarters")(grid)
    summary = keras.layers.Concatenate(name="summary")(
        [
            keras.layers.Flatten(name="quarters")(quarters),
            keras.layers.GlobalMaxPooling1D(name="max_of_cells")(memory),
        ]
    )
    summary = keras.layers.Dropout(dropout, name="summary_dropout")(summary)
    states = [
        [
            keras.layers.Dense(width, activation="tanh", name=f"bridge_{kind}_{depth}")(summary)
            for kind in ("hidden", "cell")
        ]
        for depth, width in enumerate(units, 1)
    ]
    return memory, states
