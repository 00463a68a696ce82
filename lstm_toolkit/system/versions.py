"""The versions of what decides over results."""

from __future__ import annotations

import platform
from importlib import metadata

from lstm_toolkit import __version__


def versions() -> dict[str, str]:
    """Returns the versions of what decides over results."""
    packages = ("keras", "numpy", "scikit-learn", "pillow")
    libraries = {name: metadata.version(name) for name in packages}
    import tensorflow as tf

    return {
        "lstm_toolkit": __version__,
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        **libraries,
    }
