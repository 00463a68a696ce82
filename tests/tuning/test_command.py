"""The command `tune` as people meet it, mistakes foremost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import SEARCH
from lstm_toolkit.system.files import exclusive_lock
from lstm_toolkit.tuning import workers
from tests.tuning.conftest import Pretence

Command = Callable[..., tuple[int, str, str]]


def test_help_lists_what_is_searched_without_tensorflow() -> None:
    code = (
        "import sys; from lstm_toolkit.cli.commands import main\n"
        "try: main(['tune', 'digits', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'keras_tuner', 'pandas', 'sklearn', 'grpc'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    text = " ".join(done.stdout.split())
    assert "Searched of digits (--search NAME=SPAN): units 32..192/16 units.layers 1..3" in text
    assert "Settings of digits (--set NAME=VALUE):" in text


BAD = [
    (["--trials", "0"], "trials must be at least 1. Received: trials=0"),
    (["--trials", "-3"], "trials must be at least 1. Received: trials=-3"),
    (["--max-epochs", "0"], "max_epochs must be at least 1. Received: max_epochs=0"),
    (["--keep", "0"], "keep must be at least 1. Received: keep=0"),
    (["--workers", "0"], "workers must be at least 1. Received: workers=0"),
    (["--objective", "val_acuracy"],
     "unknown objective `val_acuracy`, did you mean `val_accuracy`?"),
    (["--objective", "bleu"], "unknown objective `bleu`, choose from: val_loss, val_accuracy"),
    (["--tuner", "hyperbrand"], "unknown tuner `hyperbrand`, did you mean `hyperband`?"),
    (["--tuner", "x"], "unknown tuner `x`, choose from: random, hyperband, bayesian, grid"),
    (["--search", "units=64..32"],
     "units: the lower bound must not exceed the upper. Received: 64..32"),
    (["--search", "unit=32..64"], "unknown setting `unit` to search, did you mean `units`?"),
    (["--search", "units"],
     "--search must be NAME=LOW..HIGH or NAME=A,B,C. Received: units"),
    (["--set", "units"], "--set must be NAME=VALUE. Received: units"),
    (["--set", "unit=3"], "unknown setting `unit`, did you mean `units`?"),
    (["--set", "units=8", "--search", "units=8..16"], "units cannot be set and searched at once"),
    (["--set", "units=8", "--search", "units.layers=1..2"],
     "units cannot be set and searched at once"),
    (["--budget", "soon"], "--budget must be a time such as 90s, 30m or 2h. Received: soon"),
    (["--budget", "0s"], "--budget must be a time such as 90s, 30m or 2h. Received: 0s"),
    (["--budget", ""], "--budget must be a time such as 90s, 30m or 2h. Received: "),
    (["--budget", "1.2.3m"], "--budget must be a time such as 90s, 30m or 2h. Received: 1.2.3m"),
    (["--budget=-5m"], "--budget must be a time such as 90s, 30m or 2h. Received: -5m"),
    (["--space", "none.toml"], "none.toml: needs a TOML file of spans. Received: no such file"),
    (["--serve", "localhost"], "a chief's address must be HOST:PORT. Received: localhost"),
    (["--join", "localhost:99999"],
     "a chief's address must be HOST:PORT. Received: localhost:99999"),
    (["--serve", "a:1", "--join", "b:1"], "--serve and --join exclude each other"),
    (["--join", "b:1", "--workers", "2"], "--join and --workers exclude each other"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input(
    words: list[str], message: str, command: Command, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command("tune", "toy", "--out", "search", *words)
    assert (code, out) == (2, "")
    assert err == f"lstm-toolkit: {message}".rstrip() + "\n"
    assert not (tmp_path / "search").exists()


def test_a_setting_set_leaves_the_space(command: Command, tmp_path: Path) -> None:
    sets = ["units=8", "dropout=0", "learning_rate=0.1"]
    words = [word for text in sets for word in ("--set", text)]
    code, _, err = command("tune", "toy", "--out", tmp_path / "s", *words)
    assert code == 2
    assert "a search needs at least one setting to search. Received: none" in err


@pytest.fixture
def begun(pretence: Pretence, command: Command, tmp_path: Path) -> Path:
    """A search that ended; the pretended trainings leave no run, so the command fails then."""
    from lstm_toolkit.tuning import make_plan, tune
    from tests.tuning.tasks import toy

    out = tmp_path / "search"
    tune(make_plan(toy.TASK, trials=2), out)
    return out


def resumed(command: Command, out: Path, *words: object, task: str = "toy") -> str:
    code, printed, err = command("tune", task, "--out", out, "--resume", "--trials", 2, *words)
    assert (code, printed) == (2, "")
    return err


def test_another_search_is_not_gone_on_with(begun: Path, command: Command, tmp_path: Path) -> None:
    before = (begun / SEARCH).read_bytes()
    data = tmp_path / "rows"
    data.write_text("60")
    was = f"{begun}: was begun with"
    for words, message in (
        (["--tuner", "bayesian"], f"{was} tuner=random. Received: tuner=bayesian"),
        (["--max-epochs", 7], f"{was} max_epochs=3. Received: max_epochs=7"),
        (["--data", data], f"{was} other data: 80 series. Received: 60 series"),
        (["--search", "units=2..9"],
         f"{was} a search of units=2..12. Received: a search of units=2..9"),
        (["--search", "cell=lstm,gru"],
         f"{was} no search of cell. Received: a search of cell=lstm,gru"),
        (["--set", "dropout=0.2"],
         f"{was} a search of dropout=0..0.5. Received: no search of dropout"),
        (["--seed", 5], f"{was} seed=0. Received: seed=5"),
        (["--objective", "val_accuracy"],
         f"{was} monitor=val_loss. Received: monitor=val_accuracy"),
    ):  # fmt: skip
        assert message in resumed(command, begun, *words)
    assert f"{was} task=toy. Received: task=digits" in resumed(
        command, begun, "--set", "epochs=3", task="digits"
    )
    assert (begun / SEARCH).read_bytes() == before


def test_folders_that_cannot_be_used(begun: Path, command: Command, tmp_path: Path) -> None:
    code, _, err = command("tune", "toy", "--out", begun)
    assert code == 2
    assert f"{begun}: there is a search already; add --resume or choose another --out" in err
    with exclusive_lock(begun):
        assert f"{begun}: another process is writing to it" in resumed(command, begun)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    assert "full: is not empty; choose another --out" in resumed(command, tmp_path / "full")
    (tmp_path / "file").write_text("dear")
    assert "file: needs a folder to write to. Received: a file, " in resumed(
        command, tmp_path / "file"
    )
    (begun / SEARCH).write_text("{")
    assert f"{begun / SEARCH}: is damaged. " in resumed(command, begun)
    (begun / SEARCH).write_text(json.dumps({"format": 99}))
    assert (
        f"{begun / SEARCH}: was made by a newer version; needs format 2 or lower. "
        "Received: format=99"
    ) in resumed(command, begun)


def test_a_chief_that_does_not_answer(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workers.ANSWER_WITHIN <= 30
    monkeypatch.setattr(workers, "ANSWER_WITHIN", 1.0)
    address = workers.Address.unused()
    began = time.monotonic()
    code, _, err = command("tune", "toy", "--out", tmp_path / "s", "--join", address)
    assert time.monotonic() - began < 15
    assert code == 2
    assert (
        f"the chief at {address} does not answer within 1 s; start it first, with the same "
        "command and --serve in place of --join"
    ) in err


def test_a_port_in_use(command: Command, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind((workers.LOOPBACK, 0))
        taken.listen()
        address = f"{workers.LOOPBACK}:{taken.getsockname()[1]}"
        code, _, err = command("tune", "toy", "--out", tmp_path / "s", "--serve", address)
    assert code == 2
    assert f"{address}: cannot be listened to; choose another port" in err


@pytest.mark.parametrize("text", ["", "host", ":80", "host:", "host:0", "host:65536", "host:x"])
def test_addresses(text: str) -> None:
    message = f"a chief's address must be HOST:PORT. Received: {text}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        workers.Address.parse(text)
    assert str(workers.Address.parse("a.b:80")) == "a.b:80"
