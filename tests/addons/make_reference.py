"""Writes what the real tensorflow-addons answers: `<subject>_cases.py` to `<subject>.npz`.

Runs in an environment of its own (`make addons-reference`), since that library cannot be
imported beside Keras 3. Each module of cases has `arrays()`, which returns numpy arrays by
name. Ordinary tests read the files through `tests.addons.reference`.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# One thread: sums in one order, the same arrays in each run on one machine.
for _threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ[_threads] = "1"

FOLDER = Path(__file__).parent
LARGEST = 100_000


def main(subjects: list[str]) -> None:
    """Writes the arrays of the subjects, of all of them by default."""
    import numpy as np

    warnings.simplefilter("ignore")
    for subject in subjects or sorted(
        path.stem.removesuffix("_cases") for path in FOLDER.glob("*_cases.py")
    ):
        module = importlib.import_module(f"tests.addons.{subject}_cases")
        arrays = module.arrays()
        path = FOLDER / f"{subject}.npz"
        np.savez_compressed(path, **{name: arrays[name] for name in sorted(arrays)})
        if path.stat().st_size > LARGEST:
            raise SystemExit(f"{path} must be at most {LARGEST} bytes.")
        print(f"{path.name}: {len(arrays)} arrays, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
