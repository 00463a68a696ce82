"""Made offers of second-hand things, to try columns of several kinds with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.tables.table import Table

OFFERS = 1500
SIDE = 24
"""Pixels of a picture's side."""

STRIPE = 5.0
"""Pixels from one stripe to the next."""

WEEKS = (6, 10)
"""Of which views are counted, from the least to the most."""

GONE = 0.05
"""Share of the cells that are empty."""

LABELS = ("slow", "steady", "quick")

BRANDS = {
    **{"Arbor": 1.4, "Brisk": 0.9, "Calder": 0.5, "Dune": 0.1},
    **{"Ember": -0.2, "Fjord": -0.6, "Grove": -0.9, "Harbor": -1.2},
}
"""How much people want each brand."""

THINGS = ("lamp", "chair", "kettle", "clock", "radio", "bag")

PRAISE = (
    *("it is not scratched at all", "hardly used and clean", "works as on the first day"),
    *("comes with all parts", "a friend repaired it well", "no marks anywhere"),
)
FAULTS = (
    *("it is scratched", "used a lot and not clean", "works only now and then"),
    *("comes without some parts", "nobody repaired it well", "marks everywhere"),
)
NEITHER = ("bought three years ago", "stands in the hall", "to be picked up", "send me a note")

Floats = NDArray[np.float64]


def sample_products(label_kind: str = "auto", seed: int = 0) -> Table:
    """Returns offers with a text, a picture, numbers, a brand and a series each.

    How quickly a thing is sold is the sum of what the columns say, each of which says a part
    of it. A cell in twenty is empty.

    Args:
        label_kind: "numbers" for the days until it is sold, or else `slow`, `steady` or `quick`.
        seed: Of what is drawn.
    """
    rng = np.random.default_rng(seed)
    wishes = rng.normal(size=(OFFERS, 4))
    brands = rng.choice([*BRANDS], OFFERS)
    parts = [_text(row, rng) for row in wishes[:, 0]]
    spoken = np.array([value for _, value in parts])
    plain = np.sign(wishes[:, 1])
    known = np.array([BRANDS[brand] for brand in brands])
    usual = np.exp(rng.uniform(2, 5, OFFERS))
    score = spoken + plain + known + 1.1 * wishes[:, 2] + wishes[:, 3]
    score += rng.normal(0, 0.25, OFFERS)
    columns: dict[str, list[Any]] = {
        "description": [text for text, _ in parts],
        "photo": [_picture(value > 0, rng) for value in plain],
        "price": [round(float(x), 2) for x in usual * np.exp(-0.5 * wishes[:, 2])],
        "usual_price": [round(float(each), 2) for each in usual],
        "brand": [str(brand) for brand in brands],
        "weekly_views": [_views(slope, rng) for slope in wishes[:, 3]],
    }
    for cells in columns.values():
        for row in np.flatnonzero(rng.random(OFFERS) < GONE):
            cells[row] = None
    if label_kind == "numbers":
        days = np.exp(2.5 - 0.25 * score)
        columns["label"] = [round(float(each), 1) for each in days]
    else:
        places = np.searchsorted(np.quantile(score, [1 / 3, 2 / 3]), score)
        columns["label"] = [LABELS[place] for place in places]
    return Table(columns, (), None)


def _text(wish: float, rng: np.random.Generator) -> tuple[str, float]:
    """Returns a description, and how well it speaks of the thing."""
    share = 1 / (1 + np.exp(-2 * wish))
    kinds = [PRAISE if rng.random() < share else FAULTS for _ in range(3)]
    said = [str(rng.choice(kind)) for kind in kinds] + [str(rng.choice(NEITHER))]
    value = sum(1 if kind is PRAISE else -1 for kind in kinds) / 2
    rng.shuffle(said)
    return f"{rng.choice(THINGS)}, {', '.join(said)}", value


def _picture(plain: bool, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draws a thing of any colour, with stripes if it is not plain."""
    y, x = np.mgrid[:SIDE, :SIDE]
    middle, size = rng.uniform(9, 15, 2), rng.uniform(6, 9)
    ground, colour = rng.integers(190, 250, 3), rng.integers(40, 200, 3)
    apart = np.stack([x - middle[0], y - middle[1]])
    inside = np.hypot(*apart) < size if rng.random() < 0.5 else np.abs(apart).max(0) < size * 0.85
    picture = np.where(inside[..., None], colour, ground).astype(np.float64)
    if not plain:
        angle = rng.uniform(0, np.pi)
        across = apart[0] * np.cos(angle) + apart[1] * np.sin(angle)
        stripes = np.sin(2 * np.pi * (across / STRIPE + rng.random())) > 0
        picture[inside & stripes] = (colour + ground) / 2
    picture += rng.normal(0, 8, picture.shape)
    return np.clip(picture, 1, 255).astype(np.uint8)


def _views(slope: float, rng: np.random.Generator) -> list[float | None]:
    """Returns how often an offer was looked at in each week; a few weeks are missing."""
    weeks = int(rng.integers(WEEKS[0], WEEKS[1] + 1))
    level = rng.uniform(20, 80)
    rise = np.linspace(-1, 1, weeks) * slope * 0.5
    views = level * np.exp(rise + rng.normal(0, 0.1, weeks))
    gone = rng.random(weeks) < GONE
    return [None if lost else float(round(view)) for view, lost in zip(views, gone, strict=True)]
