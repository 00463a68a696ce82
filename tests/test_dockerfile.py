"""The image of the server: what it is built from, and as whom it runs. Docker is not needed."""

from __future__ import annotations

import configparser
import re
from fnmatch import fnmatch
from pathlib import Path

from lstm_toolkit.serving.server.guard import OPEN
from lstm_toolkit.serving.server.settings import ServerSettings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_it_runs_without_rights_and_tells_its_health() -> None:
    *_, last = DOCKERFILE.split("FROM ")
    assert re.search(r"^USER (?!root|0)\w+$", last, re.MULTILINE)
    assert last.index("USER ") < last.index("ENTRYPOINT ")
    (path,) = re.findall(rf"http://127.0.0.1:{ServerSettings.port}(/\S+?)'", last)
    assert path in OPEN
    assert f"EXPOSE {ServerSettings.port}" in last


def test_everything_that_is_installed_goes_into_it() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    taken = [line.removeprefix("!") for line in lines if line.startswith("!")]
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    named = re.findall(r"file: (\S+)", (ROOT / "setup.cfg").read_text())
    data = setup["options.data_files"]["share/lstm_toolkit"].split()
    manifest = re.findall(r"^include (.+)$", (ROOT / "MANIFEST.in").read_text(), re.MULTILINE)
    needed = [*named, *data, *" ".join(manifest).split(), setup["metadata"]["license_files"]]
    needed += ["setup.cfg", "pyproject.toml", "lstm_toolkit"]
    assert [name for name in needed if not any(fnmatch(name, line) for line in taken)] == []
