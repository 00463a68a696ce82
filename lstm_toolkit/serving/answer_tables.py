"""Tables of answers: the rows of the data in their order, the answers in new columns."""

from __future__ import annotations

import contextlib
import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.files import atomic_write, check_writable

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 4096
"""Rows written at a time."""

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

ALWAYS = {"remarks": str, "error": str}
"""Columns of every table of answers."""

Answered = Iterable[tuple[Row, Mapping[str, Any]]]


Tabled = Callable[
    [str, Mapping[str, Any], Mapping[str, Any]], Iterator[tuple[dict[str, Any], dict[str, Any]]]
]
"""The rows of one input, see `Target.table_rows`."""

Writer = Callable[[Sequence[Mapping[str, Any]]], object]
"""Writes rows to a file that is open; each has all columns or lacks some."""


def check_out(out: Path, data: Path | None = None) -> None:
    """Refuses a table that could not be written, before anything is computed.

    Raises:
        InputError: If its form is unknown, it is the data itself, or its place cannot be
            written.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"--out must end in {', '.join(SUFFIXES)}. Received: {out}")
    check_not_data("out", out, [data] if data is not None else [])
    if out.is_dir():
        raise InputError(f"{out}: needs a file to write to. Received: a folder")
    if out.suffix.lower() == ".parquet":
        _arrow()
    check_writable(out.parent)


def check_not_data(option: str, file: Path, data: Iterable[Path]) -> None:
    """Refuses to write over what is read.

    Args:
        option: Which names the file, without dashes.
        file: That is to be written.
        data: Files that are read; what is none is passed over.

    Raises:
        InputError: If it is one of them.
    """
    for each in data:
        same = False
        with contextlib.suppress(OSError, ValueError):  # a text is no path, however long it is
            same = each.exists() and file.exists() and file.samefile(each)
        if same:
            raise InputError(f"--{option} must not be the data itself. Received: {file}")


def write_answers(
    out: Path,
    answered: Answered,
    cells: Mapping[str, Sequence[Any]],
    answers: Mapping[str, Any],
    table_rows: Tabled | None = None,
) -> tuple[int, int, dict[str, str]]:
    """Writes a table group by group, and moves it into place when it is whole.

    Args:
        out: A file that `check_out` has let pass.
        answered: Rows with their answers.
        cells: Columns of the rows, with all values where they are at hand.
        answers: Types by the keys of answers, see `Target.answer_columns`.
        table_rows: Makes rows of an input and its answer; None keeps one.

    Returns:
        How many rows were written, how many of them with an error, and which answers have
        another name, since the data has a column of theirs.
    """
    rows, errors = 0, 0
    names: dict[str, str] = {}
    with atomic_write(out) as draft, contextlib.ExitStack() as stack:
        writer: Writer | None = None
        rest = _tabled(answered, table_rows)
        while group := list(islice(rest, GROUP)):
            if writer is None:
                kinds = answer_kinds(answers, [answer for _, answer in group])
                names = free_names(kinds, cells)
                columns = {names[key]: kind for key, kind in kinds.items()}
                writer = stack.enter_context(_opened(draft, out.suffix.lower(), cells, columns))
            writer([_chosen(row, cells) | _named(answer, names) for row, answer in group])
            rows += len(group)
            errors += sum("error" in answer for _, answer in group)
    return rows, errors, {key: name for key, name in names.items() if key != name}


def _chosen(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Returns the cells of these columns: others would stand in the way of answers."""
    return {name: row[name] for name in columns if name in row}


