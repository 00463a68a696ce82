"""Tables of several kinds of columns: which features and which target follow from the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.errors import SettingsError
from lstm_toolkit.features.states import trained_with
from lstm_toolkit.targets import MixedClasses, MixedNumber
from lstm_toolkit.testing import prepare_sample
from lstm_toolkit.training.preparation import prepare


def test_features_and_target_follow_from_the_table(tmp_path: Path) -> None:
    task = get_task("fusion")
    path, texts = task.sample(tmp_path)  # type: ignore[misc]
    frame = pd.read_csv(path)
    frame["days"] = [row * 0.37 + row % 7 for row in range(len(frame))]
    chosen = {"label_column": "days", "label_kind": "numbers", "unused_columns": "photo,views"}
    prepared = prepare(task, task.configure({**texts, **chosen}), frame)
    assert isinstance(prepared.task.target, MixedNumber)
    names = ["category_brand", "category_label", "number_price", "text_title"]
    assert list(prepared.task.features) == names
    prepared.states.save(tmp_path / "states")
    assert trained_with(tmp_path / "states") == [*names, "number"]
    known = task.having(trained_with(tmp_path / "states"))
    assert known.load(tmp_path / "states") == prepared.states
    assert prepared.build().output_shape == (None, 1)
    source = known.source(frame.drop(columns="price"), prepared.settings, prepared.states)
    assert list(source.rows.columns) == names
    assert "warning: column price is not there; rows are answered without" in source.note


def test_the_sample_has_classes(tmp_path: Path) -> None:
    prepared = prepare_sample(get_task("fusion"), tmp_path)
    assert isinstance(prepared.task.target, MixedClasses)
    assert prepared.states.target.names == ("quick", "slow", "steady")
    lines = list(prepared.data_warnings())
    assert lines[0].startswith("brand: 3 categories; 0 of 42 training rows")


def test_a_column_has_one_kind() -> None:
    message = "columns must be of one kind each. Received: a 2 times"
    with pytest.raises(SettingsError) as error:
        get_task("fusion").configure({"text_columns": "a,b", "unused_columns": "a"})
    assert str(error.value) == message
