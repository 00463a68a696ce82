"""What messages advise works: each is provoked, and then done what it says."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.serving import prediction
from lstm_toolkit.tasks import get_task
from tests.serving.answering import text_model

Command = Callable[..., tuple[int, str, str]]

ROWS = [(f"row {i} of the table", "good" if i % 2 else "bad") for i in range(40)]
TEXTS = "".join(f"{text},{label}\n" for text, label in ROWS)
FRENCH = "".join(f"une soirée n°{i} très réussie à la fête,{i % 2}\n" for i in range(40))
CHINESE = "".join(f"这是第{i}条很长的评论，内容不同,{i % 2}\n" for i in range(40))
PAIRS = "".join(f"line {i} here\tZeile {i} hier\tligne {i} ici\n" for i in range(40))
SERIES = "id,load,heat\n" + "".join(f"a,{i}.5,{i}\n" for i in range(200))
PIXELS = "".join(
    f"{'ab'[i % 2]},{','.join(str((i * j) % 256) for j in range(12))}\n" for i in range(9)
)


def read(task: str, path: Path, **texts: str) -> Any:
    """Reads a file as training does, with settings as they stand behind `--set`."""
    chosen = get_task(task)
    return chosen.source(path, chosen.configure(texts))


# Name of the task, of the file, its content, settings, the message's advice as a pattern, and the
# settings that follow from what it names.
Case = tuple[str, str, bytes, dict[str, str], str, Callable[..., dict[str, str]]]
CASES: dict[str, Case] = {
    **{
        f"encoding {name}": (
            "sentiment",
            "a.csv",
            f"text,label\n{text}".encode(name),
            {},
            r"--set encoding=(\S+?)\.? ",
            lambda name: {"encoding": name},
        )
        for name, text in (("gb18030", CHINESE), ("cp1252", FRENCH), ("utf-16", FRENCH))
    },
    "text column": (
        "sentiment",
        "a.csv",
        f"body,label\n{TEXTS}".encode(),
        {"text_column": "bodi"},
        r"no column `bodi` for text_column, did you mean `(\w+)`\?",
        lambda name: {"text_column": name},
    ),
    "columns that cannot be told": (
        "sentiment",
        "a.csv",
        ("c1,c2,c3\n" + "".join(f"{text},{label},{label}\n" for text, label in ROWS)).encode(),
        {},
        r"named `label` or by the setting (\w+)\. Received: c1, (\w+), c3",
        lambda setting, column: {setting: column},
    ),
    "direction": (
        "translation",
        "a.tsv",
        f"en\tde\tfr\n{PAIRS}".encode(),
        {},
        r"or the setting (\w+) that names them, such as direction=en-zh. Received: (\w+), (\w+)",
        lambda setting, one, other: {setting: f"{one}-{other}"},
    ),
    "value column": (
        "forecasting",
        "a.csv",
        SERIES.encode(),
        {},
        r"name it with --set (\w+)=\. Received columns: id, (\w+)",
        lambda setting, column: {setting: column},
    ),
    "window and horizon": (
        "forecasting",
        "a.csv",
        "y\n{}".format("".join(f"{i}\n" for i in range(50))).encode(),
        {},
        r"at least 120 steps, (\w+) and (\w+)\. Received: 50 in the longest",
        lambda one, other: {one: "24", other: "8"},
    ),
    "height and width": (
        "digits",
        "a.csv",
        f"label,{','.join(f'p{i}' for i in range(12))}\n{PIXELS}".encode(),
        {},
        r"or the settings (\w+) and (\w+)\. Received: 12 pixels",
        lambda one, other: {one: "3", other: "4"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_reader_says_which_setting_helps(tmp_path: Path, name: str) -> None:
    task, file, content, texts, pattern, follow = CASES[name]
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read(task, path, **texts)
    match = re.search(pattern, str(error.value))
    assert match, error.value
    assert len(read(task, path, **(texts | follow(*match.groups()))).rows) > 0


def test_labels_in_place_of_translations_name_the_task_that_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"text,label\n{TEXTS}")
    with pytest.raises(InputError) as error:
        read("translation", path, source_column="text", target_column="label")
    assert str(error.value) == (
        f"{path}: needs sentences and their translations; to sort texts into classes, train "
        "sentiment. Received: 2 different texts in 40 rows of column label"
    )
    assert len(read("sentiment", path).rows) == 40


@pytest.mark.parametrize(
    ("task", "texts", "pattern", "follow"),
    [
        ("digits", {"unit": "8"}, "did you mean `(.*)`", lambda name: {name: "8"}),
        ("sentiment", {"pairs": "8"}, "is now called `(.*)`", lambda name: {name: "8"}),
        ("digits", {"preset": "mnits"}, "did you mean `(.*)`", lambda name: {"preset": name}),
        (
            "sentiment",
            {"label_smoothing": "0.1"},
            r"needs (\w+)=(\w+)\. ",
            lambda name, value: {"label_smoothing": "0.1", name: value},
        ),
        (
            "forecasting",
            {"schedule": "constant"},
            r"warmup needs (\w+)=(\w+)\. ",
            lambda name, value: {name: value},
        ),
        (
            "sentiment",
            {"units": "0"},
            "units must be integers.*at least (1)",
            lambda low: {"units": low},
        ),
        (
            "digits",
            {"dropout": "x"},
            r"dropout must be a number, in \[(\d)",
            lambda low: {"dropout": low},
        ),
    ],
)
def test_settings_say_what_is_right(
    task: str, texts: dict[str, str], pattern: str, follow: Callable[..., dict[str, str]]
) -> None:
    chosen = get_task(task)
    with pytest.raises(InputError) as error:
        chosen.configure(texts)
    match = re.search(pattern, str(error.value))
    assert match, error.value
    chosen.configure(follow(*match.groups()))


def test_the_nearest_command_is_one(command: Command) -> None:
    _, _, err = command("task")
    (name,) = re.findall("did you mean `(.*)`", err)
    assert command(name)[0] == 0


def test_a_table_on_standard_input_is_read_as_data(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "open_model", lambda _: text_model())
    for content in ('text,label\n"fine",1\n', '{"text": "fine"}\n'):
        stdin = io.TextIOWrapper(io.BytesIO(content.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        code, _, err = command("predict", "run", "-")
        assert (code, "give --data FILE" in err) == (2, True)
        path = tmp_path / ("a.csv" if "," in content else "a.jsonl")
        path.write_text(content)
        assert command("predict", "run", "--data", path)[0] == 0


def test_options_of_predict_that_lack_something(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "open_model", lambda _: text_model())
    page = tmp_path / "page.html"
    _, _, err = command("predict", "run", "a text", "--html", page)
    (option,) = re.findall("--html needs (.*)", err)
    assert command("predict", "run", "a text", "--html", page, option)[0] == 0
    (tmp_path / "a.txt").write_text("fine\n")
    words = ["predict", "run", "--data", tmp_path / "a.txt", "--out"]
    _, _, err = command(*words, tmp_path / "a.xlsx")
    for suffix in re.findall(r"\.\w+", err.partition("Received")[0]):
        assert command(*words, tmp_path / f"answers{suffix}")[0] == 0


def test_a_folder_of_runs_names_one_that_opens(run_folder: Path) -> None:
    with pytest.raises(InputError) as error:
        Run.open(run_folder.parent)
    (name,) = re.findall(r"as in (\S+)\. ", str(error.value))
    assert Run.open(Path(name)).finished
