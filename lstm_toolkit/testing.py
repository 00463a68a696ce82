"""Checks that every task keeps the contract, for the toolkit's own tasks and for others'.

Call `check_task` in a test of the package that offers the task::

    from pathlib import Path

    from lstm_toolkit.testing import check_task
    from mine import TASK

    def test_the_contract(tmp_path: Path) -> None:
        check_task(TASK, tmp_path)

Each check raises `AssertionError` with what was needed and what was received. They train for
seconds, on what `Task.sample` returns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lstm_toolkit.errors import InputError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.serving.answering import answer_all
from lstm_toolkit.serving.export import export_model
from lstm_toolkit.serving.prediction import Model, open_model
from lstm_toolkit.serving.proof import CALLS
from lstm_toolkit.settings.fields import fields
from lstm_toolkit.settings.search_space import parse_space
from lstm_toolkit.targets.target import Predicted, Target
from lstm_toolkit.task import Task
from lstm_toolkit.training.evaluation import baselines, predict
from lstm_toolkit.training.fitting import compile_model
from lstm_toolkit.training.preparation import Prepared, prepare
from lstm_toolkit.training.row_answers import row_answers

TOLERANCE = 1e-5
"""By which answers may differ that should be the same, in float32."""


def check_task(task: Task, folder: Path) -> Prepared:
    """Runs all checks of a task on its sample.

    Args:
        task: With a `sample`.
        folder: An empty one to write to.

    Returns:
        What was prepared, for further checks.
    """
    check_settings(task)
    prepared = prepare_sample(task, folder)
    task = prepared.task  # with the features that its data has
    for name, feature in task.features.items():
        check_feature(feature, prepared, name, folder / "features" / name)
    model = check_builder(prepared, folder)
    check_target(task.target, prepared, model)
    check_answers(prepared, model, folder / "answers")
    return prepared


def prepare_sample(task: Task, folder: Path) -> Prepared:
    """Prepares a task's tiny sample data."""
    assert task.sample is not None, f"{task.name}: needs a sample. Received: none"
    data, texts = task.sample(folder)
    return prepare(task, task.configure(texts), data)


def check_settings(task: Task) -> None:
    """Every setting is documented, presets and search space are valid, scores have directions."""
    settings = task.settings()
    silent = [field.name for field in fields(task.settings) if not field.text]
    assert not silent, f"needs a docstring under each setting. Received: none under {silent}"
    assert "\n" not in task.summary, f"summary must be one line. Received: {task.summary!r}"
    for preset in task.presets:
        task.configure({"preset": preset})
    parse_space(task.settings, task.search)
    names = [settings.monitor, "val_loss", task.target.main_score]
    names += [f"val_{metric.name}" for metric in task.target.metrics(settings)]
    for name in names:
        try:
            task.direction(name)
        except InputError as error:
            raise AssertionError(f"directions must hold every score: {error}") from None


def check_feature(feature: Feature[Any], prepared: Prepared, name: str, folder: Path) -> None:
    """States come back from readable files; a row is encoded alike alone and among others."""
    state, rows = prepared.states[name], prepared.splits.train
    _check_state(feature, state, folder)
    spec = feature.spec(name, state)
    assert spec.name == name, f"spec must be named {name}. Received: {spec.name}"
    assert spec.shape[0] is None, f"spec must have the batch first. Received: {spec.shape}"
    few = rows.take(np.arange(min(3, len(rows)))).columns[name]
    raw = tf.constant(few) if spec.dtype == tf.string else tf.cast(tf.constant(few), spec.dtype)
    together = _dense(feature.collate(feature.encode(raw, state), state))
    alone = _dense(feature.collate(feature.encode(raw[:1], state), state))
    first = together[:1, : alone.shape[1]] if alone.ndim > 1 else together[:1]
    np.testing.assert_allclose(alone, first, atol=TOLERANCE, err_msg=f"{name}: alone and among")


def _dense(values: Any) -> Any:
    return np.asarray(tf.convert_to_tensor(values))


