"""Tables of questions as people have them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lstm_toolkit.data import Source, read_questions
from lstm_toolkit.errors import DataError


def written(folder: Path, text: str, name: str = "faq.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def asked(source: Source) -> list[tuple[str, str]]:
    """Returns questions with answers, without the rows of answers themselves."""
    rows = zip(
        source.rows.columns["text"], source.rows.labels, source.rows.meta["kind"], strict=True
    )
    return [(text, answer) for text, answer, kind in rows if kind == "question"]


@pytest.mark.parametrize(
    "text",
    [
        "question,answer\nwhen?,at nine\nwhere?,here\n",
        "Answer;Question\nat nine;when?\nhere;where?\n",
        "id,Query,Reply\n1,when?,at nine\n2,where?,here\n",
    ],
)
def test_columns_are_found(tmp_path: Path, text: str) -> None:
    assert asked(read_questions(written(tmp_path, text))) == [
        ("when?", "at nine"),
        ("where?", "here"),
    ]


def test_columns_in_chinese_are_found(tmp_path: Path) -> None:
    source = read_questions(written(tmp_path, "问题,答案\n几点开门？,九点\n在哪里？,这里\n"))
    assert asked(source) == [("几点开门？", "九点"), ("在哪里？", "这里")]


def test_each_answer_is_a_row_too(tmp_path: Path) -> None:
    source = read_questions(
        written(tmp_path, "question,intent\na?,card_lost\nb?,card_lost\nc?,fees\n")
    )
    texts = list(source.rows.columns["text"])
    assert texts == ["a?", "b?", "c?", "card lost", "fees"]
    assert list(source.rows.meta["kind"]) == ["question"] * 3 + ["answer"] * 2


def test_a_published_split_keeps_what_training_has_too(tmp_path: Path) -> None:
    text = "question,answer,split\na?,1st,train\nb?,2nd,train\na?,1st,test\n"
    source = read_questions(written(tmp_path, text))
    assert source.test is not None
    assert list(source.test.columns["text"]) == ["a?"]
    assert "different answers" not in source.note


def test_other_columns_are_told(tmp_path: Path) -> None:
    source = read_questions(written(tmp_path, "id,question,answer\n1,a?,x\n2,b?,y\n"))
    assert source.note.endswith("; 1 other column ignored")


def test_answers_are_not_scored_with_questions(tmp_path: Path) -> None:
    source = read_questions(written(tmp_path, "question,answer\na?,fees\n"), scored=True)
    assert list(source.scored.columns["text"]) == ["a?"]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    text = "question,answer\nwhen?,nine\nWhen? ,nine\n,ten\nwhere?,\nwho?,me\n"
    source = read_questions(written(tmp_path, text))
    assert asked(source) == [("when?", "nine"), ("who?", "me")]
    assert source.note.endswith(
        "5 rows = 2 used + 3 left out (1 without a question, 1 without an answer, 1 repeated)"
    )


def test_different_answers_to_one_question_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "question,answer\nwhen?,nine\nwho?,me\nWHEN?,ten\n")
    assert (
        "warning: 1 question with different answers, such as `when?` in lines 2 and 4; in a "
        "score the answer of each row alone counts as right"
    ) in read_questions(path).note


def test_wrong_answers_are_told_apart(tmp_path: Path) -> None:
    text = "question,answer,label\nwhen?,nine,1\nwhen?,a horse,0\nwho?,me,1\n"
    source = read_questions(written(tmp_path, text))
    assert asked(source) == [("when?", "nine"), ("who?", "me")]
    assert "a horse" in list(source.rows.columns["text"])
    assert "1 wrong answer told apart" in source.note


def test_published_splits_are_honoured(tmp_path: Path) -> None:
    text = "question,answer,split\na?,1st,train\nb?,2nd,train\nc?,1st,test\nd?,2nd,dev\n"
    source = read_questions(written(tmp_path, text))
    assert source.test is not None and source.validation is not None
    assert list(source.test.columns["text"]) == ["c?"]
    assert list(source.validation.columns["text"]) == ["d?"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "question,answer\nwhen?,nine\n",
            "needs at least two different answers. Received: 1 in 1 rows",
        ),
        (
            "x,y,z\na b,c d,e f\ng h,i j,k l\n",
            "needs a column of questions and one of answers, named `question` and `answer` or by "
            "the settings text_column and answer_column. Received: x, y, z",
        ),
        (
            "question,answer,split\na?,1st,test\nb?,2nd,dev\nc?,2nd,test\n",
            "needs questions to learn from. Received: published splits alone",
        ),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as error:
        read_questions(path)
    assert str(error.value) == f"{path}: {message}"


def test_columns_are_asked_for_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "q1,question,answer\na,b,c\nd,e,f\n")
    with pytest.raises(DataError) as error:
        read_questions(path, text_column="q2")
    assert str(error.value).startswith(f"{path}: no column `q2` for text_column, ")
    with pytest.raises(DataError) as error:
        read_questions(path, text_column="q1", answer_column="q1")
    assert str(error.value) == (
        f"{path}: needs questions and answers in different columns. "
        "Received: text_column=q1, answer_column=q1"
    )


@pytest.mark.parametrize("marks", [("1", "0"), ("True", "False"), ("yes", "NO"), ("对", "错")])
def test_wrong_answers_are_told_by_any_words_for_it(marks: tuple[str, str]) -> None:
    rows = [("who?", "me", marks[0]), ("who?", "them", marks[1]), ("where?", "here", marks[0])]
    frame = pd.DataFrame([*rows, ("why?", "so", " ")], columns=["question", "answer", "label"])
    source = read_questions(frame)
    asked = source.rows.columns["text"][source.rows.meta["kind"] == "question"]
    assert list(asked) == ["who?", "where?"]
    assert "1 wrong answer told apart" in source.note
    assert "1 without a mark whether the answer is right" in source.note


def test_what_is_no_mark_is_refused() -> None:
    rows = [("who?", "me", "good"), ("where?", "here", "bad")]
    frame = pd.DataFrame(rows, columns=["question", "answer", "label"])
    with pytest.raises(DataError) as error:
        read_questions(frame)
    assert str(error.value) == (
        "needs 1 and 0, true and false or yes and no in column label, by which answers are right "
        "or wrong; rename a column that says something else. Received: good"
    )


def test_wrong_answers_of_other_splits_are_not_learnt_from() -> None:
    rows = [
        ("who?", "me", 1, "train"),
        ("who?", "them", 0, "train"),
        ("where?", "here", 1, "train"),
        ("what?", "that", 1, "test"),
        ("what?", "never", 0, "test"),
    ]
    frame = pd.DataFrame(rows, columns=["question", "answer", "label", "split"])
    source = read_questions(frame)
    assert "them" in source.rows.columns["text"]
    assert "never" not in source.rows.columns["text"]
