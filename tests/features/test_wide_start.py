"""The linear fit beside the LSTM of texts: what it learns, and how the network reckons it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import text_classifier
from lstm_toolkit.data import TextEncoder
from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.features import wide_start as module
from lstm_toolkit.features.wide_start import STRENGTHS, WideStart, wide_start

WORDS = {"fine": 0, "finest": 0, "poor": 1, "poorly": 1, "odd": 2, "oddly": 2}


def rows(count: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns texts of which one word tells the class, nine times out of ten."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, count)
    known = [[w for w, c in WORDS.items() if c == label] for label in range(3)]
    shown = np.where(rng.random(count) < 0.9, labels, rng.integers(0, classes, count))
    texts = [f"the {known[n][i % 2]} room {'very ' * (i % 4)}no {i}" for i, n in enumerate(shown)]
    return np.array(texts, object), labels.astype(np.int32)


def encoded(encoder: TextEncoder, texts: np.ndarray, labels: np.ndarray) -> Any:
    numbers = Ragged.from_tensor(encoder.encode(tf.constant(texts.tolist())))
    inputs = {"text": SimpleNamespace(rows=numbers)}
    return SimpleNamespace(inputs=inputs, targets=SimpleNamespace(rows=labels))


def fitted(classes: int = 3, count: int = 120, **options: Any) -> tuple[Any, Any, WideStart]:
    texts, labels = rows(count, classes)
    encoder = TextEncoder.learn(texts, **({"bigrams": 40, "affixes": 40} | options))
    train = encoded(encoder, texts, labels)
    return encoder, train, wide_start(encoder, classes, train, seed=0)


@pytest.mark.parametrize("classes", [2, 3])
def test_it_finds_what_tells_the_classes(classes: int) -> None:
    encoder, _, start = fitted(classes)
    texts = tf.constant(["a fine room", "poor", "odd odd"][:classes])
    scores = answers(encoder, start, encoder.encode(texts).to_tensor().numpy())
    assert scores.argmax(axis=1).tolist() == list(range(classes))
    assert start.strength in STRENGTHS
    assert [len(table) for table in start.tables] == [len(v) for v in encoder.vocabularies]


def test_an_unknown_word_is_judged_by_its_beginning() -> None:
    encoder, _, start = fitted()
    (row,) = encoder.encode(tf.constant(["pooraffe"])).to_tensor().numpy()
    assert row[0, 0] == 1  # unknown
    assert answers(encoder, start, row[None]).argmax() == 1


@pytest.mark.parametrize("options", [{}, {"bigrams": 0}, {"affixes": 0}])
def test_the_network_answers_as_scikit_learn_does(options: dict[str, int]) -> None:
    """Both reckon the same scores from raw texts, unseen ones among them."""
    encoder, _, start = fitted(**options)
    model = text_classifier(
        len(encoder.vocabulary),
        classes=3,
        embedding=2,
        units=(2,),
        bigrams=0 if encoder.bigrams is None else len(encoder.bigrams),
        affixes=[len(vocabulary) for vocabulary in encoder.affixes],
        wide=True,
        wide_vectors=start.tables,
        wide_bias=start.bias,
    )
    model.get_layer("scores").set_weights([np.zeros((2, 3)), np.zeros(3)])
    texts = ["The finest, poorly room 3", "odd", "", "völlig neu 房间", "no no no very fine!"]
    numbers = encoder.encode(tf.constant(texts)).to_tensor().numpy()
    model.get_layer("weights_of_both").set_weights([np.array([[1.0, 0.0]])])
    odds = np.exp(answers(encoder, start, numbers))
    np.testing.assert_allclose(
        model(numbers).numpy(), odds / odds.sum(axis=1, keepdims=True), atol=1e-5
    )


def answers(encoder: TextEncoder, start: WideStart, numbers: np.ndarray) -> np.ndarray:
    """Returns scores reckoned by hand, row by row."""
    scores = []
    for row in numbers.reshape(*numbers.shape[:2], -1):
        real = row[row[:, 0] > 0]
        occurring = [table[real[:, view]].sum(axis=0) for view, table in enumerate(start.tables)]
        scores.append(np.sum(occurring, axis=0) / np.sqrt(len(real)) + start.bias)
    return np.array(scores)


def test_weights_of_padding_and_the_unknown_are_zero() -> None:
    _, _, start = fitted()
    for table in start.tables:
        assert not table[:2].any()
        assert table[2:].any()


def test_the_same_seed_gives_the_same_weights_and_one_hot_classes_too() -> None:
    encoder, train, start = fitted()
    train.targets.rows = np.eye(3, dtype=np.float32)[train.targets.rows]
    again = wide_start(encoder, 3, train, seed=0)
    for one, other in zip(start.tables, again.tables, strict=True):
        np.testing.assert_array_equal(one, other)


def test_of_too_many_numbers_rows_of_all_classes_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, train, _ = fitted()
    train.targets.rows = np.arange(120, dtype=np.int32) % 3
    train.targets.rows[50] = 3
    sizes = [len(v) for v in encoder.vocabularies]
    whole, _ = module._counted(train, sizes, 0)
    assert whole.shape[0] == 120
    lengths = train.inputs["text"].rows.lengths
    monkeypatch.setattr(module, "MOST_NUMBERS", int(lengths.sum()) * 4 // 3)
    some, truth = module._counted(train, sizes, 0)
    assert 35 < some.shape[0] == len(truth) < 45
    assert np.bincount(truth).min() == 1
    assert np.bincount(truth)[:3].min() > 5
    assert abs(module.fitted_share(lengths, 4) - 1 / 3) < 0.01


def test_a_class_of_one_row_leaves_the_strength_to_the_others() -> None:
    truth = np.array([0, 1, 2, 0, 1, 0, 1])
    for fitted_rows, left_out in module._folds(truth, 0):
        assert 2 in fitted_rows
        assert 2 not in left_out
        assert len(left_out) == 3
    assert module._folds(np.array([0, 0, 1]), 0) == []


def test_of_too_many_features_the_seldom_ones_get_no_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, whole = fitted()
    monkeypatch.setattr(module, "MOST_WEIGHTS", 30)
    _, _, start = fitted()
    assert sum(int(table.any(axis=1).sum()) for table in start.tables) <= 10
    assert sum(int(table.any(axis=1).sum()) for table in whole.tables) > 10


def test_a_class_without_rows_gets_no_weights() -> None:
    texts, labels = rows(60, 2)
    encoder = TextEncoder.learn(texts)
    start = wide_start(encoder, 4, encoded(encoder, texts, labels), seed=0)
    assert not start.tables[0][:, 2:].any()
    assert start.bias[2:].max() < start.bias[:2].min()


def test_without_rows_there_are_shapes_alone() -> None:
    encoder, _, start = fitted()
    empty = wide_start(encoder, 3, None, seed=0)
    assert [table.shape for table in empty.tables] == [table.shape for table in start.tables]
    assert not any(table.any() for table in empty.tables)
