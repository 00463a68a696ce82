"""Pictures to be answered are read from files, folders, arrays and tables; none is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit import get_task
from lstm_toolkit.data.inputs.captions import picture_inputs
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.readers.images.fitting import Frame
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.picture import PictureState
from lstm_toolkit.features.states import States

TASK = get_task("captioning")
CONTEXT = ReadingContext(
    TASK.settings(), States({"picture": PictureState(Frame(4, 4))}, None), TASK.options()
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    for place in range(3):
        Image.new("RGB", (9, 5), (place * 90, 0, 0)).save(tmp_path / "inner" / f"{place}.png")
    (tmp_path / "broken.png").write_text("text")
    return tmp_path


def answered(inputs: Inputs) -> list[int | str]:
    """Returns how red each picture is, or what is wrong with it."""
    return [
        str(row.value) if isinstance(row.value, DataError) else int(row.value["picture"][2, 2, 0])
        for row in inputs.rows
    ]


def test_a_folder_gives_a_row_for_each_picture(folder: Path) -> None:
    inputs = picture_inputs(folder, CONTEXT)
    broken, *others = answered(inputs)
    assert others == [0, 90, 180]
    assert str(broken).startswith(f"{folder}/broken.png: needs an image such as PNG or JPEG.")
    assert inputs.note == f"4 pictures of {folder}"
    assert inputs.columns["picture"] == ["broken.png", *(f"inner/{p}.png" for p in range(3))]


def test_a_table_keeps_its_rows_and_cells(folder: Path) -> None:
    table = folder / "rows.csv"
    table.write_text("n,file\n7,inner/2.png\n8,gone.png\n9,\n", encoding="utf-8")
    inputs = picture_inputs(table, CONTEXT)
    assert inputs.columns["n"] == ["7", "8", "9"]
    assert inputs.note == f"3 rows: pictures in column file, of {table}"
    assert answered(inputs) == [
        180,
        f"{table}, line 3: no such picture, gone.png",
        f"{table}, line 4: no such picture, none",
    ]


def test_files_and_arrays_are_read(folder: Path) -> None:
    assert answered(picture_inputs(folder / "inner" / "1.png", CONTEXT)) == [90]
    np.save(folder / "two.npy", np.full((2, 6, 6, 3), 50, np.uint8))
    assert answered(picture_inputs(folder / "two.npy", CONTEXT)) == [50, 50]
    (folder / "none").mkdir()
    with pytest.raises(DataError, match="Received: a folder without any"):
        picture_inputs(folder / "none", CONTEXT)
