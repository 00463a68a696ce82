"""Makes the notebooks, in English and Chinese, from their sources.

Usage: python -m notebooks.build [--text] [SOURCE...]

`--text` executes nothing: it takes new text over where the code is the old one.

A source (`notebooks/sources/*.py`) is in jupytext's percent format. Its code is written once; its
text stands in pairs of cells, `# %% [markdown] lang="en"` and after it `lang="zh"`. It is executed
once, and both notebooks get the outputs of that execution: code and figures cannot differ.

A code cell with `tags=["solution"]` is executed too. In the notebooks it stands folded, with
what it prints, under the text before it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
SOURCES = FOLDER / "sources"
LANGUAGES = {"en": ".ipynb", "zh": ".zh-CN.ipynb"}
"""What ends the name of the notebook in each language."""
SUMMARIES = {"en": "Solution", "zh": "参考答案"}
CHINESE = "\u2e80-\u9fff\uff00-\uffef\u201c\u201d"
MARKS = "，。；：、？！）”"
PRINTED = {"en": "It prints:", "zh": "输出："}


def sources() -> list[Path]:
    """Returns the sources in their order."""
    return sorted(SOURCES.glob("*.py"))


def read(source: Path) -> Any:
    """Reads a source, and gives its cells names that follow from their places.

    Returns:
        The notebook with the cells of both languages.

    Raises:
        ValueError: If a text does not stand in English and then in Chinese.
    """
    notebook = jupytext.read(source, fmt="py:percent")
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
    spoken = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    for place, cell in enumerate(spoken):
        expected = "zh" if place % 2 else "en"
        if cell.metadata.get("lang") != expected:
            raise ValueError(
                f'{source.name}: a text must stand with lang="en", then with lang="zh". '
                f'Received: lang="{cell.metadata.get("lang")}" at "{cell.source[:40]}"'
            )
    if len(spoken) % 2:
        raise ValueError(f'{source.name}: no lang="zh" after "{spoken[-1].source[:40]}"')
    return notebook


def execute(source: Path, *, kernel: str = "python3") -> Any:
    """Runs every cell of a source in a clean kernel.

    Args:
        source: Of the notebook.
        kernel: The name of the kernel's specification.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell raises an exception.
    """
    notebook = read(source)
    resources = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=600, kernel_name=kernel, resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of the run, new at each
        if cell.cell_type == "code":
            cell.outputs = one_stream(cell.outputs)
    notebook.metadata.pop("jupytext", None)
    return notebook


def one_stream(outputs: list[Any]) -> list[Any]:
    """Joins what was printed in a row: a busy machine sends it in several parts."""
    joined_outputs: list[Any] = []
    for output in outputs:
        before = joined_outputs[-1] if joined_outputs else {}
        if output.output_type == "stream" and output.name == before.get("name"):
            before["text"] += output.text
        else:
            joined_outputs.append(output)
    return joined_outputs


def in_language(notebook: Any, language: str) -> Any:
    """Returns the notebook as its readers in one language see it."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata["lang"] != language:
            continue
        if "solution" in cell.metadata.get("tags", ()):
            cells.append(folded(cell, language))
        else:
            source = joined(cell.source) if cell.cell_type == "markdown" else cell.source
            cells.append(nbformat.from_dict(cell | {"metadata": {}, "source": source}))
    return nbformat.from_dict(notebook | {"cells": cells})


def joined(text: str) -> str:
    """Joins lines within Chinese, where a browser would show a line break as a gap."""
    text = re.sub(rf"(?<=[{CHINESE}])\n(?=[{CHINESE}])", "", text)
    return re.sub(rf"(?<=[{MARKS}])\n(?=[A-Za-z`$])", "", text)


def folded(cell: Any, language: str) -> Any:
    """Returns a text that unfolds to the code of a solution and what it printed."""
    shown = [output.output_type for output in cell.get("outputs", ()) if "text" not in output]
    if shown:
        raise ValueError(f"a solution must print what it shows. Received: {shown[0]}")
    printed = "".join(output.text for output in cell.get("outputs", ()))
    code = f"```python\n{cell.source}\n```"
    said = f"\n\n{PRINTED[language]}\n\n```\n{printed.rstrip()}\n```" if printed else ""
    text = f"<details><summary>{SUMMARIES[language]}</summary>\n\n{code}{said}\n\n</details>"
    return nbformat.v4.new_markdown_cell(text, id=cell.id)


def target(source: Path, language: str) -> Path:
    """Returns where the notebook of a source is kept."""
    return FOLDER / f"{source.stem}{LANGUAGES[language]}"


def retold(source: Path, language: str) -> Any:
    """Returns the kept notebook with the text that its source has now.

    Raises:
        ValueError: If the code of the source is another one.
    """
    notebook = in_language(read(source), language)
    kept = nbformat.read(target(source, language), as_version=4)
    executed = filter(runs, kept.cells)
    for place, cell in enumerate(notebook.cells):
        if runs(cell):
            old = next(executed, None)
            if old is None or code(old) != code(cell):
                raise ValueError(f"{source.name}: its code has changed; build it without --text")
            notebook.cells[place] = old | {"id": cell.id}
    return nbformat.from_dict(kept | {"cells": notebook.cells})


def runs(cell: Any) -> bool:
    """Whether a cell of a notebook was executed, openly or as a folded solution."""
    return cell.cell_type == "code" or cell.source.startswith("<details>")


def code(cell: Any) -> str:
    """Returns what was executed."""
    if cell.cell_type == "code":
        return str(cell.source)
    return str(cell.source).partition("```python\n")[2].partition("\n```")[0]


def main() -> None:
    """Makes the notebooks of the named sources, or of all."""
    words = [word for word in sys.argv[1:] if word != "--text"]
    for source in map(Path, words or map(str, sources())):
        executed = None if "--text" in sys.argv else execute(source)
        for language in LANGUAGES:
            path = target(source, language)
            found = in_language(executed, language) if executed else retold(source, language)
            nbformat.write(found, path)
            print(path.name)


if __name__ == "__main__":
    main()
