"""Whether a run that is to go on was begun with the same as what it is given now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.training.preparation import Prepared


def check_same(
    run: Run,
    prepared: Prepared,
    precision: str,
    begun_with: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raises `InputError` if a run was begun with another task, data, settings, or weights."""
    facts = {name: run.config[name] for name in ("task", "precision")}
    facts |= run.config.get("begun_with", {})
    now = {"task": prepared.task.name, "precision": precision, **begun_with}
    for name in dict.fromkeys([*facts, *now]):
        was, is_ = facts.get(name, "none"), now.get(name, "none")
        if was != is_:
            raise InputError(f"{run.path}: was begun with {name}={was}. Received: {name}={is_}")
    begun, wanted = _comparable(run.settings), _comparable(prepared.settings)
    changed = [name for name in wanted if begun.get(name) != wanted[name]]
    if changed:
        before = ", ".join(f"{name}={begun.get(name)}" for name in changed)
        received = ", ".join(f"{name}={wanted[name]}" for name in changed)
        raise InputError(f"{run.path}: was begun with {before}. Received: {received}")
    if run.config["data"]["fingerprint"] != prepared.fingerprint:
        raise InputError(
            f"{run.path}: was begun with other data: {run.config['data']['note']}. "
            f"Received: {prepared.note}"
        )


def _comparable(settings: Settings) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(settings.values()))
    # Precision is compared by what it stands for; where rows lie changes nothing.
    return values | {"precision": None, "row_store": None}
