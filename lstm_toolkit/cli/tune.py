"""The command `lstm-toolkit tune`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lstm_toolkit.cli.completion import SettingWord, TaskName, words_of
from lstm_toolkit.cli.task_options import TaskCommand, setting_texts
from lstm_toolkit.cli.terminal import (
    PATH,
    PRECISION,
    examples,
    json_option,
    print_json,
    progress,
    start_tensorflow,
    track_option,
)
from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.search_space import parse_space, read_space, space_texts
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.tasks import get_task, task_names
from lstm_toolkit.tracking.catalogue import check_tracker

if TYPE_CHECKING:
    from lstm_toolkit.tuning import Plan


class TuneCommand(TaskCommand):
    """A command whose help also tells what is searched of the task named before `--help`."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the task's own space before its settings."""
        for name in words_of(ctx)[:1]:
            if name in task_names():
                with formatter.section(f"Searched of {name} (--search NAME=SPAN)"):
                    formatter.write_dl(list(get_task(name).search.items()))
        super().format_epilog(ctx, formatter)


@click.command(
    cls=TuneCommand,
    epilog=examples(
        "tune digits --trials 10",
        "tune sentiment --data reviews.csv --search units=32..128/32 --budget 30m",
        "tune digits --tuner hyperband --workers 2 --out tuning/digits",
    ),
)
@click.argument("task", type=TaskName())
@click.option("--data", type=PATH, help="File or folder to train on; default: sample data.")
@click.option("--trials", type=int, help="How many to begin at most; default 20, or all.")
@click.option(
    "--tuner",
    default="random",
    metavar="[random|hyperband|bayesian|grid]",
    help="What chooses the next trial; default: random.",
)
@click.option("--search", "searches", multiple=True, metavar="NAME=SPAN", help="Search a setting.")
@click.option("--space", type=PATH, help="TOML file of NAME = SPAN, as with --search.")
@click.option("--set", "sets", multiple=True, type=SettingWord(), help="Fix a setting.")
@click.option(
    "--objective", metavar="SCORE", help="Score to choose by; default: the setting `monitor`."
)
@click.option("--max-epochs", type=int, help="Epochs of a trial; default: the setting `epochs`.")
@click.option(
    "--budget", metavar="TIME", help="Time after which no more is tried, such as 90s, 30m or 2h."
)
@click.option("--keep", type=int, default=10, help="Checkpoints on the disk at most; default 10.")
@click.option("--workers", type=int, default=1, help="Processes on this machine; default 1.")
@click.option("--serve", metavar="HOST:PORT", help="Only choose, for workers on any machine.")
@click.option("--join", "joined", metavar="HOST:PORT", help="Only train, for that chief.")
@click.option("--seed", metavar="INTEGER", help="Fixes everything that is random.")
@click.option("--precision", metavar=PRECISION, help="Arithmetic; default: auto.")
@track_option
@click.option("--out", type=PATH, help="Search folder; default: tuning/TASK, tuning/TASK-2 ….")
@click.option("--resume", is_flag=True, help="Go on where the search was left.")
@json_option
def tune(task: str, out: Path | None, resume: bool, as_json: bool, **given: Any) -> None:
    """Search the settings of TASK, and train the best to the end.

    A SPAN is LOW..HIGH, LOW..HIGH/STEP, LOW..HIGH:log or A,B,C. The run of the best settings
    lies in OUT/best. Killed at any moment, the same command with --resume goes on.
    """
    budget = _seconds(given["budget"])
    _check_roles(given)
    plan_of = _plan_maker(task, given)
    if out is None:
        from lstm_toolkit.runs import choose_folder

        out = choose_folder(task, resume=resume, root=Path("tuning"))
    check_writable(out)
    if given["track"] is not None:
        check_tracker(given["track"])
    start_tensorflow()
    from lstm_toolkit.tuning import join, workers
    from lstm_toolkit.tuning import tune as search

    plan = plan_of()
    with progress(plan.settings.epochs) as reporter:
        if given["joined"]:
            address = workers.Address.parse(given["joined"])
            join(plan, out, address, workers.worker_name(), reporter)
            return
        chief = workers.Address.parse(given["serve"]) if given["serve"] else None
        result = search(
            plan,
            out,
            workers=given["workers"],
            chief=chief,
            budget=budget,
            resume=resume,
            track=given["track"],
            reporter=reporter,
        )
    if as_json:
        print_json(result.facts())
        return
    click.echo(plan.task.report(result.run.metrics["test"]))
    click.echo(
        f"{result.run.path}: the best of {len(result.oracle.best())} trials, test split above"
    )


def _plan_maker(name: str, given: dict[str, Any]) -> Any:
    """Checks what can be checked without TensorFlow; returns what makes the plan."""
    task = get_task(name)
    shorthand = {key: given[key] for key in ("seed", "precision") if given[key] is not None}
    fixed = setting_texts(given["sets"])
    settings = task.configure(fixed | shorthand)
    texts = read_space(given["space"]) if given["space"] else {}
    texts |= space_texts(given["searches"])
    parse_space(task.settings, texts)
    both = sorted({name.partition(".")[0] for name in texts} & set(fixed))
    if both:
        raise InputError(f"{both[0]} cannot be set and searched at once")

    def plan() -> Plan:
        from lstm_toolkit.tuning import make_plan

        return make_plan(
            task,
            settings,
            space=texts,
            fixed=fixed,
            objective=given["objective"],
            data=given["data"],
            algorithm=given["tuner"],
            trials=given["trials"],
            max_epochs=given["max_epochs"],
            keep=given["keep"],
        )

    return plan


def _check_roles(given: dict[str, Any]) -> None:
    if given["workers"] < 1:
        raise InputError(f"workers must be at least 1. Received: workers={given['workers']}")
    roles = [f"--{name}" for name in ("serve", "join") if given[name.replace("join", "joined")]]
    roles += ["--workers"] * (given["workers"] > 1)
    if len(roles) > 1:
        raise InputError(f"{' and '.join(roles)} exclude each other")
    if given["joined"] and given["track"] is not None:
        raise InputError(
            "--join only trains; give --track to the chief, which follows every trial. "
            f"Received: track={given['track']}"
        )


def _seconds(text: str | None) -> float | None:
    """Returns a duration such as 1h30m in seconds.

    >>> _seconds("1h30m"), _seconds("90s"), _seconds("2.5m")
    (5400.0, 90.0, 150.0)
    """
    if text is None:
        return None
    pattern = r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s?)?"
    match = re.fullmatch(pattern, text.strip())
    try:
        parts = [float(part or 0) for part in match.groups()] if match and text.strip() else []
    except ValueError:
        parts = []
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if seconds <= 0:
        raise InputError(f"--budget must be a time such as 90s, 30m or 2h. Received: {text}")
    return seconds
