"""What an export tells of itself beside its signatures, for the page for people."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.data.labels import FILE as LABELS_FILE
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.states import FEATURES, TARGET
from lstm_toolkit.serving.export import EXTRA, read_task_file


@dataclasses.dataclass(frozen=True)
class Description:
    """Facts of an export; of a SavedModel of another maker nothing is known.

    Attributes:
        task: Name of its task; None if it is not of this toolkit.
        labels: Names of classes or tags.
        defaults: Trained settings of what a call of a signature may set, by name.
        dark_on_light: Whether the training images are dark on light.
    """

    task: str | None = None
    labels: tuple[str, ...] = ()
    defaults: Mapping[str, float] = dataclasses.field(default_factory=dict)
    dark_on_light: bool = False


def describe_export(export: Path) -> Description:
    """Returns what the files of an export say; what is absent or damaged is left out."""
    try:
        task = read_task_file(export).get("task")
    except (InputError, AttributeError):
        return Description()
    extra = export / EXTRA
    images = [_facts(path) for path in sorted((extra / FEATURES).glob("*/image.json"))]
    return Description(
        task if isinstance(task, str) else None,
        _lines(extra / TARGET / LABELS_FILE),
        {name: value for name, value in _facts(extra / TARGET / "writer.json").items()
         if type(value) in (int, float) and math.isfinite(value)},
        any(facts.get("dark_on_light") is True for facts in images),
    )  # fmt: skip


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8").split("\n")[:-1])
    except (OSError, ValueError):
        return ()


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
