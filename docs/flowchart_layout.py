"""Places the boxes of a flowchart in ranks, so that all arrows lead one way and few cross.

After Sugiyama, Tagawa and Toda (doi:10.1109/TSMC.1981.4308636), in the steps of Gansner,
Koutsofios, North and Vo (doi:10.1109/32.221135): ranks that make arrows short, an order within each
rank that makes few cross, then places that make them straight. Where an arrow passes a rank it has
a narrow place of its own there, and so has its label.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import fmean

import numpy as np
from scipy.optimize import linprog, lsq_linear

Node = str | tuple[int, int]
"""A box by its name, or the place of an arrow, by its number, in a rank."""
Point = tuple[float, float]
Size = tuple[float, float]

BETWEEN_BOXES, BETWEEN_LINES = 26.0, 14.0
BETWEEN_RANKS, BESIDE_LABELS = 40.0, 26.0
WEIGHTS = (1.0, 3.0, 400.0)
"""How much a piece of an arrow should be upright: between boxes, beside one, between ranks."""
TRIES = 16
"""Orders from which the search for few crossings begins."""
SWEEPS = 12


@dataclass(frozen=True)
class Span:
    """An arrow from an upper to a lower box; `label` is the size of its text."""

    upper: str
    lower: str
    label: Size | None = None


@dataclass
class Layout:
    """Centres of boxes and labels; of each arrow the points at which it stands upright."""

    size: Size
    boxes: dict[str, Point]
    labels: dict[int, Point]
    lines: list[list[Point]]


def lay_out(boxes: Mapping[str, Size], spans: Sequence[Span]) -> Layout:
    """Returns where everything stands, from top to bottom.

    Args:
        boxes: Width and height of each box, in pixels.
        spans: Arrows, which form no circle.
    """
    ranks = rank_boxes(boxes, spans)
    chains = [_chain(number, span, ranks) for number, span in enumerate(spans)]
    sizes: dict[Node, Size] = dict(boxes)
    for chain, span in zip(chains, spans, strict=True):
        sizes |= dict.fromkeys(chain[1:-1], (0.0, 0.0))
        if span.label:
            sizes[chain[len(chain) // 2]] = span.label
    layers = order_ranks(ranks, chains)
    return _Places(layers, chains, sizes).layout([span.label is not None for span in spans])


def rank_boxes(boxes: Mapping[str, Size], spans: Sequence[Span]) -> dict[str, int]:
    """Returns the rank of each box, so that arrows are short altogether; a label takes one."""
    if not spans:
        return dict.fromkeys(boxes, 0)
    place = {name: number for number, name in enumerate(boxes)}
    above = np.zeros((len(spans), len(place)))
    for row, span in zip(above, spans, strict=True):
        row[place[span.upper]], row[place[span.lower]] = 1, -1
    least = [-2 if span.label else -1 for span in spans]
    found = linprog(-above.sum(axis=0), A_ub=above, b_ub=least, bounds=(0, None))
    return {name: round(found.x[number]) for name, number in place.items()}


def _chain(number: int, span: Span, ranks: Mapping[str, int]) -> list[Node]:
    """Returns the boxes of an arrow and the places between them."""
    passed = range(ranks[span.upper] + 1, ranks[span.lower])
    return [span.upper, *((number, rank) for rank in passed), span.lower]


def order_ranks(ranks: Mapping[str, int], chains: Sequence[Sequence[Node]]) -> list[list[Node]]:
    """Returns the nodes of each rank, from left to right."""
    layers: list[list[Node]] = [[] for _ in range(max(ranks.values()) + 1)]
    for node in dict.fromkeys([*ranks, *(node for chain in chains for node in chain)]):
        layers[ranks[node] if isinstance(node, str) else node[1]].append(node)
    best, fewest = layers, float("inf")
    for seed in range(TRIES):
        chance = random.Random(seed)
        order = _Order([chance.sample(layer, len(layer)) for layer in layers], chains)
        for turn in range(SWEEPS):
            order.sweep(1 if turn % 2 else -1)
            if (crossings := order.crossings()) < fewest:
                best, fewest = [list(layer) for layer in order.layers], crossings
    return best


class _Order:
    """An order of nodes within ranks, and what makes it better."""

    def __init__(self, layers: list[list[Node]], chains: Sequence[Sequence[Node]]) -> None:
        self.layers = layers
        self._beside: dict[int, dict[Node, list[Node]]] = {1: {}, -1: {}}
        for upper, lower in (link for chain in chains for link in pairwise(chain)):
            self._beside[1].setdefault(upper, []).append(lower)
            self._beside[-1].setdefault(lower, []).append(upper)

    def crossings(self) -> int:
        place = self._places()
        pairs = (pair for layer in self.layers for pair in combinations(layer, 2))
        return sum(self._crossed(left, right, 1, place) for left, right in pairs)

    def sweep(self, side: int) -> None:
        """Sorts each rank by the middle of what stands above (-1) or below (1), then swaps."""
        for layer in self.layers[::-side]:
            place = self._places()
            beside = {node: self._beside[side].get(node, [node]) for node in layer}
            middle = {node: fmean(place[one] for one in beside[node]) for node in layer}
            layer.sort(key=middle.__getitem__)
        for layer in self.layers:
            self._swap(layer)

    def _swap(self, layer: list[Node]) -> None:
        """Swaps neighbours that cross less the other way round."""
        place = self._places()
        for n in range(len(layer) - 1):
            left, right = layer[n : n + 2]
            now, then = (
                sum(self._crossed(*pair, side, place) for side in (1, -1))
                for pair in ((left, right), (right, left))
            )
            if then < now:
                layer[n : n + 2] = [right, left]

    def _crossed(self, left: Node, right: Node, side: int, place: Mapping[Node, float]) -> int:
        ends, others = (self._beside[side].get(node, []) for node in (left, right))
        return sum(place[one] > place[other] for one in ends for other in others)

    def _places(self) -> dict[Node, float]:
        return {
            node: (n + 0.5) / len(layer) for layer in self.layers for n, node in enumerate(layer)
        }


def straighten(
    layers: Sequence[Sequence[Node]], chains: Sequence[Sequence[Node]], sizes: Mapping[Node, Size]
) -> dict[Node, float]:
    """Returns the middle of each node across, so that arrows are upright and nothing overlaps.

    Unknown are the first place of each rank and by how much gaps are wider than need be; the sum of
    squared ways across is as small as it can be.
    """
    row = {node: n for n, node in enumerate(node for layer in layers for node in layer)}
    places, fixed, least = np.zeros((len(row), len(row))), np.zeros(len(row)), np.zeros(len(row))
    for layer in layers:
        first = row[layer[0]]
        least[first] = -np.inf
        for left, right in pairwise(layer):
            fixed[row[right]] = fixed[row[left]] + _apart(left, right, sizes)
        for node in layer:
            places[row[node], first : row[node] + 1] = 1
    ways = [0.02 * np.eye(len(row))]  # Towards the middle, so that there is one answer.
    for upper, lower in (link for chain in chains for link in pairwise(chain)):
        weight = WEIGHTS[isinstance(upper, tuple) + isinstance(lower, tuple)] ** 0.5
        ways.append(weight * (np.eye(1, len(row), row[upper]) - np.eye(1, len(row), row[lower])))
    every = np.concatenate(ways)
    found = lsq_linear(every @ places, -every @ fixed, bounds=(least, np.inf), method="bvls")
    return dict(zip(row, (places @ found.x + fixed).tolist(), strict=True))


def _apart(left: Node, right: Node, sizes: Mapping[Node, Size]) -> float:
    both = isinstance(left, str) and isinstance(right, str)
    return (sizes[left][0] + sizes[right][0]) / 2 + (BETWEEN_BOXES if both else BETWEEN_LINES)


class _Places:
    """Where nodes stand, from the upper left corner."""

    def __init__(
        self,
        layers: Sequence[Sequence[Node]],
        chains: Sequence[Sequence[Node]],
        sizes: Mapping[Node, Size],
    ) -> None:
        self._chains, self._sizes = chains, sizes
        across = straighten(layers, chains, sizes)
        left = min(across[node] - sizes[node][0] / 2 for node in across)
        self._across = {node: middle - left for node, middle in across.items()}
        self._rows: dict[Node, tuple[float, float]] = {}
        self._bottom = 0.0
        for above, layer in pairwise([[], *layers]):
            self._add_rank(layer, self._gap(above, layer))

    def _gap(self, above: Sequence[Node], layer: Sequence[Node]) -> float:
        boxes = [any(isinstance(node, str) for node in part) for part in (above, layer)]
        return (BETWEEN_RANKS if all(boxes) else BESIDE_LABELS) if above else 0.0

    def _add_rank(self, layer: Sequence[Node], gap: float) -> None:
        top = self._bottom + gap
        self._bottom = top + max(self._sizes[node][1] for node in layer)
        self._rows |= dict.fromkeys(layer, (top, self._bottom))

    def layout(self, labelled: Sequence[bool]) -> Layout:
        ports = self._ports()
        middles = {node: (self._across[node], sum(self._rows[node]) / 2) for node in self._rows}
        width = max(self._across[node] + self._sizes[node][0] / 2 for node in self._rows)
        return Layout(
            size=(width, self._bottom),
            boxes={node: place for node, place in middles.items() if isinstance(node, str)},
            labels={
                number: middles[chain[len(chain) // 2]]
                for number, chain in enumerate(self._chains)
                if labelled[number]
            },
            lines=[
                self._line(chain, ports[number, 1], ports[number, -1])
                for number, chain in enumerate(self._chains)
            ],
        )

    def _line(self, chain: Sequence[Node], begin: float, end: float) -> list[Point]:
        upper, *passed, lower = chain
        middle = {node: sum(self._rows[node]) / 2 for node in (upper, lower)}
        half = {node: self._sizes[node][1] / 2 for node in (upper, lower)}
        return [
            (begin, middle[upper] + half[upper]),
            *((self._across[node], edge) for node in passed for edge in self._rows[node]),
            (end, middle[lower] - half[lower]),
        ]

    def _ports(self) -> dict[tuple[int, int], float]:
        """Returns where across each arrow leaves its upper box (1) and reaches its lower (-1)."""
        sides: dict[tuple[Node, int], list[tuple[float, int]]] = {}
        for number, chain in enumerate(self._chains):
            sides.setdefault((chain[0], 1), []).append((self._across[chain[1]], number))
            sides.setdefault((chain[-1], -1), []).append((self._across[chain[-2]], number))
        ports: dict[tuple[int, int], float] = {}
        for (box, side), ends in sides.items():
            room = min(18.0, (self._sizes[box][0] - 24) / max(len(ends) - 1, 1))
            for n, (_, number) in enumerate(sorted(ends)):
                ports[number, side] = self._across[box] + (n - (len(ends) - 1) / 2) * room
        return ports
