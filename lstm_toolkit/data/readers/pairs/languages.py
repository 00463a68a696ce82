"""Languages as columns and files are named after them."""

from __future__ import annotations

import re

_NAMES = {
    "ar": ("ara", "arabic", "العربية"),
    "bg": ("bul", "bulgarian"),
    "bn": ("ben", "bengali"),
    "ca": ("cat", "catalan"),
    "cs": ("ces", "cze", "czech", "čeština"),
    "da": ("dan", "danish", "dansk"),
    "de": ("deu", "ger", "german", "deutsch"),
    "el": ("ell", "gre", "greek"),
    "en": ("eng", "english", "英文", "英语"),
    "eo": ("epo", "esperanto"),
    "es": ("spa", "spanish", "español"),
    "et": ("est", "estonian"),
    "fa": ("fas", "per", "persian", "farsi"),
    "fi": ("fin", "finnish", "suomi"),
    "fr": ("fra", "fre", "french", "français"),
    "he": ("heb", "hebrew"),
    "hi": ("hin", "hindi"),
    "hr": ("hrv", "croatian"),
    "hu": ("hun", "hungarian", "magyar"),
    "id": ("ind", "indonesian"),
    "it": ("ita", "italian", "italiano"),
    "ja": ("jpn", "japanese", "日本語"),
    "ko": ("kor", "korean", "한국어"),
    "lt": ("lit", "lithuanian"),
    "lv": ("lav", "latvian"),
    "nl": ("nld", "dut", "dutch", "nederlands"),
    "no": ("nor", "nb", "nob", "nn", "nno", "norwegian", "norsk"),
    "pl": ("pol", "polish", "polski"),
    "pt": ("por", "portuguese", "português"),
    "ro": ("ron", "rum", "romanian"),
    "ru": ("rus", "russian", "русский"),
    "sk": ("slk", "slo", "slovak"),
    "sl": ("slv", "slovene", "slovenian"),
    "sr": ("srp", "serbian"),
    "sv": ("swe", "swedish", "svenska"),
    "sw": ("swa", "swahili"),
    "th": ("tha", "thai"),
    "tr": ("tur", "turkish", "türkçe"),
    "uk": ("ukr", "ukrainian"),
    "ur": ("urd", "urdu"),
    "vi": ("vie", "vietnamese"),
    "zh": ("zho", "chi", "cmn", "chinese", "mandarin", "中文", "汉语"),
}
"""Codes of ISO 639-1, and what else is written for them."""

_CODES = {name: code for code, names in _NAMES.items() for name in (code, *names)}
_OTHERS = {
    *("source", "src", "target", "tgt", "trg", "sentence", "sentences", "text", "texts", "word"),
    *("words", "phrase", "translation", "translations", "original", "reference", "split"),
    *("cn", "tw", "hk", "hans", "hant", "us", "gb", "br"),
}
"""What else stands in names of columns."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.,;:!?'。，；：！？…]")


def language(name: str) -> str:
    """Returns the code of the first language in a name, "" if there is none.

    >>> language("text_EN"), language("zh-CN"), language("German sentences"), language("text")
    ('en', 'zh', 'de', '')
    """
    return next((_CODES[word] for word in _words(name) if word in _CODES), "")


def is_name(cell: str) -> bool:
    """Tells whether a cell reads like the name of a column of sentences, not like one.

    >>> is_name("English words/sentences"), is_name("zh-CN"), is_name("Hi"), is_name("English!")
    (True, True, False, False)
    """
    words = _words(cell)
    short = any(len(word) < 4 and word.istitle() and word.isascii() for word in _WORD.findall(cell))
    known = bool(words) and all(word in _CODES or word in _OTHERS for word in words)
    return known and not short and not _SENTENCE.search(cell)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(name)]
