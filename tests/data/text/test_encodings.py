"""Encodings: what is suggested, what is doubted, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.likely_encodings import likely_encodings
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks, wrongly_decoded
from lstm_toolkit.errors import DataError

SENTENCES = {
    "Arabic": (
        "الشاي ساخن والخبز طازج هذا الصباح",
        "لم تصل الرسالة بعد، سننتظر حتى الغد",
    ),
    "Bulgarian": (
        "Влакът закъсня с половин час, а гарата беше студена.",
        "Купих хляб и мляко.",
    ),
    "Chinese": (
        "火车晚点了半个小时，车站里很冷。",
        "早上的面包很新鲜，茶也热。",
    ),
    "Chinese, traditional": (
        "火車晚點了半個小時，車站裡很冷。",
        "早上的麵包很新鮮，茶也熱。",
    ),
    "Czech": (
        "Vlak měl půl hodiny zpoždění a na nádraží byla zima.",
        "Čerstvý chléb voněl už od dveří.",
    ),
    "English": (
        "The train was late – “half an hour”, they said.",
        "Wasn’t it cold? It cost £9…",
    ),
    "French": (
        "Le train était en retard et la gare glaciale.",
        "Où est passée la boîte à thé près du four ?",
    ),
    "German": (
        "Der Zug war verspätet, und am Bahnhof wehte kühle Luft.",
        "Größere Brötchen gibt es draußen.",
    ),
    "Greek": (
        "Το τρένο άργησε μισή ώρα και ο σταθμός ήταν κρύος.",
        "Το ψωμί ήταν φρέσκο σήμερα.",
    ),
    "Hebrew": (
        "הרכבת איחרה בחצי שעה והתחנה הייתה קרה",
        "הלחם היה טרי הבוקר והתה חם",
    ),
    "Hungarian": (
        "A vonat fél órát késett, és a pályaudvar hűvös volt.",
        "Friss kenyér és meleg tea, őszi idő.",
    ),
    "Japanese": (
        "電車が三十分も遅れて、駅はとても寒かったです。",
        "今朝のパンは焼きたてでした。",
    ),
    "Korean": (
        "기차가 삼십 분이나 늦었고 역은 아주 추웠어요.",
        "오늘 아침 빵은 갓 구운 것이었어요.",
    ),
    "Lithuanian": (
        "Traukinys vėlavo pusvalandį, o stotyje buvo šalta.",
        "Šviežia duona kvepėjo jau prie durų.",
    ),
    "Polish": (
        "Pociąg spóźnił się pół godziny, a na dworcu było zimno.",
        "Świeży chleb pachniał już przy drzwiach.",
    ),
    "Russian": (
        "Поезд опоздал на полчаса, а на вокзале было холодно.",
        "Утренний хлеб был свежим.",
    ),
    "Thai": (
        "รถไฟมาสายครึ่งชั่วโมงและสถานีหนาวมาก",
        "ขนมปังเมื่อเช้าสดมากและชาก็ร้อน",
    ),
    "Turkish": (
        "Tren yarım saat gecikti ve istasyon çok soğuktu.",
        "Sabah ekmeği tazeydi, şimdi dışarıda yağmur var.",
    ),
    "Ukrainian": (
        "Потяг запізнився на пів години, і на вокзалі було холодно.",
        "Свіжий хліб їли ще теплим.",
    ),
}
"""Two sentences a language."""

LEGACY = {
    "Arabic": ("cp1256",),
    "Bulgarian": ("cp1251",),
    "Chinese": ("gb18030", "gb2312"),
    "Chinese, traditional": ("big5",),
    "Czech": ("cp1250", "iso8859-2"),
    "English": ("cp1252",),
    "French": ("cp1252", "latin-1", "cp850"),
    "German": ("cp1252", "latin-1", "cp850"),
    "Greek": ("cp1253", "iso8859-7"),
    "Hebrew": ("cp1255",),
    "Hungarian": ("cp1250", "iso8859-2"),
    "Japanese": ("shift_jis", "euc_jp"),
    "Korean": ("euc_kr",),
    "Lithuanian": ("cp1257",),
    "Polish": ("cp1250", "iso8859-2"),
    "Russian": ("cp1251", "koi8-r", "cp866"),
    "Thai": ("cp874",),
    "Turkish": ("cp1254",),
    "Ukrainian": ("cp1251", "koi8-u"),
}
"""In which encodings their old files are."""

CASES = [(language, encoding) for language, names in LEGACY.items() for encoding in names]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """Draws a text, in one of several forms of files, and an encoding that it is saved in."""
    language, encoding = draw(st.sampled_from(CASES))
    sentences = draw(st.permutations(SENTENCES[language]))
    form = draw(st.sampled_from(("{}", "text,label\n{0},1\n", '1\t"{0}"\n2\tplain words\n')))
    text = form.format(draw(st.sampled_from(("\n", " ", "\r\n"))).join(sentences))
    return text * draw(st.integers(1, 20)), encoding


@given(files())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_first_suggestion_decodes_a_file_rightly(file: tuple[str, str]) -> None:
    text, encoding = file
    content = text.encode(encoding)
    first = likely_encodings(content)[0]
    assert content.decode(first) == text, (encoding, first)
    assert decoding_remarks(content, encoding) == []


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_legacy_file_is_refused_with_an_encoding_that_reads_it(
    tmp_path: Path, language: str, encoding: str
) -> None:
    text = " ".join(SENTENCES[language])
    path = tmp_path / "a.csv"
    path.write_bytes(f'text,label\n"{text}",a\n"{text} b",a\nc,b\nd,b\n'.encode(encoding))
    with pytest.raises(DataError) as error:
        read_texts(path)
    advised = str(error.value).partition("--set encoding=")[2].partition(" ")[0].rstrip(".")
    assert next(iter(read_texts(path, encoding=advised).rows.inputs)) == text


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("English", "cp1252", "latin-1"),
        ("Russian", "cp1251", "koi8-r"),
        ("Russian", "koi8-r", "cp1251"),
        ("Polish", "cp1250", "cp1252"),
        ("Czech", "iso8859-2", "latin-1"),
        ("Chinese", "gb18030", "latin-1"),
        ("Japanese", "cp932", "gb18030"),
    ],
)
def test_the_note_doubts_an_encoding_that_reads_anything(
    tmp_path: Path, language: str, right: str, wrong: str
) -> None:
    texts = [f"{text} {row}" for row, text in enumerate(SENTENCES[language] * 4)]
    path = tmp_path / "a.tsv"
    path.write_bytes("".join(f"{t}\t{i % 2}\n" for i, t in enumerate(texts)).encode(right))
    note = read_texts(path, encoding=wrong, text_column="1", label_column="2").note
    advice = f"warning: the text looks like {right}, not {wrong}: --set encoding={right}"
    assert advice in note
    mended = read_texts(path, encoding=right, text_column="1", label_column="2")
    assert "warning" not in mended.note
    assert set(mended.rows.inputs) == set(texts)


def test_a_mark_and_zeros_tell_utf_16() -> None:
    assert likely_encodings("好".encode("utf-16")) == ["utf-16"]
    assert likely_encodings("plain words".encode("utf-16-le")) == ["utf-16-le"]
    assert likely_encodings(SENTENCES["Chinese"][0].encode("utf-16-le"))[0] == "utf-16-le"
    path = Path("a.csv")
    with pytest.raises(DataError) as error:
        decode("plain words".encode("utf-16-le"), "utf-8", path)
    assert str(error.value) == (
        f"{path}, line 1: needs text in utf-8, or its encoding, as in --set encoding=utf-16-le. "
        "Received: byte 0x00 at offset 1 of the line"
    )


def test_what_no_text_has_is_told() -> None:
    spoilt = ("cafÃ©", "it\x92s", "donâ€™t", "lost � sign", "zero\0", "Ð¿Ñ€Ð¸", "\x1b$B8\x1b(B")
    for text in spoilt:
        (remark,) = wrongly_decoded([text, "fine"])
        assert remark.startswith("warning: 1 of 2 cells looks wrongly decoded, as by another")
    good = [text for both in SENTENCES.values() for text in both]
    assert wrongly_decoded([*good, "Âge d’or", "PÂTÉ", "Ångström", "tab\there", "línea\x85"]) == []


def test_bytes_are_decoded_strictly() -> None:
    path = Path("a.txt")
    assert decode("\ufeff好 naïve".encode("utf-16"), "utf-16", path) == "好 naïve"
    assert decode("\ufeff好".encode(), "utf-8", path) == "好"
    assert decode("好".encode("gb18030"), "gb18030", path) == "好"
    with pytest.raises(DataError) as error:
        decode("好".encode("utf-16"), "utf-8", path)
    assert str(error.value) == (
        f"{path}, line 1: needs text in utf-8, or its encoding, as in --set encoding=utf-16. "
        "Received: byte 0xff at offset 0 of the line"
    )


@pytest.mark.parametrize("name", ["klingon", "hex", "", "a\0b"])
def test_an_unknown_encoding_is_named(name: str) -> None:
    with pytest.raises(DataError) as error:
        decode(b"a", name, Path("a.txt"))
    assert str(error.value) == (
        "needs the name of an encoding, such as utf-8, gb18030 or cp1252. "
        f"Received: encoding={name}"
    )
