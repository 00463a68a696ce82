"""How TensorFlow and Keras start wherever they are imported first: quietly, and one on the other.

`prepare_start` runs when `lstm_toolkit` is imported. It imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from lstm_toolkit.errors import InputError

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The variable by which users say themselves how much TensorFlow tells."""

QUIETENED = "LSTM_TOOLKIT_QUIETENED"
"""Tells processes that this one starts that not the user, but a quiet start set `LEVEL`."""


def prepare_start() -> None:
    """Chooses Keras's backend, whatever the shell or keras.json say, and quietens TensorFlow.

    Raises:
        InputError: If Keras runs on another backend already.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    elif hasattr(keras, "backend") and keras.backend.backend() != "tensorflow":
        raise InputError(
            "lstm_toolkit needs Keras on TensorFlow; import lstm_toolkit before keras, or set "
            f"KERAS_BACKEND=tensorflow. Received: backend={keras.backend.backend()}"
        )
    if "tensorflow" not in sys.modules and not told_by_user():
        sys.meta_path.insert(0, _QuietFinder())


def told_by_user() -> bool:
    """Whether the user, not a quiet start, said how much TensorFlow tells."""
    return LEVEL in os.environ and QUIETENED not in os.environ


class _QuietFinder(MetaPathFinder):
    """Finds TensorFlow as others do, and has it run with standard error turned away.

    Its C++ part writes while it is imported, before any logging can be configured.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the usual spec of TensorFlow, with another loader; None for the rest."""
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(Loader):
    def __init__(self, loader: Loader):
        self._loader = loader

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        os.environ[LEVEL] = "3"
        os.environ[QUIETENED] = "1"
        with silent_stderr():
            self._loader.exec_module(module)


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Turns the file descriptor of standard error away; errors still arrive as exceptions."""
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
