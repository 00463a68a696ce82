"""Executes every notebook from a clean kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebooks.execute import FOLDER, execute


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs_without_errors_and_warnings(path: Path) -> None:
    for cell in execute(path).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output["text"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_its_outputs_and_small(path: Path) -> None:
    import nbformat

    assert path.stat().st_size < 500_000
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.execution_count is not None
            assert all(output.get("name") != "stderr" for output in cell.outputs)
