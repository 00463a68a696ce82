"""Settings as people write them on the command line: `NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lstm_toolkit.errors import SettingsError
from lstm_toolkit.settings.description import check_names, fields
from lstm_toolkit.settings.values import from_text


def parse(settings: type[Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """Turns `NAME=VALUE` texts into values of the fields' types.

    Raises:
        SettingsError: With every mistake in one line.
    """
    check_names(settings, texts)
    known = {field.name: field for field in fields(settings)}
    values, wrong = {}, []
    for name, text in texts.items():
        try:
            values[name] = from_text(text, known[name].kind)
        except ValueError:
            wrong.append(f"{name} must be {known[name].needs}. Received: {name}={text}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return values


def named_texts(words: Iterable[str], needs: str) -> dict[str, str]:
    """Divides words such as `NAME=VALUE` into names and texts.

    Args:
        words: As they stand on the command line.
        needs: What to say that each must be.

    Raises:
        SettingsError: If one has no equals sign.
    """
    parts = [(word, *word.partition("=")) for word in words]
    wrong = [word for word, _, equals, _ in parts if not equals]
    if wrong:
        raise SettingsError(f"{needs}. Received: {wrong[0]}")
    return {name.strip(): text.strip() for _, name, _, text in parts}
