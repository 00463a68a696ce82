"""Several labels a row: scores against scikit-learn's, thresholds, answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from lstm_toolkit.data import Dataset, Labels
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.metrics.label_scores import best_thresholds, label_scores
from lstm_toolkit.metrics.simple_labels import frequent_labels
from lstm_toolkit.targets import MultiLabel
from lstm_toolkit.targets.multi_label import LabelThresholds

ROWS = Dataset(
    {"text": texts(["a", "b", "c"])}, {"label": Ragged.of([["x", "y"], [], ["y"]], np.str_)}
)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(2, 30), labels=st.integers(2, 4))
def test_no_threshold_has_a_better_f1(seed: int, rows: int, labels: int) -> None:
    rng = np.random.default_rng(seed)
    truth, sure = rng.random((rows, labels)) < 0.4, rng.random((rows, labels)).astype(np.float32)
    chosen = sure >= best_thresholds(truth, sure)
    for label in np.flatnonzero(truth.any(axis=0)):
        best = max(
            metrics.f1_score(truth[:, label], sure[:, label] >= value, zero_division=0.0)
            for value in sure[:, label]
        )
        found = metrics.f1_score(truth[:, label], chosen[:, label], zero_division=0.0)
        assert found == pytest.approx(best)


def test_scores_are_scikit_learn_s_with_declared_directions() -> None:
    rng = np.random.default_rng(0)
    truth, sure = rng.random((40, 3)) < 0.4, rng.random((40, 3)).astype(np.float32)
    scores = label_scores(truth, sure, np.float32([0.3, 0.5, 0.7]), ["a", "b", "c"])
    chosen = sure >= [0.3, 0.5, 0.7]
    assert scores["micro_f1"] == metrics.f1_score(truth, chosen, average="micro")
    assert scores["macro_f1"] == metrics.f1_score(truth, chosen, average="macro")
    assert scores["loss"] == pytest.approx(
        np.mean([metrics.log_loss(truth[:, i], sure[:, i]) for i in range(3)]), rel=1e-5
    )
    assert scores["per_label"]["b"]["recall"] == metrics.recall_score(truth[:, 1], chosen[:, 1])
    assert 0 < scores["standard_error"] < 0.2
    directions = MultiLabel.directions
    assert [directions[name] for name in ("loss", "micro_f1", "macro_f1")] == ["min", "max", "max"]
    assert frequent_labels(truth, truth)["micro_f1"] > 0


def test_labels_are_learnt_encoded_and_kept(tmp_path: Path) -> None:
    target = MultiLabel()
    state = target.learn(ROWS, None)
    assert state == LabelThresholds(Labels(("x", "y")), (0.5, 0.5))
    encoded = target.encode(ROWS, state, None).rows
    np.testing.assert_array_equal(encoded, [[1, 1], [0, 0], [0, 1]])
    state.save(tmp_path)
    assert target.load(tmp_path) == state
    more = Dataset({"text": texts(["d"])}, {"label": Ragged.of([["z"]], np.str_)})
    grown, added = target.extend(state, more, None)
    assert (grown.labels.names, added) == (("x", "y", "z"), ["1 new label"])
    with pytest.raises(DataError) as error:
        target.encode(more, state, None)
    assert str(error.value) == "needs labels among x, y. Received: z"
    with pytest.raises(DataError) as error:
        target.learn(more, None)
    assert str(error.value) == "needs at least two labels. Received: z"


def test_thresholds_are_chosen_and_answered_by() -> None:
    target = MultiLabel()
    sure = np.float32([[0.3, 0.9], [0.1, 0.2], [0.1, 0.8]])
    states = SimpleNamespace(target=target.learn(ROWS, None))
    predicted = SimpleNamespace(rows=ROWS, outputs=sure, states=states)
    state = target.after_training(predicted)
    assert state.thresholds == pytest.approx((0.2, 0.5))
    outputs = {
        name: value.numpy() for name, value in target.decode(tf.constant(sure), state).items()
    }
    assert all(len(value) == 3 for value in outputs.values())
    answers = target.to_json(outputs)
    assert [answer["labels"] for answer in answers] == [["x", "y"], [], ["y"]]
    assert [target.format_answer(answer) for answer in answers] == [
        "x;y\t0.3000;0.9000",
        "(none)\t",
        "y\t0.8000",
    ]
