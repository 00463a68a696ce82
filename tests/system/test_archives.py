"""Files that unpack to far more than they are."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.images.pictures import read_grey
from lstm_toolkit.data.readers.images.pixel_tables import read_csv
from lstm_toolkit.data.readers.tables.tables import read_table
from lstm_toolkit.data.text.vector_files import VectorFile
from lstm_toolkit.errors import DataError
from lstm_toolkit.system import archives

MESSAGE = (
    "unpacks to more than 100,000 bytes, as no honest file of its size does; unpack it yourself "
    "if it is one"
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 100_000)
    monkeypatch.setattr(archives, "MOST_TIMES", 20)


def read_vectors(path: Path) -> None:
    list(VectorFile(path).entries())


@pytest.mark.parametrize("read", [archives.gunzip, read_table, read_csv, read_vectors])
@pytest.mark.parametrize("sign", [b"0", b"0,1\n"])
def test_a_gzipped_bomb_is_refused(
    tmp_path: Path, read: Callable[[Path], object], sign: bytes
) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(sign * (2**22 // len(sign))))
    message = f"{path}: unpacks to more than "
    with pytest.raises(DataError, match=f"^{re.escape(message)}"):
        read(path)


def test_an_archive_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(2**20))
    with pytest.raises(DataError, match=f"^{re.escape(f'{path}: {MESSAGE}')}$"):
        load_arrays(path)


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2**20))
    with pytest.raises(DataError, match=f"^{re.escape(f'{path}: {MESSAGE}')}$"):
        read_table(path)


def test_what_is_honestly_compressed_is_read(tmp_path: Path) -> None:
    content = np.random.default_rng(0).integers(48, 58, 300_000, dtype=np.uint8).tobytes()
    path = tmp_path / "numbers.gz"
    path.write_bytes(gzip.compress(content))
    assert archives.gunzip(path) == content
    with archives.open_gzip(path) as file:
        assert b"".join(iter(lambda: file.read(1000), b"")) == content


def test_a_picture_of_too_many_pixels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for side, name in ((40, "large"), (60, "huge")):  # of which Pillow warns, and which it refuses
        path = tmp_path / f"{name}.png"
        Image.new("L", (side, side)).save(path)
        message = f"{path}: needs an image of at most 1,000 pixels"
        with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
            read_grey(path)