def _tabled(
    answered: Answered, table_rows: Tabled | None
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yields rows in the order of their places, each as soon as those before it are there.

    Raises:
        ValueError: If two inputs answer one place: then one of the answers would be lost.
    """
    waiting: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    following = 0
    for row, answer in answered:
        rows = (
            iter([(row.cells, answer)])
            if table_rows is None
            else table_rows(row.name, row.cells, answer)
        )
        if not len(row.places):
            yield from rows
            continue
        for place, one in zip(row.places, rows, strict=True):
            if place < following or place in waiting:
                raise ValueError(f"each place must be answered once. Received: {place} again")
            waiting[place] = one
        while following in waiting:
            yield waiting.pop(following)
            following += 1
    yield from (waiting[place] for place in sorted(waiting))


def answer_kinds(
    declared: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Returns types by keys: those declared, those of the first answers, and `ALWAYS`."""
    others = {
        key: _kind(value)
        for answer in answers
        for key, value in answer.items()
        if value is not None and key not in declared and key not in ALWAYS
    }
    return {**declared, **others, **ALWAYS}


def _kind(value: Any) -> Any:
    if isinstance(value, list) and value and all(type(item) is type(value[0]) for item in value):
        return list[type(value[0])] if type(value[0]) in (str, float, int) else dict  # type: ignore[misc]
    return type(value) if type(value) in (str, float, int, bool) else dict


def free_names(keys: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Returns names of columns that the data does not have.

    >>> free_names(["label", "error"], ["text", "label"])
    {'label': 'predicted_label', 'error': 'error'}
    """
    used, names = set(taken), {}
    for key in keys:
        wanted = [key, f"predicted_{key}", *(f"predicted_{key}_{n}" for n in range(2, 100))]
        names[key] = next(name for name in wanted if name not in used)
        used.add(names[key])
    return names


def _named(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Returns an answer by columns; what has none, since no answer before had it, is a remark."""
    known = {names[key]: value for key, value in answer.items() if key in names}
    told = answer.get("remarks", [])
    remarks = [told] if isinstance(told, str) else list(told)
    remarks += [f"{key}={_json(value)}" for key, value in answer.items() if key not in names]
    return known | ({names["remarks"]: "; ".join(remarks)} if remarks else {})


def _opened(
    path: Path, suffix: str, cells: Mapping[str, Sequence[Any]], answers: Mapping[str, Any]
) -> contextlib.AbstractContextManager[Writer]:
    if suffix == ".parquet":
        return _parquet(path, cells, answers)
    if suffix in (".csv", ".tsv"):
        return _csv(path, [*cells, *answers], "," if suffix == ".csv" else "\t")
    return _json_lines(path)


@contextlib.contextmanager
def _csv(path: Path, columns: Sequence[str], sign: str) -> Iterator[Writer]:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        table = csv.writer(file, delimiter=sign, lineterminator="\n")
        table.writerow(columns)
        yield (lambda rows: table.writerows([as_cell(row.get(c)) for c in columns] for row in rows))


def as_cell(value: Any) -> str:
    """Returns a value as the cell of a table of texts.

    Lists of numbers have spaces between their items; others are JSON, which readers take back,
    since labels may hold any sign.

    >>> as_cell(["good food", "a;b"]), as_cell([0.5, 1]), as_cell(None), as_cell({"a": 1})
    ('["good food", "a;b"]', '0.5 1', '', '{"a": 1}')
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list) and value and all(isinstance(item, int | float) for item in value):
        return " ".join(map(str, value))
    if isinstance(value, list | dict | tuple):
        return _json(value)
    return as_text(value)


@contextlib.contextmanager
def _json_lines(path: Path) -> Iterator[Writer]:
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        yield (lambda rows: file.writelines(f"{_json(dict(row))}\n" for row in rows))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _arrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        message = "--out needs a writer of Parquet; pip install 'lstm_toolkit[tables]'"
        raise InputError(message) from error
    return pyarrow


@contextlib.contextmanager
def _parquet(
    path: Path, cells: Mapping[str, Sequence[Any]], answers: Mapping[str, Any]
) -> Iterator[Writer]:
    arrow = _arrow()
    schema = arrow.schema(
        [(name, _cell_type(arrow, values)) for name, values in cells.items()]
        + [(name, _answer_type(arrow, kind)) for name, kind in answers.items()]
    )
    with arrow.parquet.ParquetWriter(path, schema) as file:
        yield (
            lambda rows: file.write_table(
                arrow.table(
                    {
                        field.name: arrow.array(
                            [_fitting(arrow, row.get(field.name), field.type) for row in rows],
                            field.type,
                        )
                        for field in schema
                    },
                    schema=schema,
                )
            )
        )


def _cell_type(arrow: Any, values: Sequence[Any]) -> pa.DataType:
    """Returns the type of a column of the data, text where it is of several."""
    try:
        kind = arrow.array(values, from_pandas=True).type
    except (
        arrow.ArrowInvalid,
        arrow.ArrowTypeError,
        arrow.ArrowNotImplementedError,
        UnicodeError,  # lone surrogates, which JSON may hold
    ):
        return arrow.string()
    return arrow.string() if arrow.types.is_null(kind) else kind


def _answer_type(arrow: Any, kind: Any) -> pa.DataType:
    plain = {str: arrow.string(), float: arrow.float64(), int: arrow.int64(), bool: arrow.bool_()}
    if get_origin(kind) is list:
        return arrow.list_(plain[get_args(kind)[0]])
    return plain.get(kind, arrow.string())


def _fitting(arrow: Any, value: Any, kind: pa.DataType) -> Any:
    """Returns a value as its column takes it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if arrow.types.is_string(kind):
        return as_cell(value).encode("utf-8", "replace").decode()
    if arrow.types.is_list(kind):
        return [_fitting(arrow, item, kind.value_type) for item in value]
    return value
