"""A folder with one file of images a split, such as `mnist_train.csv` and `mnist_test.csv`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.folders import entries
from lstm_toolkit.data.readers.images.parts import source_of
from lstm_toolkit.data.splits.parts import part_of_file
from lstm_toolkit.errors import DataError


def split_files(folder: Path, suffixes: Sequence[str]) -> dict[str, Path]:
    """Returns the files of a folder by the split that their names tell; none without training.

    Raises:
        DataError: If two files tell the same split.
    """
    found: dict[str, Path] = {}
    for file in entries(folder):
        split = part_of_file(file)
        if not split or not file.name.lower().endswith(tuple(suffixes)):
            continue
        if split in found:
            raise DataError(
                f"needs one file a split. Received: {found[split].name} and {file.name}",
                path=folder,
            )
        found[split] = file
    return found if "train" in found else {}


def read_split_files(
    folder: Path, files: dict[str, Path], read: Callable[[Path], Source]
) -> Source:
    """Reads each file as one split.

    Raises:
        DataError: If one is unfit.
    """
    sources = {split: read(file) for split, file in files.items()}
    mixed = [files[split] for split, source in sources.items() if source.published]
    if mixed:
        raise DataError("needs one split in a file of that name. Received: several", path=mixed[0])
    parts: dict[str, Dataset] = {split: source.rows for split, source in sources.items()}
    others = [each for each in entries(folder) if each not in files.values()]
    left_out = {f"not read, such as {others[0].name}": len(others)} if others else {}
    account = Account(len(files) + len(others), len(files), left_out, "files")
    return source_of(parts, folder, account=account)
