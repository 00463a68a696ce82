"""A finished run as a LiteRT or ONNX file."""

from __future__ import annotations

import importlib
from pathlib import Path

from lstm_toolkit.runs import Run
from lstm_toolkit.serving.formats.catalogue import FIXED_LENGTH, check_format
from lstm_toolkit.serving.formats.folder import Published, publish
from lstm_toolkit.serving.formats.network import PlainNetwork
from lstm_toolkit.serving.portable import portable


def export_network(
    run: Run, folder: str | Path, format: str, *, length: int | None = None, licence: str = ""
) -> Published:
    """Exports a finished run as `format`, checked with the rows that it kept for that.

    Args:
        run: The run.
        folder: Where the numbered versions are; it need not exist.
        format: "litert" or "onnx".
        length: Tokens of a text; None takes the most that a text can have.
        licence: Under which the model is passed on, as `card.md` has it.

    Raises:
        ExportError: If it cannot be converted, or answers differently; nothing appears.
        InputError: If the task cannot be held, or the length is none that it can have.
    """
    check_format(format)
    network = plain_network(run, format, length)
    write = getattr(importlib.import_module(f"{__package__}.{format}"), f"write_{format}")
    return publish(format, write, network, run, Path(folder), licence)


def plain_network(run: Run, format: str, length: int | None = None) -> PlainNetwork:
    """Returns the network of a run as a format holds it; see `export_network`."""
    network = PlainNetwork(run.task, portable(run.model()), run.states)
    return network.with_length(length) if format in FIXED_LENGTH or length is not None else network
