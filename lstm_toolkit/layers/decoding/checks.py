"""Checks of decoders' arguments: at once where a value is known, else in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf


def check_at_least(name: str, value: float | tf.Tensor, least: int) -> None:
    """Checks a number, or each of several.

    Raises:
        ValueError: If it is too small; `tf.errors.InvalidArgumentError` in a graph.
    """
    _check(name, value, f"at least {least}", lambda x: x >= least)


def check_above_zero(name: str, value: float | tf.Tensor) -> None:
    """Checks a number that divides.

    Raises:
        ValueError: If it is not above 0; `tf.errors.InvalidArgumentError` in a graph.
    """
    _check(name, value, "above 0", lambda x: x > 0)


def check_beam_width(beams: int | tf.Tensor, vocabulary: int | tf.Tensor) -> None:
    """Checks that there are as many tokens as beams.

    Raises:
        ValueError: If there are not; `tf.errors.InvalidArgumentError` in a graph.
    """
    known = tf.get_static_value(vocabulary)
    size = "the vocabulary's size" if known is None else f"the vocabulary's {known}"
    _check("beam_width", beams, f"at most {size}", lambda x: x <= vocabulary)


def at_most(name: str, value: int | tf.Tensor, most: int) -> int | tf.Tensor:
    """Returns a number that is not too large; what uses it in a graph waits for the check.

    Raises:
        ValueError: If it is too large; `tf.errors.InvalidArgumentError` in a graph.
    """
    check = _check(name, value, f"at most {most}", lambda x: x <= most)
    if check is None:
        return value
    with tf.control_dependencies([check]):
        return tf.identity(value)


def finite_from_zero(name: str, value: float | tf.Tensor) -> float | tf.Tensor:
    """Returns a number that is finite and not below 0; what uses it in a graph waits for the check.

    Raises:
        ValueError: If it is not; `tf.errors.InvalidArgumentError` in a graph.
    """
    needed = "a finite number from 0"
    check = _check(name, value, needed, lambda x: tf.logical_and(x >= 0, x < float("inf")))
    if check is None:
        return value
    with tf.control_dependencies([check]):
        return tf.identity(value)


def check_tokens(end: int | tf.Tensor, never: Sequence[int]) -> None:
    """Checks that an answer can end.

    Raises:
        ValueError: If `never` holds a negative number, or `end`.
    """
    if any(token < 0 for token in never):
        raise ValueError(f"never must hold numbers of tokens. Received: never={list(never)}")
    token = tf.get_static_value(end)
    if token is not None and token in never:
        raise ValueError(
            f"never must leave end out, or no answer ends. Received: end={token}, "
            f"never={list(never)}"
        )


def _check(name: str, value: Any, needed: str, holds: Any) -> Any:
    """Checks at once, or returns the operation that will."""
    known = tf.get_static_value(value)
    right = holds(value if known is None else known)
    sure = tf.get_static_value(right)
    if sure is None:
        message = [f"{name} must be {needed}. Received:", value]
        return tf.debugging.Assert(tf.reduce_all(right), message)
    if not np.all(sure):
        raise ValueError(f"{name} must be {needed}. Received: {name}={_plain(known)}")
    return None


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
