"""The report of a run: one file with all that its folder holds, whatever stands in it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from lstm_toolkit.comparison.run_page import MISTAKES, write_report
from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import ANSWERS, METRICS
from tests.comparison.pretended import answered, write_run

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)


def page_of(run: Path) -> str:
    file = write_report(run)
    assert file == run / "report.html"
    return file.read_text(encoding="utf-8")


def test_scores_stand_beside_those_of_the_simplest_methods(tmp_path: Path) -> None:
    page = page_of(write_run(tmp_path / "mine", [1] * 80 + [0] * 20, units=(8,)))
    assert "<h1>mine</h1>" in page
    assert "<h2>accuracy on the test split</h2>" in page
    assert re.findall(r"<span>(\w[\w ]*)</span><i .*?width: ([\d.]+)%", page) == [
        ("this run", "100.0"),
        ("most_frequent", "62.5"),
        ("logistic_regression", "87.5"),
    ]
    assert "Better than logistic_regression, the best of the simplest methods, by 0.1000." in page
    assert '<tr><td>units<td>8<td class="soft">' in page
    assert "30 to train on, 5 to choose the best weights by, 100 to score" in page


def test_a_run_no_better_than_the_simplest_method_says_so(tmp_path: Path) -> None:
    page = page_of(write_run(tmp_path / "mine", [1] * 72 + [0] * 28))
    line = "Not better than logistic_regression, a much simpler method, by more than the standard"
    assert f"{line} error of 0.0500." in page


def test_the_worst_mistakes_come_first_and_right_answers_not_at_all(tmp_path: Path) -> None:
    run = write_run(tmp_path / "mine", [1] * 10 + [0] * 30)
    answers = answered([1] * 10 + [0] * 30)
    answers.columns["loss"][25] = 9.0
    answers.save(run / ANSWERS)
    rows = re.findall(r'<tr><td class="number">(\d+)<td', page_of(run))
    assert rows[0] == "25"
    assert len(rows) == MISTAKES
    assert all(int(row) >= 10 for row in rows)


def test_what_the_data_holds_is_shown_not_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "mine", [0])
    (run / ANSWERS).write_text(
        (run / ANSWERS).read_text().replace("text 0", "<script>alert(1)</script>")
    )
    page = page_of(run)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_pictures_are_in_the_file(tmp_path: Path) -> None:
    run = write_run(tmp_path / "mine", [1])
    (run / "plots").mkdir()
    (run / "plots" / "learning_curves.png").write_bytes(PIXEL)
    page = page_of(run)
    assert f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}" in page
    assert "<figcaption>learning curves</figcaption>" in page


def test_what_links_point_to_stays_out(tmp_path: Path) -> None:
    run = write_run(tmp_path / "mine", [1])
    (run / "plots").mkdir()
    (tmp_path / "secret").write_bytes(PIXEL)
    (run / "plots" / "secret.png").symlink_to(tmp_path / "secret")
    assert "data:image" not in page_of(run)


def test_a_search_shows_its_best_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "search" / "best", [1])
    (tmp_path / "search" / "search.json").write_text("{}")
    assert write_report(tmp_path / "search") == run / "report.html"


def test_runs_without_answers_or_simplest_methods_have_a_report(tmp_path: Path) -> None:
    page = page_of(write_run(tmp_path / "mine", task="forecasting", scores={"mae": 1.5}))
    assert "No simple method was scored beside it." in page
    assert "Worst mistakes" not in page


def test_damaged_scores_are_told_in_a_line(tmp_path: Path) -> None:
    run = write_run(tmp_path / "mine", [1])
    (run / METRICS).write_text(json.dumps({"test": {"accuracy": 1.0}}))
    with pytest.raises(RunError) as caught:
        write_report(run)
    assert str(caught.value) == f"{run}: is damaged. KeyError: 'validation'"
    assert not (run / "report.html").exists()
