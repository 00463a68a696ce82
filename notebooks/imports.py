"""Which files of the package a notebook reaches, told from source text; nothing is imported."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path


class Package:
    """A package of Python files.

    Args:
        folder: Holds its `__init__.py`.

    Attributes:
        folder: The same.
        modules: Files by the full names of modules.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        self.modules = {
            ".".join(path.relative_to(folder.parent).with_suffix("").parts): path
            for path in sorted(folder.rglob("*.py"))
        }
        for name, path in list(self.modules.items()):
            if path.stem == "__init__":
                self.modules[name.removesuffix(".__init__")] = self.modules.pop(name)

    def reached(self, source: Path) -> set[Path]:
        """Returns the files that a program may import, directly or through others."""
        text = source.read_text(encoding="utf-8")
        found, left = set(), {*self._named(ast.parse(text)), *self._asked(text)}
        while left:
            name = left.pop()
            found.add(name)
            left |= self._imports[name] - found
        return {self.modules[name] for name in found}

    def homes(self, name: str) -> set[str]:
        """Returns the modules behind a dotted name: itself, or where its package takes it from.

        Packages hand names on lazily. Which module a name comes from is told by a dict in their
        `__init__`; where none tells, it may be any of theirs.
        """
        if name in self.modules:
            return {name}
        parent, _, last = name.rpartition(".")
        if not parent.startswith(self.name):
            return set()
        if parent not in self.modules:
            return self.homes(parent)
        for handed in self._handed_on.get(parent, {}).get(last, ()):
            for home in (handed, f"{parent}.{handed}"):
                if home in self.modules:
                    return {parent, home}
        if self.modules[parent].stem == "__init__" and last not in _defined(self._trees[parent]):
            return {each for each in self.modules if f"{each}.".startswith(f"{parent}.")}
        return {parent}

    @functools.cached_property
    def _trees(self) -> dict[str, ast.Module]:
        return {n: ast.parse(p.read_text(encoding="utf-8")) for n, p in self.modules.items()}

    @functools.cached_property
    def _imports(self) -> dict[str, set[str]]:
        """The modules that each module imports, and the packages that it lies in."""
        found = {}
        for module, tree in self._trees.items():
            parts = module.split(".")
            around = (".".join(parts[:end]) for end in range(1, len(parts)))
            found[module] = {*self._named(tree), *around}
        return found

    @functools.cached_property
    def _handed_on(self) -> dict[str, dict[str, list[str]]]:
        """From which module each package takes the names that it hands on.

        What other dicts of a package tell of a name, such as its name there, is no module.
        """
        handed: dict[str, dict[str, list[str]]] = {}
        for name, path in self.modules.items():
            if path.stem == "__init__":
                for key, value in _strings(self._trees[name]):
                    handed.setdefault(name, {}).setdefault(key, []).append(value)
        return handed

    @functools.cached_property
    def _functions(self) -> dict[str, set[str]]:
        """Modules by the names of their functions, as strings tell them: `module.function`."""
        found: dict[str, set[str]] = {}
        for name, tree in self._trees.items():
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(f"{name.rpartition('.')[2]}.{node.name}", set()).add(name)
        return found

    def _named(self, tree: ast.Module) -> Iterator[str]:
        """Yields the modules that the names in a file lead to."""
        aliases = dict(_bound(tree))
        names = [*aliases.values(), *(_dotted(node, aliases) for node in ast.walk(tree))]
        for name in names:
            yield from self.homes(name) if name else ()
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from self._functions.get(node.value, ())

    def _asked(self, text: str) -> Iterator[str]:
        """Yields the modules behind the tasks that a notebook names, and behind commands."""
        for name in re.findall(r"""["'](\w+)["']""", text):
            if (task := f"{self.name}.tasks.{name}") in self.modules:
                yield task
        if re.search(r"^# !.*lstm.toolkit|[\"']lstm.toolkit[\"']", text, re.MULTILINE):
            yield f"{self.name}.cli.commands"


def _defined(tree: ast.Module) -> set[str]:
    """Returns the names that a file defines at its top."""
    found = {"__path__", "__name__", "__file__"}  # Python does
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found | {name for name, _ in _bound(tree)}


def _strings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yields the entries of all dicts from strings to strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    yield str(key.value), str(value.value)


def _bound(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yields names that imports bind, and the dotted names of what they are bound to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """Returns the full name of `alias.a.b`, None of anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not parts or not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])
