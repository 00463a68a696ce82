"""How large, how fast and how faithful runs are in LiteRT and ONNX, on all rows of a split.

`python -m benchmarks.small_devices RUN... [--split test] [--rows 2000] [--length N]`: exports each
run as both into a temporary folder, and asks each file row by row on one thread of a process
without TensorFlow. Prints a row of a table: size, milliseconds a row (median), the largest
difference of a number from the Keras model, and the share of the rows that are decided alike.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import ToolkitError
from lstm_toolkit.system.runtime import quiet_tensorflow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--length", type=int)
    arguments = parser.parse_args()
    options = {"length": arguments.length, "split": arguments.split, "most": arguments.rows}
    quiet_tensorflow()
    print("| run | file | rows | kB | ms a row | largest difference | decided alike |")
    print("|---|---|---|---|---|---|---|")
    for path in arguments.runs:
        for form in ("litert", "onnx"):
            try:
                for cells in measured(path, form, **options):
                    print(f"| {path.name} | {' | '.join(cells)} |", flush=True)
            except ToolkitError as error:
                print(f"| {path.name} | {form}: {error} | | | | | |", flush=True)


def measured(path: Path, form: str, *, length: int | None, split: str, most: int) -> Any:
    """Yields the cells of each file of a format; `length` is for texts in LiteRT."""
    from lstm_toolkit.runs import Run
    from lstm_toolkit.serving.formats.asking import ask
    from lstm_toolkit.serving.formats.comparing import compare
    from lstm_toolkit.serving.formats.exporting import export_network, plain_network
    from lstm_toolkit.serving.formats.folder import expected_answers

    run = Run.open(path)
    splits = run.task.split(run.task.source(run.data, run.settings), run.settings)
    part = splits.parts[split]
    columns = {name: column[:most] for name, column in part.columns.items()}
    if form == "onnx" or not plain_network(run, "onnx").texts:
        length = None
    network = plain_network(run, form, length)
    rows, _ = network.rows(columns)
    expected = expected_answers(network, rows)
    with tempfile.TemporaryDirectory() as folder:
        published = export_network(run, Path(folder, "out"), form, length=length)
        for name in published.files:
            file = published.path / name
            answers = ask(file, rows, Path(folder))
            comparison = compare(expected, answers.outputs)
            alike = comparison.agreement
            yield (
                name,
                f"{len(next(iter(rows.values()))):,}",
                f"{file.stat().st_size / 1000:,.0f}",
                f"{answers.milliseconds:.2f}",
                f"{comparison.difference:.1e}",
                "–" if alike is None else f"{alike:.2%}",
            )


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"\n{(time.monotonic() - began) / 60:.1f} minutes")
