from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.errors import DataError

TASK = get_task("scoring")


def test_what_sentiment_refuses_scoring_takes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = "".join(f'text no {i},"{i // 10},{i % 10}"\n' for i in range(40))
    path.write_text(f"text,score\n{lines}", encoding="utf-8")
    sentiment = get_task("sentiment")
    with pytest.raises(DataError) as error:
        sentiment.source(path, sentiment.settings())
    assert str(error.value) == (
        f"{path}: needs classes; train scoring learns numbers, and --set label_kind=classes takes "
        "each number as a class. Received: 40 different numbers in column score, such as 0.0"
    )
    source = TASK.source(path, TASK.settings())
    np.testing.assert_allclose(source.rows.labels, np.arange(40) / 10, rtol=1e-6)


def test_stars_are_read_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,stars\n" + "".join(f"text no {i},{i % 5 + 1}\n" for i in range(40)))
    assert TASK.source(path, TASK.settings()).rows.labels.tolist() == [1, 2, 3, 4, 5] * 8


def test_the_sample_has_numbers_around_three() -> None:
    source = TASK.source(None, TASK.settings())
    assert source.rows.labels.dtype == np.float32
    assert 2.8 < source.rows.labels.mean() < 3.2
    assert source.note.endswith("of the sample reviews")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([3.0, 3.0], "needs at least two different numbers. Received: 3 in every row"),
        (["a", "1"], "needs a number in each row. Received: a"),
    ],
)
def test_numbers_that_cannot_be_learnt_are_refused(labels: list[object], message: str) -> None:
    rows = Dataset({"text": texts(["a", "b"])}, {"label": np.array(labels)})
    with pytest.raises(DataError) as error:
        TASK.target.learn(rows, TASK.settings())
    assert str(error.value) == message
