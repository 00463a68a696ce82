"""What stands for columns that a row lacks, and columns that are hidden in training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class MissingColumns(keras.layers.Layer):
    """Puts a learnt vector in the place of each column that a row lacks.

    In training columns are hidden at random too, so that answers survive without them (as in
    N. Neverova et al., "ModDrop", 2016, arXiv:1501.00102); one that is there is always left.

    Args:
        dropout: Share of the columns that are hidden in training, in [0, 1).
        seed: Of what is drawn.
        **options: Of every Keras layer.

    Call arguments: `float[batch, columns, width]` vectors, and `bool[batch, columns]`, which of
    them are there. Returns vectors and which are left, of the same shapes, the latter as numbers.
    """

    def __init__(self, dropout: float = 0.0, seed: int | None = None, **options: Any):
        super().__init__(**options)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be in [0, 1). Received: dropout={dropout!r}")
        self.dropout, self.seed = dropout, seed
        self.seeds = keras.random.SeedGenerator(seed)

    def build(self, vectors_shape: Any, there_shape: Any = None) -> None:
        """Makes a vector for each column."""
        start = keras.initializers.RandomNormal(stddev=0.05)
        self.absent = self.add_weight(
            shape=tuple(vectors_shape[1:]), initializer=start, name="absent"
        )
        self.built = True

    def call(self, vectors: Any, there: Any, training: bool = False) -> tuple[Any, Any]:
        """Returns vectors, and which columns are left."""
        left = self._left(there) if training and self.dropout else there
        kept = ops.where(left[..., None], vectors, ops.cast(self.absent, vectors.dtype))
        return kept, ops.cast(left, vectors.dtype)

    def _left(self, there: Any) -> Any:
        drawn = keras.random.uniform(ops.shape(there), seed=self.seeds)
        among = ops.where(there, drawn, -1.0)
        first = ops.equal(among, ops.max(among, axis=1, keepdims=True))
        return ops.logical_and(there, ops.logical_or(drawn >= self.dropout, first))

    def compute_output_spec(self, vectors: Any, there: Any, training: bool = False) -> Any:
        """Returns shapes and dtypes of what comes out."""
        left = keras.KerasTensor(there.shape, self.compute_dtype)
        return keras.KerasTensor(vectors.shape, self.compute_dtype), left

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "dropout": self.dropout, "seed": self.seed}
