"""The command `predict`: files, folders, standard input, tables of answers."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_toolkit import get_task
from lstm_toolkit.cli.predict import _print_lines
from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import InputError
from lstm_toolkit.serving import prediction
from lstm_toolkit.serving.answer_tables import check_not_data
from tests.conftest import bars
from tests.serving.answering import text_model

Command = Callable[..., tuple[int, str, str]]

TEXTS = ("a fine and long film", "dull", 'with "quotes", commas', "two\nlines of it", "素晴らしい")


@pytest.fixture
def texts_run(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a run that the command finds, of texts."""
    monkeypatch.setattr(prediction, "open_model", lambda _: text_model(text_column="text"))
    return "run"


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Puts bytes into standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


def save_table(path: Path, columns: dict[str, list[str]]) -> Path:
    """Writes a table in the form that the suffix names."""
    frame = pd.DataFrame(columns)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".jsonl":
        rows = frame.to_dict("records")
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        frame.to_csv(path, index=False, sep="," if path.suffix == ".csv" else "\t")
    return path


def load_table(path: Path) -> list[dict[str, Any]]:
    """Reads a table of answers; "" where a cell is empty."""
    if path.suffix == ".parquet":
        rows = pd.read_parquet(path).astype(object).to_dict("records")
        return [{k: "" if pd.isna(v) else v for k, v in row.items()} for row in rows]
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    sign = "," if path.suffix == ".csv" else "\t"
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=sign))


FORMS = (".csv", ".tsv", ".jsonl", ".parquet")

