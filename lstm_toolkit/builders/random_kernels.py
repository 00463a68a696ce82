"""What random convolutions see of windows: features for a linear path beside an LSTM.

After A. Dempster, F. Petitjean and G. Webb, "ROCKET", 2020 (doi:10.1007/s10618-020-00701-z): of
each random kernel the greatest output counts, and the share of outputs above 0.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

LENGTH = 9
"""Steps of a kernel."""

GROUP = 50
"""Kernels that share channels and dilation, and are one convolution."""

FEATURES = "kernel_features"
"""The layer that holds them."""

_FAR_BELOW = -1e4


def kernel_features(values: Any, real: Any, steps: int, count: int) -> Any:
    """Returns greatest output and share above 0 of each kernel; kernels are not trained.

    Args:
        values: `float32[batch, time, channels]`, 0 where there is none.
        real: `float32[batch, time, 1]`, 0 at padding on the right.
        steps: Of a window, or of the longest.
        count: Kernels, in groups of `GROUP`.

    Returns:
        `float32[batch, 2 * count]`, `count` rounded up to whole groups.
    """
    rng = np.random.default_rng(0)
    channels = values.shape[-1]
    most = max(0.0, np.log2(max((steps - 1) / (LENGTH - 1), 1.0)))
    total = ops.sum(real, axis=1)
    parts = []
    for group in range(-(-count // GROUP)):
        dilation = int(2 ** rng.uniform(0, most))
        some = min(channels, int(2 ** rng.uniform(0, np.log2(min(channels, LENGTH) + 1))))
        places = rng.permutation(channels)[:some]
        weights = rng.normal(size=(LENGTH, some, GROUP))
        weights -= weights.mean(axis=(0, 1))
        layer = keras.layers.Conv1D(
            GROUP,
            LENGTH,
            dilation_rate=dilation,
            padding="same",
            trainable=False,
            name=f"kernels_{group + 1}",
        )
        layer.build((None, None, some))
        layer.set_weights([weights, rng.uniform(-1, 1, GROUP)])
        outputs = layer(ops.take(values, places, axis=-1))
        above = ops.cast(outputs > 0, outputs.dtype)
        parts += [
            ops.max(ops.where(real > 0, outputs, _FAR_BELOW), axis=1),
            ops.sum(above * real, axis=1) / total,
        ]
    return keras.layers.Concatenate(name=FEATURES)(parts)
