"""Which runs make a desk, and what their signatures say together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.desk import _check, _joined
from lstm_toolkit.targets import Signature

TEXT = (tf.TensorSpec([None], tf.string, "text"),)


def run(task: str) -> Any:
    return SimpleNamespace(task=SimpleNamespace(name=task))


def part(**outputs: list[Any]) -> Signature:
    return Signature(lambda text: {k: tf.constant(v) for k, v in outputs.items()}, TEXT)


@pytest.mark.parametrize(
    ("tasks", "faq", "message"),
    [
        (
            ["digits", "intents"],
            "",
            "a desk takes runs of intents, sentiment, tagging, questions. Received: one of digits",
        ),
        (
            ["intents", "sentiment"],
            "",
            "a desk takes at least two runs: one of intents or sentiment, one of tagging, one of "
            "questions. Received: intents, sentiment",
        ),
        (
            ["intents", "tagging"],
            "faq.csv",
            "--faq needs a run of questions. Received: intents, tagging",
        ),
    ],
)
def test_runs_that_make_no_desk_are_refused(tasks: list[str], faq: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        _check([run(task) for task in tasks], faq)
    assert str(error.value) == message


def test_a_person_takes_over_where_no_part_is_sure() -> None:
    intents = part(
        label=["fees", "oos", "oos"],
        probability=[0.9, 0.3, 0.2],
        known=[True, False, False],
        unlike=[False, False, True],
    )
    questions = part(
        answer=["", "At nine.", ""],
        probability=[0.4, 0.8, 0.1],
        answered=[False, True, False],
        known_question=["a?", "b?", "c?"],
        unlike=[True, False, True],
    )
    text = tf.constant(["a", "b", "c"])
    told = _joined(["intents", "questions"], [intents, questions])(text)
    assert told["fallback"].numpy().tolist() == [False, False, True]
    assert told["confidence"].numpy().tolist() == pytest.approx([0.9, 0.8, 0.2])
    assert told["intent"].numpy().tolist() == [b"fees", b"oos", b"oos"]
    assert told["unlike"].numpy().tolist() == [False, False, True]
