"""A linear classifier of what random convolutions see: simple, quick, and hard to beat.

After A. Dempster, F. Petitjean and G. Webb, "ROCKET", 2020 (doi:10.1007/s10618-020-00701-z): of
each random kernel the greatest output counts, and the share of outputs above 0.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

KERNELS = 1000
"""A tenth of the paper's, which take ten times as long for about a point more."""

LENGTH = 9
"""Steps of a kernel; the paper draws 7, 9 or 11."""

GROUPS = 50
"""Kernels of one group share dilation and channels, and are one product of matrices."""

CHUNK = 128
"""Windows that are looked at at a time."""

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class _Kernels:
    """Kernels that look at the same steps.

    Attributes:
        channels: `int64[some]`.
        dilation: Steps between two that a kernel sees.
        weights: `float32[LENGTH * some, kernels]`.
        biases: `float32[kernels]`.
    """

    channels: NDArray[np.int64]
    dilation: int
    weights: Floats
    biases: Floats

    def features(self, windows: Floats) -> Floats:
        """Returns maximum and share above 0 of each kernel, `float32[n, 2 * kernels]`."""
        reach = (LENGTH - 1) * self.dilation
        padded = np.pad(windows[..., self.channels], ((0, 0), (reach // 2, reach // 2), (0, 0)))
        steps = padded.shape[1] - reach
        places = np.arange(LENGTH) * self.dilation
        seen = np.concatenate([padded[:, place : place + steps] for place in places], axis=-1)
        outputs = seen @ self.weights + self.biases
        return np.concatenate([outputs.max(axis=1), (outputs > 0).mean(axis=1)], axis=1)


def random_kernels(
    train: Any, test: Any, classes: NDArray[np.int32], truth: NDArray[np.int32]
) -> dict[str, float]:
    """Scores ridge regression on features of random kernels.

    Args:
        train: A column of windows `[n, time, channels]`, NaN where a value is missing.
        test: Another.
        classes: `int32[n]` of the training windows.
        truth: `int32[m]` of the test windows.
    """
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from lstm_toolkit.metrics.simple_classifiers import scores_of_classes

    first = np.asarray(train[: len(train)], np.float32)
    mean = np.nanmean(first, axis=(0, 1))
    deviation = np.nanstd(first, axis=(0, 1))
    deviation = np.where(deviation > 0, deviation, 1.0).astype(np.float32)
    kernels = _drawn(first.shape[1], first.shape[2])

    def features(rows: Any) -> Floats:
        parts = []
        for start in range(0, len(rows), CHUNK):
            windows = np.asarray(rows[start : start + CHUNK], np.float32)
            scaled = np.nan_to_num((windows - mean) / deviation)
            parts.append(np.concatenate([each.features(scaled) for each in kernels], axis=1))
        return np.concatenate(parts)

    model = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=np.logspace(-1, 4, 11)))
    model.fit(features(train), classes)
    return scores_of_classes(truth, model.predict(features(test)))


def _drawn(steps: int, channels: int) -> list[_Kernels]:
    rng = np.random.default_rng(0)
    most = max(0.0, np.log2(max((steps - 1) / (LENGTH - 1), 1.0)))
    groups = []
    for _ in range(KERNELS // GROUPS):
        dilation = int(2 ** rng.uniform(0, most))
        some = min(channels, int(2 ** rng.uniform(0, np.log2(min(channels, LENGTH) + 1))))
        weights = rng.normal(size=(LENGTH * some, GROUPS))
        weights -= weights.mean(axis=0)
        groups.append(
            _Kernels(
                rng.permutation(channels)[:some],
                dilation,
                weights.astype(np.float32),
                rng.uniform(-1, 1, GROUPS).astype(np.float32),
            )
        )
    return groups
