"""Unknown arguments of public functions are answered with the nearest name."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import lstm_toolkit as lt
from lstm_toolkit.errors import ArgumentError

FUNCTIONS = [name for name in lt.__all__ if inspect.isfunction(getattr(lt, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_names_the_nearest_argument(name: str) -> None:
    function = getattr(lt, name)
    options = "options" in inspect.signature(function).parameters
    if options and inspect.signature(function).parameters["options"].kind.name == "VAR_KEYWORD":
        known = "trials"  # of a search, which checks the rest
    else:
        known = next(reversed(inspect.signature(function).parameters), "")
    with pytest.raises(ArgumentError) as error:
        function(
            *["digits"] * (name in ("make_plan", "tuner")), **positional(name), **{f"{known}s": 1}
        )
    assert f"`{known}s`" in str(error.value) or f"{known}s is not for a search" in str(error.value)
    assert str(error.value).endswith(f"did you mean `{known}`?" if known else "it takes none")


def positional(name: str) -> dict[str, Any]:
    return {"folder": "nowhere"} if name == "tuner" else {}


@pytest.mark.parametrize("task", ["digits", lt.get_task("digits")])
def test_settings_in_the_place_of_arguments_are_told(task: Any) -> None:
    message = (
        "train has no argument `epocs`, did you mean the setting `epochs`, as in "
        'settings={"epochs": …}?'
    )
    for function in (lt.train, lt.prepare):
        with pytest.raises(TypeError) as error:
            function(task, epocs=3)
        assert str(error.value) == message.replace("train", function.__name__, 1)
    with pytest.raises(ArgumentError, match=r"^train has no argument `epocs`, choose from: task, "):
        lt.train("digts", epocs=3)


def test_signatures_stay_as_they_are() -> None:
    assert [*inspect.signature(lt.train).parameters][:3] == ["task", "settings", "out"]
    assert lt.train.__doc__
    assert lt.train.__module__ == "lstm_toolkit.training.training"
