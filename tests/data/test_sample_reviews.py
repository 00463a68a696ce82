"""The sample reviews: what ships is what the generator writes, and it keeps its promises."""

from __future__ import annotations

import csv
import itertools
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
CSV = DATA / "reviews.csv"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=LANGUAGES)
def reviews(request: pytest.FixtureRequest, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["language"] == request.param]


def texts(rows: list[dict[str, str]], language: str) -> list[str]:
    return [row["text"] for row in rows if row["language"] == language]


def test_generator_writes_what_ships(tmp_path: Path) -> None:
    written = tmp_path / "reviews.csv"
    subprocess.run([sys.executable, DATA / "make_reviews.py", written], check=True)
    assert written.read_bytes() == CSV.read_bytes()


def test_file_is_small_plain_csv(rows: list[dict[str, str]]) -> None:
    content = CSV.read_bytes()
    assert content.startswith(b"text,label,language\n")
    assert b"\r" not in content
    assert len(content) < 500_000
    assert len(rows) == content.count(b"\n") - 1


def test_counts_and_balance(reviews: list[dict[str, str]]) -> None:
    labels = Counter(row["label"] for row in reviews)
    assert set(labels) == {"positive", "negative"}
    assert labels.total() >= 1200
    assert 0.45 <= labels["positive"] / labels.total() <= 0.55


def test_no_other_languages(rows: list[dict[str, str]]) -> None:
    assert {row["language"] for row in rows} == set(LANGUAGES)


def test_rows_are_shuffled(rows: list[dict[str, str]]) -> None:
    for column in ("label", "language"):
        values = [row[column] for row in rows]
        changes = sum(a != b for a, b in itertools.pairwise(values))
        assert changes > 0.4 * len(rows)


def test_no_duplicates(rows: list[dict[str, str]]) -> None:
    plain = [re.sub(r"[\W_]+", "", row["text"].lower()) for row in rows]
    assert len(set(plain)) == len(plain)


def test_no_control_characters_or_stray_spaces(rows: list[dict[str, str]]) -> None:
    for row in rows:
        text = row["text"]
        assert not any(unicodedata.category(c).startswith("C") for c in text), text
        assert text == " ".join(text.split()), text


def test_no_slot_is_left_open(rows: list[dict[str, str]]) -> None:
    assert not [row["text"] for row in rows if re.search(r"[{}\[\]]", row["text"])]


def test_english_rows(rows: list[dict[str, str]]) -> None:
    for text in texts(rows, "en"):
        assert 5 <= len(text.split()) <= 45, text
        assert not re.search(r"\b(\w+) \1\b", text.lower()), text
        assert not re.search(r"\ba [aeio]|\ban [bcdfgjklmnpqrstvwz]", text.lower()), text
        assert not re.search(r" [,.;:!?]|[,;:!?][,.;:!?]", text), text


def test_chinese_rows(rows: list[dict[str, str]]) -> None:
    for text in texts(rows, "zh"):
        assert 8 <= len(text) <= 80, text
        assert not re.search(r"[A-Za-z\s]", text), text
        assert not re.search(r"""[,.;:!?"'()]""", text), text
        assert not re.search("[，。！？；：]{2}", text), text


def test_no_clause_is_frequent(reviews: list[dict[str, str]]) -> None:
    parts = Counter(
        part
        for row in reviews
        for part in set(re.split("[.!?:;，。！？；]", row["text"].lower()))
        if len(part.split()) > 3 or len(part) > 6
    )
    part, count = parts.most_common(1)[0]
    assert count <= 0.025 * len(reviews), part
