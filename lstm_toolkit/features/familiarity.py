"""How near an image is to training images: its distance to the nearest of some prototypes.

Strokes are compared, not pixels: each cell of a coarse grid holds how strongly the image changes in
each of some directions, as in N. Dalal and B. Triggs, "Histograms of oriented gradients for human
detection", CVPR 2005 (doi:10.1109/CVPR.2005.177), and how bright it is.
"""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.system.files import write_text

if TYPE_CHECKING:
    import tensorflow as tf

LEAST_ROWS = 30
"""Training images from which nearness can be learnt."""

SAMPLE = 12_000
"""Training images that it is learnt from."""

_CELLS = 9
"""Cells of the grid along a side; smaller images have one a pixel."""

_DIRECTIONS = 6
_COMPONENTS = 48
_PROTOTYPES = 800
_HELD_OUT = 0.2
_UNLIKE = 0.025
"""Share of images held out of the prototypes that is farther away than the limit."""

Rows = tuple[tuple[float, ...], ...]


@dataclasses.dataclass(frozen=True)
class Familiarity:
    """Prototypes of training images, and how far from the nearest another may be.

    Attributes:
        mean: Of the features, `[features]`.
        axes: Their principal components, `[components][features]`.
        prototypes: Means of groups of images in these, `[prototypes][components]`.
        limit: The greatest squared distance of what is still familiar.
    """

    mean: tuple[float, ...]
    axes: Rows
    prototypes: Rows
    limit: float

    @classmethod
    def learn(cls, frames: NDArray[np.float32], seed: int = 0) -> Familiarity | None:
        """Learns from training images `float32[n, height, width]` in 0 to 1, ink light.

        Returns:
            None if they are too few, or all the same, as pages of one colour are.
        """
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.decomposition import PCA

        if len(frames) < LEAST_ROWS:
            return None
        order = np.random.default_rng(seed).permutation(len(frames))[:SAMPLE]
        values = _strokes_of(frames[order])
        held_out = max(5, round(_HELD_OUT * len(values)))
        known, others = values[held_out:], values[:held_out]
        if not np.ptp(known, axis=0).any():
            return None
        components = min(_COMPONENTS, len(known) // 4, known.shape[1])
        pca = PCA(components, svd_solver="covariance_eigh").fit(known)
        groups = min(_PROTOTYPES, max(2, len(known) // 4))
        means = MiniBatchKMeans(groups, n_init=1, max_iter=15, batch_size=2048, random_state=seed)
        means.fit(pca.transform(known))
        found = cls(
            tuple(_rounded(pca.mean_)),
            tuple(map(tuple, _rounded(pca.components_))),
            tuple(map(tuple, _rounded(means.cluster_centers_))),
            0.0,
        )
        distances = found.distance(values[:held_out] if len(others) else values).numpy()
        few = 1.0 + 10.0 / len(distances)  # the largest of few rows is not that of many
        limit = float(np.quantile(distances, 1 - _UNLIKE)) * few
        return dataclasses.replace(found, limit=round(limit, 5))

    def save(self, path: Path) -> None:
        """Writes a file of many numbers, which nobody reads line by line."""
        write_text(path, json.dumps(vars(self)) + "\n")

    @classmethod
    def load(cls, path: Path) -> Familiarity:
        """Reads what `save` wrote."""
        return cls(**tuples(json.loads(path.read_text("utf-8"))))

    def distance(self, strokes: Any) -> tf.Tensor:
        """Returns the squared distance of `float32[batch, features]` from the nearest prototype."""
        import tensorflow as tf

        mean, axes, known = (
            tf.constant(each, tf.float32) for each in (self.mean, self.axes, self.prototypes)
        )
        apart = strokes - mean
        places = tf.matmul(apart, axes, transpose_b=True)
        outside = tf.reduce_sum(apart**2, axis=1) - tf.reduce_sum(places**2, axis=1)
        products = tf.matmul(places, known, transpose_b=True)
        squares = tf.reduce_sum(places**2, axis=1)[:, None] - 2 * products
        nearest = tf.reduce_min(squares + tf.reduce_sum(known**2, axis=1), axis=1)
        return outside + nearest

    def strange(self, frames: tf.Tensor) -> tf.Tensor:
        """Tells which `float32[batch, height, width]` are farther than the limit; in the graph."""
        return self.distance(strokes(frames)) > self.limit


def tuples(value: Any) -> Any:
    """Returns what JSON holds with tuples for lists."""
    if isinstance(value, dict):
        return {name: tuples(part) for name, part in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def _rounded(values: NDArray[Any]) -> Any:
    return (
        [round(v, 4) for v in values.tolist()] if values.ndim == 1 else list(map(_rounded, values))
    )


def _strokes_of(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    parts = [strokes(frames[start : start + 1000]) for start in range(0, len(frames), 1000)]
    return np.concatenate([np.asarray(part) for part in parts])


def strokes(frames: Any) -> tf.Tensor:
    """Returns directions and brightness of the cells of each frame, of length 1 altogether.

    Args:
        frames: `float32[batch, height, width]`.
    """
    import tensorflow as tf

    frames = tf.convert_to_tensor(frames)
    down = tf.pad(frames[:, 1:] - frames[:, :-1], [[0, 0], [0, 1], [0, 0]])
    right = tf.pad(frames[:, :, 1:] - frames[:, :, :-1], [[0, 0], [0, 0], [0, 1]])
    strength = tf.sqrt(down**2 + right**2) + 1e-3
    turns = [math.pi * i / _DIRECTIONS for i in range(_DIRECTIONS)]
    along = [(math.cos(turn) * right + math.sin(turn) * down) ** 2 / strength for turn in turns]
    channels = tf.stack([*along, frames], axis=-1)
    cells = [min(_CELLS, side) for side in frames.shape[1:]]
    pooled = tf.image.resize(channels, cells, antialias=True)
    flat = tf.reshape(pooled, [-1, cells[0] * cells[1] * (_DIRECTIONS + 1)])
    return flat / (tf.norm(flat, axis=1, keepdims=True) + 1e-6)
