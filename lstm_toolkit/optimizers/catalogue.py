"""Keras optimizers by name, with a schedule, gradient clipping, and right sparse gradients."""

from __future__ import annotations

from typing import Any, Literal

import keras

from lstm_toolkit.optimizers.lazy_adam import LazyAdam
from lstm_toolkit.optimizers.sparse_gradients import merge_repeated_rows

CLASSES = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
    "adagrad": keras.optimizers.Adagrad,
    "adamax": keras.optimizers.Adamax,
    "lamb": keras.optimizers.Lamb,  # which `keras.optimizers.get` does not know by name
    "lion": keras.optimizers.Lion,
    "lazy_adam": LazyAdam,
}


def optimizer(
    name: str,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 0.001,
    *,
    clipnorm: float = 0.0,
    weight_decay: float = 0.0,
    ema_momentum: float = 0.0,
) -> keras.optimizers.Optimizer:
    """Returns a Keras optimizer whose sparse gradients are right, see `merge_repeated_rows`.

    Args:
        name: One of `CLASSES`.
        learning_rate: A number or what `learning_rate()` returns.
        clipnorm: Norm to which each weight's gradient is clipped; 0 leaves it alone.
        weight_decay: Decoupled weight decay; 0 is none.
        ema_momentum: Momentum of a running average of the weights, in [0, 1), which is left beside
            them; 0 takes none.

    Raises:
        ValueError: If the name is unknown or `ema_momentum` is out of its range.
    """
    if name not in CLASSES:
        raise ValueError(f"optimizer must be one of {', '.join(CLASSES)}. Received: name={name!r}")
    if not 0 <= ema_momentum < 1:
        raise ValueError(f"ema_momentum must be in [0, 1). Received: ema_momentum={ema_momentum!r}")
    options: dict[str, Any] = {"clipnorm": clipnorm} if clipnorm else {}
    if ema_momentum:
        options |= {"use_ema": True, "ema_momentum": ema_momentum}
    if name == "sgd":
        options["momentum"] = 0.9
    made = CLASSES[name](
        learning_rate=learning_rate,
        weight_decay=weight_decay or (0.0 if name == "adamw" else None),
        **options,
    )
    return with_merging(made)


def with_merging(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Makes sparse gradients right, see `merge_repeated_rows`; `LazyAdam` sees to it itself."""
    return optimizer if isinstance(optimizer, LazyAdam) else merge_repeated_rows(optimizer)


def build_once(model: keras.Model) -> None:
    """Makes the variables of a compiled network's optimizer, unless they are there.

    Keras's scaling of losses makes some of its own again each time that it is built.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def learning_rate(
    peak: float,
    schedule: Literal["constant", "cosine", "exponential"],
    *,
    steps: int,
    warmup: float = 0.0,
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Returns the learning rate as a function of the step.

    Args:
        peak: The highest learning rate.
        schedule: "constant"; "cosine" to zero (arXiv:1608.03983); "exponential" to a
            hundredth of `peak`.
        steps: Training steps in all.
        warmup: Share of the steps in which "cosine" first rises linearly from zero.

    Raises:
        ValueError: If the schedule is unknown or `steps` is below 1.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1. Received: steps={steps!r}")
    if schedule == "constant":
        return peak
    if schedule == "exponential":
        return keras.optimizers.schedules.ExponentialDecay(peak, steps, 0.01)
    if schedule != "cosine":
        raise ValueError(
            "schedule must be one of constant, cosine, exponential. "
            f"Received: schedule={schedule!r}"
        )
    rising = round(warmup * steps)
    if not rising:
        return keras.optimizers.schedules.CosineDecay(peak, steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rising), warmup_target=peak, warmup_steps=rising
    )
