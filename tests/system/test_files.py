from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.system.files import atomic_write, clear_drafts, write_json, write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(OSError, match="full"), atomic_write(path) as draft:
        draft.write_text("half")
        raise OSError("full")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_really_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"), atomic_write(path) as draft:
        draft.symlink_to("/dev/full")
        draft.write_bytes(b"x")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_what_a_kill_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".model.123.keras").touch()
    (tmp_path / "model.keras").touch()
    clear_drafts(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]


def test_json_keeps_letters_of_every_script(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"名": 1})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "名": 1\n}\n'
