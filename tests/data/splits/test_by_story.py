"""No story stands in two splits."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.data import Dataset, Source
from lstm_toolkit.data.splits.by_story import ByStory
from lstm_toolkit.data.text.sentences import ITEM


def rows(*texts: str) -> Dataset:
    return Dataset({"text": np.array(texts, object)}, {"label": np.array(["x"] * len(texts))})


def story(number: int, question: str, more: str = "") -> str:
    return ITEM.join([f"Dr. A left {number}.", "Bo sat.", *([more] if more else []), question])


def told(part: Dataset) -> set[str]:
    return {text.split(ITEM)[0] for text in part.inputs}


def test_questions_about_one_story_stand_together_and_so_do_longer_ones() -> None:
    texts = [
        story(number, question, more)
        for number in range(40)
        for question in ("Who left?", "Look. Who sat?")
        for more in ("", "Cy sang.")
    ]
    splits = ByStory().split(Source(rows(*texts), None, ""), validation=0.2, test=0.2, seed=0)
    assert [len(part) for part in splits.parts.values()] == [96, 32, 32]
    train, validation, test = map(told, splits.parts.values())
    assert not (train & validation or train & test or validation & test)


def test_stories_of_a_published_split_are_left_out_of_the_others() -> None:
    own = rows(*(story(number, "Who left?") for number in range(20)))
    test = rows(story(3, "Who sat?"))
    splits = ByStory().split(Source(own, test, ""), validation=0.2, test=0.1, seed=0)
    assert splits.repeated == 1
    assert "Dr. A left 3." not in told(splits.train) | told(splits.validation)
    assert told(splits.test) == {"Dr. A left 3."}
