"""Forked processes behave as started ones do, but for what is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.warm import warm_python
from tests.warm.server import IMPORTED

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="forks only there"),
    pytest.mark.slow,  # no test of the fast tier starts processes so
]


def both(*words: str, **given: object) -> list[tuple[int, str, str]]:
    """Runs words in a started and in a forked process."""
    return [
        (done.returncode, done.stdout, done.stderr)
        for done in (
            subprocess.run(  # type: ignore[call-overload]
                [*python, *words], check=False, capture_output=True, text=True, timeout=60, **given
            )
            for python in ([sys.executable], warm_python())
        )
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import sys; print(sys.argv, sys.path[0], sys.stdin.read()); sys.exit(3)",
        "import os; print(os.getcwd(), os.environ['GIVEN'])",
        "import sys; sys.exit('told')",
        "import sys; print('söme 文', file=sys.stderr)",
        "import atexit; atexit.register(print, 'at the end'); print('before')",
        "import os; os.kill(os.getpid(), 9)",
        "import warnings; warnings.warn('x', UserWarning)",
    ],
)
def test_a_forked_process_does_as_a_started_one(code: str, tmp_path: Path) -> None:
    options = ["-W", "error::UserWarning"] if "warn" in code else []
    environment = os.environ | {"GIVEN": "value", "PYTHONUTF8": "1"}
    started, forked = both(
        *options, "-c", code, "word", cwd=tmp_path, env=environment, input="lines\n"
    )
    assert forked[:2] == started[:2]
    assert forked[2].splitlines()[-1:] == started[2].splitlines()[-1:]


def test_it_begins_with_imports_and_without_tensorflows_runtime() -> None:
    code = f"import sys; print({set(IMPORTED)!r} <= sys.modules.keys())"
    done = subprocess.run(warm_python("-c", code), capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    code = "import tensorflow as tf; print(float(tf.reduce_sum(tf.ones([3]))))"
    done = subprocess.run(warm_python("-c", code), capture_output=True, text=True, check=True)
    assert done.stdout == "3.0\n"


def test_it_ends_with_the_one_that_asked_for_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = f"import os, time; open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with subprocess.Popen(warm_python("-c", code)) as process:
        while not (file.exists() and file.read_text()):
            time.sleep(0.02)
        process.kill()
    for _ in range(200):
        try:
            os.kill(int(file.read_text()), 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(int(file.read_text()), signal.SIGKILL)
    pytest.fail("the forked process went on")
