from __future__ import annotations

from pathlib import Path

from lstm_toolkit import get_task

TASK = get_task("labelling")


def test_labels_are_divided_and_need_no_class_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,labels\none,b; a\ntwo,a\nthree,c;c;\n", encoding="utf-8")
    source = TASK.source(path, TASK.settings(label_column="labels"))
    assert source.rows.targets["labels"].to_list() == [["a", "b"], ["a"], ["c"]]


def test_the_sample_has_combinations_of_four_labels() -> None:
    source = TASK.source(None, TASK.settings())
    labels = source.rows.targets["labels"]
    assert set(labels.values) == {"food", "staff", "room", "price"}
    assert set(labels.lengths) == {1, 2}
    assert source.note.endswith("of the sample")
