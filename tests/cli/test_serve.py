"""`lstm-toolkit serve` before it serves: what is refused, and in which words."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.serving.server import listening
from lstm_toolkit.serving.server.settings import ServerSettings

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    (tmp_path / "m" / "1").mkdir(parents=True)
    (tmp_path / "m" / "1" / "saved_model.pb").write_bytes(b"damage")
    return tmp_path / "m"


def test_settings_that_are_wrong(command: Command, model: Path) -> None:
    words = ("--max-batch", "0", "--port", "99999", "--keyfile", "k.pem")
    assert command("serve", model, *words) == (2, "", (
        "lstm-toolkit: port must be an integer, in [0, 65535]. Received: port=99999; "
        "max_batch must be an integer, at least 1. Received: max_batch=0\n"
    ))  # fmt: skip
    assert command("serve", model, "--keyfile", "k.pem") == (2, "", (
        "lstm-toolkit: keyfile needs certfile. Received: keyfile=k.pem\n"
    ))  # fmt: skip


def test_folders_without_an_export(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert command("serve", tmp_path / "empty") == (2, "", (
        f"lstm-toolkit: {tmp_path / 'empty'}: needs an export, as `lstm-toolkit export` makes it\n"
    ))  # fmt: skip


def test_libraries_that_are_not_there(
    command: Command, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def without(name: str, *rest: Any) -> Any:
        return None if name in ("starlette", "uvicorn") else find(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert command("serve", model) == (2, "", (
        "lstm-toolkit: serve needs libraries of its own; pip install 'lstm_toolkit[serve]'. "
        "Received: no starlette, uvicorn\n"
    ))  # fmt: skip


def test_models_of_which_none_can_be_loaded(command: Command, model: Path) -> None:
    code, out, err = command("serve", model, "--port", "0", "--access-log", "off")
    assert (code, out) == (2, "")
    first, last = err.splitlines()
    assert first.startswith(f"lstm-toolkit: m 1: cannot be served. {model / '1'}: is no SavedModel")
    assert last == "lstm-toolkit: needs a model that can be served, see above. Received: none"


def test_a_port_that_is_taken(command: Command, model: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert command("serve", model, "--port", port) == (2, "", (
            f"lstm-toolkit: 127.0.0.1:{port}: cannot be listened to; choose another with --host "
            "or --port. Address already in use\n"
        ))  # fmt: skip


def test_certificates_that_are_none(command: Command, model: Path, tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("no certificate")
    code, _, err = command("serve", model, "--certfile", tmp_path / "c.pem")
    needed = "needs a certificate in PEM and its key, without a password."
    assert code == 2
    assert err.startswith(f"lstm-toolkit: {tmp_path / 'c.pem'}: {needed} [SSL]")


def test_it_says_where_it_listens() -> None:
    with listening.bind(ServerSettings(port=0)) as listener:
        port = listener.getsockname()[1]
        assert listening.address(ServerSettings(), listener) == f"http://127.0.0.1:{port}"
