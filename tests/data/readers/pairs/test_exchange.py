"""TMX and lines with bars; other forms are refused by their names."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.parsers import expat
from xml.parsers.expat import ParserCreate

import pytest

from lstm_toolkit.data import read_pairs
from lstm_toolkit.errors import DataError

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">'


def unit(**texts: str) -> str:
    parts = (
        f'<tuv xml:lang="{code.replace("_", "-")}"><seg>{text}</seg></tuv>'
        for code, text in texts.items()
    )
    return f"<tu>{''.join(parts)}</tu>"


def tmx(*units: str, source: str = "en") -> bytes:
    return f'{HEAD}<header srclang="{source}"/><body>{"".join(units)}</body></tmx>'.encode()


def test_tmx_is_read_by_language_the_source_first(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx.gz"
    units = (
        unit(de_DE="Guten <bpt>&lt;b&gt;</bpt>Tag<ept>x</ept>", en_GB="Good <hi>day</hi>"),
        unit(de_DE="Nein", en_GB="No"),
        unit(de_DE="allein"),
        unit(en_GB="Yes", de_DE="Ja") + "<!-- a remark -->",
        unit(en_GB="Yes", de_DE="Ja"),
    )
    path.write_bytes(gzip.compress(tmx(*units)))
    source = read_pairs(path)
    assert list(source.rows.inputs) == ["Good day", "No", "Yes"]
    assert list(source.rows.labels) == ["Guten Tag", "Nein", "Ja"]
    assert source.note == (
        f"3 pairs: from column en to column de, of {path}; 1 pair with an empty side dropped; "
        "1 repeated pair dropped"
    )
    assert source.account is not None
    assert source.account.remarks() == [
        "5 pairs = 3 used + 2 left out (1 with an empty side, 1 repeated)"
    ]
    assert list(read_pairs(path, direction="de-en").rows.labels) == ["Good day", "No", "Yes"]


class HoldsBack:
    """A parser that gives nothing before the end, as expat from 2.6 on may."""

    def __init__(self, **options: str):
        self._pieces: list[bytes] = []
        self.__dict__["_parser"] = ParserCreate(**options)

    def __setattr__(self, name: str, value: object) -> None:
        if "_parser" in self.__dict__:
            setattr(self._parser, name, value)
        self.__dict__[name] = value

    def Parse(self, piece: bytes, final: bool = False) -> None:  # noqa: N802
        self._pieces.append(piece)
        if final:
            self._parser.Parse(b"".join(self._pieces), True)


def test_units_that_the_parser_holds_back_to_the_end_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expat, "ParserCreate", HoldsBack)
    path = tmp_path / "memory.tmx"
    path.write_bytes(tmx(unit(en="No", de="Nein"), unit(en="Yes", de="Ja")))
    assert list(read_pairs(path).rows.labels) == ["Nein", "Ja"]


def test_bars_divide_sides_with_a_header_or_without(tmp_path: Path) -> None:
    path = tmp_path / "fast.txt"
    path.write_text("One thing ||| Ein Ding\n\nTwo things ||| Zwei Dinge\n", encoding="utf-8")
    source = read_pairs(path)
    assert list(source.rows.labels) == ["Ein Ding", "Zwei Dinge"]
    assert source.note == f"2 pairs: from column 1 to column 2, of {path}; sides divided by |||"
    path.write_text("English ||| German\nOne thing ||| Ein Ding\n", encoding="utf-8")
    assert list(read_pairs(path).rows.inputs) == ["One thing"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlf", b"<xliff/>", "needs pairs as .tmx, or as a table with a column a side; most "
         "programs export one of them. Received: XLIFF (.xlf)"),
        ("a.po.gz", b"", "needs pairs as .tmx, or as a table with a column a side; most "
         "programs export one of them. Received: gettext (.po)"),
        ("a.txt", b"a b ||| c d\na ||| b ||| c\n",
         "needs two sides with ||| between them. Received: 3"),
        ("a.tmx", b"<tmx><tu></tmx>", "is damaged, or no TMX file. mismatched tag: line 1, "
         "column 11"),
        ("a.tmx", tmx(unit(en="alone")), "needs units in two languages at least. "
         "Received: 1 units, en"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_line(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_pairs(path)
    assert str(error.value).endswith(f": {message}")
