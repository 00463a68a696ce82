"""Names of pictures in tables: only what is meant without doubt is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_toolkit.data.readers.images.picture_names import PictureNames

ROOT = Path("signs")
WORDS = st.sampled_from(["a", "b", "train", "test", "photos"])


def names(*files: str) -> PictureNames:
    return PictureNames([ROOT / file for file in files], ROOT)


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("/data/train/1.png", "train/1.png"),
        ("C:\\data\\Train\\1.png", "train/1.png"),
        ("1", "train/1.png"),
        ("/data/test/1.png", None),
        ("/data/1.png", None),
        ("test/1.png", None),
        ("/data/test/cat/2.png", None),
        ("/data/cat/2.png", "train/cat/2.png"),
        ("/data/3.png", "3.png"),
    ],
)
def test_the_end_of_a_path_names_a_picture_with_its_folder(cell: str, file: str | None) -> None:
    known = names("train/1.png", "train/cat/2.png", "3.png")
    assert known.find(cell) == (file and ROOT / file)


@given(folders=st.lists(WORDS, max_size=3), others=st.lists(WORDS, min_size=1, max_size=3))
def test_no_picture_is_taken_for_that_of_another_split(
    folders: list[str], others: list[str]
) -> None:
    known = names("/".join([*folders, "1.png"]))
    path = "/".join(["", *others, "1.png"])
    one, other = ({"train", "test"}.intersection(each) for each in (folders, others))
    if one and other and not one & other:
        assert known.find(path) is None
    if others[-len(folders) :] == folders:
        assert known.find(path) == ROOT / "/".join([*folders, "1.png"])
