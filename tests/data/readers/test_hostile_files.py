"""Files that were cut, mixed up and overwritten: read, or refused in a line, and nothing else."""

from __future__ import annotations

import gzip
import io
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.errors import ToolkitError
from lstm_toolkit.tasks import get_task

SECONDS = 10
"""That no file may take."""

TEXTS = pd.DataFrame(
    {
        "text": [f"{'a fine' if n % 2 else 'не очень'} film, {n} — 好" for n in range(30)],
        "label": ["pos" if n % 2 else "neg" for n in range(30)],
    }
)
IMAGES = np.random.default_rng(0).integers(0, 256, (20, 6, 6)).astype(np.uint8)
LABELS = np.arange(20) % 2
HOURS = pd.date_range("2024-01-01", periods=240, freq="h").astype(str)
SERIES = pd.DataFrame({"ds": HOURS, "y": np.arange(240) % 24})

CLICKS = pd.DataFrame(
    {"session": np.arange(90) // 3, "item": np.arange(90) % 7, "time": HOURS[:90]}
)

SIGNS = [
    *(b"\x00", b"\xff\xfe", b'"', b"\r", b"\n\n", b",", b"\t", b"NaN", b"1e999", b"-", b"{", b"["),
    *(b"]", b"null", b"=1+1", b"'", "\u202e１\ufeff".encode()),
]


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def good_files() -> dict[str, tuple[str, bytes]]:
    """Returns files of every form by name, each with the task that reads it."""
    csv = TEXTS.to_csv(index=False).encode()
    records = TEXTS.to_dict("records")
    pixels = pd.DataFrame(IMAGES.reshape(20, -1)).assign(label=LABELS)
    pairs = pd.DataFrame({"en": TEXTS["text"], "zh": [f"很好{n}" for n in range(30)]})
    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>{a}</seg></tuv><tuv xml:lang="zh"><seg>{b}</seg></tuv></tu>'
        for a, b in pairs.to_numpy()
    )
    lines = (f"__label__{label} {text}" for text, label in TEXTS.to_numpy())
    arrays = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS}
    picture = Image.fromarray(IMAGES[0])
    return {
        "a.csv": ("sentiment", csv),
        "a.csv.gz": ("sentiment", gzip.compress(csv)),
        "a.tsv": ("sentiment", TEXTS.to_csv(index=False, sep="\t").encode()),
        "a.jsonl": ("sentiment", TEXTS.to_json(orient="records", lines=True).encode()),
        "a.json": ("sentiment", json.dumps({"data": records}).encode()),
        "b.json": ("sentiment", TEXTS.to_json(orient="columns").encode()),
        "a.xlsx": ("sentiment", written(lambda file: TEXTS.to_excel(file, index=False))),
        "a.parquet": ("sentiment", written(TEXTS.to_parquet)),
        "a.txt": ("sentiment", "\n".join(lines).encode()),
        "i.npz": ("digits", written(lambda file: np.savez(file, **arrays))),
        "i.npy": ("digits", written(lambda file: np.save(file, IMAGES))),
        "i.csv": ("digits", pixels.to_csv(index=False).encode()),
        "i.png": ("digits", written(lambda file: picture.save(file, "PNG"))),
        "p.tsv": ("translation", pairs.to_csv(index=False, sep="\t").encode()),
        "p.tmx": ("translation", f'<tmx version="1.4"><body>{units}</body></tmx>'.encode()),
        "s.csv": ("forecasting", SERIES.to_csv(index=False).encode()),
        "c.csv": ("recommendation", CLICKS.to_csv(index=False).encode()),
        "t.conll": ("tagging", b"EU B-ORG\nrejects O\n\n" * 20),
    }


def damaged(content: bytes, rng: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        place = rng.randrange(len(found) + 1)
        end = min(len(found), place + rng.randrange(1, 60))
        match rng.randrange(5):
            case 0:
                found[place:end] = rng.randbytes(end - place)
            case 1:
                found[place:place] = rng.choice(SIGNS)
            case 2:
                del found[place:end]
            case 3:
                found[place:place] = found[place:end]
            case _ if rng.random() < 0.3:
                del found[place:]
    return bytes(found)


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[str, bytes]]:
    return good_files()


def read(task_name: str, path: Path) -> Any:
    task = get_task(task_name)
    source = task.source(path, task.settings())
    task.split(source, task.settings())
    return source


@pytest.mark.parametrize("count", [150, pytest.param(10_000, marks=pytest.mark.full)])
def test_they_are_read_or_refused_in_a_line(
    tmp_path: Path, files: dict[str, tuple[str, bytes]], count: int
) -> None:
    rng = random.Random(count)
    for number in range(count):
        name = rng.choice(list(files))
        task, content = files[name]
        path = tmp_path / name
        path.write_bytes(damaged(content, rng) if rng.random() < 0.95 else rng.randbytes(200))
        began = time.monotonic()
        try:
            source = read(task, path)
        except ToolkitError as error:
            assert str(error), (number, name)
        else:
            if source.account is not None and source.account.unit not in ("arrays", "clicks"):
                rows = [source.rows, *source.published]
                assert source.account.used == sum(map(len, rows)), (number, name)
        assert time.monotonic() - began < SECONDS, (number, name)
