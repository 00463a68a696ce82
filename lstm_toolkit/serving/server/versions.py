"""One version of a model: loaded, warmed up, and ready to answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import RunError
from lstm_toolkit.serving.export import EXTRA
from lstm_toolkit.serving.saved_models import load_saved_model
from lstm_toolkit.serving.server.batching import Batcher
from lstm_toolkit.serving.server.calls import Call
from lstm_toolkit.serving.server.descriptions import Description, describe_export
from lstm_toolkit.serving.server.refusals import RequestError
from lstm_toolkit.serving.server.signatures import (
    Arrays,
    ServedSignature,
    join,
    rows_of,
    signatures_of,
)
from lstm_toolkit.serving.warmup import read_warmup

MakeBatcher = Callable[[str, ServedSignature], Batcher]
"""Makes a batcher for a signature of the model of that name."""


@dataclasses.dataclass(frozen=True, eq=False)
class ServedVersion:
    """What answers for one version of a model.

    A request holds the version that it was given until it is answered, so a version that is let
    go of ends when its last request does.

    Attributes:
        model: Name of the model.
        number: Of the version.
        signatures: By name.
        description: What its files tell.
    """

    model: str
    number: int
    signatures: Mapping[str, ServedSignature]
    description: Description
    _batchers: Mapping[str, Batcher]
    _loaded: Any  # owns the weights

    async def ask(self, call: Call) -> Arrays:
        """Returns the outputs for what a call asks."""
        return await self._batchers[call.signature.name].ask(call.inputs, call.rows)


def load_version(path: Path, model: str, number: int, make_batcher: MakeBatcher) -> ServedVersion:
    """Loads a version and lets it answer its warm-up requests.

    Raises:
        RunError: If it is damaged, has no signature, or does not answer them.
    """
    loaded = load_saved_model(path)
    signatures = signatures_of(loaded)
    if not signatures:
        raise RunError(f"{path}: needs a SavedModel with a signature. Received: none")
    warm_up(path, signatures)
    make = partial(make_batcher, model)
    batchers = {name: make(signature) for name, signature in signatures.items()}
    about = describe_export(path)
    return ServedVersion(model, number, signatures, about, batchers, loaded)


def warm_up(path: Path, signatures: Mapping[str, ServedSignature]) -> None:
    """Asks each warm-up request, and rows that can be joined together too."""
    try:
        for name, inputs in read_warmup(path / EXTRA):
            signature = signatures[name]
            signature.ask(inputs)
            if signature.joinable and rows_of(inputs):
                signature.ask(join([inputs, inputs]))
    except (RequestError, KeyError, ValueError, TypeError) as error:
        raise RunError(f"{path}: does not answer its warm-up requests. {error}") from error
