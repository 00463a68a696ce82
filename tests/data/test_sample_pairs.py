"""The sample pairs: what ships is what the generator writes, and it keeps its promises."""

from __future__ import annotations

import importlib.util
import itertools
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
TSV = DATA / "pairs_en_zh.tsv"
SUBJECTS = (
    "greetings",
    "travel",
    "shopping",
    "time",
    "work",
    "family",
    "food",
    "weather",
    "health",
    "hobbies",
    "school",
    "help",
)


@pytest.fixture(scope="module")
def subjects() -> list[str]:
    spec = importlib.util.spec_from_file_location("make_pairs", DATA / "make_pairs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [pair.subject for pair in module.make_pairs()]


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    _, *lines = TSV.read_text(encoding="utf-8").splitlines()
    return [(english, chinese) for english, chinese in (line.split("\t") for line in lines)]


def test_generator_writes_what_ships(tmp_path: Path) -> None:
    written = tmp_path / "pairs.tsv"
    subprocess.run([sys.executable, DATA / "make_pairs.py", written], check=True)
    assert written.read_bytes() == TSV.read_bytes()


def test_file_is_small_plain_tsv(rows: list[tuple[str, str]]) -> None:
    content = TSV.read_bytes()
    assert content.startswith(b"en\tzh\n")
    assert not re.search(rb'["\r]', content)
    assert len(content) < 500_000
    assert len(rows) == content.count(b"\n") - 1


def test_counts(rows: list[tuple[str, str]]) -> None:
    assert 4500 <= len(rows) <= 5600


def test_every_subject_has_its_share(subjects: list[str]) -> None:
    shares = Counter(subjects)
    assert set(shares) == set(SUBJECTS)
    assert min(shares.values()) > 0.05 * len(subjects)
    assert max(shares.values()) < 0.15 * len(subjects)


def test_rows_are_shuffled(subjects: list[str]) -> None:
    changes = sum(a != b for a, b in itertools.pairwise(subjects))
    assert changes > 0.8 * len(subjects)


def test_no_english_sentence_comes_twice(rows: list[tuple[str, str]]) -> None:
    plain = [re.sub(r"[\W_]+", " ", english.lower()).strip() for english, _ in rows]
    assert [text for text, count in Counter(plain).items() if count > 1] == []


def test_no_english_word_is_rare(rows: list[tuple[str, str]]) -> None:
    words = Counter(word for english, _ in rows for word in re.findall("[a-z']+", english.lower()))
    assert 350 <= len(words) <= 750
    assert [word for word, count in words.items() if count < 8] == []


def test_chinese_characters(rows: list[tuple[str, str]]) -> None:
    characters = {character for _, chinese in rows for character in chinese}
    assert 500 <= len(characters) <= 800


def test_no_control_characters_or_stray_spaces(rows: list[tuple[str, str]]) -> None:
    for text in itertools.chain(*rows):
        assert not any(unicodedata.category(c).startswith("C") for c in text), text
        assert text == " ".join(text.split()), text


def test_english_sentences(rows: list[tuple[str, str]]) -> None:
    for english, _ in rows:
        assert 2 <= len(english.split()) <= 14, english
        assert re.fullmatch(r"[A-Z][A-Za-z', .?!]*[.?!]", english), english
        assert not re.search(r"\b(\w+) \1\b", english.lower()), english
        assert not re.search(r"\ba [aeio]|\ban [bcdfgjklmnpqrstvwz]", english.lower()), english
        assert not re.search(r" [,.!?]|[,.!?][,.!?]", english), english


def test_chinese_sentences(rows: list[tuple[str, str]]) -> None:
    for _, chinese in rows:
        assert re.fullmatch("[一-鿿，。？！]+[。？！]", chinese), chinese
        assert not re.search("[，。？！]{2}", chinese), chinese
        assert not re.search("(?<!十)二[个本张杯件条次天点公]|的的|了了|吗。", chinese), chinese


def test_questions_are_questions_in_both(rows: list[tuple[str, str]]) -> None:
    for english, chinese in rows:
        assert english.endswith("?") == chinese.endswith("？"), english


def test_subject_of_the_sentence_is_translated(rows: list[tuple[str, str]]) -> None:
    subjects = {
        "I ": "我",
        "He ": "他",
        "She ": "她",
        "We ": "我们",
        "They ": "他们",
        "Tom ": "汤姆",
    }
    for english, chinese in rows:
        for start, subject in subjects.items():
            assert not english.startswith(start) or subject in chinese, english
