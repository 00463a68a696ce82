"""Networks from clips to classes: a vector a frame, and LSTM layers over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from lstm_toolkit.builders.clip_augmentation import augment_clips
from lstm_toolkit.builders.frame_features import backbone_network, frame_vector
from lstm_toolkit.builders.pooled_stack import pooled_stack
from lstm_toolkit.builders.pooling import Pooling


def clip_classifier(
    shape: tuple[int, int, int, int],
    *,
    classes: int,
    units: Sequence[int],
    filters: Sequence[int],
    depth: int = 1,
    frame_features: int = 64,
    frame_dropout: float = 0.0,
    backbone: str = "",
    backbone_weights: str = "",
    backbone_trainable: bool = False,
    clip_pooling: Pooling = "max_mean",
    dropout: float = 0.0,
    shift: float = 0.0,
    zoom: float = 0.0,
    brightness: float = 0.0,
    noise: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Looks at each frame by one network, and at their order by stacked LSTM layers.

    As in J. Donahue et al., 2015 (arXiv:1411.4389). Frames that are padding change no answer.

    Args:
        shape: Frames, height, width and channels of a clip.
        classes: Number of labels, at least 2.
        units: Width of each recurrent layer, first to last.
        filters: Of the convolutions over a frame, see `picture_grid`.
        depth: Convolutions of each stage.
        frame_features: Width of each half of a frame's vector.
        frame_dropout: Share of what is seen in places of a frame that is dropped in training.
        backbone: A network of `keras.applications` in place of the small one, see
            `backbone_network`.
        backbone_weights: File of its weights.
        backbone_trainable: Whether these are trained further.
        clip_pooling: What the last layer's outputs become, see `pool`; "last" takes its last state.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        shift: See `augment_clips`, like the next three.
        zoom: Share.
        brightness: Share.
        noise: Standard deviation.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, frames, height, width, channels]` in 0 to 1, and
        below 0 in frames that are none, to `float32[batch, classes]` probabilities.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> clip_classifier((4, 16, 16, 3), classes=2, filters=(8,), units=(8,)).output_shape
        (None, 2)
    """
    if classes < 2:
        raise ValueError(f"classes must be at least 2. Received: classes={classes!r}")
    frames, height, width, channels = shape
    inputs = keras.Input(shape, dtype="float32", name="clip")
    there = ops.max(inputs, axis=(2, 3, 4)) >= 0
    x = _last_repeated(inputs, there)
    x = augment_clips(x, shift=shift, zoom=zoom, brightness=brightness, noise=noise)
    picture = height, width, channels
    x = ops.reshape(x, (-1, *picture))
    if backbone:
        weights = backbone_weights or None
        x = backbone_network(picture, backbone, weights, trainable=backbone_trainable)(x)
    else:
        x = frame_vector(
            x, filters=filters, depth=depth, features=frame_features, dropout=frame_dropout
        )
    x = ops.reshape(x, (-1, frames, x.shape[-1]))
    x = pooled_stack(x, there, clip_pooling, masked=True, units=units, dropout=dropout, **stack)
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    head = keras.layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")
    return keras.Model(inputs, head(x), name=f"{stack.get('cell', 'lstm')}_clip_classifier")


def _last_repeated(clips: keras.KerasTensor, there: keras.KerasTensor) -> keras.KerasTensor:
    """Puts a clip's last frame in place of its padding.

    Black pictures there would move the means by which the convolutions normalise, so that clips
    were seen otherwise beside short ones.
    """
    frames = clips.shape[1]
    last = ops.sum(ops.cast(there, "int32"), axis=1, keepdims=True) - 1
    places = ops.minimum(ops.expand_dims(ops.arange(frames), 0), ops.maximum(last, 0))
    chosen = ops.one_hot(places, frames, dtype="float32")
    return ops.maximum(ops.einsum("bts,bshwc->bthwc", chosen, clips), 0.0)
