"""From what people choose, as values or as texts, to settings of a task."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from lstm_toolkit.errors import InputError, SettingsError, did_you_mean
from lstm_toolkit.settings.description import check_known, check_names, fields
from lstm_toolkit.settings.roles import READER
from lstm_toolkit.settings.texts import parse

PRESET = "preset"
"""The name under which a preset is chosen, beside those of settings."""

Presets = Mapping[str, Mapping[str, Any]]
"""Values of settings by the names of presets."""


def settings_from_values(settings: type[Any], values: Any, presets: Presets) -> Any:
    """Returns settings from an instance of `settings`, values by name, or None.

    Args:
        settings: The dataclass.
        values: None takes the defaults. Among values by name, `preset` names a preset, which the
            others change.
        presets: That may be named.

    Raises:
        InputError: If it is something else, or a name or a value is wrong.
    """
    if values is None:
        return settings()
    if isinstance(values, Mapping):
        others = {name: value for name, value in values.items() if name != PRESET}
        return settings.from_values(_preset(values.get(PRESET), presets) | others)
    if not isinstance(values, settings):
        raise InputError(
            f"settings must be {settings.__name__}, or values by name. "
            f"Received: a {type(values).__name__}"
        )
    return values


def settings_from_texts(
    settings: type[Any], texts: Mapping[str, str], presets: Presets, base: Any = None
) -> Any:
    """Returns settings from `NAME=VALUE` texts, `preset=NAME` among them.

    Args:
        settings: The dataclass.
        texts: By name.
        presets: That may be named.
        base: What the others are; None takes the defaults.

    Raises:
        SettingsError: If a name or a value is wrong.
    """
    chosen = dict(texts)
    values = _preset(chosen.pop(PRESET, None), presets)
    check_names(settings, values)
    values |= parse(settings, chosen)
    return settings(**values) if base is None else dataclasses.replace(base, **values)


def with_reader_settings(settings: Any, texts: Mapping[str, str]) -> Any:
    """Returns settings of a training, with others of how new data is read.

    Args:
        settings: Of the training.
        texts: Values by name; those of the role `READER`.

    Raises:
        SettingsError: If one is unknown, wrong, or fixed by the training.
    """
    known = fields(type(settings))
    free = [field.name for field in known if field.role is READER]
    check_known([name for name in texts if name not in {field.name for field in known}], free)
    for name in texts:
        if name not in free:
            raise SettingsError(
                f"{name} is fixed by the training; --set takes how files are read: "
                f"{', '.join(free) or 'nothing, of this task'}"
            )
    return dataclasses.replace(settings, **parse(type(settings), texts))


def _preset(name: Any, presets: Presets) -> dict[str, Any]:
    """Returns the values of a preset, none where there is no name."""
    if name is None:
        return {}
    if name not in presets:
        raise SettingsError(f"unknown preset `{name}`, {did_you_mean(str(name), presets)}")
    return dict(presets[name])
