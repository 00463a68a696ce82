"""Pictures with captions are read from every form, and nothing is lost unsaid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.data import read_captions, sample_scenes
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.splits.groups import ByGroup
from lstm_toolkit.errors import DataError

COUNT = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    for place in range(COUNT):
        Image.new("RGB", (4, 4), (place * 40, 0, 0)).save(tmp_path / "pictures" / f"{place}.png")
    return tmp_path


def said(source: Source) -> list[list[str]]:
    assert source.rows.columns["picture"][:, 0, 0, 0].tolist() == [p * 40 for p in range(COUNT)]
    return source.rows.targets["caption"].to_list()


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TWO = [[f"shade {place}", f"red {place}"] for place in range(COUNT)]


def test_a_path_that_comes_again_has_several_captions(folder: Path) -> None:
    rows = [f"pictures/{p}.png,{text}" for p in range(COUNT) for text in TWO[p]]
    source = read_captions(write(folder, "captions.csv", "image,caption", *rows))
    assert said(source) == TWO
    assert source.note.endswith("2 to 2 captions a picture")


def test_captions_stand_in_several_columns(folder: Path) -> None:
    rows = [f"pictures/{p}.png,{TWO[p][0]},{TWO[p][1]}" for p in range(COUNT)]
    path = write(folder, "captions.csv", "file,caption_1,caption_2", *rows)
    assert said(read_captions(path)) == TWO
    named = write(folder, "captions.csv", "file,en,more", *rows)
    assert said(read_captions(named, caption_column="en+more")) == TWO


def test_captions_stand_in_lists(folder: Path) -> None:
    rows = [json.dumps({"image": f"pictures/{p}.png", "captions": TWO[p]}) for p in range(COUNT)]
    assert said(read_captions(write(folder, "captions.jsonl", *rows))) == TWO
    cells = [json.dumps(TWO[p]).replace('"', '""') for p in range(COUNT)]
    rows = [f'pictures/{p}.png,"{cells[p]}"' for p in range(COUNT)]
    assert said(read_captions(write(folder, "captions.csv", "image,captions", *rows))) == TWO


def test_lines_without_a_header_are_read(folder: Path) -> None:
    rows = [f"{p}.png\t{text}" for p in range(COUNT) for text in TWO[p]]
    assert said(read_captions(write(folder, "captions.txt", *rows))) == TWO


def test_a_folder_holds_the_table_or_texts_beside_pictures(folder: Path) -> None:
    rows = [f"{p}.png,{TWO[p][0]}" for p in range(COUNT)]
    table = write(folder, "captions.txt", "image,caption", *rows)
    assert said(read_captions(folder)) == [each[:1] for each in TWO]
    table.unlink()
    for place in range(COUNT):
        write(folder / "pictures", f"{place}.txt", *TWO[place])
    assert said(read_captions(folder)) == TWO


def test_annotations_of_coco_are_read(folder: Path) -> None:
    images = [{"id": p + 7, "file_name": f"pictures/{p}.png"} for p in range(COUNT)]
    captions = [{"image_id": p + 7, "caption": text} for p in range(COUNT) for text in TWO[p]]
    path = folder / "captions.json"
    path.write_text(json.dumps({"images": images, "annotations": captions}))
    assert said(read_captions(path)) == TWO
    path.write_text(
        json.dumps({"images": images, "annotations": [{"image_id": 1, "caption": "a"}]})
    )
    with pytest.raises(DataError) as error:
        read_captions(path)
    assert str(error.value) == (
        f"{path}: needs each caption's image_id among the images. Received: 1"
    )


def test_arrays_and_data_frames_are_read(folder: Path) -> None:
    pictures = np.zeros((COUNT, 4, 4, 3), np.uint8)
    pictures[..., 0] = 40 * np.arange(COUNT)[:, None, None]
    path = folder / "captions.npz"
    np.savez(path, pictures=pictures, captions=np.array(TWO), group=np.arange(COUNT) // 2)
    source = read_captions(path, group_column="group")
    assert said(source) == TWO
    assert source.rows.meta["group"].tolist() == ["0", "0", "1", "1", "2", "2"]
    frame = pd.DataFrame({"picture": list(pictures), "caption": TWO})
    assert said(read_captions(frame)) == TWO
    np.savez(path, pictures=pictures, captions=np.array(TWO[1:]))
    with pytest.raises(DataError, match="needs arrays with a row for each picture"):
        read_captions(path)


def test_published_splits_are_kept_and_pictures_stand_on_one_side(folder: Path) -> None:
    rows = [f"{p}.png,a {p},{('train', 'test', 'val')[p % 3]}" for p in range(COUNT)]
    source = read_captions(write(folder, "captions.csv", "image,caption,split", *rows))
    assert source.test is not None and source.validation is not None
    assert (len(source.rows), len(source.test), len(source.validation)) == (2, 2, 2)
    for place in range(COUNT):  # two files of one look
        Image.new("RGB", (4, 4), (place // 2 * 40, 0, 0)).save(folder / f"{place}.png")
    rows = [f"./{p}.png,a {p}" for p in range(COUNT)]
    source = read_captions(write(folder, "captions.csv", "image,caption", *rows))
    assert source.note.endswith("3 pictures with exactly the look of another, and other captions")
    splits = ByGroup().split(source, validation=0.3, test=0.3, seed=0)
    looks = [{p.tobytes() for p in part.columns["picture"]} for part in splits.parts.values()]
    assert sum(map(len, looks)) == len(set.union(*looks)) == 3


def test_groups_that_share_a_look_or_a_picture_are_one(folder: Path) -> None:
    Image.new("RGB", (4, 4), (0, 0, 0)).save(folder / "pictures" / "1.png")  # as 0.png is
    rows = [f"pictures/{p}.png,a {p},{g}" for p, g in ((0, "a"), (1, "b"), (2, "c"), (4, "d"))]
    rows += ["pictures/2.png,more,b", "pictures/3.png,none,", "pictures/5.png,a 5,d"]
    path = write(folder, "captions.csv", "image,caption,thing", *rows)
    source = read_captions(path, group_column="thing")
    groups = source.rows.meta["group"].tolist()
    assert groups[:4] + groups[5:] == ["a", "a", "a", "d", "d"]
    assert groups[4].startswith("alike ")
    assert source.note.endswith("2 groups joined to another, by a picture or a look of both")


def test_what_looks_like_a_published_picture_is_not_trained_on(folder: Path) -> None:
    Image.new("RGB", (4, 4), (0, 0, 0)).save(folder / "pictures" / "5.png")
    rows = [f"pictures/{p}.png,a {p},{p},{'test' if p == 5 else 'train'}" for p in range(COUNT)]
    path = write(folder, "captions.csv", "image,caption,thing,split", *rows)
    splits = ByGroup().split(
        read_captions(path, group_column="thing"), validation=0.2, test=0.2, seed=0
    )
    assert splits.repeated == 1
    reds = [part.columns["picture"][:, 0, 0, 0].tolist() for part in splits.parts.values()]
    assert sorted(reds[0] + reds[1]) == [40, 80, 120, 160]


def test_numbers_of_captions_behind_paths_are_left_out(folder: Path) -> None:
    rows = [f"{p}.png#{n}\t{TWO[p][n]}" for p in range(COUNT) for n in (0, 1)]
    assert said(read_captions(write(folder, "Flickr8k.token.txt", *rows))) == TWO


def test_brackets_may_be_part_of_captions(folder: Path) -> None:
    cells = ['[""a""]', "[1, 2]", "[sic] a dog", "[null]", "[]", "plain"]
    rows = [f'pictures/{p}.png,"{cells[p]}"' for p in range(COUNT)]
    source = read_captions(write(folder, "captions.csv", "image,caption", *rows))
    assert said(source) == [[cell.replace('""', '"')] for cell in cells]


def test_empty_captions_and_missing_pictures_are_told(folder: Path) -> None:
    rows = [f"pictures/{p % COUNT}.png,a {p}" for p in range(40)]
    rows[3], rows[5] = "pictures/3.png,", "pictures/gone.png,away"
    source = read_captions(write(folder, "captions.csv", "image,caption", *rows))
    assert (
        "40 rows = 38 used + 2 left out (1 without a caption, "
        "1 whose picture is missing, first on line 7)"
    ) in source.note


def test_what_cannot_be_told_is_refused(folder: Path) -> None:
    def message(header: str, row: str, **reading: str) -> str:
        path = write(folder, "captions.csv", header, *[row] * 4)
        with pytest.raises(DataError) as error:
            read_captions(path, **reading)
        return str(error.value).removeprefix(str(path))

    assert message("image,caption", "gone.png,a") == ", line 2: no such picture, gone.png"
    assert message("image,caption", "pictures/1.png, ") == (
        ": needs at least one picture with a caption. Received: 4 rows without"
    )
    assert message("a,b", "1,2") == (
        ": needs one column of pictures, named picture or by the setting picture_column. "
        "Received: a, b"
    )
    assert message("image,n", "pictures/1.png,3") == (
        ": needs a column of captions, named caption or by the setting caption_column; several "
        "with + between. Received: image, n"
    )
    assert message("image,caption", "pictures/1.png,a", group_column="groups") == (
        ": no column `groups` for group_column, choose from: image, caption"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_made_scenes_say_what_they_show(language: str) -> None:
    counts = {"train": 30, "validation": 5, "test": 5}
    source = sample_scenes(language, counts=counts)  # type: ignore[arg-type]
    assert source.rows.columns["picture"].shape == (30, 32, 32, 3)
    words = {
        word for row in source.rows.targets["caption"] for text in row for word in text.split()
    }
    assert ("left" in words) is (language == "en")
    again = sample_scenes(language, counts=counts)  # type: ignore[arg-type]
    assert again.fingerprint() == source.fingerprint()
    groups = [set(part.meta["group"]) for part in (source.rows, *source.published)]
    assert len(set.union(*groups)) == 40
