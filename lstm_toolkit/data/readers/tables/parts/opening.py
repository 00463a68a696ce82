"""Which form a table is of, and what reads it a part at a time."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.data.readers.tables.parts.contract import IrregularError, Parts, open_binary
from lstm_toolkit.data.readers.tables.parts.delimited import DelimitedParts
from lstm_toolkit.data.readers.tables.parts.parquet import ParquetParts
from lstm_toolkit.data.readers.tables.parts.records import open_records
from lstm_toolkit.data.readers.tables.parts.workbooks import open_workbook
from lstm_toolkit.data.readers.tables.tables import Expected, table_suffix
from lstm_toolkit.data.text.encodings import check_zeros, is_other_kind
from lstm_toolkit.data.text.likely_encodings import JUDGED
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks


def open_parts(path: Path, encoding: str, expected: Expected) -> Parts:
    """Opens a table in a form that can be read so.

    Raises:
        IrregularError: If it is in another one.
        DataError: As `read_table` does.
    """
    suffix = table_suffix(path)
    packed = path.suffix.lower() == ".gz"
    with open_binary(path) as file:
        start = file.read(JUDGED)
    if start[:4] == b"PAR1" and not packed:
        return ParquetParts(path)
    if start[:4] == b"PK\x03\x04" and not packed:
        return open_workbook(path, expected)
    if is_other_kind(start) or suffix in (".parquet", ".xlsx", ".xls"):
        raise IrregularError
    check_zeros(start, encoding, path)
    remarks = tuple(decoding_remarks(start, encoding))
    if suffix in (".json", ".jsonl", ".ndjson"):
        return open_records(path, encoding, remarks, by_line=suffix != ".json")
    if suffix in (".csv", ".tsv", *expected.tabbed):
        tabbed = suffix in (".tsv", *expected.tabbed)
        return DelimitedParts(path, encoding, expected, remarks, tabbed=tabbed)
    raise IrregularError
