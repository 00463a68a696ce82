"""Tags of tokens as targets."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.errors import DataError
from lstm_toolkit.targets import Tags
from lstm_toolkit.targets.tag_names import TagNames


def sentences(rows: list[str], tags: list[list[str]]) -> Dataset:
    return Dataset({"text": texts(rows)}, {"tags": Ragged.of(tags, object)})


@pytest.mark.parametrize("empty", ["", " \n"])
def test_sentences_without_a_token_are_refused(empty: str) -> None:
    settings: Any = None
    names = TagNames(("B-PER", "O"))
    with pytest.raises(DataError) as error:
        Tags().encode(sentences(["Ann ran", empty], [["B-PER", "O"], []]), names, settings)
    assert str(error.value) == "needs a token in each sentence. Received: 1 without any"


def test_the_sign_between_tokens_is_refused_in_them() -> None:
    settings: Any = None
    with pytest.raises(DataError) as error:
        Tags().encode(sentences(["A\x1fB ran"], [["O", "O"]]), TagNames(("O", "X")), settings)
    assert str(error.value) == "needs tokens without U+001F. Received: 'A\\x1fB ran'"


def test_the_simplest_method_is_scored_as_the_network_is() -> None:
    train = sentences(["Ann ran", "Bob ran"], [["B-PER", "O"]] * 2)
    test = sentences(["they ran"], [["O", "O"]])
    ((name, score),) = Tags().baselines(train, test, {}, TagNames(("O", "S-PER")))
    assert name == "most_frequent_tag"
    assert score()["f1"] == 0.0
