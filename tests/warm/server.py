"""The process that imports TensorFlow once and forks: `python -m tests.warm.server SOCKET`.

Forks prove their exports themselves; `clean_process` in `tests/conftest.py` keeps the clean one.
"""

from __future__ import annotations

import array
import atexit
import builtins
import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any, NoReturn

AS_TRACED = "TESTS_RUN_GRAPHS_AS_TRACED"
"""The variable with which a fork runs its graphs without optimizing them first."""

IMPORTED = (
    "lstm_toolkit",  # first, for it quietens TensorFlow
    "tensorflow",
    "lstm_toolkit.cli.commands",
    "lstm_toolkit.testing",
    "pandas",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "sklearn.cluster",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "ipykernel.ipkernel",  # of the notebooks
    "ipykernel.kernelapp",
)


def serve(path: str) -> NoReturn:
    """Imports TensorFlow without starting its runtime, which would not survive a fork."""
    for name in IMPORTED:
        importlib.import_module(name)
    _prove_exports_in_forks()
    gc.freeze()  # or each fork would look through all that, and copy it
    warnings.simplefilter("ignore")  # of forks beside NumPy's threads
    listener = socket.socket(socket.AF_UNIX)
    draft = f"{path}.new"
    listener.bind(draft)
    listener.listen()
    Path(draft).rename(path)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _attend(connection)
        connection.close()


def _prove_exports_in_forks() -> None:
    from lstm_toolkit import testing
    from lstm_toolkit.serving import proof

    proof.in_a_clean_process = testing.in_this_process


def _attend(connection: socket.socket) -> NoReturn:
    """Forks once more, and tells the client how that process ended."""
    head, ancillary, *_ = connection.recvmsg(8, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    descriptors = array.array("i")
    descriptors.frombytes(ancillary[0][2])
    content = b""
    while len(content) < int.from_bytes(head, "big"):
        content += connection.recv(1 << 20)
    process = os.fork()
    if process == 0:
        connection.close()
        os.setpgid(0, 0)
        _become(json.loads(content), list(descriptors))
    for descriptor in descriptors:
        os.close(descriptor)
    status = None
    while status is None:
        ended, code = os.waitpid(process, os.WNOHANG)
        if ended:
            status = code
        elif select.select([connection], [], [], 0.02)[0]:  # the client is gone
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            os._exit(0)
    with contextlib.suppress(BrokenPipeError):
        connection.sendall(str(status).encode())
    os._exit(0)


def _become(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Runs the words as Python would that was started with them."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"), "utf-8")
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), "utf-8")
    sys.stderr = io.TextIOWrapper(
        os.fdopen(2, "wb"), "utf-8", "backslashreplace", line_buffering=True
    )
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [path for path in paths if path and path not in sys.path]
    if AS_TRACED in os.environ:
        tensorflow = importlib.import_module("tensorflow")
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    code = 1
    try:
        _run(request["words"])
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _run(words: list[str]) -> None:
    warnings.resetwarnings()
    warnings.simplefilter("default")
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    while words[0] == "-W":
        action, _, category = words[1].partition("::")
        warnings.simplefilter(action, getattr(builtins, category))
        words = words[2:]
    kind, *rest = words
    if kind == "-m":
        sys.argv, sys.path[0] = rest, str(Path.cwd())
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv, sys.path[0] = ["-c", *rest[1:]], ""
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv, sys.path[0] = words, str(Path(kind).parent)
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1])
