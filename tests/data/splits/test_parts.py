"""What published splits are called."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from lstm_toolkit.data.splits.parts import PARTS, part_of, part_of_file


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("form", ["{}", " {}\t", "{}_set", "{} split", "{}set", "{}-data", "[{}]"])
def test_names_are_known_in_all_their_forms(name: str, form: str) -> None:
    for text in (form.format(name), form.format(name).upper(), form.format(name).title()):
        assert part_of(text) == PARTS[name]


@pytest.mark.parametrize("name", ["", "strain", "trains", "set", "data", "contest", "vale", "t"])
def test_other_names_are_none(name: str) -> None:
    assert part_of(name) == ""


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("train.csv", "train"),
        ("trainData.tsv.gz", "train"),
        ("reviews_TEST.jsonl", "test"),
        ("validation-00001-of-00002.parquet", "validation"),
        ("train_and_dev.csv", ""),
        ("latest.csv", ""),
        ("labels.csv", ""),
    ],
)
def test_files_are_named_after_parts(file: str, part: str) -> None:
    assert part_of_file(PurePath(file)) == part
