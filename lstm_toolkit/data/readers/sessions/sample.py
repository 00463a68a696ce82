"""Sessions of a made shop, in which people browse, see what belongs to a thing, and return."""

from __future__ import annotations

import numpy as np

SHELVES = {
    "lamp": ("bulb", "shade"),
    "camera": ("strap", "card", "case"),
    "kettle": ("filter",),
    "bicycle": ("lock", "bell", "pump"),
    "printer": ("paper", "ink"),
    "guitar": ("strings", "stand"),
    "tent": ("pegs", "mat"),
    "phone": ("cover", "charger"),
}
"""Kinds of things, and what people look at with one."""

MODELS = 40
"""Of each kind, from the cheapest to the dearest."""


def sample_sessions(count: int = 4000, seed: int = 0) -> dict[str, list[str]]:
    """Returns columns `session`, `item` and `time` of made clicks.

    People go up or down in price within a kind and keep to that, look at what belongs to the model
    at hand, come back to a model they saw, and now and then change to another kind.

    Args:
        count: Of sessions.
        seed: Same seed, same clicks.

    >>> rows = sample_sessions(2)
    >>> sorted(rows), rows["session"][0]
    (['item', 'session', 'time'], 's1')
    """
    rng = np.random.default_rng(seed)
    columns: dict[str, list[str]] = {"session": [], "item": [], "time": []}
    start = np.datetime64("2026-03-01T08:00:00")
    for number in range(count):
        time = start + np.timedelta64(number * 400 + int(rng.integers(300)), "s")
        for item in _session(rng):
            columns["session"].append(f"s{number + 1}")
            columns["item"].append(item)
            columns["time"].append(str(time))
            time += np.timedelta64(int(rng.integers(5, 120)), "s")
    return columns


def _session(rng: np.random.Generator) -> list[str]:
    kinds = list(SHELVES)
    # Some kinds and models are in demand.
    kind = kinds[min(int(rng.geometric(0.3)) - 1, len(kinds) - 1)]
    model, step = int(rng.integers(1, MODELS + 1)), int(rng.choice([-1, 1]))
    models = [f"{kind}-{model}"]
    items = [models[0]]
    for _ in range(int(rng.integers(1, 9))):
        chance = rng.random()
        if chance < 0.5:
            model = min(max(model + step, 1), MODELS)
            models.append(f"{kind}-{model}")
            items.append(models[-1])
        elif chance < 0.75:
            extras = SHELVES[kind]
            items.append(f"{kind}-{extras[model % len(extras)]}")
        elif chance < 0.93:
            items.append(models[int(rng.integers(len(models)))])
        else:
            kind, model = kinds[int(rng.integers(len(kinds)))], int(rng.integers(1, MODELS + 1))
            models.append(f"{kind}-{model}")
            items.append(models[-1])
    return items
