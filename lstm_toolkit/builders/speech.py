"""Networks from spectrograms of speech to classes, or to tokens without alignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from lstm_toolkit.builders.pooled_stack import pooled_stack
from lstm_toolkit.builders.pooling import Pooling
from lstm_toolkit.builders.recurrent import recurrent_stack

NOISE = 2.0
"""Added to the deviation of a recording, in nats: that of speech is about 3, that of noise 0.5,
which so stays small."""


def speech_classifier(
    mels: int,
    *,
    classes: int,
    units: Sequence[int],
    speech_pooling: Pooling = "max_mean",
    dropout: float = 0.0,
    stack: int = 3,
    filters: int = 0,
    speed: float = 0.0,
    tract: float = 0.0,
    colour: float = 0.0,
    noise: float = 0.0,
    shift: int = 0,
    hidden_bands: int = 0,
    hidden_frames: int = 0,
    lowest: float = 60.0,
    highest: float = 4000.0,
    **recurrent: Any,
) -> keras.Model:
    """Puts convolutions and stacked LSTM layers with Dropout on spectrograms, under a softmax head.

    More padding on the right changes no answer.

    Args:
        mels: Bands of pitch.
        classes: Number of labels, at least 2.
        units: Width of each recurrent layer, first to last.
        speech_pooling: What the last layer's outputs become, see `pool`.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        stack: Frames that are read as one step.
        filters: Width of two convolutions; 0 has none.
        speed: See `layers.OtherVoices`, like the next four and the last two.
        tract: Largest change of all frequencies of a training recording.
        colour: Deviation of changes of its spectrum.
        noise: Share of the training recordings to which noise is added.
        shift: Frames of silence around them, at most.
        hidden_bands: See `layers.HiddenBands`, like the next.
        hidden_frames: Longest stretch that is hidden.
        lowest: Frequency of the bands, in Hz.
        highest: Likewise.
        **recurrent: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, frames, mels + 1]`, the last whether a frame is
        one, to `float32[batch, classes]` probabilities.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> speech_classifier(20, classes=3, units=(8,), filters=4).output_shape
        (None, 3)
    """
    _check(mels, classes, 2, stack, filters)
    inputs = keras.Input((None, mels + 1), dtype="float32", name="spectrogram")
    changes = _changes(
        speed=speed, tract=tract, colour=colour, noise=noise, shift=shift, lowest=lowest,
        highest=highest, hidden_bands=hidden_bands, hidden_frames=hidden_frames,
    )  # fmt: skip
    x, there = hear(inputs, stack, filters, dropout, changes)
    x = pooled_stack(
        x, there, speech_pooling, masked=True, units=units, dropout=dropout, **recurrent
    )
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    scores = keras.layers.Dense(classes, dtype="float32", name="scores")(x)
    outputs = keras.layers.Softmax(dtype="float32", name="probabilities")(scores)
    return keras.Model(inputs, outputs, name="lstm_speech_classifier")


def speech_transcriber(
    mels: int,
    *,
    tokens: int,
    units: Sequence[int],
    dropout: float = 0.0,
    stack: int = 3,
    filters: int = 0,
    speed: float = 0.0,
    tract: float = 0.0,
    colour: float = 0.0,
    noise: float = 0.0,
    shift: int = 0,
    hidden_bands: int = 0,
    hidden_frames: int = 0,
    lowest: float = 60.0,
    highest: float = 4000.0,
    **recurrent: Any,
) -> keras.Model:
    """Gives scores of tokens and of none for each step of speech; train it with `layers.CTCLoss`.

    Args:
        mels: Bands of pitch.
        tokens: How many there are, the blank not among them.
        units: Width of each recurrent layer, first to last.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        stack: Frames that are read as one step.
        filters: Width of two convolutions; 0 has none.
        speed: See `layers.OtherVoices`, like the next four and the last two.
        tract: Largest change of all frequencies of a training recording.
        colour: Deviation of changes of its spectrum.
        noise: Share of the training recordings to which noise is added.
        shift: Frames of silence around them, at most.
        hidden_bands: See `layers.HiddenBands`, like the next.
        hidden_frames: Longest stretch that is hidden.
        lowest: Frequency of the bands, in Hz.
        highest: Likewise.
        **recurrent: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, frames, mels + 1]` to
        `float32[batch, steps, tokens + 2]`: scores, that of the blank behind them, and last
        whether a step is one.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> speech_transcriber(20, tokens=3, units=(8,), filters=4).output_shape
        (None, None, 5)
    """
    _check(mels, tokens, 1, stack, filters)
    inputs = keras.Input((None, mels + 1), dtype="float32", name="spectrogram")
    changes = _changes(
        speed=speed, tract=tract, colour=colour, noise=noise, shift=shift, lowest=lowest,
        highest=highest, hidden_bands=hidden_bands, hidden_frames=hidden_frames,
    )  # fmt: skip
    x, there = hear(inputs, stack, filters, dropout, changes)
    x = recurrent_stack(
        x, units=units, dropout=dropout, mask=there, return_sequences=True, **recurrent
    )
    scores = keras.layers.Dense(tokens + 1, dtype="float32", name="scores")(x)
    real = ops.cast(there, "float32")[..., None]
    packed = keras.layers.Concatenate(dtype="float32", name="packed")([scores, real])
    return keras.Model(inputs, packed, name="lstm_speech_transcriber")


def _changes(**named: float) -> dict[str, float]:
    """Returns how training recordings are changed, by name."""
    return named


def hear(
    inputs: Any, stack: int, filters: int, dropout: float, changes: Mapping[str, float]
) -> tuple[Any, Any]:
    """Brings recordings to one loudness, looks at neighbouring frames and bands, and stacks frames.

    Each recording is brought to one mean and deviation over all its bands: of each band for
    itself, half of what tells words apart in a short recording is lost.

    Args:
        inputs: `float32[batch, frames, mels + 1]`.
        stack: Frames that become one step.
        filters: Of two convolutions, each of which halves the bands.
        dropout: Share of what they give that is dropped.
        changes: Arguments of `layers.OtherVoices`; `hidden_bands` and `hidden_frames` are those of
            `layers.HiddenBands`.

    Returns:
        `float32[batch, steps, width]`, and `bool[batch, steps]`, False at padding.
    """
    from lstm_toolkit.layers import HiddenBands, OtherVoices

    others: dict[str, Any] = dict(changes)
    bands, frames = (int(others.pop(f"hidden_{name}", 0)) for name in ("bands", "frames"))
    changed = OtherVoices(**others, name="other_voices")(inputs)
    x, real = changed[..., :-1], changed[..., -1:]
    x = _on_own_scale(x, real)
    if bands or frames:
        count = ops.sum(real[..., 0], axis=1)
        x = HiddenBands(bands, frames, name="hidden_bands")(x, count)
    x = x * real
    if filters:
        x = _convolved(x, real, filters, dropout)
    return _stacked(x, stack), _stacked_mask(real, stack)


def _on_own_scale(x: Any, real: Any) -> Any:
    """Returns each recording with a mean of 0 and a deviation below 1 over frames and bands."""
    count = ops.maximum(ops.sum(real, axis=(1, 2), keepdims=True), 1.0) * x.shape[-1]
    mean = ops.sum(x * real, axis=(1, 2), keepdims=True) / count
    apart = (x - mean) * real
    spread = ops.sqrt(ops.sum(ops.square(apart), axis=(1, 2), keepdims=True) / count)
    return apart / (spread + NOISE)


def _convolved(x: Any, real: Any, filters: int, dropout: float) -> Any:
    """Looks at neighbouring frames and bands; padding is zeros again behind each layer."""
    x, there = ops.expand_dims(x, -1), ops.expand_dims(real, -1)
    for depth, bands in enumerate((5, 3), 1):
        x = keras.layers.Conv2D(
            filters, (3, bands), padding="same", activation="relu", name=f"convolution_{depth}"
        )(x)
        x = keras.layers.MaxPooling2D((1, 2), padding="same", name=f"halved_bands_{depth}")(x)
        x = x * ops.cast(there, x.dtype)
    x = keras.layers.Reshape((-1, x.shape[2] * x.shape[3]), name="convolved")(x)
    return keras.layers.Dropout(dropout, name="convolution_dropout")(x)


def _stacked(x: Any, stack: int) -> Any:
    """Returns frames side by side, zeros behind the last ones."""
    if stack == 1:
        return x
    filled = keras.layers.ZeroPadding1D((0, stack - 1), name="filled_up")(x)
    ends = [place - stack + 1 or None for place in range(stack)]
    shifted = [filled[:, place:end][:, ::stack] for place, end in enumerate(ends)]
    return keras.layers.Concatenate(name="frames_of_a_step")(shifted)


def _stacked_mask(real: Any, stack: int) -> Any:
    """Returns which steps hold a frame."""
    return real[:, ::stack, 0] > 0


def _check(mels: int, outputs: int, least: int, stack: int, filters: int) -> None:
    if mels < 4 or outputs < least or stack < 1 or filters < 0:
        raise ValueError(
            f"mels must be at least 4, outputs at least {least}, stack at least 1, and filters not "
            f"negative. Received: mels={mels}, outputs={outputs}, stack={stack}, filters={filters}"
        )
