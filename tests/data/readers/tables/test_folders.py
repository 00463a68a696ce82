"""Folders of tables: shards, and one for each published split."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError

FRAME = pd.DataFrame({"text": [f"text {row}" for row in range(24)], "label": ["good", "bad"] * 12})


def write(root: Path, **files: pd.DataFrame) -> Path:
    for name, frame in files.items():
        path = root / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(path, index=False)
    return root


def sizes(root: Path) -> list[int]:
    source = read_texts(root)
    parts = (source.rows, source.validation, source.test)
    return [0 if part is None else len(part) for part in parts]


def test_splits_are_told_by_names_of_files_or_folders(tmp_path: Path) -> None:
    parts = (FRAME[:12], FRAME[12:18], FRAME[18:])
    names = [
        ("train", "dev", "test"),
        ("data__reviews_training", "data__reviews_val", "data__reviews_testing"),
        ("default__train__0", "default__validation__0", "default__test__0"),
    ]
    for place, each in enumerate(names):
        root = write(tmp_path / str(place), **dict(zip(each, parts, strict=True)))
        assert sizes(root) == [12, 6, 6]


def test_shards_are_one_table(tmp_path: Path) -> None:
    write(tmp_path, a=FRAME[:10], b=FRAME[10:][["label", "text"]])
    (tmp_path / "README.md").write_text("hello")
    source = read_texts(tmp_path)
    assert list(source.rows.inputs) == list(FRAME.text)
    assert source.note.endswith(
        "25 rows and files = 24 used + 1 left out (1 not among the tables read (README.md))"
    )


def test_a_test_without_labels_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, train=FRAME, test=FRAME[["text"]], sample_submission=FRAME)
    source = read_texts(tmp_path)
    assert source.test is None
    assert source.note.endswith(
        "49 rows and files = 24 used + 25 left out (24 of test.csv, which has no column label, "
        "1 not among the tables read (sample_submission.csv))"
    )


def test_lines_of_texts_may_be_published_in_parts(tmp_path: Path) -> None:
    for name, rows in (("train", 12), ("dev", 6), ("test", 6)):
        lines = "".join(f"text {row}\t{row % 2}\n" for row in range(rows))
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / f"{name}.txt").write_text(lines)
    assert sizes(tmp_path) == [12, 6, 6]


def test_tables_that_do_not_belong_together_are_named(tmp_path: Path) -> None:
    write(tmp_path, a=FRAME, b=FRAME[["text"]])
    with pytest.raises(DataError) as error:
        read_texts(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: needs the same columns in every table. Received: no label in b.csv, "
        "among text"
    )
    (tmp_path / "b.csv").rename(tmp_path / "b.tsv")
    with pytest.raises(DataError) as error:
        read_texts(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: needs one table, shards of one form, or tables named after their splits, "
        "such as train.csv and test.csv. Received: a.csv, b.tsv"
    )


@pytest.mark.parametrize("names", [("reviews", "reviews_test"), ("part__0", "part__test")])
def test_a_split_to_be_scored_is_not_learnt_from(tmp_path: Path, names: tuple[str, str]) -> None:
    write(tmp_path, **dict(zip(names, (FRAME[:14], FRAME[14:]), strict=True)))
    assert sizes(tmp_path) == [14, 0, 10]


def test_shards_of_one_split_alone_are_rows(tmp_path: Path) -> None:
    assert sizes(write(tmp_path, test_0=FRAME[:14], test_1=FRAME[14:])) == [24, 0, 0]
