"""Which tokens a vocabulary keeps, and what its file endures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Vocabulary
from lstm_toolkit.data.text.vocabulary import PAD, UNK, count_tokens
from lstm_toolkit.errors import DataError

COUNTS = Counter({"b": 3, "a": 3, "é": 3, "c": 5, "d": 1, "é\u0301": 1})
HOSTILE = (
    "\u2028",
    "\u2029",
    "\x85",
    "\x1c",
    "\x0b",
    "\x0c",
    "\ufeff",
    " ",
    "好",
    "😀",
    "'",
    "##s",
)


def learn(size: int = 100, least: int = 1) -> tuple[str, ...]:
    return Vocabulary.learn(COUNTS, size=size, least=least).tokens


def test_the_most_frequent_come_first_and_ties_in_alphabetical_order() -> None:
    assert learn() == (PAD, UNK, "c", "a", "b", "é", "d", "é\u0301")
    turned = Counter(dict(reversed(COUNTS.items())))
    assert Vocabulary.learn(turned).tokens == learn()


@pytest.mark.parametrize(
    ("size", "known"), [(8, 6), (7, 5), (5, 3), (3, 1), (2, 0), (1, 0), (0, 0), (999, 6)]
)
def test_size_counts_padding_and_unknown(size: int, known: int) -> None:
    assert learn(size) == learn()[: 2 + known]
    assert len(Vocabulary(learn(size))) == 2 + known


@pytest.mark.parametrize(("least", "known"), [(1, 6), (2, 4), (3, 4), (4, 1), (6, 0)])
def test_least(least: int, known: int) -> None:
    assert learn(least=least) == learn()[: 2 + known]


def test_padding_and_unknown_are_never_learnt_twice() -> None:
    counts = Counter({PAD: 9, UNK: 8, "a": 1})
    assert Vocabulary.learn(counts).tokens == (PAD, UNK, "a")


def test_coverage() -> None:
    vocabulary = Vocabulary((PAD, UNK, "a", "b"))
    assert vocabulary.coverage(Counter({"a": 2, "b": 1, "c": 1})) == 0.75
    assert vocabulary.coverage(Counter({"c": 1})) == 0
    assert vocabulary.coverage(Counter()) == 1


def test_tokens_are_counted_over_rows() -> None:
    rows = [[b"a", b"b", b"a"], [], ["é".encode(), b"a"]]
    assert count_tokens(rows) == Counter({"a": 3, "b": 1, "é": 1})


@pytest.mark.parametrize("tokens", [(), ("a", "b"), HOSTILE], ids=["none", "plain", "hostile"])
def test_saved_and_loaded_it_is_the_same(tokens: tuple[str, ...], tmp_path: Path) -> None:
    vocabulary = Vocabulary((PAD, UNK, *tokens))
    vocabulary.save(tmp_path / "v.txt")
    content = (tmp_path / "v.txt").read_bytes()
    assert content == "".join(f"{token}\n" for token in vocabulary.tokens).encode()
    assert Vocabulary.load(tmp_path / "v.txt", digest=vocabulary.digest) == vocabulary


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), min_size=1)))
def test_any_token_without_a_line_feed_survives(
    tmp_path_factory: pytest.TempPathFactory, tokens: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    vocabulary = Vocabulary((PAD, UNK, *tokens))
    vocabulary.save(path)
    assert Vocabulary.load(path, digest=vocabulary.digest) == vocabulary


def test_the_digest_changes_with_any_token() -> None:
    texts = [("a", "b"), ("b", "a"), ("a",), ("a", "b", "c"), ("a", "c"), ()]
    digests = {Vocabulary((PAD, UNK, *tokens)).digest for tokens in texts}
    assert len(digests) == len(texts)
    assert Vocabulary((PAD, UNK, "a")).digest == "c85ad14c2f651e47"


@pytest.mark.parametrize(
    ("content", "received"),
    [
        ("[PAD]\n[UNK]\na\nc\n", "4 tokens"),
        ("[PAD]\n[UNK]\nb\na\n", "4 tokens"),
        ("[PAD]\n[UNK]\na\n", "3 tokens"),
        ("[PAD]\n[UNK]\na\nb", "3 tokens"),
        ("[PAD]\n[UNK]\na\nb\n\n", "5 tokens"),
        ("", "0 tokens"),
    ],
)
def test_an_edited_file_is_refused(content: str, received: str, tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        Vocabulary.load(path, digest=Vocabulary((PAD, UNK, "a", "b")).digest)
    assert str(error.value) == (
        f"{path}: was changed since the training, and no longer fits the weights; restore it, or "
        f"train again. Received: {received}"
    )


def test_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes(b"[PAD]\r\n[UNK]\r\na\r\n")
    vocabulary = Vocabulary((PAD, UNK, "a"))
    assert Vocabulary.load(tmp_path / "v.txt", digest=vocabulary.digest) == vocabulary


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    with pytest.raises(DataError) as error:
        Vocabulary.load(path, digest="")
    assert str(error.value) == (
        f"{path}: cannot be read. [Errno 2] No such file or directory: '{path}'"
    )
    path.write_bytes(b"[PAD]\n[UNK]\n\xff\n")
    with pytest.raises(DataError) as error:
        Vocabulary.load(path, digest="")
    assert str(error.value) == (
        f"{path}: cannot be read. 'utf-8' codec can't decode byte 0xff in position 12: "
        "invalid start byte"
    )
