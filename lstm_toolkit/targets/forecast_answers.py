"""Answers of forecasters: as JSON, as rows of a table, one a step to come, and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from lstm_toolkit.targets.quantile_state import NAMES


def to_json(outputs: Mapping[str, NDArray[Any]], column: str) -> list[dict[str, Any]]:
    """Returns forecast and quantiles for each input.

    Args:
        outputs: What a signature returned.
        column: The name of the forecast among them.
    """
    names = [name for name in (column, *NAMES) if name in outputs]
    rows = zip(*(outputs[name] for name in names), strict=True)
    return [{name: _plain(values) for name, values in zip(names, row, strict=True)} for row in rows]


def _plain(numbers: NDArray[Any]) -> list[float]:
    """Returns numbers with as many digits as float32 has."""
    return [float(f"{number:.7g}") for number in numbers]


def table_rows(
    name: str, cells: Mapping[str, Any], answer: Mapping[str, Any], column: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields one row a step to come, with the time of each, see `Target.table_rows`."""
    series = cells.get("unique_id", name)
    if "error" in answer:
        yield {"unique_id": series}, dict(answer)
        return
    steps = len(answer[column])
    times = cells.get("ds") or range(1, steps + 1)
    for step, time in zip(range(steps), times, strict=True):
        values = {key: answer[key][step] for key in NAMES}
        yield {"unique_id": series, "ds": time}, {"mean": answer[column][step], **values}


def report(scores: Mapping[str, Any]) -> str:
    """Returns the scores in a line."""
    scaled = f"MASE {scores['mase']:.3f}   " if "mase" in scores else ""
    line = (
        f"MAE {scores['mae']:.4g}   {scaled}sMAPE {scores['smape']:.2f}   "
        f"MSE {scores['mse']:.4g}   wQL {scores['wql']:.4f}   "
        f"{scores['coverage']:.0%} in the 80 % interval   ({scores['examples']:,} rows)"
    )
    if "mcc" in scores:
        line += f"\ndirection: accuracy {scores['accuracy']:.4f}   MCC {scores['mcc']:.4f}"
        same = scores.get("baselines", {}).get("last_change", {})
        line += f"   (that of the last change: {same['mcc']:.4f})" if "mcc" in same else ""
    return line
