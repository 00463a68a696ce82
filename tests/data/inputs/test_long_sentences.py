"""Sentences in columns are read one after the other, and give what a whole reading gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.data.inputs.test_long_files import both_ways, short_parts

__all__ = ["short_parts"]  # a fixture


def columns(count: int, separator: str, width: int = 2) -> str:
    rng = random.Random(count)
    return "\n\n".join(
        "\n".join(
            separator.join([f"w{rng.randrange(9)}", *["x"] * (width - 2), *["O"] * (width > 1)])
            for _ in range(rng.randint(1, 6))
        )
        for _ in range(count)
    )


FILES = {
    "tabs.conll": columns(40, "\t"),
    "spaces.txt": columns(40, " "),
    "four.tsv": columns(40, "\t", 4),
    "alone.conll": columns(40, "\t", 1),
    "comments.conll": "# text = a b\n" + columns(40, "\t").replace("\n\n", "\n\n# id = 1\n"),
    "documents.bio": "-DOCSTART- O\n\n" + columns(40, " "),
    "marked.conll": "\ufeff" + columns(40, "\t"),
    "ends.conll": columns(40, "\t").replace("\n", "\r\n"),
    "blank.conll": columns(40, "\t") + "\n" * 9,
}


@pytest.mark.parametrize("name", FILES)
def test_sentences_come_one_after_the_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8", newline="")
    rows, note, *_ = both_ways(path, tmp_path, monkeypatch, task="tagging")
    assert len(rows) == 40
    assert note.startswith(f"40 sentences of {path}")


BAD = {
    "short.conll": (columns(40, "\t") + "\nw1\n", "needs a token and its tag"),
    "wide.conll": (columns(40, "\t") + "\nw1\tO\tO\tO\n", "needs 2 columns"),
    "gbk.conll": (columns(40, "\t").replace("w1", "\udcb0\udca1"), "needs text in utf-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_told_with_their_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    content, message = BAD[name]
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    said = both_ways(path, tmp_path, monkeypatch, parted=False, task="tagging")
    assert f"{path}, line " in said
    assert message in said


def test_sentences_a_line_come_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(f"Anna ran {n} miles .\n" for n in range(40)))
    rows, *_ = both_ways(path, tmp_path, monkeypatch, task="tagging")
    assert len(rows) == 40
