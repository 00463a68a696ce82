"""Columns of 0 and 1, one a label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError

TEXTS = [f"a fine day {n}" for n in range(30)]
ONE = {"text": TEXTS, "joy": [1, 0, 0] * 10, "anger": [0, 1, 0] * 10, "calm": [0, 0, 1] * 10}
SPLIT = ["train"] * 18 + ["val", "test"] * 6
SEVERAL: dict[str, Any] = ONE | {"joy": [1] * 15 + [0] * 15}


@pytest.mark.parametrize("write", [int, float, bool])
@pytest.mark.parametrize(
    "more", [{}, {"id": range(30)}, {"split": ["train"] * 18 + ["val", "test"] * 6}]
)
def test_one_label_a_row_is_its_class(tmp_path: Path, write: Any, more: dict[str, Any]) -> None:
    frame = pd.DataFrame(ONE | more).astype(dict.fromkeys(["joy", "anger", "calm"], write))
    frame.to_csv(tmp_path / "a.csv", index=False)
    source = read_texts(tmp_path / "a.csv")
    labels = [["joy", "anger", "calm"][int(text.split()[-1]) % 3] for text in source.rows.inputs]
    assert list(source.rows.labels) == labels
    assert "; labels by columns of 0 and 1: joy, anger, calm" in source.note
    again = read_texts(tmp_path / "a.csv", **source.found)
    assert again.fingerprint() == source.fingerprint()


def test_any_number_of_labels_a_row() -> None:
    rows = read_texts(pd.DataFrame(SEVERAL), label_kind="several").rows
    assert rows.targets["label"].to_list()[:2] == [["joy"], ["joy", "anger"]]
    assert rows.targets["label"].to_list()[-3:] == [[], ["anger"], ["calm"]]


def test_rows_without_one_class_are_refused(tmp_path: Path) -> None:
    pd.DataFrame(SEVERAL).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError) as error:
        read_texts(tmp_path / "a.csv")
    assert str(error.value) == (
        f"{tmp_path / 'a.csv'}, line 3: needs one 1 a row in columns of 0 and 1, or the setting "
        "label_column; train labelling gives several labels a row. Received: 15 rows with none or "
        "several, in columns joy, anger, calm"
    )


@pytest.mark.parametrize("more", [{"label": ["x", "y"] * 15}, {"Thema": ["x", "y"] * 15}])
def test_a_column_of_labels_comes_first(more: dict[str, Any]) -> None:
    frame = pd.DataFrame(ONE | more)
    if "label" in more:
        assert set(read_texts(frame).rows.labels) == {"x", "y"}
    else:
        with pytest.raises(DataError, match=r"^needs one column of labels, named `label`"):
            read_texts(frame)
