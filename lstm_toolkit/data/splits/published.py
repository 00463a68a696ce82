"""The splits that come with the data, and nothing else."""

from __future__ import annotations

import dataclasses

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.splits.splitter import Splits
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class AsPublished:
    """Takes training, validation and test as the data has them; rows are never moved."""

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Returns the published splits; sizes and seed change nothing.

        Raises:
            DataError: If validation or test are not published.
        """
        if source.validation is None or source.test is None:
            missing = "validation" if source.validation is None else "test"
            raise DataError(f"needs data with published splits. Received: no {missing} split")
        return Splits(source.rows, source.validation, source.test)