cells = st.one_of(
    st.sampled_from([*TEXTS, "", "   "]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
)


@given(st.lists(cells, min_size=2, max_size=8), st.sampled_from(FORMS), st.sampled_from(FORMS))
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_table_of_answers_has_every_row_in_its_order(
    command: Command, texts_run: str, tmp_path: Path, texts: list[str], form: str, other: str
) -> None:
    numbers = [f"n{i}" for i in range(len(texts))]
    data = save_table(tmp_path / f"data{form}", {"number": numbers, "text": texts})
    out = tmp_path / f"out{other}"
    code, _, err = command("predict", texts_run, "--data", data, "--out", out)
    rows = load_table(out)
    assert [row["number"] for row in rows] == numbers
    assert [row["text"] for row in rows] == texts
    for row, text in zip(rows, texts, strict=True):
        assert not row.get("error")
        assert row["label"]
        if text.strip():
            assert row["label"] == ("long" if len(text) > 9 else "short")
    assert code == 0, err


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.txt"])
def test_the_name_of_a_file_stands_for_its_rows(
    command: Command, texts_run: str, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    texts = [text for text in TEXTS if "\n" not in text]
    if name.endswith(".txt"):
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    else:
        save_table(path, {"text": texts})
    for words in ([path], ["--data", path]):
        code, out, _ = command("predict", texts_run, *words, "--json")
        assert code == 0
        assert [answer["input"] for answer in json.loads(out)["predictions"]] == texts


@pytest.mark.parametrize("word", ["new.csv", "my reviews.xlsx", "A.PARQUET", "x.txt", "x.docx"])
def test_a_name_of_a_file_that_is_not_there_is_never_a_text(
    command: Command, texts_run: str, word: str
) -> None:
    code, out, err = command("predict", texts_run, word)
    assert code == 2
    assert out.startswith(f"{word}\terror: {word}: no such file or folder; needs ")
    assert err == "lstm-toolkit: 1 of the inputs cannot be answered, see the errors above\n"
    code, out, err = command("predict", texts_run, "--data", word)
    assert (code, out) == (2, "")
    assert err.startswith(f"lstm-toolkit: {word}: no such file or folder; needs ")
    (answer,) = text_model().predict([word])
    assert answer["error"] == (
        "is the name of a file, not a text; give files to predict as arguments or with "
        "--data FILE, in Python as a Path"
    )


def test_a_folder_of_texts_is_answered_file_by_file(
    command: Command, texts_run: str, tmp_path: Path
) -> None:
    for name in ("b/2.txt", "a/1.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_text(f"a text of {name}\n", encoding="utf-8")
    code, _, _ = command("predict", texts_run, tmp_path / "in")
    assert code == 0
    command("predict", texts_run, "--data", tmp_path / "in", "--out", tmp_path / "o.csv")
    assert [row["file"] for row in load_table(tmp_path / "o.csv")] == ["a/1.txt", "b/2.txt"]


def test_columns_of_the_data_are_not_written_over(
    command: Command, texts_run: str, tmp_path: Path
) -> None:
    data = save_table(tmp_path / "a.csv", {"text": ["one", "two"], "label": ["x", "y"]})
    code, out, err = command("predict", texts_run, "--data", data, "--out", tmp_path / "o.csv")
    assert (code, out) == (0, f"{tmp_path / 'o.csv'}: 2 rows\n")
    assert "the data has a column label: the answers are in predicted_label\n" in err
    rows = load_table(tmp_path / "o.csv")
    assert [(row["label"], row["predicted_label"]) for row in rows] == [
        ("x", "short"),
        ("y", "short"),
    ]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_table_of_answers_to_words_holds_the_words(
    command: Command, texts_run: str, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"answers.{suffix}"
    assert command("predict", texts_run, "a fine room", "bad, 汤", "--out", out)[0] == 0
    readers = {"csv": pd.read_csv, "jsonl": partial(pd.read_json, lines=True)}
    table = readers.get(suffix, pd.read_parquet)(out)
    assert table["input"].tolist() == ["a fine room", "bad, 汤"]
    assert table["label"].notna().all()


def test_settings_of_the_reader_are_taken_and_others_refused(
    command: Command, texts_run: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("序号,说明\n1,这家店值得推荐\n2,太差了\n".encode("gb18030"))
    words = ["predict", texts_run, "--data", path]
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert "line 1: needs text in utf-8, or its encoding, as in --set encoding=gb18030" in err
    code, out, _ = command(*words, "--set", "encoding=gb18030", "--set", "text_column=说明")
    assert (code, out.count("\n")) == (0, 2)
    code, _, err = command(*words, "--set", "text_colum=b")
    assert err == "lstm-toolkit: unknown setting `text_colum`, did you mean `text_column`?\n"
    code, _, err = command(*words, "--set", "vocabulary=100")
    assert (code, err) == (
        2,
        "lstm-toolkit: vocabulary is fixed by the training; --set takes how files are read: "
        "encoding, sheet, separator, text_column, label_column\n",
    )


def test_a_table_that_cannot_be_written_is_told_before_the_model_is_opened(
    command: Command, tmp_path: Path
) -> None:
    data = save_table(tmp_path / "a.csv", {"text": ["one", "two"]})
    for out, message in (
        ("a.docx", "--out must end in .csv, .tsv, .jsonl, .ndjson, .parquet. Received: {}"),
        ("a.csv", "--out must not be the data itself. Received: {}"),
        ("a.csv/b.csv", f"{data}: needs a folder to write to. Received: a file, {data}"),
    ):
        place = tmp_path / out
        code, _, err = command("predict", "nowhere", "--data", data, "--out", place)
        assert (code, err) == (2, f"lstm-toolkit: {message.format(place)}\n")


def test_no_file_that_an_option_names_is_the_data(tmp_path: Path) -> None:
    options = get_task("anomalies").options
    data = save_table(tmp_path / "a.csv", {"load": [1, 2]})
    assert options().files() == {}
    files = options(events=str(data), plot=str(tmp_path / "a.png")).files()
    assert files == {"events": data, "plot": tmp_path / "a.png"}
    for words in ([Path("x" * 5000), data], [tmp_path / "." / "a.csv"]):
        with pytest.raises(InputError) as error:
            check_not_data("events", files["events"], words)
        assert str(error.value) == f"--events must not be the data itself. Received: {data}"
        check_not_data("plot", files["plot"], words)


def test_an_event_that_a_wrong_line_ends_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"event": {"start": "3", "end": "5"}}
    answered = [
        (Row("9", None), {"error": "needs a number", **event}),
        (Row("10", None), {"score": None, "alarm": False, "channel": None, **event}),
        (Row("11", None), {"score": 2.0, "alarm": True, "channel": "heat", **event}),
    ]
    model = SimpleNamespace(task=get_task("anomalies"))
    assert _print_lines(model, iter(answered)) == 1  # type: ignore[arg-type]
    assert capsys.readouterr().out == (
        "9\terror: needs a number\tevent\t3\t5\n10\t-\tevent\t3\t5\n"
        "11\t2\talarm\theat\tevent\t3\t5\n"
    )


def test_what_is_to_be_answered_is_named_once(command: Command) -> None:
    for words, received in (([], "neither"), (["a", "--data", "b"], "both")):
        code, _, err = command("predict", "nowhere", *words)
        message = f"predict needs INPUT..., - or --data FILE. Received: {received}"
        assert (code, err) == (2, f"lstm-toolkit: {message}\n")


lines = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12), max_size=8
)


@given(lines, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), st.booleans())
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_n_lines_give_n_answers(
    command: Command,
    texts_run: str,
    pipe: Callable[[bytes], None],
    words: list[str],
    encoding: str,
    windows: bool,
) -> None:
    ending = "\r\n" if windows else "\n"
    texts = ["a first line that is plain text", *(f"- {word}" if word else "" for word in words)]
    pipe("".join(text + ending for text in texts).encode(encoding))
    code, out, _ = command("predict", texts_run, "-", "--set", f"encoding={encoding}")
    answers = out.split("\n")[:-1]
    assert len(answers) == len(texts)
    for answer, text in zip(answers, texts, strict=True):
        assert answer.split("\t")[1] in ("long", "short")
        assert answer.split("\t")[0] == " ".join(text.split())
    assert code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "这手机让人满意\n太差了，再也不买\n".encode("gb18030"),
            "standard input, line 1: needs text in utf-8, or its encoding, as in --set "
            "encoding=gb18030. Received: byte 0xd5 at offset 0 of the line",
        ),
        (
            "fine\n".encode("utf-16"),
            "standard input, line 1: needs text in utf-8, or its encoding, as in --set "
            "encoding=utf-16. Received: byte 0xff at offset 0 of the line",
        ),
        (
            "fine\n".encode("utf-16-le"),
            "standard input, line 1: needs text in utf-8, or its encoding, as in --set "
            "encoding=utf-16-le. Received: byte 0x00 at offset 1 of the line",
        ),
        *(
            (
                content.encode(),
                "standard input, line 1: needs a text a line. Received: what reads like the header "
                f"of a table, {content.splitlines()[0]}; save it to a file and give --data FILE, "
                "or leave what is no text out",
            )
            for content in (
                'text,label\n"fine film",1\n',
                'text\n"fine film"\n',
                "id;comment\n1;fine film\n",
                "nr,beschreibung\n1,ein guter Film\n2,kein guter\n",
                "评论\n很好\n",
            )
        ),
        (
            b"PK\x03\x04\x14\x00\x08\x08\xff\xfe",
            "standard input: needs text. Received: what begins like a zip or Excel file; save it "
            "under a name that says so, and give that file",
        ),
        (
            b'[{"text": "fine"},\n {"text": "dull"}]\n',
            "standard input: needs a text a line. Received: JSON objects; save it to a file and "
            "give --data FILE, or leave what is no text out",
        ),
        (
            b"fine ||| gut\ndull ||| fad\n",
            "standard input: needs a text a line. Received: two sides with ||| between; save it to "
            "a file and give --data FILE, or leave what is no text out",
        ),
        (
            b'{"text": "fine"}\n{"text": "dull"}\n',
            "standard input: needs a text a line. Received: JSON objects; save it to a file and "
            "give --data FILE, or leave what is no text out",
        ),
    ],
)
def test_what_is_no_text_a_line_is_refused(
    command: Command,
    texts_run: str,
    pipe: Callable[[bytes], None],
    content: bytes,
    message: str,
) -> None:
    pipe(content)
    assert command("predict", texts_run, "-") == (2, "", f"lstm-toolkit: {message}\n")


