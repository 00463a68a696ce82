"""Rows that the target of sentences has learnt from and trained on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.text.copied_pairs import copying_note
from lstm_toolkit.training.preparation import Prepared
from tests.tasks.samples import pairs


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare("translation", {"min_count": 1}, pairs())


def test_further_pairs_are_trained_on_and_none_is_scored(prepared: Prepared) -> None:
    source, target = prepared.states.only.copy_ids, prepared.states.target.encoder.copy_ids
    for name, part in prepared.splits.parts.items():
        encoded = prepared.encoded(part)
        rows, written = encoded.inputs["text"].rows, encoded.targets.rows
        assert isinstance(rows, Ragged)
        assert isinstance(written, Ragged)
        more = [np.isin(row, source).sum() for row in rows]
        assert more == [np.isin(row, target).sum() for row in written]
        assert not any(more[: len(part)])
        assert (len(rows) > len(part)) == (name == "train")
        assert all(more[len(part) :])


def test_nothing_is_marked_if_nothing_is_to_be_copied(prepared: Prepared) -> None:
    rows, target = prepared.splits.train, prepared.task.target
    off = dataclasses.replace(prepared.settings, copy_unknown=False)
    assert target.rows_to_learn(rows, off) is rows
    states = prepared.task.learn(rows, off)
    assert target.rows_to_encode(rows, states, prepared.settings, training=True) is rows
    assert states.only.copy_ids == states.target.encoder.copy_ids == ()


def test_a_run_without_copying_learns_it_when_it_goes_on(prepared: Prepared) -> None:
    task, rows = get_task("translation"), prepared.splits.train
    old = task.learn(rows, dataclasses.replace(prepared.settings, copy_unknown=False))
    grown, additions = task.extend(old, rows, prepared.settings)
    assert additions == ["1 new source token", "1 new target token"]
    assert grown.only.copy_ids == (len(old.only.vocabulary),)
    back, _ = task.extend(grown, rows, dataclasses.replace(prepared.settings, copy_unknown=False))
    assert back.only.copy_ids == ()


def test_numbers_of_both_sides_are_not_learnt_by_heart() -> None:
    rows = Dataset(
        {"text": np.array(["Room 37 is here", "Room 38 has 3 beds"] * 4, object)},
        {"translation": np.array(["37号房间在这里", "38号房间有三张床"] * 4, object)},
    )
    task = get_task("translation")
    states = task.learn(rows, task.settings())
    assert not {"▁37", "▁38"} & set(states.only.vocabulary.tokens)
    assert "▁3" in states.only.vocabulary.tokens


@pytest.mark.parametrize(
    ("copied", "attention", "note"),
    [
        ([0, 2, 1], "luong", "where unknown words are copied to is learnt from 2 training pairs"),
        (
            [1],
            "none",
            "copy_unknown has no effect: it needs attention. Received: attention=none",
        ),
        (
            [0],
            "luong",
            "copy_unknown has no effect: no training pair shows where a copied word belongs",
        ),
    ],
)
def test_it_is_told_what_copying_is_learnt_from(
    copied: list[int], attention: str, note: str
) -> None:
    assert copying_note(np.array(copied), attention) == note
