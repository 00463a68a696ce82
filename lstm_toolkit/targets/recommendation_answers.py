"""Recommendations as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from lstm_toolkit.data.text.item_lists import join_items


def to_json(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns `recommendations` with `item`, `score` and, where it is known, `name`."""
    answers = []
    for row, items in enumerate(outputs["items"]):
        listed = []
        for place, item in enumerate(items):
            if not item:
                continue
            one: dict[str, Any] = {
                "item": _text(item),
                "score": float(outputs["scores"][row, place]),
            }
            name = outputs["names"][row, place] if "names" in outputs else b""
            listed.append({**one, "name": _text(name)} if name else one)
        counts = {name: int(outputs[name][row]) for name in ("known_items", "unknown_items")}
        answers.append({"recommendations": listed, **counts})
    return answers


def line_of(answer: Mapping[str, Any]) -> str:
    r"""Returns the items, the best first.

    >>> best = {"item": "7", "score": 0.5, "name": "cup"}
    >>> line_of({"recommendations": [best], "unknown_items": 1})
    '7 (cup) 0.5000\t1 unknown item left out'
    """
    parts = [
        f"{each['item']}{' (' + each['name'] + ')' if 'name' in each else ''} {each['score']:.4f}"
        for each in answer["recommendations"]
    ]
    unknown = answer.get("unknown_items", 0)
    told = f"\t{unknown:,} unknown item{'' if unknown == 1 else 's'} left out" if unknown else ""
    return ", ".join(parts) + told


def table_cells(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an answer as cells of a table: items and scores with spaces between."""
    if "error" in answer:
        return dict(answer)
    listed = answer["recommendations"]
    rest = {name: value for name, value in answer.items() if name != "recommendations"}
    names = [each.get("name", "") for each in listed]
    cells = {
        "items": join_items([each["item"] for each in listed]) if listed else "",
        "scores": " ".join(f"{each['score']:.6g}" for each in listed),
        **({"names": "; ".join(names)} if any(names) else {}),
    }
    return {**cells, **rest}


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
