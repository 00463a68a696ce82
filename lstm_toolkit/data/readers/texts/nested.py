"""Records with objects inside: what annotation tools write."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.table import Table


def unfolded(table: Table) -> Table:
    """Gives the inner values of objects columns of their own, as in `review.text`.

    Exports of Label Studio give the columns of their `data`, and `label` with what was chosen.

    Args:
        table: What a reader found.
    """
    annotations = next(
        (name for name in ("annotations", "completions") if name in table.columns), ""
    )
    if annotations and "data" in table.columns and _objects(table.columns["data"]):
        return _label_studio(table, annotations)
    columns: dict[str, list[Any]] = {}
    for name, cells in table.columns.items():
        keys = _keys(cells) if _objects(cells) else []
        if not keys or keys == ["choices"]:
            columns[name] = cells
            continue
        columns |= {f"{name}.{key}": [(cell or {}).get(key) for cell in cells] for key in keys}
    return dataclasses.replace(table, columns=columns)


def _objects(cells: list[Any]) -> bool:
    """Tells whether cells hold objects, and nothing else."""
    filled = [cell for cell in cells if cell is not None]
    return bool(filled) and all(isinstance(cell, Mapping) for cell in filled)


def _keys(cells: list[Any]) -> list[str]:
    return list(dict.fromkeys(key for cell in cells for key in (cell or {})))


def _label_studio(table: Table, annotations: str) -> Table:
    data = table.columns["data"]
    columns = {key: [(cell or {}).get(key) for cell in data] for key in _keys(data)}
    chosen = [_choices(cell) for cell in table.columns[annotations]]
    columns["annotated label" if "label" in columns else "label"] = [label for label, _ in chosen]
    differing = sum(not agreed for _, agreed in chosen)
    remarks = count_note(differing, "task", "whose annotators disagree, the most frequent taken")
    return dataclasses.replace(table, columns=columns, remarks=(*table.remarks, *remarks))


def _choices(annotations: Any) -> tuple[Any, bool]:
    """Returns what was chosen, one or a list, None for nothing; and whether all agree."""
    votes: Counter[tuple[str, ...]] = Counter()
    for annotation in annotations if isinstance(annotations, list) else []:
        if isinstance(annotation, Mapping) and not annotation.get("was_cancelled"):
            labels = [
                str(choice)
                for result in annotation.get("result") or []
                for choice in (result.get("value") or {}).get("choices") or []
            ]
            votes.update([tuple(labels)] if labels else [])
    if not votes:
        return None, True
    chosen, _ = votes.most_common(1)[0]
    return (chosen[0] if len(chosen) == 1 else list(chosen)), len(votes) == 1
