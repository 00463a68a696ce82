"""What a tagger says of texts, from what its network would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.text.division import divide
from lstm_toolkit.errors import InputError
from lstm_toolkit.targets.tag_answers import answers, candidates, to_json
from lstm_toolkit.targets.tag_options import TagsOptions

TEXTS = ["Ann\x1fLee\x1f在\x1fX", "", "no\u0301 one"]


def packed(rows: list[list[int]], tags: int, steps: int) -> tf.Tensor:
    """Returns outputs of a network that is sure of the tags of each row."""
    outputs = np.zeros((len(rows), steps + tags, tags + 1), np.float32)
    for row, numbers in enumerate(rows):
        outputs[row, : len(numbers), tags] = 1
        outputs[row, range(len(numbers)), numbers] = 20
    return tf.constant(outputs)


def told(names: list[str], rows: list[list[int]], **more: Any) -> list[dict[str, Any]]:
    outputs, texts = packed(rows, len(names), 4), tf.constant(TEXTS)
    parts = divide(texts, "word")
    shown = answers(outputs, names, parts, texts)
    if more:
        shown |= candidates(outputs, names, parts, more["count"])
    return to_json({name: value.numpy() for name, value in shown.items()}, "tags")


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["B-P", "E-P", "I-P", "O", "S-L"], [[0, 1, 3, 4], [3], [3, 0]]),
        (["B-L", "B-P", "I-P", "O"], [[1, 2, 3, 0], [3], [3, 1]]),
        (["B-L", "I-P", "O"], [[1, 1, 2, 0], [2], [2, 1]]),  # networks of earlier versions
    ],
)
def test_entities_stand_where_they_are_told(names: list[str], rows: list[list[int]]) -> None:
    first, blank, last = told(names, rows)
    assert first["tokens"] == ["Ann", "Lee", "在", "X"]
    assert (first["starts"], first["ends"]) == ([0, 4, 8, 10], [3, 7, 9, 11])
    person, place = first["entities"]
    assert person == {"label": "P", "text": "Ann Lee", "start": 0, "end": 7, "confidence": 1.0}
    assert (place["label"], place["text"], place["start"]) == ("L", "X", 10)
    assert blank == {name: [] for name in first}
    assert last["entities"][0]["text"] == "one"
    assert last["starts"] == [0, 4]


def test_tags_of_no_entities_come_with_their_confidence() -> None:
    first, *_ = told(["N", "V"], [[0, 1, 0, 1], [0], [1, 1]])
    assert first["tags"] == ["N", "V", "N", "V"]
    assert first["confidence"] == pytest.approx([1.0] * 4, abs=1e-5)
    assert "entities" not in first


def test_candidates_are_as_many_as_there_are() -> None:
    first, blank, last = told(["N", "V"], [[0, 1, 0, 1], [0], [1, 1]], count=5)
    assert [len(each["candidates"]) for each in (first, blank, last)] == [5, 0, 4]
    assert first["candidates"][0] == {"tags": ["N", "V", "N", "V"], "probability": 1.0}


def test_options_are_checked() -> None:
    with pytest.raises(InputError) as error:
        TagsOptions(candidates=-1)
    assert str(error.value) == "--candidates must be in [0, 100]. Received: -1"
