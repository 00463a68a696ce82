"""Pictures that cells of a table and words of a command line stand for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.data.readers.images.picture_files import (
    named_pictures,
    picture_array,
    read_picture_column,
)
from lstm_toolkit.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    for place in range(24):
        Image.new("RGB", (4, 6), (place * 10, 0, 0)).save(tmp_path / "inner" / f"{place}.png")
    return tmp_path


def test_a_path_that_comes_again_is_one_picture(folder: Path) -> None:
    column = read_picture_column(["inner/3.png", "inner/2.png", "inner/3.png"], folder)
    assert column.of_row.tolist() == [0, 1, 0]
    assert column.pictures.shape == (2, 6, 4, 3)
    assert column.pictures[:, 0, 0, 0].tolist() == [30, 20]
    assert list(column.names) == ["inner/3.png", "inner/2.png"]


def test_paths_of_other_machines_are_told_by_their_end(folder: Path) -> None:
    cells = ["/data/me/inner/7.png", r"C:\pictures\inner\8.png", "9.png"]
    assert read_picture_column(cells, folder).pictures[:, 0, 0, 0].tolist() == [70, 80, 90]


def test_arrays_and_bytes_are_pictures_too(folder: Path) -> None:
    content = (folder / "inner" / "5.png").read_bytes()
    cells = [np.full((6, 4), 9, np.uint8), content, np.full((6, 4), 9, np.uint8)]
    assert read_picture_column(cells, None).pictures[:, 0, 0, 0].tolist() == [9, 50, 9]


def test_few_that_are_missing_or_damaged_are_left_out_and_told(folder: Path) -> None:
    (folder / "inner" / "4.png").write_bytes(b"no picture")
    cells = [f"inner/{place}.png" for place in range(24)] * 5
    cells[10] = "gone.png"
    column = read_picture_column(cells, folder, line=lambda row: row + 2)
    assert np.flatnonzero(column.of_row < 0).tolist() == [4, 10, 28, 52, 76, 100]
    assert column.left_out == {
        "whose picture is damaged, first on line 6": 5,
        "whose picture is missing, first on line 12": 1,
    }


def test_many_without_a_picture_are_refused_with_the_first_line(folder: Path) -> None:
    def message(*cells: str) -> str:
        table = folder / "captions.csv"
        with pytest.raises(DataError) as error:
            read_picture_column(cells, folder, line=lambda row: row + 2, table=table)
        return str(error.value).removeprefix(f"{table}, ")

    assert message("inner/1.png", "gone.png") == "line 3: no such picture, gone.png"
    assert message(" ") == "line 2: needs a picture in every row. Received: none"
    (folder / "inner" / "1.png").write_text("text")
    assert message("inner/0.png", "inner/1.png").startswith(
        f"line 3: {folder}/inner/1.png: needs an image such as PNG or JPEG."
    )


def test_words_name_pictures_folders_and_arrays(folder: Path) -> None:
    (folder / "inner" / "4.png").write_bytes(b"no picture")
    named = dict(named_pictures(folder))
    assert len(named) == 24
    assert isinstance(named[str(folder / "inner" / "4.png")], DataError)
    array = folder / "two.npy"
    np.save(array, np.zeros((2, 5, 5, 3), np.uint8))
    assert [name for name, _ in named_pictures(array)] == [f"{array}[0]", f"{array}[1]"]
    np.save(array, np.zeros((5, 5, 3), np.uint8))
    assert [name for name, _ in named_pictures(array)] == [str(array)]
    (folder / "none").mkdir()
    for path, message in (
        (folder / "none", "needs pictures. Received: a folder without any"),
        (folder / "gone.png", "no such file; needs a picture, .npy or .npz"),
    ):
        with pytest.raises(DataError) as error:
            list(named_pictures(path))
        assert str(error.value) == f"{path}: {message}"


def test_which_array_holds_pictures_must_be_clear(tmp_path: Path) -> None:
    path = tmp_path / "several.npz"
    np.savez(path, one=np.zeros((2, 5, 5)), other=np.zeros((2, 5, 5)))
    with pytest.raises(DataError) as error:
        picture_array(path)
    assert str(error.value) == f"{path}: needs an array called pictures. Received: one, other"
    np.savez(path, alone=np.zeros((2, 5, 5)), names=np.array(["a", "b"]))
    assert picture_array(path).shape == (2, 5, 5, 3)
