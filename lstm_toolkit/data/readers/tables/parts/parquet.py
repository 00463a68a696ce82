"""Parquet files, which hold their rows in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.parquet import as_frame
from lstm_toolkit.data.readers.tables.parts import contract
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import from_frame


class ParquetParts:
    """A Parquet file, a batch of rows at a time.

    Args:
        path: The file.
    """

    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path):
        self._path = path
        self._gaps: set[str] = set()
        head = next(self._read(contract.head_rows), None)
        if head is None:
            raise contract.IrregularError
        self.head = head

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        return self._read(contract.part_rows)

    def _read(self, rows: Callable[[int], int]) -> Iterator[Table]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(rows(len(file.schema_arrow))):
                    table = pa.Table.from_batches([batch])
                    table = table.replace_schema_metadata(file.schema_arrow.metadata)
                    yield from_frame(as_frame(self._as_if_whole(table)), self._path)
        except (pa.ArrowException, OSError) as error:
            raise contract.IrregularError from error

    def _as_if_whole(self, table: Any) -> Any:
        """Makes whole numbers floats where one is missing anywhere, as pandas does."""
        import pyarrow as pa

        for place, field in enumerate(table.schema):
            if not pa.types.is_integer(field.type):
                continue
            if table.column(place).null_count:
                self._gaps.add(field.name)
            if field.name in self._gaps:
                floats = table.column(place).cast(pa.float64(), safe=False)
                table = table.set_column(place, field.name, floats)
        return table
