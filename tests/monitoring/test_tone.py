"""What classes count in an index."""

from __future__ import annotations

import re

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.monitoring.tone import weights


@pytest.mark.parametrize(
    ("labels", "label", "counts"),
    [
        (["Negative", "Positive"], "", {"Positive": 1.0, "Negative": -1.0}),
        (["neg", "pos"], "", {"pos": 1.0, "neg": -1.0}),
        (["0", "1"], "", {"1": 1.0, "0": -1.0}),
        (["1", "10", "5"], "", {"10": 1.0, "1": -1.0}),
        (["-1", "0", "1"], "", {"1": 1.0, "-1": -1.0}),
        (["负面", "正面"], "", {"正面": 1.0, "负面": -1.0}),
        (["sport", "war"], "war", {"war": 1.0}),
    ],
)
def test_classes_that_count(labels: list[str], label: str, counts: dict[str, float]) -> None:
    assert weights(labels, label) == counts


@pytest.mark.parametrize(
    ("labels", "label", "message"),
    [
        (
            ["sport", "war"],
            "",
            "which classes are praise and blame is not known; give --label. Received: sport, war",
        ),
        (
            ["good", "positive", "bad"],
            "",
            "which classes are praise and blame is not known; give --label. "
            "Received: good, positive, bad",
        ),
        (["sport", "war"], "wra", "no such class `wra`, did you mean `war`?"),
    ],
)
def test_classes_that_cannot_be_told(labels: list[str], label: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        weights(labels, label)
