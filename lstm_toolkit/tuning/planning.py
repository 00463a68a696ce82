"""From what callers ask for to the plan of a search."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lstm_toolkit.settings.arguments import check_option
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.settings.search_space import Space, Span, parse_space
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training.own_parts import own_parts
from lstm_toolkit.tuning.plan import Plan, with_objective, without_effect

if TYPE_CHECKING:
    import keras
    import keras_tuner


def make_plan(
    task: Task | str,
    settings: Settings | Mapping[str, Any] | None = None,
    *,
    space: Mapping[str, str] | None = None,
    fixed: Mapping[str, Any] | None = None,
    objective: str | keras_tuner.Objective | None = None,
    callbacks: Iterable[keras.callbacks.Callback] | None = None,
    optimizer: keras.optimizers.Optimizer | str | None = None,
    model: keras.Model | None = None,
    **options: Any,
) -> Plan:
    """Returns a plan: the task's own space, widened or narrowed.

    Args:
        task: See `get_task`.
        settings: What is not searched, as in `train`; None takes the defaults.
        space: Spans as texts, such as `{"units": "32..256/32"}`, beside those of `task.search`.
        fixed: Settings that are not searched, even if `task.search` has them.
        objective: The score by which is chosen, by its name or as Keras Tuner has it; None
            takes the settings' `monitor`.
        callbacks: Keras callbacks of your own, copied for each trial.
        optimizer: As in `train`, copied for each trial; what it decides is not searched then.
        model: As in `train`, likewise.
        options: Of `Plan`.

    Raises:
        InputError: If something is unknown or out of range.
    """
    task = get_task(task)
    _check_options(options)
    chosen, own = own_parts(task.settings_of(settings), callbacks, optimizer, model)
    wanted = parse_space(task.settings, space or {})
    left_out = {*(fixed or {}), *without_effect(task, own)}
    spans: dict[str, Span] = {
        name: span
        for name, span in parse_space(task.settings, task.search).items()
        if name.partition(".")[0] not in left_out
    }
    whole: Space = spans | wanted
    chosen = with_objective(task, chosen, objective)
    return Plan(task=task, settings=chosen, space=whole, own=own, **options)


def _check_options(options: Mapping[str, Any]) -> None:
    own = inspect.signature(make_plan).parameters.values()
    known = [each.name for each in own if each.kind is not each.VAR_KEYWORD]
    known += [field.name for field in dataclasses.fields(Plan) if field.name not in known]
    for name in options:
        check_option(name, known, "a search")
