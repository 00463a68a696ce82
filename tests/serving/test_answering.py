"""Inputs in pools and batches, and their answers in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_toolkit as lt
from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.serving import answering
from lstm_toolkit.serving.answering import Waiting, answer_rows
from tests.serving.answering import text_model


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text("ab", max_size=30), max_size=40))
def test_answers_stand_in_the_order_of_inputs(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "BATCH", 3)
        patch.setattr(answering, "POOL", 12)
        rows = [Row(text, text or DataError("is empty")) for text in texts]
        found = list(answer_rows(text_model(), rows, None))
    assert [row.name for row, _ in found] == texts
    for text, (_, answer) in zip(texts, found, strict=True):
        label = "long" if len(text) > 9 else "short"
        assert answer == {"error": "is empty"} if not text else answer["label"] == label


def test_inputs_of_like_lengths_and_one_shape_are_in_one_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "BATCH", 2)
    texts = [{"text": np.array("x" * length, object)} for length in (9, 1, 8, 2, 5)]
    assert list(answering._batches(lt.get_task("sentiment"), texts)) == [[1, 3], [4, 2], [0]]
    sensors = lt.get_task("sensors")
    monkeypatch.setattr(type(sensors.features["values"]), "one_shape_a_batch", True)
    steps = [{"values": np.zeros((length, 2))} for length in (3, 1, 3, 3)]
    assert list(answering._batches(sensors, steps)) == [[1], [0, 2], [3]]


def test_pools_grow_and_large_inputs_end_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "BATCH", 2)
    monkeypatch.setattr(answering, "POOL_BYTES", 100)
    small = [Waiting(Row("s", None), {"text": np.array("x", object)})] * 12
    assert [len(pool) for pool in answering._pools(iter(small), 4)] == [2, 4, 4, 2]
    large = [Waiting(Row("l", None), {"images": np.zeros(99, np.uint8)})] * 5
    bad = [Waiting(Row("b", None), InputError("no"))]
    assert [len(pool) for pool in answering._pools(iter([*bad, *large]), 4)] == [2, 2, 2, 0]


def test_a_pipe_is_answered_a_batch_at_a_time() -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(2000):
            read.append(number)
            yield Row(str(number), "text")

    for answered, _ in enumerate(answer_rows(text_model(), rows(), None, pool=answering.BATCH)):
        assert len(read) <= answered + answering.BATCH


@pytest.mark.slow
def test_several_processes_answer_as_one(export_folder: Path, tmp_path: Path, command: Any) -> None:
    images = np.random.default_rng(0).integers(0, 255, (600, 6, 5), dtype=np.uint8)
    np.save(tmp_path / "images.npy", images)
    tables = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.csv"
        words = ("--data", tmp_path / "images.npy", "--out", out, "--workers", workers)
        code, _, told = command("predict", export_folder, *words)
        assert code == 0, told
        tables.append(out.read_text())
    assert tables[0] == tables[1]
