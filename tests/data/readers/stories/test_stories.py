"""Stories as people have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lstm_toolkit.data import read_stories
from lstm_toolkit.data.readers.stories.sample import sample_stories
from lstm_toolkit.data.text.sentences import ITEM, sentences
from lstm_toolkit.errors import DataError


def written(folder: Path, *records: dict[str, object]) -> Path:
    path = folder / "stories.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def record(**more: object) -> dict[str, object]:
    told = {"story": ["Ann left.", "Bo sat. He sang."], "question": "Who sang?", "answer": "Bo"}
    return {**told, **more}


def test_the_question_is_the_last_sentence(tmp_path: Path) -> None:
    source = read_stories(written(tmp_path, record(), record(story="Ann left. Bo sat.")))
    assert list(source.rows.columns["text"]) == [
        ITEM.join(["Ann left.", "Bo sat. He sang.", "Who sang?"]),
        ITEM.join(["Ann left.", "Bo sat.", "Who sang?"]),
    ]
    assert list(source.rows.targets["label"]) == ["Bo", "Bo"]
    assert source.rows.targets["support"].tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("support", [[1, 0], "1 0", "1,0", "[1, 0]"])
def test_supports_are_counted_back_from_the_question(tmp_path: Path, support: object) -> None:
    source = read_stories(written(tmp_path, record(support=support)))
    assert source.rows.targets["support"].tolist() == [[1, 2, 0]]


def test_supports_of_blank_items_do_not_shift_others(tmp_path: Path) -> None:
    story = ["Ann left.", " ", "Dr. Bo sat.", ""]
    source = read_stories(written(tmp_path, record(story=story, support=[0, 2])))
    assert source.rows.targets["support"].tolist() == [[2, 1, 0]]
    with pytest.raises(DataError, match=r"needs places of sentences from 0 to 3"):
        read_stories(written(tmp_path, record(story=story, support=[1])))


def test_a_question_of_several_sentences_stays_whole(tmp_path: Path) -> None:
    source = read_stories(written(tmp_path, record(question="Look. Where is Dr. A?")))
    (text,) = source.rows.columns["text"]
    assert sentences(text) == ["Ann left.", "Bo sat. He sang.", "Look. Where is Dr. A?"]


def test_a_place_outside_of_the_story_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, record(), record(support=[2]))
    with pytest.raises(DataError) as error:
        read_stories(path)
    assert str(error.value).endswith(
        "needs places of sentences from 0 to 1 in column support. Received: [2]"
    )


def test_what_is_not_whole_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [record(), record(story=[]), record(question=" "), record(answer="")]
    source = read_stories(written(tmp_path, *rows))
    assert source.note.endswith(
        "4 rows = 1 used + 3 left out (1 without a story, 1 without a question, 1 without an "
        "answer)"
    )


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, {"story": "a", "answer": "b"})
    with pytest.raises(DataError) as error:
        read_stories(path)
    assert str(error.value) == f"{path}: needs a column question. Received: story, answer"


def test_published_splits_alone_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, record(split="test"), record(split="dev"))
    with pytest.raises(DataError) as error:
        read_stories(path)
    assert str(error.value) == (
        f"{path}: needs stories to learn from. Received: published splits alone"
    )


def test_made_stories_answer_their_questions() -> None:
    records = sample_stories(200)
    assert records == sample_stories(200)
    for made in records:
        if made["question"].startswith("Where is the"):
            taken, seen = (made["story"][place] for place in made["support"])
            assert " took the " in taken
            assert taken.split()[0] == seen.split()[0]
        if made["question"].startswith("Where"):
            assert f" the {made['answer']}" in made["story"][made["support"][-1]]
