"""Tests of names that are imported when they are asked for."""

from __future__ import annotations

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.lazy import lazily


def test_names_come_from_inside_the_package_or_from_elsewhere_in_the_toolkit() -> None:
    get, _ = lazily("lstm_toolkit", {"InputError": "errors", "lazily": "lstm_toolkit.lazy"})
    assert get("InputError") is InputError
    assert get("lazily") is lazily


def test_hidden_names_work_without_being_listed() -> None:
    get, names = lazily("lstm_toolkit", {"lazily": "lazy"}, hidden={"InputError": "errors"})
    assert get("InputError") is InputError
    assert names() == ["lazily"]


def test_other_names_are_refused_as_python_refuses_them() -> None:
    get, _ = lazily("lstm_toolkit", {"lazily": "lazy"})
    with pytest.raises(AttributeError, match="module 'lstm_toolkit' has no attribute 'lazy2'"):
        get("lazy2")
