"""The machines that train together, as `TF_CONFIG` names them. Imports no TensorFlow."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from typing import Any

from lstm_toolkit.errors import InputError

VARIABLE = "TF_CONFIG"
EXAMPLE = (
    '{"cluster": {"worker": ["10.0.0.5:8900", "10.0.0.6:8900"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Machines, and which of them this is.

    Attributes:
        addresses: HOST:PORT of each, the chief first.
        index: The place of this one among them.
    """

    addresses: tuple[str, ...]
    index: int

    @property
    def chief(self) -> bool:
        """Whether this one writes the run folder."""
        return self.index == 0

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Cluster | None:
        """Reads `TF_CONFIG`; None if it is not set, or names this machine alone.

        Raises:
            InputError: If it is not what TensorFlow takes, or names roles of other strategies.
        """
        text = environment.get(VARIABLE, "").strip()
        if not text:
            return None
        try:
            config = json.loads(text)
            jobs, task = config.get("cluster", {}), config.get("task", {})
            if not jobs:
                return None
            roles = {job: _addresses(jobs[job]) for job in jobs}
            kind, index = task.get("type"), task.get("index")
            known = kind in roles and isinstance(index, int) and not isinstance(index, bool)
        except (ValueError, AttributeError, TypeError, RecursionError):
            raise _unfit(text) from None
        others = [job for job in roles if job not in ("chief", "worker")]
        if others:
            raise InputError(
                f"TF_CONFIG must name machines as chief and worker alone. Received: {others[0]}"
            )
        if not known or not 0 <= index < len(roles[kind]) or len(roles.get("chief", [])) > 1:
            raise _unfit(text)
        addresses = (*roles.get("chief", ()), *roles.get("worker", ()))
        if len(set(addresses)) < len(addresses):
            raise InputError(
                f"TF_CONFIG must name each machine once. Received: {', '.join(addresses)}"
            )
        if len(addresses) == 1:
            return None
        before = len(roles.get("chief", ())) if kind == "worker" else 0
        return cls(addresses, before + index)

    def __str__(self) -> str:
        role = "the chief" if self.chief else f"machine {self.index + 1}"
        return f"{role} of {len(self.addresses)}, {self.addresses[self.index]}"


def _addresses(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and ":" in one for one in value):
        raise TypeError
    return tuple(value)


def _unfit(text: str) -> InputError:
    return InputError(f"TF_CONFIG must be like {EXAMPLE}. Received: {text[:120]}")


def several(count: int | None) -> bool:
    """Tells whether a training runs on more than one device.

    Raises:
        InputError: If `TF_CONFIG` is unfit, or `count` is below 1.
    """
    if count is not None and count < 1:
        raise InputError(f"devices must be at least 1. Received: devices={count}")
    return (count or 1) > 1 or Cluster.read() is not None
