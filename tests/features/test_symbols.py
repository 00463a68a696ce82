"""Sequences to numbers: the same in the graph as letter by letter, and what is unlike."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit import get_task
from lstm_toolkit.data.alphabets import DNA
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Symbols
from lstm_toolkit.features.residues import window_letters
from lstm_toolkit.features.symbols import SymbolsState

FREE = SymbolsState("dna", 0, 100, 50)
GAP = DNA.size - 1


@given(st.lists(st.text("ACGTacgtuN- \né7", max_size=12), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_encoding_is_letter_by_letter(rows: list[str]) -> None:
    wanted = []
    for row in rows:
        signs = "".join(row.split())
        numbers = [int(DNA.table[ord(s)]) if ord(s) < 128 else -1 for s in signs]
        wanted.append([GAP if n < 0 else n for n in numbers] or [GAP])
    values = tf.constant([row.encode() for row in rows])
    assert Symbols().encode(values, FREE).to_list() == wanted
    outside = [any(DNA.outside("".join(row.split())) or ()) for row in rows]
    unlike = Symbols().bring(values, FREE)[1].numpy()
    assert not (np.array(outside) & ~unlike).any()


def learnt(rows: list[str], **values: str) -> SymbolsState:
    return Symbols().learn(texts(rows), get_task("genes").configure(values))


def test_places_that_mean_something_are_found() -> None:
    rng = np.random.default_rng(0)
    free = ["".join(rng.choice(list("ACGT"), 20)) for _ in range(200)]
    assert learnt(free).steps == 0
    assert learnt([row[:10] + "AG" + row[12:] for row in free]).steps == 20
    assert learnt(free, aligned="yes").steps == 20
    assert learnt(["ACGT", "ACG"], alphabet="dna").steps == 0


def test_aligned_sequences_have_one_length() -> None:
    state = SymbolsState("dna", 4, 4, 4)
    with pytest.raises(DataError) as error:
        next(iter(Symbols().parse("ACG", state, None)))
    assert str(error.value) == (
        "needs 4 letters, as the training's, which are aligned; train with --set aligned=no for "
        "others. Received: 3, ACG"
    )
    with pytest.raises(DataError) as error:
        learnt(["ACGT", "ACG"], aligned="yes")
    told = "needs sequences of one length for aligned=yes. Received: 3, 4 …"
    assert str(error.value) == told


def test_what_is_no_protein_is_unlike() -> None:
    state = SymbolsState("protein", 0, 100, 50)
    values = tf.constant(
        ["ACGT" * 10, "MKTAYIAKQRQISFVKSHFSRQ", "XXXX", "", "M1", "hello you over there now"]
    )
    unlike = Symbols().bring(values, state)[1]
    assert unlike.numpy().tolist() == [True, False, True, True, True, True]


def test_windows_stay_inside_their_rows() -> None:
    rows = Ragged.of([[1, 2], [2, 5, 1]], np.int32)
    dense = window_letters(rows, 2, 1).toarray().reshape(5, 3, 2).astype(int)
    one, two, none = [1, 0], [0, 1], [0, 0]
    wanted = [[none, one, two], [one, two, none], [none, two, none], [two, none, one],
              [none, one, none]]  # fmt: skip
    assert dense.tolist() == wanted
