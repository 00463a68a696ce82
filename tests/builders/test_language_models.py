"""Language models: what they read decides what comes next, and nothing behind it does."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import language_model
from lstm_toolkit.builders.language_model_steps import LanguageModelSteps
from tests.pairwise import pairwise

TOKENS = np.array([[2, 5, 7, 3, 0, 0], [2, 4, 4, 8, 9, 3]], np.int32)


@pytest.mark.parametrize(
    ("tied", "cell", "layer_norm", "residual", "units"),
    pairwise((True, False), ("lstm", "gru"), (False, True), (False, True), ((6, 6), (6, 6, 4))),
)
def test_token_by_token_it_scores_as_at_once(
    tied: bool, cell: str, layer_norm: bool, residual: bool, units: tuple[int, ...]
) -> None:
    stack = {"cell": cell, "layer_norm": layer_norm, "residual": residual}
    dropped = {"dropout": 0.3, "token_dropout": 0.1}
    model = language_model(10, embedding=6, units=units, tied=tied, **dropped, **stack)
    whole = np.asarray(model(TOKENS, training=False))
    steps = LanguageModelSteps.of(model)
    state = steps.zeros(2)
    for place in range(TOKENS.shape[1]):
        scores, state = steps(keras.ops.convert_to_tensor(TOKENS[:, place]), state)
        np.testing.assert_allclose(scores, whole[:, place], atol=1e-5)


def test_it_saves_and_shares_its_vectors(tmp_path: Path) -> None:
    model = language_model(10, embedding=6, units=(8,))
    assert sum(weight.shape == (10, 6) for weight in model.weights) == 1
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(TOKENS), loaded(TOKENS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"bidirectional": True},
            "bidirectional must be False: what comes next must not be read. "
            "Received: bidirectional=True",
        ),
        ({"token_dropout": 1.0}, "token_dropout must be in [0, 1). Received: token_dropout=1.0"),
        (
            {"embedding": 0},
            "size must be at least 2 and width at least 1. Received: size=10, width=0",
        ),
    ],
)
def test_wrong_arguments_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        language_model(10, **{"embedding": 6, "units": (4,), **options})  # type: ignore[arg-type]
    assert str(caught.value) == message
