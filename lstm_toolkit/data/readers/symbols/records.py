"""Records of FASTA and FASTQ files, read by Biopython."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError

FASTA = (".fasta", ".fa", ".fna", ".ffn", ".faa", ".fas", ".frn", ".mpfa")
FASTQ = (".fastq", ".fq")
SUFFIXES = (*FASTA, *FASTQ)
"""How names of such files end, `.gz` behind it or not."""

ID, TITLE, SEQUENCE, LABEL = "id", "title", "sequence", "label"
"""Columns of records: the header's first word, all of it, the letters, and the class."""


def record_suffix(path: Path) -> str:
    """Returns how a file's name ends, without `.gz`, if that is one of `SUFFIXES`, else ""."""
    form = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = form.suffix.lower()
    return suffix if suffix in SUFFIXES else ""


def read_records(path: Path, encoding: str = "utf-8") -> Table:
    """Reads the records of a file.

    Args:
        path: Named as one of `SUFFIXES`, with `.gz` behind it or not.
        encoding: Of the headers.

    Returns:
        `id`, `title` and `sequence` of each record, with the line of its header.

    Raises:
        DataError: If it is missing, empty, cut off, or no FASTA or FASTQ.
    """
    is_fastq = record_suffix(path) in FASTQ
    form, sign = ("FASTQ", "@") if is_fastq else ("FASTA", ">")
    text = decode(read_bytes(path), encoding, path).replace("\r\n", "\n").replace("\r", "\n")
    text, comments = (text, 0) if is_fastq else _without_comments(text)
    if not text.strip():
        raise DataError(f"is empty; needs records of {form}", path=path)
    if not text.lstrip().startswith(sign):
        first = text.lstrip().partition("\n")[0][:40]
        message = f"needs records of {form}, which begin with {sign}. Received: {first}"
        raise DataError(message, path=path, line=1)
    titles, sequences = _parsed(text.lstrip(), path, form)
    lines = [] if is_fastq else _header_lines(text)
    for place, sequence in enumerate(sequences):
        if not sequence:
            line = lines[place] if lines else None
            message = (
                f"needs letters in each record. Received: none in {titles[place][:60] or sign}"
            )
            raise DataError(message, path=path, line=line)
    remarks = (f"{comments:,} lines of comments (;) are left out",) if comments else ()
    ids = [title.split(maxsplit=1)[0] if title.split() else "" for title in titles]
    return Table(
        {ID: ids, TITLE: titles, SEQUENCE: sequences}, lines, path, remarks, unit="records"
    )


def _without_comments(text: str) -> tuple[str, int]:
    """Returns FASTA without the lines that begin with a semicolon, and how many there are."""
    return re.subn(r"^;.*$", "", text, flags=re.MULTILINE)


def _parsed(text: str, path: Path, form: str) -> tuple[list[str], list[str]]:
    """Returns headers without their sign, and letters."""
    try:
        from Bio.SeqIO.FastaIO import SimpleFastaParser
        from Bio.SeqIO.QualityIO import FastqGeneralIterator
    except ImportError as error:
        message = f"needs a reader of {form}; pip install 'lstm_toolkit[genes]'"
        raise DataError(message, path=path) from error
    handle = io.StringIO(text)
    parser: Any = SimpleFastaParser if form == "FASTA" else FastqGeneralIterator
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pairs = [(title, letters) for title, letters, *_ in parser(handle)]
    except ValueError as error:
        problem = " ".join(str(error).split())[:200]
        raise DataError(f"is no whole {form} file: {problem}", path=path) from error
    return [title.strip() for title, _ in pairs], ["".join(s.split()) for _, s in pairs]


def _header_lines(text: str) -> list[int]:
    lines = enumerate(text.split("\n"), 1)
    return [number for number, line in lines if line.startswith(">")]
