"""The commands `lstm-toolkit runs` and `lstm-toolkit runs compare`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

from lstm_toolkit.cli.completion import RUN
from lstm_toolkit.cli.terminal import PATH, examples, json_option, one_line, print_json
from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.texts import named_texts
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.system.reporting import Reporter

if TYPE_CHECKING:
    from lstm_toolkit.comparison.entries import Entry

PICTURES = (".png", ".svg", ".pdf")


@click.command(
    epilog=examples("runs compare runs/a runs/b", "runs compare runs/a tuning/b --data new.csv")
)
@click.argument("a", type=RUN)
@click.argument("b", type=RUN)
@click.option("--data", type=PATH, help="Score both on this file or folder, anew.")
@click.option("--examples", type=click.IntRange(0), default=3, help="Rows to show; default 3.")
@json_option
def compare(a: Path, b: Path, data: Path | None, examples: int, as_json: bool) -> None:
    """Tell whether run B is better than run A, and how sure that is.

    Both are held against each other on the same test rows by a paired bootstrap. A and B are run
    folders, or folders of searches, whose best runs are taken.
    """
    from lstm_toolkit.comparison import pairs, report

    comparison = pairs.compare(a, b, data, examples=examples, reporter=Reporter(_tell))
    if as_json:
        print_json(report.facts(comparison))
        return
    click.echo(f"A is {one_line(str(comparison.a.path))}, B {one_line(str(comparison.b.path))}")
    click.echo(report.as_text(comparison))


@click.command("open", epilog=examples("runs open runs/a", "runs open tuning/b --no-browser"))
@click.argument("run", type=RUN)
@click.option("--browser/--no-browser", default=True, help="Show it; default: yes.")
@json_option
def open_report(run: Path, browser: bool, as_json: bool) -> None:
    """Write the report of RUN, one HTML file, and show it in a browser.

    RUN/report.html holds scores, pictures, the worst mistakes and all settings. RUN may be the
    folder of a search, whose best run is taken.
    """
    from lstm_toolkit.comparison.run_page import write_report

    file = write_report(run)
    if as_json:
        print_json({"report": str(file)})
    else:
        click.echo(str(file))
    if browser and not as_json and click.launch(file.resolve().as_uri()):
        _tell("no browser can be started here; open the file in one")


class RunsCommand(click.Command):
    """A command of its own, the first word of which may be the name of another."""

    inner: ClassVar[Mapping[str, click.Command]] = {"compare": compare, "open": open_report}

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hands the rest on to the other command where its name comes first."""
        inner = self.inner.get(args[0]) if args else None
        if inner is None:
            return super().make_context(info_name, args, parent, **extra)
        return inner.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names the other commands."""
        formatter.write_paragraph()
        formatter.write_text(
            "`lstm-toolkit runs compare A B` tells which of two runs is better, "
            "`lstm-toolkit runs open RUN` shows one with its pictures and mistakes; "
            "`lstm-toolkit runs compare --help` and `lstm-toolkit runs open --help` tell more."
        )
        super().format_epilog(ctx, formatter)


@click.command(
    cls=RunsCommand,
    epilog=examples(
        "runs",
        "runs --filter task=sentiment --plot curves.png",
        "runs compare runs/a runs/b",
        "runs open runs/a",
    ),
)
@click.argument("folder", type=PATH, required=False)
@click.option(
    "--sort", default="score", metavar="[score|path|data|seconds]", help="Default: score."
)
@click.option(
    "--filter", "filters", multiple=True, metavar="NAME=VALUE", help="Only such: task, a setting …"
)
@click.option("--plot", type=PATH, metavar="FILE", help="Draw learning curves into a PNG or SVG.")
@json_option
def runs(
    folder: Path | None, sort: str, filters: tuple[str, ...], plot: Path | None, as_json: bool
) -> None:
    """Tell what was trained in FOLDER, how it scores, and how it differs.

    FOLDER is looked through with the folders in it; by default runs and tuning. Scores are of the
    test split, beside those of the best of the simplest methods.
    """
    from lstm_toolkit.comparison import table
    from lstm_toolkit.comparison.catalogue import find_entries

    wanted = named_texts(filters, "--filter must be NAME=VALUE")
    if plot is not None:
        _check_picture(plot)
    every, without = find_entries(folder)
    chosen = table.chosen_entries(every, wanted) if every else []
    entries = table.sorted_entries(chosen, sort)
    if plot is not None:
        _draw(entries, plot)
    if as_json:
        differing = table.differing_settings(entries)
        facts = [
            entry.facts() | {"differs": names}
            for entry, names in zip(entries, differing, strict=True)
        ]
        print_json({"runs": facts, "without_runs": [str(path) for path in without]})
        return
    if not entries:
        click.echo(f"none of {len(every)} runs fits --filter" if every else "no runs here")
    text = table.as_text(entries, without)
    if text:
        click.echo(text)


def _check_picture(path: Path) -> None:
    if path.suffix.lower() not in PICTURES:
        raise InputError(f"--plot must end in {', '.join(PICTURES)}. Received: {path}")
    if path.is_dir():
        raise InputError(f"{path}: needs a file to write to. Received: a folder")
    check_writable(path.absolute().parent)


def _draw(entries: list[Entry], path: Path) -> None:
    """Draws the learning curves of as many runs as can be told apart."""
    from lstm_toolkit.comparison.entries import read_history
    from lstm_toolkit.figures import plots
    from lstm_toolkit.figures.run_curves import MOST, curves_of_runs

    histories = [(entry, read_history(entry.run) if entry.task else []) for entry in entries]
    drawn = [(str(entry.path), rows) for entry, rows in histories if rows]
    tasks = sorted({entry.task for entry, rows in histories if rows and entry.task})
    if len(tasks) != 1:
        raise InputError(
            "--plot needs runs of one task with a history, as by --filter task=NAME. "
            f"Received: {', '.join(tasks) or 'none'}"
        )
    if len(drawn) > MOST:
        _tell(f"--plot shows the first {MOST} of {len(drawn)} runs; choose others by --filter")
    if len(drawn) < len(entries):
        _tell(f"--plot leaves {len(entries) - len(drawn)} out, which have no history")
    plots.save(curves_of_runs(dict(drawn[:MOST])), path)


def _tell(line: str) -> None:
    click.echo(one_line(f"lstm-toolkit: {line}"), err=True)
