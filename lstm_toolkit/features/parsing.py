"""From a word of the command line to raw values of a task's features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.json_text import RepeatedNameError, read_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lstm_toolkit.features.feature import Feature
    from lstm_toolkit.features.states import States


def parse_word(
    word: str, features: Mapping[str, Feature[Any]], states: States, options: Any
) -> Iterator[tuple[str, dict[str, NDArray[Any]] | DataError]]:
    """Yields (name, raw values by feature, or what is wrong).

    Args:
        word: Of several features, a JSON object of words by their names; what is no text in it
            is read as JSON writes it.
        features: By name.
        states: What was learnt of them.
        options: What `predict` was told about inputs.

    Raises:
        DataError: If there is nothing to be read.
    """
    if len(features) == 1 and not any(each.may_lack for each in features.values()):
        ((name, feature),) = features.items()
        for shown, value in feature.parse(word, states[name], options):
            yield shown, value if isinstance(value, DataError) else {name: value}
        return
    words = _words_by_name(word, features, states)
    parts = {}
    for name, each in features.items():
        if name not in words:
            parts[name] = each.absent(states[name])
            continue
        _, value = next(iter(each.parse(words[name], states[name], options)))
        if isinstance(value, DataError):
            raise value
        parts[name] = value
    yield word, parts


def _words_by_name(
    word: str, features: Mapping[str, Feature[Any]], states: States
) -> dict[str, str]:
    """Returns words by the names of features; those that a row may lack need not be there."""
    headings = {name: each.heading(name, states[name]) for name, each in features.items()}
    names = {heading: name for name, heading in headings.items()}
    required = {headings[name] for name, each in features.items() if not each.may_lack}
    needed = f"needs a JSON object with {_listed([*names])}"
    try:
        words = read_json(word)
    except RepeatedNameError as error:
        raise DataError(str(error)) from None
    except (ValueError, RecursionError):
        raise DataError(f"{needed}. Received: {word[:80]}") from None
    if not isinstance(words, dict) or not words or not required <= set(words) <= set(names):
        raise DataError(f"{needed}. Received: {word[:80]}")
    named = {names[heading]: value for heading, value in words.items()}
    return {name: features[name].word_of(value, states[name]) for name, value in named.items()}


def _listed(names: Sequence[str]) -> str:
    """Returns the first names that a line holds, and how many others there are."""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(name[:24] for name in names[:12]) + more
