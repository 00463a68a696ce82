"""Classes with a door for what is none of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from lstm_toolkit import get_task
from lstm_toolkit.data import Dataset, Labels
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import States
from lstm_toolkit.features.feature import EncodedColumn
from lstm_toolkit.targets import KnownClasses, Predicted
from lstm_toolkit.targets.known_classes import KnownLabels

STATE = KnownLabels(Labels(("fees", "lost", "oos")), "oos", 0.5)
OUTPUTS = np.array([[0.7, 0.1, 0.2], [0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.4, 0.1, 0.5]], np.float32)


def rows(*labels: str) -> Dataset:
    return Dataset({"text": np.array(labels, object)}, {"label": np.array(labels)})


def learnt(*labels: str, unknown_label: str = "") -> KnownLabels:
    return KnownClasses().learn(rows(*labels), SimpleNamespace(unknown_label=unknown_label))


def test_the_label_of_the_unknown_is_found() -> None:
    assert learnt("a", "b", "out_of_scope").unknown == "out_of_scope"
    assert learnt("a", "b").answer == "unknown"
    assert learnt("a", "b", "c", unknown_label="C").unknown == "c"


def test_a_label_that_no_training_row_has_is_an_output_too() -> None:
    state = learnt("a", "b", unknown_label="zzz")
    assert (state.unknown, state.names) == ("zzz", ("a", "b", "zzz"))
    assert state.known.tolist() == [0, 1]
    numbers = EncodedColumn(np.array([0, 1], np.int32))
    assert list(KnownClasses().data_warnings(numbers, numbers, None, state)) == [
        "no rows of zzz to learn from: they are scored alone"
    ]
    with pytest.raises(DataError, match=r"needs at least two classes beside oos\. Received: 1"):
        learnt("a", "oos")


def test_a_label_that_no_row_has_is_refused() -> None:
    task = get_task("intents")
    rows = [(f"{kind} text {n}", kind) for n in range(20) for kind in "ab"]
    frame = pd.DataFrame(rows, columns=["text", "intent"])
    with pytest.raises(DataError) as error:
        task.source(frame, task.configure({"unknown_label": "zzz"}))
    assert str(error.value) == (
        "needs rows with the label that unknown_label names. Received: unknown_label=zzz, and none "
        "among 2 labels"
    )


def test_rows_of_no_class_may_stand_in_the_test_alone() -> None:
    task = get_task("intents")
    rows = [(f"{kind} text {n}", kind, "train") for n in range(20) for kind in "ab"]
    rows += [(f"strange {n}", "oos", "test") for n in range(3)]
    rows += [(f"{kind} other {n}", kind, "test") for n in range(3) for kind in "ab"]
    frame = pd.DataFrame(rows, columns=["text", "intent", "split"])
    source = task.source(frame, task.settings())
    assert source.found["unknown_label"] == "oos"
    settings = task.settings_of({"unknown_label": "oos"})
    splits = task.split(source, settings)
    state = KnownClasses().learn(splits.train, settings)
    assert KnownClasses().truth(splits.test, state).tolist().count(2) == 3


def test_a_threshold_is_never_rounded_above_what_is_answered() -> None:
    sure = np.full((4, 3), [0.9999997, 0.0, 0.0])
    predicted = Predicted(
        rows(*["fees"] * 4), {}, sure, States({}, STATE), SimpleNamespace(kept=0.95)
    )
    assert KnownClasses().after_training(predicted).threshold == 0.999999


def test_labels_come_back_from_their_files(tmp_path: Path) -> None:
    STATE.save(tmp_path)
    assert KnownLabels.load(tmp_path) == STATE


def test_what_is_not_sure_enough_is_unknown() -> None:
    target = KnownClasses()
    told = {k: v.numpy() for k, v in target.decode(tf.constant(OUTPUTS), STATE).items()}
    answers = target.to_json(told)
    assert [answer["label"] for answer in answers] == ["fees", "oos", "lost", "oos"]
    assert [answer.get("nearest") for answer in answers] == [None, "lost", None, "fees"]
    assert target.format_answer(answers[1]) == "oos\t0.3000\t(nearest: lost)"


def test_rows_of_no_class_are_scored_apart() -> None:
    predicted = Predicted(rows("fees", "oos", "lost", "lost"), {}, OUTPUTS, States({}, STATE))
    target = KnownClasses()
    scores = target.evaluate(predicted)
    assert (scores["examples"], scores["accuracy"]) == (3, 2 / 3)
    assert (scores["kept"], scores["unknown_recall"]) == (2 / 3, 1.0)
    judged = target.judge_rows(predicted)
    assert judged.rows is not None and judged.rows.tolist() == [0, 2, 3]
    assert judged.answers == ["fees", "lost", "fees"]
    chosen = target.after_training(
        Predicted(predicted.rows, {}, OUTPUTS, predicted.states, SimpleNamespace(kept=0.95))
    )
    assert chosen.threshold == pytest.approx(0.4)


def test_rows_without_a_class_alone_cannot_be_scored() -> None:
    predicted = Predicted(rows("oos"), {}, OUTPUTS[:1], States({}, STATE))
    with pytest.raises(DataError) as error:
        KnownClasses().evaluate(predicted)
    assert str(error.value) == "needs rows of known classes to be scored. Received: none"
