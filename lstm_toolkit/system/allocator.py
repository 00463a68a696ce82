"""How the process takes memory from the system."""

from __future__ import annotations

import ctypes
import os
import sys

M_ARENA_MAX = -8
"""The name of the option in glibc's malloc.h."""


def use_one_arena() -> None:
    """Has glibc keep one arena for all threads; call it before threads are begun.

    By default each thread has its own, in which pieces stay behind of what TensorFlow allocates in
    one thread and frees in another: a server grew by 17 MB in 20,000 requests, with one arena by 2,
    in the same CPU time. `MALLOC_ARENA_MAX`, if the user set it, is left alone.
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
