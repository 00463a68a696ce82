"""CSV and TSV as programs write them, and rows that are none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.tables.delimited import SEPARATORS, find_separator
from lstm_toolkit.data.readers.tables.tables import FORMS
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError

TEXTS = [f"a film, so {kind} that I saw it {row} times" for row in range(4) for kind in "xyz"]
FRAME = pd.DataFrame({"text": TEXTS, "label": ["good", "bad"] * 6})


def read(path: Path, content: str | bytes, **options: str) -> tuple[list[str], list[str], str]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = read_texts(path, **options)  # type: ignore[arg-type]
    assert source.account is not None
    return list(source.rows.inputs), list(source.rows.labels), source.note.partition("; ")[2]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("header", [True, False])
def test_every_separator_under_every_name(
    tmp_path: Path, name: str, separator: str, header: bool
) -> None:
    text = FRAME.to_csv(index=False, sep=separator, header=header)
    texts, labels, _ = read(tmp_path / name, text)
    assert (texts, labels) == (TEXTS, list(FRAME.label))


@pytest.mark.parametrize("columns", [["text", "label"], ["label", "text"]])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["", "sep=;\n", '"sep=;"\n'])
def test_ends_of_lines_and_the_line_of_excel(
    tmp_path: Path, columns: list[str], end: str, first: str
) -> None:
    text = first + FRAME[columns].to_csv(index=False, sep=";")
    texts, labels, _ = read(tmp_path / "a.csv", text.replace("\n", end))
    assert (texts, labels) == (TEXTS, list(FRAME.label))


def test_lines_are_counted_behind_the_line_of_excel(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 4: needs 2 cells a row, as in the first"):
        read(tmp_path / "a.csv", "sep=;\ntext;label\na;x\nb;x;y\n")


def test_quotes_written_with_a_backslash(tmp_path: Path) -> None:
    rows = "".join(f'"{row}, \\"well\\" said\\n",{row % 2}\n' for row in range(6))
    texts, _, note = read(tmp_path / "a.csv", f"text,label\n{rows}")
    assert texts == [f'{row}, "well" said\\n' for row in range(6)]
    assert note == '\\" read as a quote'


def test_a_separator_that_is_asked_for(tmp_path: Path) -> None:
    text = FRAME.to_csv(index=False).replace(",good", ":good").replace(",bad", ":bad")
    text = text.replace("text,label", "text:label").replace('"', "")
    assert read(tmp_path / "a.csv", text, separator=":")[0] == TEXTS
    tabbed = FRAME.to_csv(index=False, sep="\t")
    assert read(tmp_path / "b.csv", tabbed, separator="tab")[0] == TEXTS
    with pytest.raises(DataError) as error:
        read(tmp_path / "a.csv", text, separator="::")
    assert str(error.value) == "needs one sign between cells, or tab. Received: separator=::"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("ab,;|\t \"'", min_size=1, max_size=12), st.sampled_from("xyz")),
        min_size=4,
        max_size=20,
    ),
    st.sampled_from(SEPARATORS),
)
def test_the_separator_of_quoted_cells_is_found(
    rows: list[tuple[str, str]], separator: str
) -> None:
    text = pd.DataFrame(rows, columns=["text", "label"]).to_csv(index=False, sep=separator)
    assert find_separator(text, {"text", "label"}) == separator


def test_headers_that_come_again_are_left_out_with_their_lines(tmp_path: Path) -> None:
    parts = [FRAME[:4], FRAME[4:7], FRAME[7:]]
    text = "\ufeff".join(part.to_csv(index=False) for part in parts)
    texts, _, note = read(tmp_path / "a.csv", text)
    assert texts == TEXTS
    assert note == "14 rows = 12 used + 2 left out (2 with the header again (lines 6, 10))"
    text = FRAME.to_csv(index=False) + FRAME[["label", "text"]].to_csv(index=False)
    with pytest.raises(DataError) as error:
        read(tmp_path / "a.csv", text)
    assert str(error.value) == (
        f"{tmp_path / 'a.csv'}, line 14: needs the same columns in one order throughout. "
        "Received: another header, label, text"
    )


def test_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    text = "Report 2026\nby ACME,\n\n" + FRAME.to_csv(index=False)
    texts, _, note = read(tmp_path / "a.csv", text)
    assert texts == TEXTS
    assert note == "14 rows = 12 used + 2 left out (2 above the header (lines 1, 2))"


def test_a_sign_that_is_not_looked_for_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(DataError) as error:
        read(path, "text^label\na fine, sunny day^good\nrain, wind^bad\n")
    assert str(error.value) == (
        f"{path}, line 2: needs 1 cell a row, as in the first, or the sign between them, "
        "--set separator=^. Received: 2"
    )
    with pytest.raises(DataError) as error:
        read(path, "text^label\na fine day^good\nrain^bad\n")
    assert str(error.value) == (
        f"{path}: needs one column of labels, named `label` or by the setting label_column; or the "
        "sign between cells, as in --set separator=^. Received: text^label"
    )


def test_text_behind_the_last_name_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{row % 2},text {row},,\n" for row in range(6))
    _, _, note = read(tmp_path / "a.csv", f"v1,v2,,\n{rows}1,a comma, and more,\n")
    assert note == "1 row with text in columns without a name, the first on line 8"


def test_the_index_of_pandas_is_no_column_of_texts(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", FRAME.to_csv())[0] == TEXTS
    assert read(tmp_path / "b.csv", FRAME.reset_index(names="Unnamed: 0").to_csv())[0] == TEXTS


def test_labels_called_like_a_column_are_no_header(tmp_path: Path) -> None:
    rows = "".join(f"{'yn'[row % 2]},{text.replace(',', '')}\n" for row, text in enumerate(TEXTS))
    texts, labels, note = read(tmp_path / "a.csv", rows)
    assert (len(texts), set(labels), note) == (12, {"y", "n"}, "no header")


def test_lines_of_labels(tmp_path: Path) -> None:
    pairs = list(zip(TEXTS, FRAME.label, strict=True))
    fast = "".join(f"__label__{label} {text}\n" for text, label in pairs)
    assert read(tmp_path / "a.txt", fast)[:2] == (TEXTS, list(FRAME.label))
    for line in ("{0}\t{1}\n", "{1}\t{0}\n"):
        lines = "".join(line.format(*pair) for pair in pairs)
        assert read(tmp_path / "a.txt", lines)[:2] == (TEXTS, list(FRAME.label))
    assert read(tmp_path / "a.txt", FRAME.to_csv(index=False))[0] == TEXTS
    path = tmp_path / "b.txt"
    with pytest.raises(DataError) as error:
        read(path, "\n".join(TEXTS))
    assert str(error.value) == f"{path}: unknown form; needs {FORMS}"
