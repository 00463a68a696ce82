"""Packages whose names are imported when they are asked for, so that TensorFlow comes late."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, str] = MappingProxyType({})


def lazily(
    package: str, homes: Mapping[str, str], hidden: Mapping[str, str] = _NONE
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns `__getattr__` and `__dir__` of a package (PEP 562).

    Args:
        package: Its `__name__`.
        homes: Public names, and the modules that they stand in: inside of the package, or by
            full name, beginning with "lstm_toolkit.".
        hidden: The same for names that still work but are not listed.
    """

    def get(name: str) -> Any:
        home = homes.get(name) or hidden.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = home if home.startswith("lstm_toolkit.") else f"{package}.{home}"
        return getattr(importlib.import_module(module), name)

    return get, lambda: sorted(homes)
