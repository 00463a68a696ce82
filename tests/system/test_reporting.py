from __future__ import annotations

import pytest

from lstm_toolkit.system.reporting import PRINTING, SILENT, Reporter


def test_lines_and_progress_go_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines: list[str] = []
    done: list[float] = []
    reporter = Reporter(log=lines.append, progress=done.append)
    reporter.log("epoch 1/2")
    reporter.progress(0.5)
    assert (lines, done) == (["epoch 1/2"], [0.5])
    for silent in (SILENT, Reporter()):
        silent.log("epoch 1/2")
        silent.progress(0.5)
    assert capsys.readouterr() == ("", "")
    PRINTING.log("epoch 1/2")
    PRINTING.progress(0.5)
    assert capsys.readouterr().out == "epoch 1/2\n"
