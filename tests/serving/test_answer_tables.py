"""What predict writes, train reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_texts
from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.labels import label_key, label_text
from lstm_toolkit.serving.answer_tables import SUFFIXES, write_answers
from lstm_toolkit.targets import MultiLabel

SIGNS = "ab cZ;,|/'\"[]{}\\é好7.-、"
NAMES = (
    st.text(SIGNS, min_size=1, max_size=8)
    .map(label_text)
    .filter(lambda name: bool(name) and name.isprintable())
)
LABELS = st.lists(NAMES, min_size=2, max_size=5, unique_by=label_key)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), names=LABELS)
def test_labels_of_any_signs_come_back(
    suffix: str, data: st.DataObject, names: list[str], tmp_path: Path
) -> None:
    chosen = st.lists(st.sampled_from(names), max_size=3, unique=True)
    labels = [[], names, *data.draw(st.lists(chosen, min_size=10, max_size=10))]
    answered = [
        (Row(f"t{n}", f"t{n}", {"text": f"text number {n}"}), {"labels": each})
        for n, each in enumerate(labels)
    ]
    out = tmp_path / f"out{suffix}"
    write_answers(out, answered, {"text": [""]}, MultiLabel().answer_columns())
    source = read_texts(out, label_kind="several", label_column="labels", text_column="text")
    assert source.rows.targets["label"].to_list() == labels


def test_cells_that_are_not_asked_for_stand_in_no_answers_way(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    answered = [(Row("a.csv:2", "x", {"label": "true", "input": "a.csv:2"}), {"label": "given"})]
    write_answers(out, answered, {"input": ()}, {"label": str})
    line = json.loads(out.read_text())
    assert (line["input"], line["label"], "true" in line.values()) == ("a.csv:2", "given", False)


def test_a_place_that_is_answered_twice_is_a_mistake(tmp_path: Path) -> None:
    target = MultiLabel()
    rows = [(Row("a", "x", {"text": "a"}, places=[0]), {"label": "b"})] * 2
    with pytest.raises(ValueError, match=r"^each place must be answered once\. Received: 0 again$"):
        write_answers(tmp_path / "o.csv", rows, {"text": ()}, {"label": str}, target.table_rows)
