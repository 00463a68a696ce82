"""Tells which notebooks to execute: those that a change may have broken, and a third of the others.

Usage: python -m notebooks.changed

A notebook is executed if its source has changed since the base, or any file of the package that
it reaches through imports: those of its own, those of what it names (`lt.builders.…`, the names of
tasks), and theirs in turn. A change of the data or of what is installed concerns all notebooks.

The base is the commit where this branch left `origin/HEAD`; on that branch itself the newest
commit that is a day older than HEAD; or what the variable NOTEBOOKS_SINCE names. Where git does
not know it, all notebooks are executed. The third follows from the day of HEAD, so that all
processes of a run choose the same.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from notebooks.build import SOURCES, sources
from notebooks.imports import Package

ROOT = SOURCES.parent.parent
DAY = 24 * 60 * 60
PARTS = 3
"""So many runs on days that follow each other execute every notebook."""
OF_ALL = re.compile(r"data/|requirements\.txt$")
"""Files that concern every notebook."""


def chosen() -> list[Path]:
    """Returns the sources to execute, in their order."""
    found = sources()
    since = base()
    changed = changed_files(since) if since else None
    if changed is None:
        return found
    package = Package(ROOT / "lstm_toolkit")
    part = int(git("log", "-1", "--format=%ct") or 0) // DAY % PARTS
    return [
        source
        for place, source in enumerate(found)
        if place % PARTS == part or concerns(source, changed, package)
    ]


def concerns(source: Path, changed: Iterable[Path], package: Package) -> bool:
    """Tells whether one of the changed files may change what a notebook does."""
    reached = {source, *package.reached(source)}
    known = {*package.modules.values()}
    for path in changed:
        if path in reached or OF_ALL.match(path.relative_to(ROOT).as_posix()):
            return True
        # A file of the package that is no module: a table or a template that some module reads.
        if path.is_relative_to(package.folder) and path not in known:
            return True
    return False


def base() -> str | None:
    """Returns the commit since which changes count; None if git cannot tell."""
    if named := os.environ.get("NOTEBOOKS_SINCE"):
        return git("rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    left = git("merge-base", "HEAD", "origin/HEAD")
    if left and left != git("rev-parse", "HEAD"):
        return left
    now = git("log", "-1", "--format=%ct")
    return git("rev-list", "-1", f"--before={int(now) - DAY}", "HEAD") if now else None


def changed_files(since: str) -> list[Path] | None:
    """Returns the files that differ from a commit, new ones too; None if git cannot tell."""
    changed = git("diff", "--name-only", "--no-renames", since)
    new = git("ls-files", "--others", "--exclude-standard", "--full-name")
    if changed is None or new is None:
        return None
    return [ROOT / name for name in [*changed.splitlines(), *new.splitlines()]]


def git(*words: str) -> str | None:
    """Returns what git answers; None if it fails or is not here."""
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    for path in chosen():
        print(path.relative_to(ROOT))
