"""How TensorFlow and Keras start wherever they are imported first: quickly, quietly, in order.

`prepare_start` runs when `lstm_toolkit` is imported. It imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from lstm_toolkit.errors import InputError
from lstm_toolkit.system.deferred import deferring, spec_of_others

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The variable by which users say themselves how much TensorFlow tells."""

QUIETENED = "LSTM_TOOLKIT_QUIETENED"
"""Tells processes that this one starts that not the user, but a quiet start set `LEVEL`."""

SELDOM_USED = ("keras.wrappers", "matplotlib.pyplot")
"""What Keras imports for a few functions. With scikit-learn, which the first of them imports,
they take as long as two thirds of all the rest."""


def prepare_start() -> None:
    """Chooses Keras's backend, whatever the shell or keras.json say, and prepares TensorFlow.

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
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _StartFinder())


def told_by_user() -> bool:
    """Whether the user, not a quiet start, said how much TensorFlow tells."""
    return LEVEL in os.environ and QUIETENED not in os.environ


class _StartFinder(MetaPathFinder):
    """Finds Keras and TensorFlow, whichever comes first, and has them run by `_QuickLoader`."""

    def __init__(self) -> None:
        self._names = {"keras", "tensorflow"}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the usual spec of either, with another loader; None for the rest."""
        if fullname not in self._names:
            return None
        spec = spec_of_others(self, fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuickLoader(spec.loader, self._names)
        return spec


class _QuickLoader(Loader):
    """Runs Keras or TensorFlow without what is seldom used, and with standard error turned away.

    TensorFlow's C++ part writes while it is imported, before any logging can be configured.

    Args:
        loader: Python's own.
        names: Of what is still to be run so; the module's own is taken out when it is.
    """

    def __init__(self, loader: Loader, names: set[str]):
        self._loader, self._names = loader, names

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._names.discard(module.__name__)
        with contextlib.ExitStack() as stack:
            if not told_by_user():
                os.environ[LEVEL] = "3"
                os.environ[QUIETENED] = "1"
                stack.enter_context(silent_stderr())
            stack.enter_context(deferring(*SELDOM_USED))
            stack.enter_context(without_collections())
            self._loader.exec_module(module)


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Looks for no garbage during the block: modules stay, and to find that out takes long."""
    switched_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if switched_on:
            gc.enable()


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