def _check_state(part: Feature[Any] | Target[Any], state: Any, folder: Path) -> None:
    first, second = folder / "first", folder / "second"
    for folder_of_copy in (first, second):
        folder_of_copy.mkdir(parents=True)
    state.save(first)
    part.load(first).save(second)
    for file in sorted(first.iterdir()):
        text = file.read_text(encoding="utf-8")
        again = (second / file.name).read_text(encoding="utf-8")
        assert text == again, f"{file.name} must come back as it was written"


def check_builder(prepared: Prepared, folder: Path) -> keras.Model:
    """The network is plain Keras, seeded, learns in all its weights, and saves.

    Returns:
        The network after a few epochs.
    """
    one, other = (_seeded(prepared) for _ in range(2))
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b, err_msg="same seed, same weights")
    assert isinstance(one, keras.Model), f"needs a keras.Model. Received: {type(one)}"
    outputs = keras.tree.flatten(one.output)
    assert all(each.dtype == "float32" for each in outputs), "outputs must be float32"
    inputs, _ = next(iter(prepared.batches(prepared.splits.train).dataset()))
    one.save(folder / "checked.keras")
    loaded = keras.models.load_model(folder / "checked.keras")
    np.testing.assert_array_equal(
        one(inputs, training=False), loaded(inputs, training=False), err_msg="saved and loaded"
    )
    _check_learning(one, prepared)
    return one


def _seeded(prepared: Prepared) -> keras.Model:
    keras.utils.set_random_seed(prepared.settings.seed)
    return prepared.build()


def _check_learning(model: keras.Model, prepared: Prepared) -> None:
    """Trains for three epochs: what begins with zeros lets no gradient through at first."""
    before = [weight.numpy() for weight in model.trainable_variables]
    batches = prepared.batches(prepared.splits.train, shuffled=True)
    compile_model(model, prepared.task, prepared.settings, steps=3 * len(batches))
    losses = model.fit(batches.dataset(), epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0], f"the loss must fall. Received: {losses}"
    still = [
        weight.path
        for weight, old in zip(model.trainable_variables, before, strict=True)
        if np.array_equal(weight.numpy(), old)
    ]
    assert not still, f"training must change every weight. Received: {still} as they were"


def check_target(target: Target[Any], prepared: Prepared, model: keras.Model) -> None:
    """Scores are finite and can be written; the simplest methods have the same main score."""
    test = prepared.splits.test
    predicted = predict(prepared, model, test)
    scores = prepared.task.evaluate(predicted)
    json.dumps(scores)
    for name in (target.main_score, "standard_error", "loss"):
        assert np.isfinite(scores[name]), f"{name} must be finite. Received: {scores.get(name)}"
    methods = baselines(prepared, seconds=60)
    assert methods, "needs at least one simplest method. Received: none"
    for name, method in methods.items():
        assert target.main_score in method, f"{name} must have {target.main_score}"
    text = prepared.task.report({**scores, "baselines": methods})
    assert all(name in text for name in methods), "the report must show the simplest methods"
    for figure in target.figures(predicted).values():
        assert figure.axes, "a figure must not be empty"
    _check_rows(prepared.task, predicted, scores)


def _check_rows(task: Task, predicted: Predicted, scores: Mapping[str, Any]) -> None:
    """What rows add up to is what was scored."""
    answers = row_answers(task, predicted)
    if answers is None:
        return
    names = [score.name for score in task.target.row_scores]
    assert names[0] == task.target.main_score, "row_scores must begin with main_score"
    for score in answers.scores(task):
        value = score.combine(answers.sums(score).sum(axis=0))
        np.testing.assert_allclose(value, scores[score.name], rtol=1e-5, atol=1e-4)


