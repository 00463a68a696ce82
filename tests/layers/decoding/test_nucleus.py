"""What is drawn of the likeliest tokens, and how often."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers.decoding.nucleus import draw_likely, penalized

SCORES = np.log(np.array([0.1, 0.5, 0.05, 0.35], np.float32))


def shares(**how: Any) -> Any:
    """Returns how often each token is drawn, by chances that are evenly spread."""
    chances = (np.arange(1000, dtype=np.float32) + 0.5) / 1000
    chosen = {"temperature": 1.0, "top_k": 0, "top_p": 1.0} | how
    drawn = draw_likely(tf.constant(np.tile(SCORES, (1000, 1))), tf.constant(chances), **chosen)
    return np.bincount(drawn.numpy(), minlength=4) / 1000


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, [0.1, 0.5, 0.05, 0.35]),
        ({"temperature": 0.0}, [0, 1, 0, 0]),
        ({"top_k": 2}, [0, 0.5 / 0.85, 0, 0.35 / 0.85]),
        ({"top_p": 0.86}, [0.1 / 0.95, 0.5 / 0.95, 0, 0.35 / 0.95]),
        ({"top_p": 0.0}, [0, 1, 0, 0]),
        ({"temperature": 0.5}, np.array([0.01, 0.25, 0.0025, 0.1225]) / 0.385),
    ],
)
def test_tokens_are_drawn_as_often_as_they_are_likely(how: Any, expected: Any) -> None:
    np.testing.assert_allclose(shares(**how), expected, atol=0.003)


def test_what_is_ruled_out_is_never_drawn() -> None:
    scores = tf.constant([[0.0, tf.float32.min, tf.float32.min]] * 3)
    drawn = draw_likely(
        scores, tf.constant([0.0, 0.5, 0.9999999]), temperature=5.0, top_k=0, top_p=1.0
    )
    assert drawn.numpy().tolist() == [0, 0, 0]


def test_what_came_already_becomes_less_likely() -> None:
    seen = tf.constant([[False, True, False, False]])
    logs = penalized(tf.constant(SCORES[None]), seen, 2.0).numpy()[0]
    np.testing.assert_allclose(np.exp(logs), [0.1, 0.25, 0.05, 0.35], rtol=1e-5)
