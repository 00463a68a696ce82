"""Builds the native recurrence; all else about the package stands in setup.cfg."""

import os
from pathlib import Path

from setuptools import Extension, setup

SOURCES = Path("lstm_toolkit/layers/fast/native")

# Without a C compiler the installation goes on without it: LSTM layers train in TensorFlow then.
# It calls nothing of Python, so one file serves every version.
native = Extension(
    "lstm_toolkit.layers.fast._native",
    sources=[str(path) for path in sorted(SOURCES.glob("*.c"))],
    depends=[str(path) for path in sorted(SOURCES.glob("*.h"))],
    extra_compile_args=[
        "-std=gnu11",
        "-O3",
        "-fno-math-errno",
        "-fno-trapping-math",
        "-fvisibility=hidden",
    ],
    extra_link_args=["-pthread"],
    py_limited_api=True,
    optional=True,
)

setup(
    ext_modules=[] if os.name == "nt" else [native],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
