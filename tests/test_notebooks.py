"""Executes every notebook from a clean kernel, and holds the kept ones to their sources.

The kernels begin with TensorFlow imported; `make notebooks` starts them as users do.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from notebooks.build import (
    FOLDER,
    LANGUAGES,
    execute,
    in_language,
    joined,
    one_stream,
    read,
    retold,
    sources,
    target,
)
from notebooks.changed import chosen
from tests.warm import warm_python

KEPT = [target(source, language) for source in sources() for language in LANGUAGES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Marks notebooks with `full` that no change can have broken, see `notebooks.changed`.

    To find these takes seconds, which the fast tests need not spend.
    """
    if "executed" in metafunc.fixturenames:
        fast = "not slow" in metafunc.config.getoption("markexpr")
        now = [] if fast else chosen()
        marks = {source: () if source in now else pytest.mark.full for source in sources()}
        cases = [pytest.param(each, id=each.stem, marks=marks[each]) for each in sources()]
        metafunc.parametrize("executed", cases)


@pytest.fixture
def warm_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Returns the name of a kernel that is forked."""
    argv = warm_python("-m", "ipykernel_launcher", "-f", "{connection_file}")
    specification = {"argv": argv, "display_name": "warm", "language": "python"}
    folder = tmp_path / "kernels" / "warm"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(specification))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return "warm"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs_without_errors_and_warnings(executed: Path, warm_kernel: str) -> None:
    for cell in execute(executed, kernel=warm_kernel).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output["text"]


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kept_notebook_is_what_its_source_makes(source: Path, language: str) -> None:
    assert retold(source, language) == nbformat.read(target(source, language), as_version=4)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_notebook_is_kept_with_its_outputs_and_small(path: Path) -> None:
    assert path.stat().st_size < 500_000
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.execution_count is not None
            assert all(output.get("name") != "stderr" for output in cell.outputs)


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_both_languages_show_the_same_code_and_figures(source: Path) -> None:
    english, chinese = (
        [
            cell
            for cell in nbformat.read(target(source, language), as_version=4).cells
            if cell.cell_type == "code"
        ]
        for language in LANGUAGES
    )
    assert english == chinese


def test_no_notebook_is_kept_without_a_source() -> None:
    assert {*FOLDER.glob("*.ipynb")} == {*KEPT}


def test_every_notebook_has_exercises_with_folded_solutions() -> None:
    for path in KEPT:
        folds = [
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.source.startswith("<details>")
        ]
        assert folds, path.name


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            '# %% [markdown] lang="zh"\n# 你好\n',
            'hello.py: a text must stand with lang="en", then with lang="zh". '
            'Received: lang="zh" at "你好"',
        ),
        ('# %% [markdown] lang="en"\n# Hello\n', 'hello.py: no lang="zh" after "Hello"'),
    ],
    ids=["order", "missing"],
)
def test_a_text_without_its_pair_is_refused(tmp_path: Path, cells: str, said: str) -> None:
    (tmp_path / "hello.py").write_text(cells, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        read(tmp_path / "hello.py")
    assert str(caught.value) == said


def test_a_solution_is_folded_with_what_it_prints(tmp_path: Path) -> None:
    (tmp_path / "sum.py").write_text(
        '# %% [markdown] lang="en"\n# Add.\n\n# %% [markdown] lang="zh"\n# 求和。\n\n'
        '# %% tags=["solution"]\nprint(1 + 1)\n',
        encoding="utf-8",
    )
    notebook = execute(tmp_path / "sum.py")
    english, chinese = (in_language(notebook, language).cells for language in LANGUAGES)
    assert [cell.cell_type for cell in english] == ["markdown", "markdown"]
    assert english[1].source == (
        "<details><summary>Solution</summary>\n\n```python\nprint(1 + 1)\n```\n\n"
        "It prints:\n\n```\n2\n```\n\n</details>"
    )
    assert [cell.source[:20] for cell in chinese] == ["求和。", "<details><summary>参考"]


def test_what_is_printed_in_a_row_is_one_output() -> None:
    streams = [("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n")]
    outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in streams]
    outputs.insert(1, nbformat.v4.new_output("display_data", data={}))
    outputs = one_stream(outputs)
    assert [output.get("text") for output in outputs] == ["a\n", None, "b\n", "c\n", "d\n"]
    streams = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in "abc"]
    assert [output.text for output in one_stream(streams)] == ["abc"]


def test_lines_of_chinese_are_joined_and_others_are_not() -> None:
    text = "长短期\n记忆网络，\nLSTM 有\n`门`：\n\n- 遗忘\n- 输入"
    assert joined(text) == "长短期记忆网络，LSTM 有\n`门`：\n\n- 遗忘\n- 输入"


def test_a_solution_that_draws_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text('# %% tags=["solution"]\n1 + 1\n', encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        in_language(execute(tmp_path / "two.py"), "en")
    assert str(caught.value) == ("a solution must print what it shows. Received: execute_result")


def test_new_text_is_taken_over_and_new_code_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notebooks.build.FOLDER", tmp_path)
    source = tmp_path / "sum.py"
    words = '# %% [markdown] lang="en"\n# Add.\n\n# %% [markdown] lang="zh"\n# 求和。\n\n'
    sums = '# %%\nprint(1 + 1)\n\n# %% tags=["solution"]\nprint(1 + 2)\n'
    source.write_text(words + sums, encoding="utf-8")
    notebook = execute(source)
    nbformat.write(in_language(notebook, "en"), target(source, "en"))
    source.write_text(words.replace("Add.", "Add up.") + sums, encoding="utf-8")
    told = retold(source, "en").cells
    assert told[0].source == "Add up."
    assert told[1].outputs[0].text == "2\n"
    assert told[2].source.endswith("It prints:\n\n```\n3\n```\n\n</details>")
    source.write_text(words + sums.replace("1 + 2", "1 + 3"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"sum\.py: its code has changed; build it without --text"):
        retold(source, "en")
