"""Measures the resident memory of a training on as many images as MNIST has.

Usage: python -m benchmarks.memory [mnist.npz]

Without a file, 70,000 random images of 28×28 stand in for it. One epoch is trained.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "images.npz"
        if len(sys.argv) == 1:
            images = np.random.default_rng(0).integers(0, 256, (70_000, 28, 28), dtype=np.uint8)
            y = np.arange(70_000) % 10
            np.savez(
                path, x_train=images[:60_000], y_train=y[:60_000],
                x_test=images[60_000:], y_test=y[60_000:],
            )  # fmt: skip
            del images
        subprocess.run(
            [sys.executable, "-m", "lstm_toolkit", "train", "digits", "--data", str(path),
             "--set", "preset=plain", "--set", "batch_size=128", "--epochs", "1",
             "--out", f"{folder}/run"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    print(f"largest resident memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
