"""What was learnt lies in readable files, which nobody changes unseen."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.states import DIGESTS, States

SENTIMENT = get_task("sentiment")
LABELS, FACTS = "target/labels.txt", "features/text/text.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = np.array([f"a {kind} film {n}" for n in range(9) for kind in ("good", "bad")], object)
    labels = np.array(["pos", "neg"] * 9)
    prepare("sentiment", {"min_count": 1}, (texts, labels)).states.save(tmp_path)
    return tmp_path


def load(folder: Path) -> States:
    return SENTIMENT.load(folder)


def test_digests_are_those_of_other_tools(folder: Path) -> None:
    subprocess.run(["sha256sum", "--check", DIGESTS], cwd=folder, capture_output=True, check=True)
    assert load(folder).target.names == ("neg", "pos")


def swap_labels(folder: Path) -> None:
    (folder / LABELS).write_text("pos\nneg\n", encoding="utf-8")


def remove_labels(folder: Path) -> None:
    (folder / LABELS).unlink()


def add_a_file(folder: Path) -> None:
    (folder / "target" / "more.txt").write_text("x", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "name"),
    [(swap_labels, LABELS), (remove_labels, LABELS), (add_a_file, "target/more.txt")],
)
def test_a_change_is_seen(folder: Path, change: Callable[[Path], None], name: str) -> None:
    change(folder)
    message = (
        f"{folder}: what was learnt was changed since the training: {name}; "
        "put the files back as they were, or train again"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"\xd8", b'{"vocabulary": 3}'])
def test_of_a_run_without_digests_damage_is_one_line(folder: Path, content: bytes) -> None:
    (folder / DIGESTS).unlink()
    (folder / FACTS).write_bytes(content)
    with pytest.raises(DataError) as error:
        load(folder)
    assert str(error.value).startswith(f"{folder}")
    assert "\n" not in str(error.value)


def test_of_a_run_without_digests_a_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / DIGESTS).unlink()
    remove_labels(folder)
    with pytest.raises(DataError, match=f"^{re.escape(str(folder / LABELS))}: is gone$"):
        load(folder)
