"""The migration page names things that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from lstm_toolkit import layers

PAGE = (Path(__file__).parents[2] / "docs" / "migrating-from-addons.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:lstm_toolkit|keras)(?:\.\w+)+)`", PAGE)))


@pytest.mark.parametrize("path", NAMED)
def test_a_name_leads_somewhere(path: str) -> None:
    home, _, name = path.rpartition(".")
    assert hasattr(importlib.import_module(home), name)


def test_each_public_name_of_the_room_is_on_the_page() -> None:
    for name in layers.__all__:
        assert f"lstm_toolkit.layers.{name}`" in PAGE, name
