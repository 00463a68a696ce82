"""Files whose lines translate each other: `train.en` and `train.zh`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lstm_toolkit.data.readers.pairs.aligned_lines import read_aligned
from lstm_toolkit.data.readers.pairs.directions import RequestedColumns
from lstm_toolkit.data.readers.pairs.languages import language
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import entries, ignored
from lstm_toolkit.data.splits.parts import PARTS
from lstm_toolkit.errors import DataError

LAYOUT = "line by line"
"""How pairs stand that are in files of their own."""

_ENDINGS = {".gz", ".txt"}
_OTHERS = {
    *("csv", "tsv", "json", "jsonl", "ndjson", "parquet", "xlsx", "xls", "md", "rst", "log"),
    *("py", "sh", "xml", "html", "sgm", "yml", "yaml", "zip", "tar", "tgz", "bz2", "xz", "model"),
    *("vocab", "npy", "npz", "pkl", "bin", "cfg", "ini", "pdf", "png", "jpg", "ids", "align"),
}
"""Endings of files that are no languages."""


def split_path(path: Path) -> tuple[Path, Path] | None:
    """Returns two paths that were given as one with `+` or `,` between.

    Args:
        path: As in `corpus/a.en+corpus/a.zh`, or `corpus/a.en+a.zh` for short.

    Returns:
        Both, or None if it is one path, or neither is there.
    """
    for sign in "+,":
        parts = [Path(part.strip()) for part in str(path).split(sign) if part.strip()]
        if len(parts) == 2 and any(part.exists() for part in parts):
            one, other = parts
            beside = one.with_name(other.name)
            return one, beside if beside.exists() and not other.exists() else other
    return None


def read_two(source: Path, target: Path, encoding: str, asked: RequestedColumns) -> Table:
    """Reads two files; the first is the source unless another direction is asked for.

    Raises:
        DataError: If one of them is missing, damaged, not text or empty, or has more lines.
    """
    files = {_stem_and_language(file)[1]: file for file in (source, target)}
    if _OTHERS & {name.casefold() for name in files}:
        received = f"{source.name} and {target.name}"
        raise DataError(f"needs files with a sentence a line, a.en+a.zh. Received: {received}")
    if len(files) < 2:
        files = {"1": source, "2": target}
    pair = _pair(list(files), asked, None)
    one, other, remarks = read_aligned(files[pair[0]], files[pair[1]], encoding)
    columns = dict(zip(pair, (one, other), strict=True))
    return Table(columns, range(1, len(one) + 1), None, tuple(remarks), LAYOUT)


def read_folder(root: Path, encoding: str, asked: RequestedColumns) -> Table:
    """Reads `train.XX` and `train.YY`, and what is published for validation and test.

    A file's language is the last part of its name, but for `.txt` and `.gz`; what it is for
    is told by a word of `PARTS` in the rest. One pair of files alone needs no such word. Of
    several for one part, the first in the order of names is taken.

    Args:
        root: The folder.
        encoding: Of the files.
        asked: Which languages; not needed where there are two.

    Returns:
        Source and target in columns named after their languages, and, if published so,
        `split`.

    Raises:
        DataError: If no files match, the choice is open, or as `read_two` does.
    """
    groups = _groups(root)
    training = _training(groups, root)
    languages = sorted({name for stem in training for name in groups[stem]})
    pair = _pair(languages, asked, root)
    stems: dict[str, str] = {}
    for stem in (*training, *groups):
        part = "train" if stem in training else _part(stem)
        if part and set(pair) <= groups[stem].keys():
            stems.setdefault(part, stem)
    if "train" not in stems:
        raise DataError(
            f"needs files in {pair[0]} and {pair[1]} that differ in nothing else of their names. "
            f"Received: {', '.join(training)}",
            path=root,
        )
    chosen = {part: stems[part] for part in dict.fromkeys(PARTS.values()) if part in stems}
    files = {part: [groups[stem][name] for name in pair] for part, stem in chosen.items()}
    remarks = ignored(root, [file for both in files.values() for file in both])
    return _joined(root, pair, files, encoding, remarks, f"{LAYOUT} in {_and(chosen.values())}")


def _joined(
    root: Path,
    pair: tuple[str, str],
    files: Mapping[str, Sequence[Path]],
    encoding: str,
    remarks: tuple[str, ...],
    layout: str,
) -> Table:
    sources: list[str] = []
    targets: list[str] = []
    split: list[str] = []
    for part, (source, target) in files.items():
        one, other, more = read_aligned(source, target, encoding)
        sources += one
        targets += other
        split += [part] * len(one)
        remarks += tuple(more)
    columns = {pair[0]: sources, pair[1]: targets}
    if len(files) > 1:
        columns["split"] = split
    return Table(columns, (), root, remarks, layout)


def _groups(root: Path) -> dict[str, dict[str, Path]]:
    """Returns files by what their names have in common, and by language."""
    groups: dict[str, dict[str, Path]] = {}
    for file in entries(root):
        stem, name = _stem_and_language(file)
        if (stem or language(name)) and name.casefold() not in _OTHERS and file.is_file():
            groups.setdefault(stem, {}).setdefault(name, file)
    return {stem: files for stem, files in groups.items() if len(files) > 1}


def _stem_and_language(file: Path) -> tuple[str, str]:
    """Divides a file's name at its last point, where `.txt` and `.gz` do not count."""
    while file.suffix.lower() in _ENDINGS:
        file = file.with_suffix("")
    stem, _, name = file.name.rpartition(".")
    return stem, name


def _part(stem: str) -> str:
    words = re.findall("[a-z]+", stem.casefold())
    return next((PARTS[word] for word in words if word in PARTS), "")


def _training(groups: Mapping[str, Mapping[str, Path]], root: Path) -> list[str]:
    """Returns what names of files to learn from have in common, the best first."""
    named = [stem for stem in groups if _part(stem) == "train"]
    plain = [stem for stem in groups if not _part(stem)]
    training = named or plain or (list(groups) if len(groups) == 1 else [])
    if not training:
        files = ", ".join(file.name for file in entries(root)[:5]) or "nothing"
        raise DataError(
            f"needs files aligned line by line, such as train.en and train.zh. Received: {files}",
            path=root,
        )
    if not named and len(training) > 1:
        raise DataError(
            "needs one pair of files to learn from, such as train.en and train.zh. "
            f"Received: {listed(training)}",
            path=root,
        )
    return training


def _pair(languages: list[str], asked: RequestedColumns, root: Path | None) -> tuple[str, str]:
    source, target = asked.among(languages, languages, root, noun="language")
    if len(languages) > 2 and not (source and target):
        raise DataError(
            "needs the setting direction, such as "
            f"direction={languages[0]}-{languages[1]}. Received: files in {listed(languages)}",
            path=root,
        )
    source = source or next(name for name in languages if name != target)
    return source, target or next(name for name in languages if name != source)


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
