"""Of pairs, seen = used + left out, whatever file they are in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_pairs
from lstm_toolkit.errors import DataError

WORDS = st.sampled_from(["", " ", "one way", "two ways", "a third way", "no way at all"])
PARTS = st.sampled_from(["train", "test", "validation", "extra", ""])


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(WORDS, WORDS, PARTS), min_size=1, max_size=30), split=st.booleans())
def test_every_pair_is_used_or_left_out_with_a_reason(
    rows: list[tuple[str, str, str]], split: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.tsv"
        lines = [("en", "de", "split"), *((a, f"{b} x" if b.strip() else b, c) for a, b, c in rows)]
        cells = ("\t".join(line if split else line[:2]) for line in lines)
        path.write_text("\n".join(cells) + "\n", encoding="utf-8")
        try:
            source = read_pairs(path, source_column="en", target_column="de")
        except DataError as error:
            # All are told to be of no use.
            assert "needs" in str(error)
            return
    account = source.account
    assert account is not None
    assert account.seen == len(rows)
    used = [source.rows, *source.published]
    assert account.used == sum(map(len, used))
    assert account.left_out["with an empty side"] == sum(
        not (a.strip() and b.strip()) for a, b, _ in rows
    )


def test_pairs_of_no_split_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    marks = ("train", "test", "extra")
    lines = [f"the tree {row},der Baum {row},{marks[row % 3]}" for row in range(9)]
    path.write_text("\n".join(["en,de,split", *lines]) + "\n", encoding="utf-8")
    source = read_pairs(path)
    assert source.note == (
        "3 pairs, 3 for the test: from column en to column de, splits by column split, "
        f"of {path}; 3 rows left out, marked extra in column split"
    )
    assert source.account is not None
    assert (source.account.seen, source.account.used) == (9, 6)
