"""Translators' files are read a part at a time, and give what a whole reading gives."""

from __future__ import annotations

import gzip
import io
import itertools
from pathlib import Path

import pytest

from lstm_toolkit.data.readers.pairs.tmx import TranslationMemory
from lstm_toolkit.errors import DataError
from tests.data.inputs.test_long_files import both_ways, short_parts

__all__ = ["short_parts"]  # a fixture

UNIT = '<tu><tuv xml:lang="{}"><seg>{} &amp; <hi>b</hi></seg></tuv>{}</tu>'
OTHER = '<tuv xml:lang="{}"><seg>ein {}</seg></tuv>'


def memory(*units: str, source: str = "en", declared: str = "") -> str:
    head = f'<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"{declared}><tmx>'
    return f'{head}<header srclang="{source}"/><body>{"".join(units)}</body></tmx>'


def units(count: int, first: str = "en", second: str = "de") -> list[str]:
    return [UNIT.format(first, f"a day {n}", OTHER.format(second, n)) for n in range(count)]


MEMORIES = {
    "plain": memory(*units(40)),
    "the source second": memory(*units(40, "de", "en")),
    "countries": memory(*units(40, "en-GB", "de_DE")),
    "alone": memory(*units(39), '<tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu>'),
    "further": memory(*units(20), UNIT.format("en", "a", OTHER.format("de", 1) * 3), *units(20)),
    "empty": memory(*units(20), UNIT.format("en", " ", '<tuv xml:lang="de"/>'), *units(20)),
}


@pytest.mark.parametrize("suffix", [".tmx", ".tmx.gz"])
@pytest.mark.parametrize("form", MEMORIES)
def test_memories_come_unit_by_unit(
    form: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{suffix}"
    content = MEMORIES[form].encode()
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    rows, *_ = both_ways(path, tmp_path, monkeypatch, task="translation")
    assert len(rows) >= 40
    assert rows[0][0] in ("a day 0 & b", "ein 0")


@pytest.mark.parametrize(
    "content",
    [
        memory(*units(40))[:-30],
        memory(*units(40)).replace("a day 30", "a < day"),
        memory(*units(40, "en", "en")),
        memory(*units(39), *units(1, "en", "fr")),
        memory(),
        "<tmx/>",
    ],
    ids=["cut off", "damaged", "one language", "a third one late", "no unit", "nothing"],
)
def test_other_memories_are_left_to_the_whole_reader(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(content)
    said = both_ways(path, tmp_path, monkeypatch, parted=False, task="translation")
    assert said.startswith(str(path))


def test_entities_that_multiply_are_refused() -> None:
    declared = f' [<!ENTITY a "{"ha" * 50_000}"><!ENTITY b "{"&a;" * 1000}">]'
    content = memory(UNIT.format("en", "&b;", ""), declared=declared).encode()
    path = Path("a.tmx")
    with pytest.raises(DataError) as error:
        list(TranslationMemory(io.BytesIO(content), path).units())
    assert str(error.value) == ("a.tmx: needs TMX without entities of its own. Received: entity a")


def test_no_unit_is_held_longer_than_needed() -> None:
    class Endless(io.RawIOBase):
        sent = 0

        def read(self, size: int = -1) -> bytes:
            self.sent += 1
            return (
                memory(*units(500))[: -len("</body></tmx>")].encode()
                if self.sent == 1
                else ("".join(units(500)).encode())
            )

    file = Endless()
    rows = TranslationMemory(file, Path("a.tmx")).units()  # type: ignore[arg-type]
    assert len(list(itertools.islice(rows, 1800))) == 1800
    assert file.sent == 4


LINES = [f"a day {n} ||| ein Tag {n}" for n in range(40)]


@pytest.mark.parametrize(
    ("lines", "parted"),
    [
        (LINES, True),
        (["English ||| German", *LINES], True),
        ([*LINES[:20], "", " ", *LINES[20:]], True),
        ([*LINES, "one side"], False),
        ([*LINES, "a ||| b ||| c"], False),
        (["English ||| German"], False),
    ],
    ids=["plain", "header", "blank", "one", "three", "header alone"],
)
def test_sides_come_line_by_line(
    lines: list[str], parted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines))
    both_ways(path, tmp_path, monkeypatch, parted=parted, task="translation")
