"""A page of translations beside their references, the worst and the best among them."""

from __future__ import annotations

import html
from collections.abc import Sequence

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sample translations</title>
<style>
body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }}
table {{ border-collapse: collapse; width: 100%; margin: 0 0 2rem }}
th {{ text-align: left; font-weight: normal; color: #555 }}
td, th {{ border-top: 1px solid #ccc; padding: .35rem .8rem .35rem 0; vertical-align: top }}
td:last-child, th:last-child {{ text-align: right; padding-right: 0; color: #555 }}
.note {{ color: #555; font-size: .9rem }}
</style>
<h1>Sample translations</h1>
<p class="note">Sentences of the test split, translated by beam search. The number is chrF, which
compares pieces of up to six characters with the reference: 100 is the same text. A right
translation in other words gets a low number too.</p>
{tables}
</html>
"""

_HEAD = "<tr><th>sentence<th>translation<th>reference<th>chrF</tr>"

Row = tuple[str, str, str, float]
"""A sentence, its translation, its reference, and chrF."""


def page(rows: Sequence[Row], *, most: int = 20) -> str:
    """Returns an HTML page, complete in itself.

    Args:
        rows: One a sentence, in the order of the data.
        most: Sentences in each of the three tables at most.
    """
    ranked = sorted(rows, key=lambda row: row[3])
    step = max(1, len(rows) // most)
    tables = {
        "From all over the split": rows[::step][:most],
        "Worst": ranked[:most],
        "Best": ranked[::-1][:most],
    }
    return _PAGE.format(tables="\n".join(_table(name, part) for name, part in tables.items()))


def _table(name: str, rows: Sequence[Row]) -> str:
    body = "\n".join(_line(row) for row in rows)
    return f"<h2>{html.escape(name)}</h2>\n<table>\n{_HEAD}\n{body}\n</table>"


def _line(row: Row) -> str:
    cells = "".join(f'<td dir="auto">{html.escape(text)}' for text in row[:3])
    return f"<tr>{cells}<td>{row[3]:.0f}</tr>"
