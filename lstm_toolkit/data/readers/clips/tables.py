"""Tables of clips: the path of each, its label, and what else says how rows are split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.clips.clip_files import Folders, below, is_clip_file
from lstm_toolkit.data.readers.clips.labelled import DAMAGED_SHARE, LabelledClip
from lstm_toolkit.data.readers.images.picture_names import PictureNames
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, is_split
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

PATH_NAMES = (
    *("clip", "video", "path", "file", "filename", "filepath", "videopath", "clippath", "gif"),
    *("videofile", "clipname", "videoname", "videoid", "name", "url", "folder", "frames", "id"),
)
"""Names of a column of paths, best first; case and signs do not count."""


def expected(*names: str, separator: str = "", sheet: str = "") -> Expected:
    """Returns what a table of clips is read for."""
    known = (*PATH_NAMES, *LABEL_NAMES, *(fold(name) for name in names if name))
    return Expected(f"{TABLES}, with paths of clips", names=known, sheet=sheet, separator=separator)


def path_column(table: Table, known: ClipNames, stated: str = "") -> str:
    """Returns the column of paths: as stated, by its name, or the one that names clips.

    Raises:
        DataError: If there is no such column.
    """
    if stated:
        return _stated(table, stated, "clip_column")
    names = {fold(name): name for name in reversed(table.columns)}
    called = [names[name] for name in PATH_NAMES if name in names]
    found = {name: _share(table, name, known.find) for name in called}
    if called:
        # Where no file is there, the best name: labels may be called as some files are.
        return max(called, key=found.__getitem__)
    others = {name: _share(table, name, known.exact) for name in table.columns}
    best = max(others, key=others.__getitem__)
    if others[best] >= LEAST_SHARE:
        return best
    raise DataError(
        "needs a column of paths of clips, named `path` or by the setting clip_column. "
        f"Received: {', '.join(table.columns)[:120]}",
        path=table.path,
    )


MOST_LOOKED_AT = 50
"""Rows by which the column of paths is found."""

LEAST_SHARE = 0.5
"""Of them that have to name clips in a column that is not called so."""


def _share(table: Table, name: str, find: Callable[[str], Path | None]) -> float:
    cells = [str(cell) for cell in table.columns[name][:MOST_LOOKED_AT] if cell is not None]
    return sum(find(cell) is not None for cell in cells) / max(len(cells), 1)


class ClipNames:
    """Clips by what a table calls them: paths from its folder or the working folder, or their end.

    Args:
        root: The folder of the table; None for one that is no file.
    """

    def __init__(self, root: Path | None):
        self._root = root

    @cached_property
    def _below(self) -> PictureNames | None:
        if self._root is None:
            return None
        files = [path for path in Folders().clips_below(self._root) if path != self._root]
        return PictureNames(files, self._root)

    def find(self, cell: str) -> Path | None:
        """Returns the clip that a cell names, None if there is none."""
        path = self.exact(cell)
        if path is None and self._below is not None:
            path = self._below.find(_name(cell))
        return path

    def exact(self, cell: str) -> Path | None:
        """Returns the clip to which a cell is the path, None if there is none."""
        name = _name(cell)
        if not name or "\0" in name:
            return None
        try:
            for path in (*([self._root / name] if self._root else []), Path(name)):
                if below(path).is_clip if path.is_dir() else path.is_file() and is_clip_file(path):
                    return path
        except (OSError, ValueError):  # such as a name that is too long
            return None
        return None


def _name(cell: str) -> str:
    return cell.strip().replace("\\", "/")


def _stated(table: Table, name: str, setting: str) -> str:
    if name not in table.columns:
        hint = did_you_mean(name, table.columns)
        raise DataError(f"no column `{name}` for {setting}, {hint}", path=table.path)
    return name


def label_column(table: Table, taken: Sequence[str], stated: str = "") -> str:
    """Returns the column of labels: as stated, by its name, or the only other one.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if stated:
        return _stated(table, stated, "label_column")
    left = [name for name in table.columns if name not in taken]
    names = {fold(name): name for name in reversed(left)}
    known = next((names[name] for name in LABEL_NAMES if name in names), "")
    if known:
        return known
    if len(left) == 1:
        return left[0]
    raise DataError(
        "needs one column of labels, named `label` or by the setting label_column. "
        f"Received: {', '.join(table.columns)[:120]}",
        path=table.path,
    )


def clips_of_table(
    table: Table, known: ClipNames, clip: str, label: str, group: str
) -> tuple[list[LabelledClip], dict[str, int]]:
    """Returns the clips of a table, and how many rows are left out by the reason.

    Args:
        table: What a reader found.
        known: Finds clips by their names.
        clip: Column of paths; "" finds it.
        label: Column of labels; "" finds it.
        group: Column of what may not stand in two splits; "" for none.

    Raises:
        DataError: If columns cannot be told, or a file is named with two labels.
    """
    paths = path_column(table, known, clip)
    groups = table.texts(_stated(table, group, "group_column")) if group else []
    split = next((name for name in table.columns if is_split(table, name)), "")
    chosen = label_column(table, [paths, split, *([group] if group else [])], label)
    labels = [label_text(cell) for cell in table.texts(chosen)]
    splits = [part_of(cell) for cell in table.texts(split)] if split else [TRAIN] * len(table)
    clips: dict[Path, LabelledClip] = {}
    lost: dict[str, int] = {}
    missing: list[int] = []
    for row, cell in enumerate(table.texts(paths)):
        path = known.find(cell)
        reason = _reason(path, labels[row], splits[row], clips)
        if path is None:
            missing.append(row)
        if reason:
            lost[reason] = lost.get(reason, 0) + 1
        elif path is not None:
            _check_label(path, labels[row], clips, table, row)
            own = (groups[row].strip() or f"alone {row}") if groups else ""
            clips[path] = LabelledClip(path, labels[row], splits[row], own)
    if not clips:
        told = ", ".join(lost) or "no row"
        raise DataError(f"needs paths of clips with labels. Received: {told}", path=table.path)
    if len(missing) > DAMAGED_SHARE * len(table):
        cell = table.texts(paths)[missing[0]].strip()[:80] or "none"
        received = f"{len(missing):,} of {len(table):,} rows without one, the first {cell}"
        message = f"needs clips that are there. Received: {received}"
        raise DataError(message, path=table.path, line=table.line(missing[0]))
    return list(clips.values()), lost


def _reason(path: Path | None, label: str, split: str, known: dict[Path, LabelledClip]) -> str:
    if path is None:
        return "clips that are not there"
    if not label:
        return "without a label"
    if not split:
        return "of no known split"
    repeated = path in known and known[path].label == label
    return "named again" if repeated else ""


def _check_label(
    path: Path, label: str, known: dict[Path, LabelledClip], table: Table, row: int
) -> None:
    if path in known:
        received = f"{known[path].label} and {label} for {path.name}"
        message = f"needs one label a clip. Received: {received}"
        raise DataError(message, path=table.path, line=table.line(row))
