"""Tests; imported before all of them, and before NumPy and TensorFlow."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker a core: threads that wait for each other took an eighth of all processor time.
    for variable in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
