"""What other run-times are given: specs, rows and lengths, without any training."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import builders, get_task
from lstm_toolkit.data import Labels, TextEncoder
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.observations import Steps
from lstm_toolkit.features.states import States
from lstm_toolkit.serving.formats.network import PlainNetwork
from lstm_toolkit.targets.quantile_state import LEVELS, QuantilesState

TEXTS = np.array(["a fine film", "a dull film, a very dull one indeed", "fine"] * 2, object)
LABELS = Labels(("bad", "good"))


@cache
def text_network(max_tokens: int = 6) -> PlainNetwork:
    encoder = TextEncoder.learn(TEXTS, bigrams=20, max_tokens=max_tokens)
    sizes = [len(each) for each in encoder.vocabularies]
    model = builders.text_classifier(
        sizes[0], classes=2, embedding=4, units=(3,), bigrams=sizes[1], wide=True
    )
    return PlainNetwork(get_task("sentiment"), model, States({"text": encoder}, LABELS))


@cache
def series_network() -> PlainNetwork:
    states = States({"values": Steps(8)}, QuantilesState(3, 1, 2.0))
    model = builders.forecaster(8, horizon=3, units=(4,), segment=4, quantiles=len(LEVELS))
    return PlainNetwork(get_task("forecasting"), model, states)


def refused(network: PlainNetwork, length: int | None, says: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(says)}$"):
        network.with_length(length)


def test_of_texts_numbers_of_tokens_go_in() -> None:
    network = text_network()
    (spec,) = network.specs()
    assert (spec.name, spec.shape.as_list(), spec.dtype) == ("tokens", [None, None, 2], tf.int32)
    (fixed,) = network.with_length(None).specs(1)
    assert fixed.shape.as_list() == [1, 6, 2]


def test_padding_to_the_length_changes_no_answer() -> None:
    network = text_network()
    rows, too_long = network.rows({"text": TEXTS})
    wide, _ = network.with_length(None).rows({"text": TEXTS})
    assert (rows["tokens"].shape, wide["tokens"].shape, too_long) == ((6, 6, 2), (6, 6, 2), 0)
    short, _ = network.rows({"text": TEXTS[:1]})
    assert short["tokens"].shape == (1, 3, 2)
    answers = [network.answer(tf.constant(each["tokens"][:1])) for each in (short, wide)]
    assert answers[0].keys() == {"class", "probabilities"}
    np.testing.assert_allclose(*(each["probabilities"] for each in answers), atol=1e-6)


def test_a_shorter_length_cuts_texts_as_training_would() -> None:
    network = text_network().with_length(2)
    rows, too_long = network.rows({"text": TEXTS})
    assert (rows["tokens"].shape, too_long) == ((6, 2, 2), 0)


def test_lengths_are_checked() -> None:
    limits = "--length must be from 1 to 6, the tokens kept in training. Received: length="
    refused(text_network(), 7, f"{limits}7")
    refused(text_network(), 0, f"{limits}0")
    refused(
        text_network(0),
        None,
        "sentiment keeps texts whole, and litert needs one length; add --length N, the most "
        "tokens that a text may have",
    )
    refused(
        series_network(), 3, "--length is for texts, and forecasting has none. Received: length=3"
    )
    assert text_network(0).with_length(4).length == 4


def test_numbers_go_in_and_come_out_on_their_own_scale() -> None:
    network = series_network()
    (spec,) = network.specs(1)
    assert (spec.name, spec.shape.as_list()) == ("values", [1, 8])
    rows, _ = network.rows({"values": np.full((2, 8), 12.0)})
    assert rows["values"].dtype == np.float32
    answer: Any = network.answer(tf.constant(rows["values"]))
    np.testing.assert_allclose(answer["forecast"], np.full((2, 3), 12.0), rtol=1e-6)


def test_a_search_cannot_leave_tensorflow() -> None:
    with pytest.raises(InputError) as caught:
        PlainNetwork(get_task("translation"), None, States({}, None))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "translation cannot leave TensorFlow: its answers are searched for step by step, and other "
        "run-times hold one pass of a network; use --format savedmodel"
    )


def test_texts_that_only_the_graph_can_divide_cannot_either() -> None:
    with pytest.raises(InputError) as caught:
        PlainNetwork(get_task("tagging"), None, States({}, None))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "tagging cannot leave TensorFlow: its inputs are read and brought in ways that other "
        "run-times do not have; use --format savedmodel"
    )