@pytest.mark.parametrize(
    "texts",
    [
        ["The film was fine, the food was not", "Dull"],
        ["Text", "messages, mostly"][1:],
        ["Yes, please", "No, thanks"],
        ["{not json}", "plain"],
    ],
)
def test_texts_are_no_tables(
    command: Command, texts_run: str, pipe: Callable[[bytes], None], texts: Sequence[str]
) -> None:
    pipe("\n".join(texts).encode())
    code, out, err = command("predict", texts_run, "-")
    assert (code, out.count("\n")) == (0, len(texts)), err


def test_words_that_are_not_utf_8_are_decoded_as_told(command: Command, texts_run: str) -> None:
    word = "这手机让人满意".encode("gb18030").decode("utf-8", "surrogateescape")
    code, out, _ = command("predict", texts_run, word)
    assert code == 2
    assert "error: a word of the command line, line 1: needs text in utf-8, or its enc" in out
    code, out, _ = command("predict", texts_run, word, "--set", "encoding=gb18030")
    assert (code, out.split("\t")[0]) == (0, "这手机让人满意")


def test_images_come_as_folders_arrays_and_pixels(
    command: Command, run_folder: Path, tmp_path: Path
) -> None:
    from PIL import Image

    images, names = bars(4)
    for number, (image, name) in enumerate(zip(images, names, strict=True)):
        (tmp_path / "in" / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "in" / name / f"{number}.png")
    np.savez(tmp_path / "a.npz", x_train=images[:3], y_train=names[:3], x_test=images[3:])
    rows = [",".join(map(str, image.ravel())) for image in images]
    header = ",".join(f"pixel{i}" for i in range(30))
    (tmp_path / "bare.csv").write_text("\n".join([header, *rows]))
    labelled = [f"{row},{name}" for row, name in zip(rows, names, strict=True)]
    (tmp_path / "labelled.csv").write_text("\n".join(labelled))
    answers = {}
    for name in ("a.npz", "bare.csv", "labelled.csv", "in"):
        code, out, err = command("predict", run_folder, "--data", tmp_path / name, "--json")
        assert code == 0, err
        found = json.loads(out)["predictions"]
        answers[name] = [round(answer["probability"], 4) for answer in found]
    by_folder = [answers["a.npz"][i] for i in (0, 2, 1, 3)]  # level/0, level/2, upright/1, …/3
    assert answers["in"] == by_folder
    assert answers["bare.csv"] == answers["labelled.csv"] == answers["a.npz"]


def test_an_empty_word_is_no_folder(command: Command, texts_run: str) -> None:
    code, out, _ = command("predict", texts_run, "", "  ")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == ["", ""]


def test_a_sheet_and_a_sign_are_named_for_new_data(
    command: Command, texts_run: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, words in (("old", ["short"]), ("new", ["a long sentence", "tiny"])):
            pd.DataFrame({"text": words}).to_excel(book, sheet_name=name, index=False)
    code, out, err = command("predict", texts_run, "--data", path, "--set", "sheet=new", "--json")
    assert code == 0, err
    assert [answer["label"] for answer in json.loads(out)["predictions"]] == ["long", "short"]
    code, _, err = command("predict", texts_run, "--data", path, "--set", "sheet=newer")
    assert (code, err) == (
        2,
        f"lstm-toolkit: {path}: no sheet `newer` that holds rows, did you mean `new`?\n",
    )
    (tmp_path / "b.csv").write_text("text^n\na long sentence^1\n", encoding="utf-8")
    words = ("predict", texts_run, "--data", tmp_path / "b.csv", "--set", "separator=^", "--json")
    code, out, err = command(*words)
    assert code == 0, err
    assert [answer["label"] for answer in json.loads(out)["predictions"]] == ["long"]
