"""The running average of the weights: judged, kept and saved in place of the last ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras


class BestWeights(keras.callbacks.EarlyStopping):
    """Keeps the best weights, and ends training when there are no better ones for long.

    If the optimizer averages the weights (`use_ema`), the average stands in the network from
    the validation until the best weights are chosen; then the weights that are trained come
    back. So whatever follows in the list of callbacks finds these, and the average in the
    optimizer: a backup of both holds all. B. Polyak and A. Juditsky, "Acceleration of
    stochastic approximation by averaging", 1992 (doi:10.1137/0330046).

    Keras's `SwapEMAWeights` is not used, since it swaps by adding and subtracting, which
    rounds: a training that goes on from a backup would differ.

    Args:
        **options: Of `keras.callbacks.EarlyStopping`.
    """

    def __init__(self, **options: Any):
        super().__init__(restore_best_weights=True, **options)
        self._swapped = False

    def on_test_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self._swap(True)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._swap(True)
        super().on_epoch_end(epoch, logs)
        self._swap(False)

    def _swap(self, averaged: bool) -> None:
        if self._swapped != averaged:
            swap(self.model)
            self._swapped = averaged


def swap(model: keras.Model) -> None:
    """Exchanges weights and their averages exactly, where the optimizer has averages."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # of loss scaling
    if not optimizer.use_ema:
        return
    averages = optimizer._model_variables_moving_average
    for weight, average in zip(optimizer._trainable_variables, averages, strict=True):
        trained = keras.ops.convert_to_numpy(weight)
        weight.assign(average)
        average.assign(trained)
