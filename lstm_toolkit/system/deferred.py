"""Modules that are executed when they are first used, though others import them at once."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextlib.contextmanager
def deferring(*names: str) -> Iterator[None]:
    """Puts off the modules of these names where the block imports them.

    Whoever has such a module finds nothing missing: asking it for a name executes it, see
    `importlib.util.LazyLoader`. Python 3.11 executes it on a second `import` already.

    Args:
        *names: Of modules; not of packages whose own modules are imported by name, since
            Python would execute a module of theirs twice where it comes before the package.
    """
    finder = _DeferringFinder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _DeferringFinder(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = set(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the usual spec of a name, with a loader that waits; None for the rest."""
        if fullname not in self._names:
            return None
        self._names.remove(fullname)  # so that the others are asked below
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec
