"""FASTA with three lines a record: a header, letters, and as many tags."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.data.readers.symbols.records import ID, SEQUENCE
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError


def read_three_lines(path: Path, encoding: str = "utf-8") -> Table:
    """Reads `>id`, a line of letters and a line of tags for each record, as of DeepTMHMM.

    Letters and tags may be broken into equally many lines each.

    Args:
        path: The file, with `.gz` behind its name or not.
        encoding: Of the headers.

    Returns:
        `id`, `sequence` and `tags` of each record, with the line of its header.

    Raises:
        DataError: If a record has no tags, or another number of lines for them.
    """
    columns: dict[str, list[str]] = {ID: [], SEQUENCE: [], "tags": []}
    starts: list[int] = []
    held: list[list[str]] = []
    for number, line in enumerate(decode(read_bytes(path), encoding, path).splitlines(), 1):
        if line.startswith(">"):
            columns[ID].append((line[1:].split() or [f"record {len(starts) + 1}"])[0])
            starts.append(number)
            held.append([])
        elif line.strip():
            if not held:
                message = f"needs records that begin with >. Received: {line[:40]}"
                raise DataError(message, path=path, line=number)
            held[-1].append("".join(line.split()))
    if not held:
        raise DataError("is empty; needs records of FASTA", path=path)
    for start, lines in zip(starts, held, strict=True):
        half = len(lines) // 2
        letters, tags = "".join(lines[:half]), "".join(lines[half:])
        if len(lines) % 2 or not lines:
            raise DataError(
                "needs letters and then as many lines of tags in each record. "
                f"Received: {len(lines)} lines",
                path=path,
                line=start,
            )
        columns[SEQUENCE].append(letters)
        columns["tags"].append(tags)
    return Table(columns, starts, path, unit="records")
