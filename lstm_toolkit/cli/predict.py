"""The command `lstm-toolkit predict`."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from lstm_toolkit.cli.completion import MODEL
from lstm_toolkit.cli.task_options import (
    OptionsCommand,
    chosen_options,
    reader_option,
    setting_texts,
)
from lstm_toolkit.cli.terminal import (
    PATH,
    examples,
    json_option,
    one_line,
    print_json,
    start_tensorflow,
)
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.reporting import note_lines

if TYPE_CHECKING:
    from lstm_toolkit.data.inputs.rows import Row
    from lstm_toolkit.serving.answering import AnswerPools
    from lstm_toolkit.serving.prediction import Model

Answered = Iterator[tuple["Row", dict[str, Any]]]


@click.command(
    cls=OptionsCommand,
    epilog=examples(
        "predict models/digits photo.png",
        'predict runs/reviews "The soup was cold" --explain',
        "predict runs/reviews --data new.csv --out answers.csv",
        "predict runs/reviews - < texts.txt",
    ),
)
@click.argument("model", type=MODEL, metavar="RUN|MODEL_DIR")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("--data", type=PATH, help="File or folder whose rows are answered, in their order.")
@click.option("--out", type=PATH, help="CSV, TSV, JSON Lines or Parquet file for rows and answers.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes that answer, each with a network of its own.",
)
@reader_option
@json_option
def predict(
    model: Path,
    inputs: tuple[str, ...],
    data: Path | None,
    out: Path | None,
    workers: int,
    sets: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Answer each INPUT, a file or a text, or each row of --data.

    `-` reads lines from standard input. With --out, rows and answers are written to a table.
    """
    if bool(inputs) == (data is not None):
        received = "both" if inputs else "neither"
        raise InputError(f"predict needs INPUT..., - or --data FILE. Received: {received}")
    from lstm_toolkit.serving.answer_tables import check_not_data, check_out
    from lstm_toolkit.serving.answering import BATCH, answer_rows
    from lstm_toolkit.serving.line_streams import line_stream
    from lstm_toolkit.serving.prediction import open_model
    from lstm_toolkit.serving.words import Words

    if out is not None:
        check_out(out, data)
    opened = open_model(model)
    chosen, texts = chosen_options(opened.task.options, opened.task, options), setting_texts(sets)
    opened = opened.reading(texts)
    for name, file in chosen.files().items():
        check_not_data(name, file, [data] if data is not None else map(Path, inputs))
    columns: Mapping[str, Any] = {"input": ()}
    stream = line_stream(opened, inputs)
    if stream is not None and workers > 1:
        raise InputError(f"a stream is answered by one process. Received: --workers {workers}")
    answer_pools = _workers(model, workers, chosen, texts)
    if stream is not None:
        encoding = texts.get("encoding", "utf-8")
        answered = stream(opened, standard_input(), chosen, report_line, encoding)
    elif data is None:
        words = Words(opened, chosen, texts, standard_input(), report_line)
        pool = BATCH if "-" in inputs else None  # who writes to a pipe waits for answers
        answered = answer_rows(
            opened, words.inputs(inputs), chosen, answer_pools=answer_pools, pool=pool
        )
    else:
        found = opened.read_inputs(data, chosen, texts)
        report_line(found.note)
        columns = found.columns
        answered = answer_rows(opened, found.rows, chosen, answer_pools=answer_pools)
    if data is None:
        answered = _with_names(answered)
    answered = _kept(answered, opened, chosen)
    if out is not None:
        failed = _write(opened, out, answered, columns, as_json)
        where = f"in the column error of {out}"
    elif as_json:
        failed, where = _print_json(answered), "in the JSON"
    else:
        failed, where = _print_lines(opened, answered), "above"
    if failed:
        raise InputError(f"{failed} of the inputs cannot be answered, see the errors {where}")


def _workers(
    model: Path, count: int, options: Any, settings: Mapping[str, str]
) -> AnswerPools | None:
    """Begins so many processes, which end with the command; None if one will do."""
    if count == 1:
        start_tensorflow()
        return None
    from lstm_toolkit.serving.answer_workers import answer_workers

    workers = answer_workers(model, count, options, settings)
    return click.get_current_context().with_resource(workers)


def standard_input() -> BinaryIO:
    """Returns standard input as bytes; where it was replaced by text, that in UTF-8."""
    if isinstance(sys.stdin, io.StringIO):
        return io.BytesIO(sys.stdin.read().encode("utf-8", "surrogatepass"))
    return sys.stdin.buffer


def report_line(line: str) -> None:
    """Prints a line on standard error, long ones in parts."""
    for part in note_lines(one_line(line)) if line else ():
        click.echo(part, err=True)


def _with_names(answered: Answered) -> Answered:
    """Yields rows that have what they are called among their cells."""
    for row, answer in answered:
        yield dataclasses.replace(row, cells={**row.cells, "input": row.name}), answer


def _kept(answered: Answered, model: Model, options: Any) -> Answered:
    """Yields answers, and keeps them only where something is made of all of them."""
    target = model.task.target
    kept = []
    for row, answer in answered:
        if target.needs_answers(options):
            kept.append({"input": row.name, "row": row, **answer})
        yield row, answer
    report_line(target.on_predict_end(kept, options))


def _print_lines(model: Model, answered: Answered) -> int:
    failed = 0
    for row, answer in answered:
        bad = "error" in answer
        failed += bad
        shown = f"error: {answer['error']}" if bad else model.task.target.format_answer(answer)
        ended = model.task.target.format_ended(answer)
        line = "\t".join([shown, *([ended] if ended else []), *answer.get("remarks", [])])
        click.echo(f"{one_line(row.name)}\t{one_line(line, keep_tabs=True)}")
    return failed


def _print_json(answered: Answered) -> int:
    """Prints one object, as it goes; it is closed too if the inputs end in an error."""
    failed = 0
    sign = '{"predictions": ['
    try:
        for row, answer in answered:
            failed += "error" in answer
            item = json.dumps({"input": row.name, **answer}, ensure_ascii=False)
            click.echo(f"{sign}{item}", nl=False)
            sign = ", "
    finally:
        with contextlib.suppress(BrokenPipeError):
            if sign == ", ":
                click.echo("]}")
    if sign != ", ":
        click.echo(f"{sign}]}}")
    return failed


def _write(
    model: Model, out: Path, answered: Answered, columns: Mapping[str, Any], as_json: bool
) -> int:
    from lstm_toolkit.serving.answer_tables import write_answers

    target = model.task.target
    columns = dict.fromkeys(target.row_columns, ()) or columns
    kinds = target.answer_columns()
    rows, failed, renamed = write_answers(out, answered, columns, kinds, target.table_rows)
    for key, name in renamed.items():
        report_line(f"the data has a column {key}: the answers are in {name}")
    if as_json:
        print_json({"out": str(out), "rows": rows, "errors": failed, "columns": renamed})
    else:
        click.echo(f"{out}: {rows:,} row{'' if rows == 1 else 's'}")
    return failed
