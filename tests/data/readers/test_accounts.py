"""Every reader accounts for all that it saw, on files made at random."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.tagged.tagged import read_tagged
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError

NAMES = {"train": ["train", "Training"], "validation": ["dev", "VAL"], "test": ["test", "Testing"]}

Row = tuple[str, str, str]

BASE: list[Row] = [
    (f"{label} {split} {row}", label, split)
    for label in ("good", "bad", "1", "None")
    for split in ("train", "validation", "test")
    for row in range(4)
]
"""Rows that can be learnt from, among which others are put."""

texts = st.one_of(st.just(""), st.just("  "), st.text("abc ,;\"'\n\t好", min_size=1, max_size=9))
labels = st.sampled_from(["good", "GOOD", " bad", "bad", "1", "1.0", "None", ""])
splits = st.sampled_from(["train", "validation", "test", "unlabelled", ""])
rows = st.lists(st.tuples(texts, labels, splits), max_size=20)


def used(source: Source) -> int:
    return sum(len(part) for part in (source.rows, *source.published))


def check(source: Source, seen: int) -> None:
    """All that was seen is used or counted; the note says so if and only if some was left out."""
    account = source.account
    assert account is not None
    assert (account.seen, account.used) == (seen, used(source))
    assert account.seen == account.used + sum(account.left_out.values())
    told = f"{seen:,} {account.unit} = {account.used:,} used"
    assert (told in source.note) == (account.seen > account.used)


def save(frame: pd.DataFrame, path: Path) -> Path:
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".jsonl":
            frame.to_json(path, orient="records", lines=True)
        case ".json":
            path.write_text(json.dumps({"data": frame.to_dict("records")}))
        case ".parquet":
            frame.to_parquet(path)
    return path


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows, st.sampled_from([".csv", ".jsonl", ".json", ".parquet", ""]), st.randoms())
def test_tables(more: list[Row], suffix: str, chance: random.Random) -> None:
    cells = [*BASE, *more]
    chance.shuffle(cells)
    frame = pd.DataFrame(cells, columns=["text", "label", "split"])
    frame["split"] = [chance.choice(NAMES.get(split, [split])) for split in frame["split"]]
    data: Any = frame
    with tempfile.TemporaryDirectory() as folder:
        if suffix:
            data = save(frame, Path(folder) / f"a{suffix}")
        try:
            source = read_texts(data)
        except DataError as error:  # a class is gone, too small, or many labels are
            wanted = (
                "needs at least one row of",
                "needs a label",
                "needs texts",
                "needs at least 3",
            )
            assert any(each in str(error) for each in wanted)
            assert len(str(error)) <= 400
            return
    blank = sum(not "".join(row).strip() for row in cells) if suffix == ".csv" else 0
    check(source, len(cells) - blank)
    parts = {"train": source.rows, "validation": source.validation, "test": source.test}
    for name, part in parts.items():
        assert part is not None
        published = [(t, label.strip()) for t, label, split in cells if split == name]
        wanted_texts = sorted(text for text, label in published if text.strip() and label)
        assert sorted(part.inputs) == wanted_texts
    everything = {label for part in parts.values() if part is not None for label in part.labels}
    assert everything == {"good", "bad", "1", "None"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.permutations(["train", "val", "Testing"]),
    st.dictionaries(
        st.tuples(
            st.sampled_from(["train", "val", "Testing", "other", ""]),
            st.sampled_from(["good", "bad", "unsup", "good/deeper", ""]),
            st.sampled_from(["1.txt", "2.TXT", "a.md", "noend", ".hidden", "b.csv.txt"]),
        ),
        st.sampled_from(["fine", "so so", "", " \n"]),
        max_size=12,
    ),
    st.sampled_from(["", "wrapped", "twice/wrapped"]),
)
def test_folders(parts: list[str], more: dict[tuple[str, str, str], str], wrapper: str) -> None:
    files = {(part, kind, f"base{row}.txt"): f"{part} {kind} {row}"
             for part in parts for kind in ("good", "bad") for row in range(2)}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        seen = set()
        for (part, kind, name), text in {**more, **files}.items():
            path = Path(folder, wrapper, part, kind, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            seen |= {path} if name != ".hidden" else set()
        source = read_texts(Path(folder))
    check(source, len(seen))
    for name, part in {"train": source.rows, "val": source.validation}.items():
        assert part is not None
        inputs = [
            text
            for (above, kind, file), text in {**more, **files}.items()
            if above == name and kind in ("good", "bad") and file.lower().endswith(".txt")
        ]
        assert sorted(part.inputs) == sorted(text for text in inputs if text.strip())


@pytest.mark.parametrize("extra", [[], ["README", "notes.md"]])
def test_tagged_sentences(tmp_path: Path, extra: list[str]) -> None:
    for name, count in (("Training", 3), ("val", 2), ("testing", 1)):
        (tmp_path / f"{name}.conll").write_text("a\tO\n\n" * count)
    for name in extra:
        (tmp_path / name).write_text("x")
    source = read_tagged(tmp_path)
    assert used(source) == 6
    check(source, 6 + len(extra))


def test_the_samples() -> None:
    check(read_texts(None), 3840)
    check(read_tagged(None), 900)
