"""Callbacks, optimizers and networks of the caller's own, in trainings and searches."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit.errors import InputError
from tests.conftest import bars

SETTINGS = {"units": (4,), "epochs": 1, "shift": 0.0, "noise": 0.0}


def network(width: int = 5, classes: int = 2) -> keras.Model:
    inputs = keras.Input((6, width))
    x = keras.layers.LSTM(3)(inputs)
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x), name="mine")


class Counting(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.steps += 1


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[lt.Run, dict[str, Any]]:
    """A run with everything of its own, and what was given."""
    own = {
        "callbacks": [Counting()],
        "optimizer": keras.optimizers.SGD(0.5),
        "model": network(),
    }
    random.seed(5)
    np.random.seed(5)
    before = random.getstate(), np.random.get_state()[1].copy()
    folder = str(tmp_path_factory.mktemp("own") / "run")
    images = bars(90)
    run = lt.train("digits", {**SETTINGS, "batch_size": 8}, folder, data=images, **own)
    own["states"] = before, (random.getstate(), np.random.get_state()[1])
    return run, own


def test_they_are_used_and_copied(trained: tuple[lt.Run, dict[str, Any]]) -> None:
    run, own = trained
    assert own["callbacks"][0].steps == 8
    assert [layer.name for layer in run.model().layers] == [
        layer.name for layer in own["model"].layers
    ]
    assert isinstance(run.model().optimizer, keras.optimizers.SGD)
    assert not own["model"].compiled
    assert not own["optimizer"].built
    assert len(lt.load(run).predict(list(bars(3)[0]))) == 3


def test_python_s_and_numpy_s_random_states_are_left_as_they_were(
    trained: tuple[lt.Run, dict[str, Any]],
) -> None:
    before, after = trained[1]["states"]
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])


def test_resuming_needs_them_again(trained: tuple[lt.Run, dict[str, Any]]) -> None:
    run, own = trained
    with pytest.raises(InputError) as error:
        lt.train(
            "digits",
            {**SETTINGS, "batch_size": 8},
            run.path,
            data=bars(90),
            resume=True,
            model=own["model"],
        )
    known = run.config["begun_with"]["optimizer"]
    assert known.startswith("SGD-")
    assert (
        str(error.value)
        == f"{run.path}: was begun with optimizer={known}. Received: optimizer=none"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"model": network(width=7)},
            "model must be a network from (None, 6, 5) to (None, 2) for this data. "
            "Received: from (None, 6, 7) to (None, 2)",
        ),
        (
            {"model": network(classes=3)},
            "model must be a network from (None, 6, 5) to (None, 2) for this data. "
            "Received: from (None, 6, 5) to (None, 3)",
        ),
        ({"model": "mine"}, "model must be an uncompiled keras.Model. Received: a str"),
        (
            {"optimizer": 0.1},
            "optimizer must be a name or a keras.optimizers.Optimizer. Received: a float",
        ),
        (
            {"optimizer": "adem"},
            "optimizer must be one of adam, adamw, nadam, rmsprop, sgd, adagrad, adamax, lamb, "
            "lion, lazy_adam. Received: optimizer=adem",
        ),
        (
            {"callbacks": ["print"]},
            "callbacks must be keras.callbacks.Callback objects. Received: a str",
        ),
        ({"callbacks": 3}, "callbacks must be keras.callbacks.Callback objects. Received: a int"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_written(
    given: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        lt.train("digits", SETTINGS, tmp_path / "run", data=bars(), **given)
    assert str(error.value) == message
    assert not (tmp_path / "run" / "config.json").exists()


def test_a_compiled_network_and_one_without_inputs_are_refused() -> None:
    compiled = network()
    compiled.compile("adam", "mse")
    for model, message in (
        (
            compiled,
            "model must be uncompiled; give its optimizer as optimizer=. Received: mine, compiled",
        ),
        (
            keras.Model(),
            "model must be a functional or sequential network with known inputs. Received: a Model",
        ),
    ):
        with pytest.raises(InputError) as error:
            lt.make_plan("digits", model=model)
        assert str(error.value) == message


def test_a_network_that_cannot_be_loaded_again_is_refused(tmp_path: Path) -> None:
    class Hidden(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x

    inputs = keras.Input((6, 5))
    x = keras.layers.Dense(2)(keras.layers.LSTM(3)(Hidden()(inputs)))
    with pytest.raises(InputError) as error:
        lt.train(
            "digits", SETTINGS, tmp_path, data=bars(), model=keras.Model(inputs, x, name="mine")
        )
    assert str(error.value).startswith(
        "model must be one that Keras saves and loads, its own layers registered. Received: mine: "
    )


def test_translation_needs_the_layers_of_its_builder(tmp_path: Path) -> None:
    task = lt.get_task("translation")
    assert task.sample is not None
    data, texts = task.sample(tmp_path)
    prepared = lt.prepare(task, task.configure(texts), data)
    like = prepared.build()
    source, target = (keras.Input((None,), name=name) for name in ("source", "target"))
    vectors = keras.layers.Embedding(99, 4)
    x = keras.layers.Attention(name="own")([vectors(target), vectors(source)])
    x = keras.layers.Dense(like.output_shape[-1])(x)
    mine = keras.Model({"source": source, "target": target}, x)
    with pytest.raises(InputError) as error:
        lt.train(task, task.configure(texts), tmp_path / "run", data=data, model=mine)
    assert str(error.value) == (
        "model must have the layers of the builder of translation, which its answers need. "
        "Received: none named attention"
    )


def test_a_search_takes_them_too_and_leaves_out_what_they_decide() -> None:
    plan = lt.make_plan(
        "digits",
        {"epochs": 1},
        objective=keras_tuner.Objective("val_accuracy", "max"),
        optimizer=keras.optimizers.SGD(0.5),
        model=network(),
    )
    assert plan.searched == ["batch_size"]
    assert plan.objective == "val_accuracy"
    for wrong, message in (
        (
            {"space": {"learning_rate": "0.1..0.2"}, "optimizer": keras.optimizers.SGD()},
            "learning_rate cannot be searched beside an optimizer or a model of your own, which "
            "it does not change",
        ),
        (
            {"objective": keras_tuner.Objective("val_accuracy", "min")},
            "the direction of val_accuracy must be max. Received: direction=min",
        ),
        ({"trails": 3}, "trails is not for a search, did you mean `trials`?"),
        ({"settings": {"unit": 3}}, "unknown setting `unit`, did you mean `units`?"),
    ):
        with pytest.raises(InputError) as error:
            lt.make_plan("digits", **wrong)
        assert str(error.value) == message


def test_they_stay_in_one_process(tmp_path: Path) -> None:
    plan = lt.make_plan("digits", callbacks=Counting())
    with pytest.raises(InputError) as error:
        lt.tune(plan, str(tmp_path / "search"), workers=2)
    assert str(error.value) == (
        "callbacks, an optimizer or a model of your own stay in this process; search with "
        "workers=1 and without a chief. Received: workers=2"
    )


def test_a_setting_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        lt.get_task("digits").settings(unitz=3)
    assert str(error.value) == "unknown setting `unitz`, did you mean `units`?"
