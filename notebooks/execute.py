"""Executes the notebooks from a clean kernel and keeps what they show.

Usage: python -m notebooks.execute [NOTEBOOK...]
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def execute(path: Path) -> nbformat.NotebookNode:
    """Runs every cell of a notebook.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell raises an exception.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.get("metadata", {}).pop("execution", None)  # times of the run, new at each
    return notebook


def main() -> None:
    """Executes the named notebooks, or all of them, in place."""
    for path in map(Path, sys.argv[1:] or sorted(map(str, FOLDER.glob("*.ipynb")))):
        nbformat.write(execute(path), path)
        print(path)


if __name__ == "__main__":
    main()
