"""Rows to be answered, of pairs, tagged sentences and series."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.images import image_inputs
from lstm_toolkit.data.inputs.pairs import sentence_inputs
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.data.inputs.sentences import tokens_inputs
from lstm_toolkit.data.inputs.series import series_inputs
from lstm_toolkit.data.inputs.tables import text_inputs
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.observations import Steps
from lstm_toolkit.features.states import States
from lstm_toolkit.tasks import get_task


def context(task: str, stated: tuple[str, ...] = (), **settings: Any) -> ReadingContext:
    states = States({"values": Steps(4)}, SimpleNamespace(horizon=2))
    return ReadingContext(get_task(task).settings(**settings), states, None, frozenset(stated))


def save(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


PAIRS = {
    "a.tsv": "en\tde\nhello there\thallo\n\tleer\nbye\t\n",
    "a.csv": "id,de,en\n1,hallo,hello there\n2,leer,\n3,,bye\n",
    "b.csv": "comment\nhello there\n \nbye\n",
    "a.txt": "hello there\n\nbye\n",
    "a.en": "hello there\n\nbye\n",
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_source_side_of_pairs_is_enough(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / name, PAIRS[name])
    inputs = sentence_inputs(path, context("translation", direction="en-de"))
    names = [row.name.strip() for row in inputs.rows]
    assert sorted(names) == ["", "bye", "hello there"]


def test_columns_that_the_training_had_are_not_guessed(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tsv", "fr\tit\nbonjour à tous\tciao a tutti\n")
    with pytest.raises(DataError, match=r"no column `en` for direction=en-de, choose from: fr, it"):
        sentence_inputs(path, context("translation", direction="en-de"))
    stated = context("translation", ("direction",), direction="fr-it")
    assert [row.name for row in sentence_inputs(path, stated).rows] == ["bonjour à tous"]


@pytest.mark.parametrize(
    ("name", "text", "tags"),
    [
        ("a.conll", "Ann B-PER\nsleeps O\n\nBob B-PER\nruns O\n", [["B-PER", "O"]] * 2),
        ("a.txt", "Ann x B-PER\nsleeps y O\n\nBob x B-PER\nruns y O\n", [["B-PER", "O"]] * 2),
        ("b.conll", "Ann\nsleeps\n\nBob\nruns\n", None),
        ("b.txt", "Ann sleeps\nBob runs\n", None),
    ],
)
def test_sentences_come_with_tags_or_without(
    tmp_path: Path, name: str, text: str, tags: list[list[str]] | None
) -> None:
    inputs = tokens_inputs(save(tmp_path / name, text), context("tagging"))
    rows = list(inputs.rows)
    assert [row.name for row in rows] == ["Ann sleeps", "Bob runs"]
    # What is divided already says so, and is not divided anew.
    given = ["Ann\x1fsleeps\x1f", "Bob\x1fruns\x1f"]
    assert [row.value for row in rows] == (given if name != "b.txt" else ["Ann sleeps", "Bob runs"])
    assert [row.cells.get("tags") for row in rows] == (tags or [None, None])


def test_records_of_json_are_answered_by_their_texts(tmp_path: Path) -> None:
    lines = '{"text": "Ann sleeps"}\n{"tokens": ["Bob", "runs"]}\n{"id": 3}\n'
    path = save(tmp_path / "a.jsonl", lines)
    one, other, bad = tokens_inputs(path, context("tagging")).rows
    assert (one.value, other.value) == ("Ann sleeps", "Bob\x1fruns\x1f")
    assert str(bad.value) == f"{path}, line 3: needs a text. Received: none"


def test_the_sign_between_tokens_inside_of_one_is_replaced(tmp_path: Path) -> None:
    columns = tokens_inputs(save(tmp_path / "a.conll", "A\x1fB O\nran O\n"), context("tagging"))
    path = save(tmp_path / "a.jsonl", '{"tokens": ["A\\u001fB", "ran"]}\n')
    records = tokens_inputs(path, context("tagging"))
    for inputs in (columns, records):
        assert inputs.note.endswith("parts of texts with U+001F, which is now U+241F: 1")
        assert [row.value for row in inputs.rows] == ["A␟B\x1fran\x1f"]


def test_each_series_is_a_row_with_its_last_steps(tmp_path: Path) -> None:
    lines = [f"{name},{step},{step}.5\n" for name, n in (("a", 6), ("b", 2)) for step in range(n)]
    path = save(tmp_path / "a.csv", "unique_id,ds,y\n" + "".join(lines))
    one, other = series_inputs(path, context("forecasting")).rows
    assert (one.name, one.value["values"].tolist()) == ("a", [2.5, 3.5, 4.5, 5.5])
    assert one.cells == {"unique_id": "a", "ds": [6, 7]}
    assert str(other.value) == "needs the last 4 numbers. Received: 2 numbers"


def test_series_without_values_stand_among_the_others(tmp_path: Path) -> None:
    lines = [f"{name},{'' if name in 'bd' else 7}\n" for name in "bcadbcad"]
    path = save(tmp_path / "b.csv", "unique_id,y\n" + "".join(lines))
    assert [row.name for row in series_inputs(path, context("forecasting")).rows] == list("bcad")


@pytest.mark.parametrize(
    ("name", "text", "texts"),
    [
        ("one.csv", "a quite long text of mine\nanother one of that kind\n", 2),  # no header
        ("two.csv", "bemerkung\na quite long text of mine\nanother one of that kind\n", 2),
        ("three.txt", "__label__1 good film here\n__label__2 dull one\n", 2),
        ("four.txt", "1\tgood film here\n2\tdull one though\n", 2),
        ("five.txt", "good film here\n\ndull one though\n", 3),
    ],
)
def test_no_row_of_texts_is_lost(tmp_path: Path, name: str, text: str, texts: int) -> None:
    inputs = text_inputs(save(tmp_path / name, text), context("sentiment"))
    names = [row.name for row in inputs.rows]
    assert len(names) == texts
    assert not any("__label__" in each or "\t" in each for each in names)


REVIEWS = ["good film here", "dull one though", "fine all the same"]


def test_what_is_no_row_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "text,label\ngood film here,1\ntext,label\ndull one though,0\n")
    inputs = text_inputs(path, context("sentiment"))
    assert [row.name for row in inputs.rows] == REVIEWS[:2]
    assert inputs.note == (
        f"2 rows: texts in column text, of {path}; "
        "3 rows = 2 used + 1 left out (1 with the header again (line 3))"
    )


def test_objects_in_json_are_unfolded_as_in_training(tmp_path: Path) -> None:
    tasks = [{"data": {"text": text}, "annotations": []} for text in REVIEWS]
    path = save(tmp_path / "a.json", json.dumps(tasks))
    assert [row.name for row in text_inputs(path, context("sentiment")).rows] == REVIEWS


def test_folders_of_tables_are_put_together_as_in_training(tmp_path: Path) -> None:
    save(tmp_path / "part-0.csv", f"text\n{REVIEWS[0]}\n")
    save(tmp_path / "part-1.csv", f"text\n{REVIEWS[1]}\n{REVIEWS[2]}\n")
    save(tmp_path / "LICENSE", "free\n")
    inputs = text_inputs(tmp_path, context("sentiment"))
    assert [row.name for row in inputs.rows] == REVIEWS
    assert inputs.note == (
        f"3 rows: texts in column text, of {tmp_path}; 4 rows and files = 3 used + 1 left out "
        "(1 not among the tables read (LICENSE))"
    )


def test_files_beside_texts_are_told(tmp_path: Path) -> None:
    save(tmp_path / "a.txt", REVIEWS[0])
    save(tmp_path / "b.pdf", REVIEWS[1])
    inputs = text_inputs(tmp_path, context("sentiment"))
    assert [row.value for row in inputs.rows] == REVIEWS[:1]
    assert inputs.note == (
        f"1 file of {tmp_path}; 2 files = 1 used + 1 left out (1 of another kind (b.pdf))"
    )


@pytest.mark.parametrize("stated", [(), ("separator",)])
def test_the_separator_of_the_training_divides_new_tables(
    tmp_path: Path, stated: tuple[str, ...]
) -> None:
    path = save(tmp_path / "a.csv", "text^label\ngood, film; here^1\ndull, one; though^0\n")
    rows = list(text_inputs(path, context("sentiment", stated, separator="^")).rows)
    assert [row.cells for row in rows] == [
        {"text": "good, film; here", "label": "1"},
        {"text": "dull, one; though", "label": "0"},
    ]


def test_new_tables_may_have_another_separator_or_sheet_than_the_training(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "text,label\ngood film here,1\n")
    rows = list(text_inputs(path, context("sentiment", separator="^")).rows)
    assert [row.cells for row in rows] == [{"text": "good film here", "label": "1"}]
    book = tmp_path / "a.xlsx"
    with pd.ExcelWriter(book) as writer:
        for name, text in zip(("May", "June"), REVIEWS, strict=False):
            frame = pd.DataFrame({"text": [text], "label": [1]})
            frame.to_excel(writer, sheet_name=name, index=False)
    june = text_inputs(book, context("sentiment", sheet="June"))
    assert [row.name for row in june.rows] == REVIEWS[1:2]
    with pytest.raises(DataError) as caught:
        text_inputs(book, context("sentiment", ("sheet",), sheet="July"))
    assert str(caught.value) == f"{book}: no sheet `July` that holds rows, choose from: May, June"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "hello there ||| hallo\nbye now ||| tschüss\n"),
        (
            "a.tmx",
            '<tmx version="1.4"><header srclang="en"/><body>'
            '<tu><tuv xml:lang="en"><seg>hello there</seg></tuv>'
            '<tuv xml:lang="de"><seg>hallo</seg></tuv></tu>'
            '<tu><tuv xml:lang="en"><seg>bye now</seg></tuv>'
            '<tuv xml:lang="de"><seg>tschüss</seg></tuv></tu></body></tmx>',
        ),
    ],
)
def test_one_side_alone_is_translated(tmp_path: Path, name: str, text: str) -> None:
    inputs = sentence_inputs(save(tmp_path / name, text), context("translation", direction="en-de"))
    assert [row.name for row in inputs.rows] == ["hello there", "bye now"]


SIDE = 4


def frame(**settings: Any) -> ReadingContext:
    image = SimpleNamespace(height=SIDE, width=SIDE, white=255, looks=None)
    target = SimpleNamespace(names=("0", "1", "2"))
    options = SimpleNamespace(as_is=False, invert=False)
    states = SimpleNamespace(only=image, target=target)
    return ReadingContext(get_task("digits").settings(**settings), states, options, frozenset())


def pictures(rows: int = 12) -> NDArray[np.uint8]:
    images = np.random.default_rng(0).integers(0, 256, (rows, SIDE, SIDE)).astype(np.uint8)
    images[:, 0, 0] = images[:, -1, -1] = 0
    images[::5, 0, 0] = images[::7, -1, -1] = 9
    return images


def pixel_table(kind: str) -> str:
    cells = [[str(pixel) for pixel in image.ravel()] for image in pictures()]
    labels = [str(row % 3) for row in range(len(cells))]
    names = [str(place) for place in range(SIDE * SIDE)]
    if kind.startswith("counted"):
        rows = [[*names[1:], "16"] if kind.endswith("one") else names, *cells]
    elif kind == "labels last":
        rows = [[*row, label] for row, label in zip(cells, labels, strict=True)]
    elif kind == "splits":
        rows = [["label", "split", *names]]
        rows += [[label, "test", *row] for row, label in zip(cells, labels, strict=True)]
    else:
        rows = [["", "label", *names]]
        numbered = enumerate(zip(cells, labels, strict=True))
        rows += [[str(number), label, *row] for number, (row, label) in numbered]
    return "\n".join(map(",".join, rows)) + "\n"


@pytest.mark.parametrize("kind", ["counted", "counted from one", "labels last", "splits", "index"])
def test_tables_of_pixels_are_answered_row_by_row(tmp_path: Path, kind: str) -> None:
    rows = list(image_inputs(save(tmp_path / "a.csv", pixel_table(kind)), frame()).rows)
    assert np.array_equal(np.stack([row.value for row in rows]), pictures())


@pytest.mark.parametrize(
    "names", [("x_train", "x_test"), ("train_images", "val_images", "test_images"), ("testX",)]
)
def test_every_split_of_arrays_is_answered(tmp_path: Path, names: tuple[str, ...]) -> None:
    parts = np.array_split(pictures(), len(names))
    np.savez(tmp_path / "a.npz", **dict(zip(names, parts, strict=True)))
    inputs = image_inputs(tmp_path / "a.npz", frame())
    assert np.array_equal(np.stack([row.value for row in inputs.rows]), pictures())
    assert inputs.note == f"12 images of {', '.join(names)} of {tmp_path / 'a.npz'}"


def test_a_folder_of_texts_and_tables_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "readme.txt", "what this is\n")
    save(tmp_path / "new.csv", "text\na fine film\n")
    with pytest.raises(DataError) as error:
        text_inputs(tmp_path, context("sentiment"))
    assert str(error.value) == (
        f"{tmp_path}: needs a folder of .txt files or of tables; give the files themselves. "
        "Received: 1 .txt file, such as readme.txt, and 1 table, such as new.csv"
    )