def check_answers(prepared: Prepared, model: keras.Model, folder: Path) -> None:
    """Every signature answers as the network does, the batch first; a row alone as among others."""
    task, states = prepared.task, prepared.states
    samples = {name: _raw(column) for name, column in prepared.splits.test.columns.items()}
    export, difference = export_model(task, model, states, samples, folder / "model")
    assert difference <= TOLERANCE, f"the export must answer alike. Received: {difference}"
    opened = open_model(export)
    together = _asked(opened, samples)
    assert len(together) == len(prepared.splits.test), "needs one answer a row"
    alone = _asked(opened, {name: values[:1] for name, values in samples.items()})
    _check_alike(alone[0], together[0])
    assert task.target.format_answer(together[0]), "needs an answer to print"
    for answer in answer_all(opened, ["\x00"], None):  # raises nothing but DataError
        json.dumps(answer)
    check_unlike(prepared, opened, samples)


def check_unlike(prepared: Prepared, opened: Model, samples: Mapping[str, Any]) -> None:
    """What a feature can tell of inputs unlike the training's stands in exports and answers."""
    task, states = prepared.task, prepared.states
    told = [
        each.bring(tf.constant(samples[name]), states[name])[1]
        for name, each in task.features.items()
    ]
    if all(unlike is None for unlike in told):
        return
    options = task.options()
    name = task.target.signature_for(options)
    ask = opened.signature(name, task.target.arguments(options, states.target))
    outputs = ask({name: tf.constant(part) for name, part in samples.items()})
    assert "unlike" in outputs, f"{name} must return unlike. Received: {', '.join(outputs)}"
    assert outputs["unlike"].dtype == tf.bool, "unlike must be bool[batch]"
    assert outputs["unlike"].shape == [len(prepared.splits.test)], "unlike must be bool[batch]"
    if len(task.features) == 1 and not task.words_are_files:
        value = next(iter(samples.values()))[0]
        word = value if isinstance(value, np.ndarray) else str(value)
        (answer,) = answer_all(opened, [word], None)
        assert "unlike" in answer, f"an answer must tell unlike. Received: {answer}"


def _asked(model: Model, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    target, options = model.task.target, model.task.options()
    arguments = target.arguments(options, model.states.target)
    ask = model.signature(target.signature_for(options), arguments)
    outputs = ask({name: tf.constant(part) for name, part in values.items()})
    answers = target.to_json({name: value.numpy() for name, value in outputs.items()})
    json.dumps(answers)
    return answers


def _check_alike(one: Any, other: Any) -> None:
    if isinstance(one, dict):
        for name in one:
            _check_alike(one[name], other[name])
    elif isinstance(one, list) and any(isinstance(item, dict) for item in one):
        for mine, theirs in zip(one, other, strict=True):
            _check_alike(mine, theirs)
    elif isinstance(one, float | list) and not any(isinstance(n, str) for n in np.ravel(one)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4, err_msg="alone and among")
    else:
        assert one == other, f"a row must be answered alike alone and among. {one} != {other}"


def in_this_process(model: Path, folder: Path) -> None:
    """Stands in for `serving.proof.in_a_clean_process` in tests, where a process takes long.

    Args:
        model: The SavedModel.
        folder: With what it is asked.
    """
    loaded = tf.saved_model.load(str(model))
    for name, states in json.loads((folder / "calls.json").read_text(encoding="utf-8")).items():
        with np.load(folder / f"{name}.inputs.npz") as file:
            inputs = {key: tf.constant(value) for key, value in file.items()}
        for call in range(CALLS if states else 1):
            answered = loaded.signatures[name](**inputs)
            outputs = {key: value.numpy() for key, value in answered.items()}
            plain: dict[str, Any] = {
                key: value.astype(bytes) if value.dtype == object else value
                for key, value in outputs.items()
            }
            np.savez(folder / f"{name}.{call}.outputs.npz", **plain)
            inputs |= {state: tf.constant(outputs[state]) for state in states}


def _raw(column: Any) -> Any:
    values = np.asarray(column)
    return values.astype(np.str_) if values.dtype == object else values


__all__ = [
    "check_answers",
    "check_builder",
    "check_feature",
    "check_settings",
    "check_target",
    "check_task",
    "check_unlike",
    "in_this_process",
    "prepare_sample",
]
