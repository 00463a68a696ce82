"""What a reader saw is what it used and what it left out."""

from __future__ import annotations

import pytest

from lstm_toolkit.data.account import Account


def test_what_was_left_out_is_told_by_reason() -> None:
    account = Account(1200, 1190, {"empty": 9, "without a label": 1, "damaged": 0}, "files")
    assert account.remarks() == [
        "1,200 files = 1,190 used + 10 left out (9 empty, 1 without a label)"
    ]


def test_nothing_is_told_where_all_was_used() -> None:
    assert Account(3, 3, {"empty": 0}).remarks() == []


@pytest.mark.parametrize(("seen", "used", "empty"), [(5, 3, 1), (5, 6, 0), (0, -1, 1)])
def test_counts_that_do_not_add_up_are_refused(seen: int, used: int, empty: int) -> None:
    with pytest.raises(ValueError, match="what was seen must be what was used and left out"):
        Account(seen, used, {"empty": empty})


@pytest.mark.parametrize("count", [1, 5, 400])
def test_many_reasons_are_counted(count: int) -> None:
    reasons = {f"of file {n}, which has no column of labels": 1 for n in range(count)}
    (line,) = Account(count + 2, 2, reasons).remarks()
    assert len(line) <= 400
    shown = line.count("which has no column")
    assert line.endswith(f"and for {count - shown} more reasons)") == (shown < count)
    assert shown >= min(count, 5)
