"""The command `lstm-toolkit serve`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import click

from lstm_toolkit.cli.task_options import metavar
from lstm_toolkit.cli.terminal import examples, one_line, start_tensorflow
from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.settings.fields import fields
from lstm_toolkit.settings.texts import parse
from lstm_toolkit.system.allocator import use_one_arena

NEEDED = ("starlette", "uvicorn", "httptools", "prometheus_client")


def _server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds an option for each field of `ServerSettings`."""
    for field in reversed(fields(ServerSettings)):
        shown = "" if field.default in (None, ()) else f" Default: {field.default}."
        flag = f"--{field.name.replace('_', '-')}"
        text = f"{field.text}{shown}"
        command = click.option(flag, help=text, metavar=metavar(field))(command)
    return command


@click.command(
    epilog=examples(
        "serve models", "serve reviews=models/reviews/3 --port 8080 --token-file token.txt"
    )
)
@click.argument("model_dirs", nargs=-1, required=True, metavar="MODEL_DIR...")
@_server_options
def serve(model_dirs: tuple[str, ...], **given: str | None) -> None:
    """Answer requests for the exports in each MODEL_DIR, over HTTP.

    MODEL_DIR is a folder of versions, a folder of such folders, or one SavedModel; NAME=MODEL_DIR
    gives its model another name. New versions are taken as they appear. TensorFlow Serving's
    addresses (/v1/models/NAME:predict) and those of the Open Inference Protocol
    (/v2/models/NAME/infer) answer, and /metrics. In a browser, / is a page to try the models.
    """
    texts = {name: text for name, text in given.items() if text is not None}
    settings = ServerSettings(**parse(ServerSettings, texts))
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            "serve needs libraries of its own; pip install 'lstm_toolkit[serve]'. "
            f"Received: no {', '.join(missing)}"
        )
    from lstm_toolkit.serving.server.folders import find_models, parse_root

    roots = [parse_root(word) for word in model_dirs]
    if not find_models(roots):
        shown = ", ".join(model_dirs)
        raise InputError(f"{shown}: needs an export, as `lstm-toolkit export` makes it")
    use_one_arena()
    start_tensorflow()
    from lstm_toolkit.serving.server.running import serve as run

    run(roots, settings, lambda line: click.echo(one_line(f"lstm-toolkit: {line}"), err=True))
