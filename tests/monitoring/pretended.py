"""A classifier of texts that needs no training: `good` is praise, `bad` is blame."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import tensorflow as tf

from lstm_toolkit.data.labels import Labels
from lstm_toolkit.features.states import States
from lstm_toolkit.serving.prediction import Model
from lstm_toolkit.tasks import get_task

NAMES = ("negative", "neutral", "positive")
START = datetime.date(2024, 1, 1)


def model(names: tuple[str, ...] = NAMES) -> Model:
    """Returns a model of three classes."""
    states = States({"text": None}, Labels(names))
    return Model(get_task("sentiment"), lambda: states, lambda name, arguments: _answers(names))


def _answers(names: tuple[str, ...]) -> Any:
    def answers(batches: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        rows = []
        for text in batches["text"].numpy():
            kind = 2 if b"good" in text else 0 if b"bad" in text else 1
            rows.append([0.9 if place == kind else 0.05 for place in range(3)])
        shares = tf.constant(rows)
        return {
            "label": tf.gather(tf.constant(names), tf.argmax(shares, 1)),
            "probability": tf.reduce_max(shares, 1),
            "probabilities": shares,
            "labels": tf.tile([list(names)], [len(rows), 1]),
        }

    return answers


def news(days: int, changed: int | None = None, texts: int = 30) -> Iterator[dict[str, str]]:
    """Yields rows: half of the texts are praise, from the day `changed` on a tenth."""
    for day in range(days):
        date = (START + datetime.timedelta(day)).isoformat()
        praise = texts // 2 if changed is None or day < changed else texts // 10
        praise += (day * 7) % 3 - 1  # as days differ
        for number in range(texts):
            word = "good" if number < praise else "bad"
            entity = "ACME" if number % 2 else "Globex"
            yield {"date": date, "ticker": entity, "headline": f"{word} news {number} of day {day}"}
