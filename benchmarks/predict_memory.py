"""Measures the resident memory of `predict --data FILE --out FILE` by the form of the file.

Usage: python -m benchmarks.predict_memory [ROWS [FORM...]]

A small network is trained on the sample reviews; then made reviews are answered, ROWS (300,000)
of them and a tenth, in every form or in those that are named, such as `a.csv`. What grows with the
rows is the difference between both. Forms that are read whole stand below the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from lstm_toolkit.data.samples import sample_path

SHARDS = 4
"""Files into which a folder of Parquet is divided."""


def _shards(frame: pd.DataFrame, folder: Path) -> None:
    folder.mkdir()
    size = len(frame) // SHARDS
    for number in range(SHARDS):
        part = frame.iloc[number * size : (number + 1) * size]
        part.to_parquet(folder / f"part-{number}.parquet")


FORMS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "a.csv": lambda frame, path: frame.to_csv(path, index=False),
    "a.jsonl": lambda frame, path: frame.to_json(path, orient="records", lines=True),
    "a.json": lambda frame, path: frame.to_json(path, orient="records"),
    "data.json": lambda frame, path: path.write_text(
        json.dumps({"data": frame.to_dict("records")})
    ),
    "a.parquet": lambda frame, path: frame.to_parquet(path),
    "shards": _shards,
    "a.xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "a.txt": lambda frame, path: path.write_text("\n".join(frame.text)),
    "columns.json": lambda frame, path: frame.to_json(path, orient="columns"),
}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = folder / "run"
        toolkit("train", "sentiment", "--set", "units=8", "--set", "embedding=8",
                "--epochs", "1", "--out", str(run))  # fmt: skip
        for form in sys.argv[2:] or FORMS:
            for count in (rows // 10, rows):
                print(form, measured(FORMS[form], folder / form, run, count), flush=True)


def measured(
    write: Callable[[pd.DataFrame, Path], object], path: Path, run: Path, rows: int
) -> str:
    """Returns rows, size of the data, peak memory and seconds."""
    write(made_frame(rows), path)
    began = time.monotonic()
    peak = toolkit("predict", str(run), "--data", str(path), "--out", str(run / "answers.csv"))
    seconds = time.monotonic() - began
    files = [path] if path.is_file() else list(path.iterdir())
    size = sum(file.stat().st_size for file in files)
    for file in files:
        file.unlink()
    if path.is_dir():
        path.rmdir()
    return f"{rows:,} rows, {size / 2**20:.0f} MiB: {peak:.2f} GiB, {seconds:.0f} s"


def made_frame(rows: int) -> pd.DataFrame:
    """Returns the sample reviews again and again, each with a number, so that none is repeated."""
    texts = pd.read_csv(sample_path("reviews"))["text"]
    repeated = texts.iloc[[row % len(texts) for row in range(rows)]].reset_index(drop=True)
    numbers = pd.Series(range(rows))
    return pd.DataFrame(
        {"id": numbers, "text": repeated + " " + numbers.astype(str), "shop": "one of many"}
    )


def toolkit(*arguments: str) -> float:
    """Runs the command line, and returns its largest resident memory in GiB."""
    command = [sys.executable, "-m", "lstm_toolkit", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        told = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(told)
    return usage.ru_maxrss / 2**20


if __name__ == "__main__":
    main()
