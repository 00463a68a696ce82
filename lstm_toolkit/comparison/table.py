"""The table of runs: which are shown, in which order, and what differs between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.comparison.entries import Entry
from lstm_toolkit.errors import InputError, did_you_mean
from lstm_toolkit.settings.values import setting_text

ORDERS = ("score", "path", "data", "seconds")
"""What entries can be sorted by; tasks always stand together."""

_FACTS = ("task", "kind", "status", "data", "path")
"""What entries can be chosen by, besides settings."""

_HEAD = ("run", "task", "data", "score", "simplest method", "seconds", "settings that differ")


def chosen_entries(entries: Sequence[Entry], wanted: Mapping[str, str]) -> list[Entry]:
    """Returns the entries that are as wanted.

    Args:
        entries: Of any tasks.
        wanted: Texts by name: `task`, `kind` and `status` are to be equal, `data` and `path` to
            have the text in them, settings to be equal as they are written after `--set`.

    Raises:
        InputError: With the nearest name, if no entry has a name that is wanted.
    """
    names = dict.fromkeys([*_FACTS, *(name for entry in entries for name in entry.settings)])
    for name in wanted:
        if name not in names:
            raise InputError(f"--filter knows no `{name}`, {did_you_mean(name, names)}")
    return [e for e in entries if all(_fits(e, *pair) for pair in wanted.items())]


def _fits(entry: Entry, name: str, text: str) -> bool:
    if name in ("data", "path"):
        return text.lower() in str(getattr(entry, name) or "").lower()
    if name in _FACTS:
        return getattr(entry, name) == text
    return name in entry.settings and setting_text(entry.settings[name]) == text


def sorted_entries(entries: Sequence[Entry], order: str) -> list[Entry]:
    """Returns the entries by task, and in each by `order`: the best score, or the least, first.

    Raises:
        InputError: If there is no such order.
    """
    if order not in ORDERS:
        raise InputError(f"--sort knows no `{order}`, {did_you_mean(order, ORDERS)}")

    def key(entry: Entry) -> tuple[Any, ...]:
        value: Any = str(entry.path)
        if order == "score":
            sign = -1 if entry.direction == "max" else 1
            value = math.inf if entry.value is None else sign * entry.value
        elif order == "seconds":
            value = math.inf if entry.seconds is None else entry.seconds
        elif order == "data":
            value = entry.data or ""
        return (entry.task is None, entry.task or "", value, str(entry.path))

    return sorted(entries, key=key)


def differing_settings(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Returns of each entry the settings that are not the same in all entries of its task.

    Of the only entry of a task, those that differ from the task's defaults.
    """
    result = []
    for entry in entries:
        others = [each.settings for each in entries if each.task == entry.task and each.settings]
        if len(others) == 1:
            others.append(entry.defaults)
        result.append(
            {
                name: value
                for name, value in entry.settings.items()
                if any(other.get(name, value) != value for other in others)
            }
        )
    return result


def as_text(entries: Sequence[Entry], without: Sequence[Path]) -> str:
    """Returns the table for people to read, and what else is in the folder."""
    rows = [
        _row(entry, differing)
        for entry, differing in zip(entries, differing_settings(entries), strict=True)
    ]
    lines = aligned([_HEAD, *rows]) if rows else []
    if without:
        names = ", ".join(plain(path.name) for path in without[:5])
        more = f" and {len(without) - 5} more" if len(without) > 5 else ""
        lines.append(f"no run in: {names}{more}")
    return "\n".join(lines)


def _row(entry: Entry, differing: Mapping[str, Any]) -> tuple[str, ...]:
    data = " ".join(filter(None, [_cut(entry.data), (entry.fingerprint or "")[:6]]))
    settings = " ".join(f"{name}={_short(value)}" for name, value in differing.items())
    state = [f"{entry.status}: {entry.reason}"] if entry.reason else []
    if entry.kind == "search":
        state.append(f"the best of {entry.trials or 0} trials")
    error = "" if entry.standard_error is None else f" ± {entry.standard_error:.4f}"
    score = "" if entry.value is None else f"{entry.score} {entry.value:.4f}{error}"
    simplest = "" if entry.simplest is None else f"{entry.simplest} {entry.simplest_value:.4f}"
    seconds = "" if entry.seconds is None else f"{entry.seconds:.0f}"
    last = "; ".join([*state, *filter(None, [settings])])
    cells = (str(entry.path), entry.task or "?", data, score, simplest, seconds, last)
    return tuple(map(plain, cells))


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else setting_text(value)


def _cut(text: str | None, most: int = 30) -> str:
    text = text or ""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> str:
    """Returns a text in one line, without what moves a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns rows as lines whose columns begin below each other, wide characters counted twice."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
