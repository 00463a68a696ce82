from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.errors import DataError

TASK = get_task("labelling")


def table(path: Path, labels: list[str], *, more: str = "") -> Path:
    rows = "".join(f"text no {i} of them,{label}{more}\n" for i, label in enumerate(labels))
    path.write_text(f"text,labels{',split' if more else ''}\n{rows}", encoding="utf-8")
    return path


def test_labels_are_divided_and_need_no_class_of_their_own(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["b; a", "a", "c;C;"])
    source = TASK.source(path, TASK.settings(label_separator=";"))
    assert source.rows.labels.to_list() == [["b", "a"], ["a"], ["c"]]
    assert source.note.endswith("; labels divided by `;`; label 'C' merged into 'c'")


def test_the_separator_is_found_and_kept_with_the_run(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["food|staff", "staff", "price|food"] * 5)
    prepared = prepare(TASK, TASK.settings(), path)
    assert prepared.settings.label_separator == "|"
    single = table(tmp_path / "b.csv", ["Food", "staff"] * 3)
    with pytest.raises(DataError, match="needs several labels a row, or what divides them"):
        TASK.source(single, TASK.settings())
    with pytest.raises(DataError, match=r"Received: no `;` in column labels$"):
        TASK.source(path, TASK.settings(label_separator=";"))
    rows = TASK.source(single, prepared.settings, prepared.states).rows
    assert TASK.target.encode(rows, prepared.states.target, None).rows[0].tolist() == [1, 0, 0]


def test_published_splits_and_empty_cells_are_kept_apart(tmp_path: Path) -> None:
    parts = ["train"] * 24 + ["val"] * 6 + ["test"] * 6
    labels = ["food;staff", "staff", "", "price;food"] + ["food;price", "staff"] * 16
    lines = "".join(
        f"text no {i},{label},{part}\n"
        for i, (label, part) in enumerate(zip(labels, parts, strict=True))
    )
    path = tmp_path / "a.csv"
    path.write_text(f"text,labels,split\n{lines}", encoding="utf-8")
    prepared = prepare(TASK, TASK.settings(min_count=1), path)
    assert {name: len(part) for name, part in prepared.splits.parts.items()} == {
        "train": 23, "validation": 6, "test": 6,
    }  # fmt: skip
    assert "36 rows = 35 used + 1 left out (1 without a label)" in prepared.note


def test_what_sentiment_refuses_labelling_takes(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["food;staff", "staff", "price;food"] * 5)
    sentiment = get_task("sentiment")
    with pytest.raises(DataError) as error:
        sentiment.source(path, sentiment.settings())
    assert str(error.value) == (
        f"{path}: needs one class a row; train labelling gives several labels a row, and --set "
        "label_kind=classes takes each cell as one class. "
        "Received: several labels a row divided by `;` in column labels, such as food and staff"
    )
    assert len(TASK.source(path, TASK.settings()).rows) == 15


def test_the_sample_has_combinations_of_four_labels() -> None:
    source = TASK.source(None, TASK.settings())
    labels = source.rows.labels
    assert set(labels.values) == {"food", "staff", "room", "price"}
    assert set(labels.lengths) == {1, 2}
    assert source.note.endswith("of the sample reviews; labels divided by `;`")
