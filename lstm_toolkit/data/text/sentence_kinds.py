"""What the script of sentences says of how to divide them."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_toolkit.data.text.scripts import usual_scripts
from lstm_toolkit.data.text.tokens import Kind

_UNSPACED = {"Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"}


def token_kind(texts: Sequence[str]) -> Kind:
    """Returns "character" for scripts that put no spaces between words, else "word".

    >>> token_kind(["你好。"]), token_kind(["Hello."])
    ('character', 'word')
    """
    return "character" if usual_scripts(texts) & _UNSPACED else "word"


def bleu_tokenizer(texts: Sequence[str]) -> str:
    """Returns sacreBLEU's name of the tokenizer for a language: "zh", "char" or "13a".

    >>> bleu_tokenizer(["你好。"]), bleu_tokenizer(["สวัสดี"]), bleu_tokenizer(["Hello."])
    ('zh', 'char', '13a')
    """
    usual = usual_scripts(texts)
    if usual == {"Han"}:
        return "zh"
    return "char" if usual & _UNSPACED else "13a"
