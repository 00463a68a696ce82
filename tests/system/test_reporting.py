from __future__ import annotations

import pytest

from lstm_toolkit.system.reporting import PRINTING, SILENT, Reporter


def test_lines_and_progress_go_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines: list[str] = []
    done: list[tuple[float, float]] = []
    reporter = Reporter(log=lines.append, progress=lambda *given: done.append(given))
    reporter.log("epoch 1/2")
    reporter.progress(0.5, 7.0)
    assert (lines, done) == (["epoch 1/2"], [(0.5, 7.0)])
    for silent in (SILENT, Reporter()):
        silent.log("epoch 1/2")
        silent.progress(0.5, 7.0)
    assert capsys.readouterr() == ("", "")
    PRINTING.log("epoch 1/2")
    PRINTING.progress(0.5, 7.0)
    assert capsys.readouterr().out == "epoch 1/2\n"


def test_notes_are_told_whole_in_lines_that_are_no_longer_than_messages() -> None:
    remarks = [f"remark {n} of what was read and left out: {'so ' * n}" for n in range(30)]
    lines: list[str] = []
    Reporter(log=lines.append).note("; ".join(remarks))
    assert "; ".join(lines) == "; ".join(remarks)
    assert max(map(len, lines)) <= 380
    lines.clear()
    Reporter(log=lines.append).note("a name, " * 1_000)
    assert [len(line) for line in lines] == [380]
