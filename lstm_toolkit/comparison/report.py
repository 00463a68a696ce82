"""A comparison of two runs in words, and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from lstm_toolkit.comparison.pairs import Comparison, Disagreement
from lstm_toolkit.comparison.table import aligned, plain
from lstm_toolkit.metrics.paired_bootstrap import SURE, Interval
from lstm_toolkit.metrics.row_scores import RowScore
from lstm_toolkit.settings.values import setting_text


def facts(comparison: Comparison) -> dict[str, Any]:
    """Returns what `runs compare --json` prints."""
    c = comparison
    return {
        "task": c.task.name,
        "a": str(c.a.path),
        "b": str(c.b.path),
        "better": None if c.better is None else c.better.lower(),
        "score": next(iter(c.scores)),
        "rows": c.rows,
        "total_rows": c.total,
        "scores": {
            name: {
                "direction": c.task.direction(name),
                "a": dataclasses.asdict(paired.one),
                "b": dataclasses.asdict(paired.other),
                "difference": dataclasses.asdict(paired.difference),
            }
            for name, paired in c.scores.items()
        },
        "settings": {name: {"a": one, "b": other} for name, (one, other) in c.settings.items()},
        "facts": {name: {"a": one, "b": other} for name, (one, other) in c.facts.items()},
        "better_rows": {"a": c.wins[0], "b": c.wins[1]},
        "examples": [dataclasses.asdict(each) for each in c.disagreements],
    }


def as_text(comparison: Comparison) -> str:
    """Returns the comparison for people to read."""
    return "\n".join(_lines(comparison))


def _lines(c: Comparison) -> Iterator[str]:
    differing = {**c.settings, **c.facts}
    if differing:
        rows = [(n, *(plain(setting_text(v)) for v in values)) for n, values in differing.items()]
        yield from aligned([("what differs", "A", "B"), *rows])
    else:
        yield "no setting differs"
    yield ""
    of = "" if c.rows == c.total else f" of {c.total:,}, chosen at random"
    head = (f"on {c.rows:,} test rows{of}", "A", "B", f"B less A, {SURE} %")
    scores = [
        (name, _with_interval(p.one), _with_interval(p.other), _with_interval(p.difference, "+"))
        for name, p in c.scores.items()
    ]
    yield from aligned([head, *scores])
    yield ""
    yield verdict(c)
    a, b = c.wins
    yield f"row by row: B does better on {b:,}, A on {a:,}, both alike on {c.rows - a - b:,}"
    for each in c.disagreements:
        yield from _shown(each)


def verdict(comparison: Comparison) -> str:
    """Returns in a line which run is better, and how sure that is."""
    gain = _gain(comparison)
    if comparison.better is not None:
        return f"{comparison.better} is better: {gain}"
    if comparison.few:
        return f"too few rows to tell which is better, {comparison.main.units}: B {gain}"
    return f"these rows do not tell which is better: B {gain}"


def _gain(comparison: Comparison) -> str:
    """Returns by how much B differs from A, or the better run from the other."""
    score: RowScore = comparison.task.target.row_scores[0]
    difference = comparison.main.difference
    sign = -1 if comparison.better == "A" else 1
    scale = sign * (1.0 if score.points is None else score.points)
    gain, *ends = (scale * n for n in (difference.value, difference.low, difference.high))
    low, high = sorted(ends)
    if score.points is not None:
        return f"{gain:+z.1f} points, {SURE} % {low:z.1f} to {high:z.1f}"
    if comparison.better is None:
        return f"has {score.name} {gain:+z.4g}, {SURE} % {low:z.4g} to {high:z.4g}"
    low, high = sorted((abs(low), abs(high)))
    than = "higher" if gain > 0 else "lower"
    return f"{score.name} {than} by {abs(gain):.4g}, {SURE} % {low:.4g} to {high:.4g}"


def _with_interval(interval: Interval, sign: str = "") -> str:
    value, low, high = (f"{n:{sign}.4f}" for n in dataclasses.astuple(interval))
    return f"{value} ({low} to {high})"


def _shown(each: Disagreement) -> Iterator[str]:
    yield f"  row {each.row}, {each.better} is nearer: {plain(each.input)}"
    yield f"    right {plain(each.truth)} | A {plain(each.a)} | B {plain(each.b)}"
