"""Python processes that begin with TensorFlow imported, forked from one that imported it once.

Half of what a short command computes is that import. Pages are full of short commands, so the
tests that run pages start them here; what is held about starting itself runs in processes of
its own.

    words = warm_python("-m", "lstm_toolkit", "tasks")  # to be run by subprocess, or in a shell
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

CLIENT = str(Path(__file__).with_name("client.py"))


def warm_python(*words: str) -> list[str]:
    """Returns what to run in place of `python WORD...`.

    Args:
        *words: Options `-W ACTION`, then `-m MODULE`, `-c CODE` or a script, then its words.
    """
    if sys.platform != "linux":
        return [sys.executable, *words]
    return [sys.executable, "-S", "-E", CLIENT, _server(), *words]


@cache
def _server() -> str:
    """Starts the process that forks; returns the path of its socket."""
    folder = tempfile.TemporaryDirectory()
    path = str(Path(folder.name) / "socket")
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm.server", path], cwd=root, stdin=subprocess.DEVNULL
    )
    atexit.register(folder.cleanup)
    atexit.register(process.terminate)
    while not Path(path).exists():
        assert process.poll() is None, "the process that forks did not start"
        time.sleep(0.05)
    return path
