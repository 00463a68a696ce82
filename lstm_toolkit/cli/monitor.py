"""The command `lstm-toolkit monitor`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lstm_toolkit.cli.completion import MODEL
from lstm_toolkit.cli.predict import report_line, standard_input
from lstm_toolkit.cli.task_options import reader_option, setting_texts
from lstm_toolkit.cli.terminal import (
    PATH,
    examples,
    json_option,
    one_line,
    print_json,
    start_tensorflow,
)
from lstm_toolkit.errors import InputError

if TYPE_CHECKING:
    from lstm_toolkit.monitoring.watching import Watch

PAUSE = 1.0
"""Seconds between two looks at a file that is followed."""

ORDER = "[auto|day/month|month/day]"


@click.command(
    epilog=examples(
        "monitor runs/reviews --data news.csv --page watch.html",
        "monitor models/news --data news.csv --entity ticker --alerts alerts.jsonl",
        "monitor models/news --data - < news.jsonl",
    ),
)
@click.argument("model", type=MODEL, metavar="RUN|MODEL_DIR")
@click.option("--data", type=PATH, required=True, help="Table of dated texts; - reads lines.")
@click.option("--follow", is_flag=True, help="Wait for lines that are added to the file.")
@click.option("--date", "date", default="", help="Column of dates; default: by its name.")
@click.option("--date-order", default="auto", metavar=ORDER, help="Of 1/2/2024; default: auto.")
@click.option("--entity", default="", help="Column of whom a text is about; default: by its name.")
@click.option("--id", "key", default="", help="Column that tells rows apart; default: all cells.")
@click.option("--label", default="", help="Class whose share is watched; default: praise - blame.")
@click.option("--state", type=PATH, default="monitor.sqlite", help="What the watch remembers.")
@click.option("--alerts", type=PATH, help="JSON Lines file of all alerts, each once.")
@click.option("--page", type=PATH, help="HTML file of the index, its alerts and their texts.")
@reader_option
@json_option
def monitor(
    model: Path,
    data: Path,
    follow: bool,
    date: str,
    date_order: str,
    entity: str,
    key: str,
    label: str,
    state: Path,
    alerts: Path | None,
    page: Path | None,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Watch the tone of dated texts, and tell when its level changes.

    MODEL classifies each text; the mean of each day is held against the weeks before. Called
    again with more rows it goes on where it was: rows are counted and alerts are told once.
    """
    texts = setting_texts(sets)
    _check_words(date_order, data, follow)
    _check_files(data, state, alerts, page)
    from lstm_toolkit.serving.prediction import open_model

    opened = open_model(model)
    settings = opened.check_settings(texts)
    start_tensorflow()
    from lstm_toolkit.monitoring.alerts import tell, write_alerts
    from lstm_toolkit.monitoring.dated import DatedColumns
    from lstm_toolkit.monitoring.page import write_page
    from lstm_toolkit.monitoring.watching import open_watch

    columns = DatedColumns(date, entity, key, date_order)
    watch = open_watch(model, opened, state, label=label, columns=columns, report=report_line)
    with contextlib.closing(watch.journal):
        if alerts is not None:
            write_alerts(watch.journal, alerts)
        try:
            for _ in _steps(watch, data, follow, settings, texts):
                if not watch.journal.alerts(untold=True):
                    continue
                if alerts is not None:
                    write_alerts(watch.journal, alerts)
                if page is not None:
                    write_page(watch.journal, page, watch.account.line())
                if not as_json:
                    tell(watch.journal, _show)
        except KeyboardInterrupt:
            if not follow and str(data) != "-":
                raise
        if page is not None:
            write_page(watch.journal, page, watch.account.line())
        if as_json:
            new = watch.journal.alerts(untold=True)
            print_json({"alerts": new, **vars(watch.account)})
            tell(watch.journal, lambda alert: None)
    report_line(watch.account.line())
    if watch.account.errors:
        raise InputError(f"{watch.account.errors} of the rows cannot be read, see above")


def _steps(
    watch: Watch, data: Path, follow: bool, settings: Any, texts: dict[str, str]
) -> Iterator[None]:
    """Returns the steps of a watch, after each of which there may be alerts."""
    from lstm_toolkit.monitoring.lines import TextColumns, growing_lines, rows_of_lines
    from lstm_toolkit.serving.standard_input import STDIN, line_groups

    encoding = texts.get("encoding", "utf-8")
    separator = settings.separator if "separator" in texts else ""
    columns = TextColumns(texts.get("text_column", ""), settings.text_column, separator)
    if str(data) == "-":
        groups = line_groups(standard_input(), encoding)
        return watch.stream(rows_of_lines(groups, columns, STDIN))
    if not data.is_file():
        raise InputError(f"{data}: no such file; needs a table of dated texts")
    if follow:
        return watch.stream(rows_of_lines(growing_lines(data, encoding, PAUSE), columns, data))
    inputs = watch.model.read_inputs(data, None, texts)
    report_line(inputs.note)
    return watch.table(inputs.rows)


def _show(alert: dict[str, Any]) -> None:
    from lstm_toolkit.monitoring.alerts import alert_line

    click.echo(one_line(alert_line(alert)))
    sys.stdout.flush()


def _check_words(date_order: str, data: Path, follow: bool) -> None:
    if date_order not in ("auto", "day/month", "month/day"):
        raise InputError(f"--date-order must be one of {ORDER[1:-1]}. Received: {date_order}")
    if follow and str(data) == "-":
        raise InputError("--follow needs a file; standard input is followed anyway")


def _check_files(data: Path, *written: Path | None) -> None:
    """Refuses what would overwrite something, or cannot be written."""
    paths = [path for path in written if path is not None]
    for path in paths:
        if not path.parent.is_dir():
            raise InputError(f"{path}: no such folder as {path.parent}")
    resolved = [path.resolve() for path in (data, *paths)]
    if len(set(resolved)) < len(resolved):
        raise InputError("--data, --state, --alerts and --page need files of their own")
