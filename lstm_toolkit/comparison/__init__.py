"""Runs and searches side by side: what there is, how it differs, and which is better."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "Entry": "entries",
    "find_entries": "catalogue",
    "compare": "pairs",
    "Comparison": "pairs",
    "write_report": "run_page",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
