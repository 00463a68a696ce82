"""Modules that are executed when they are first used, though others import them at once."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_KNOWN = {"__spec__", "__name__", "__package__", "__loader__", "__file__"}
"""What Python knows of a module before it is executed."""


@contextlib.contextmanager
def deferring(*names: str) -> Iterator[None]:
    """Puts off the modules of these names where the block imports them.

    Whoever has such a module finds nothing missing: asking it for a name executes it, once in
    whatever thread that is, and others wait until it is done. `importlib.util.LazyLoader` does
    that from Python 3.12 on; in 3.11 threads see modules that are half executed.

    Args:
        *names: Of modules; not of packages whose own modules are imported by name, since
            Python would execute a module of theirs twice where it comes before the package; nor
            of modules that put another object into their place.
    """
    finder = _DeferringFinder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def spec_of_others(
    finder: MetaPathFinder, name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    """Returns what the finders that are asked after `finder` find."""
    finders = list(sys.meta_path)  # which another thread may change
    later = finders[finders.index(finder) + 1 :] if finder in finders else finders
    for other in later:
        if hasattr(other, "find_spec"):
            spec = other.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


class _DeferringFinder(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = set(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the usual spec of a name, with a loader that waits; None for the rest."""
        if fullname not in self._names:
            return None
        spec = spec_of_others(self, fullname, path, target)
        if spec is not None and spec.loader and not isinstance(spec.loader, _LateLoader):
            spec.loader = _LateLoader(spec.loader)
        return spec


@dataclasses.dataclass(eq=False)
class _Execution:
    """Of a module that waits.

    Attributes:
        loader: Executes it.
        begun: Whether it has; a thread that has the lock and sees it true is executing the
            module itself, or comes after.
        lock: Held meanwhile.
    """

    loader: Loader
    begun: bool = False
    lock: Any = dataclasses.field(default_factory=threading.RLock)


class _LateLoader(Loader):
    def __init__(self, loader: Loader):
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None  # of a module that is being imported
        spec.loader = module.__loader__ = self._loader
        spec.loader_state = _Execution(self._loader)
        module.__class__ = _LateModule


class _LateModule(ModuleType):
    """A module that is executed when it is asked for what only then is known."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _KNOWN:
            _execute(self)
        return ModuleType.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _execute(self)
        ModuleType.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        _execute(self)
        ModuleType.__delattr__(self, name)


def _execute(module: ModuleType) -> None:
    execution: _Execution = ModuleType.__getattribute__(module, "__spec__").loader_state
    with execution.lock:
        if execution.begun:
            return
        execution.begun = True
        try:
            execution.loader.exec_module(module)
        except BaseException:
            execution.begun = False
            raise
        ModuleType.__setattr__(module, "__class__", ModuleType)
