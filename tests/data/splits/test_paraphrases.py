"""Questions are divided, answers stay where they can be found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Dataset, Paraphrases, Source
from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.errors import DataError


def dataset(questions: list[str], answers: int = 2) -> Dataset:
    texts = [*questions, *(f"answer {n}" for n in range(answers))]
    kinds = ["question"] * len(questions) + ["answer"] * answers
    columns = {"text": np.array(texts, object)}
    return Dataset(columns, {"answer": np.array(texts, object)}, {"kind": np.array(kinds)})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=4, max_size=40), st.integers(0, 9))
def test_no_question_stands_on_two_sides(letters: list[str], seed: int) -> None:
    questions = [letter.upper() if n % 2 else letter for n, letter in enumerate(letters)]
    source = Source(dataset(questions), None, "")
    if len(set(letters)) < 3:
        with pytest.raises(DataError, match="needs different questions for each split"):
            Paraphrases().split(source, validation=0.1, test=0.1, seed=seed)
        return
    splits = Paraphrases().split(source, validation=0.1, test=0.1, seed=seed)
    keys = {n: set(map(text_key, part.columns["text"])) for n, part in splits.parts.items()}
    assert keys["train"].isdisjoint(keys["test"] | keys["validation"])
    assert keys["test"].isdisjoint(keys["validation"])
    assert sum(map(len, splits.parts.values())) == len(source.rows)
    assert list(splits.train.meta["kind"]).count("answer") == 2


def test_what_stands_in_a_published_split_is_left_out_of_training() -> None:
    source = Source(dataset(["a", "b", "c", "d"]), dataset(["A"], answers=0), "")
    splits = Paraphrases().split(source, validation=1, test=0.1, seed=0)
    assert splits.repeated == 1
    assert "a" not in list(splits.train.columns["text"])


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(DataError) as error:
        Paraphrases().split(Source(dataset(["a", "b"]), None, ""), validation=1, test=1, seed=0)
    assert str(error.value) == "needs different questions for each split. Received: 2"
