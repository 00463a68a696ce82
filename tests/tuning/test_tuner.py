"""The tuner as Keras Tuner's own, and the builders in a user's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import pytest

from lstm_toolkit import prepare
from lstm_toolkit.errors import RunError
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tuning import TaskTuner, tuner
from tests.tuning.conftest import Pretence
from tests.tuning.tasks import toy


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[TaskTuner, list[str]]:
    folder, said = tmp_path_factory.mktemp("tuner"), list[str]()
    each = tuner(
        toy.TASK, folder, trials=2, max_epochs=2, keep=1, reporter=Reporter(log=said.append)
    )
    assert isinstance(each, keras_tuner.Tuner)
    each.search()
    return each, said


def test_it_searches(found: tuple[TaskTuner, list[str]], capsys: Any) -> None:
    each, said = found
    assert len(said) == 2
    assert said[0].startswith("1 of 2: trial 0  val_loss ")
    best = each.get_best_hyperparameters()[0]
    assert toy.TASK.space(best).units[0] == best["units.1"]
    each.results_summary()
    assert "Results summary" in capsys.readouterr().out
    each.search_space_summary()
    assert "Default search space size: 5" in capsys.readouterr().out
    assert each.remaining_trials == 0


def test_the_best_model_has_the_score_of_its_trial(found: tuple[TaskTuner, list[str]]) -> None:
    each, _ = found
    trial = each.oracle.get_best_trials()[0]
    (model,) = each.get_best_models()
    prepared = prepare(toy.TASK, each.plan.settings_of(trial.hyperparameters))
    batches = prepared.batches(prepared.splits.validation)
    scores = model.evaluate(batches.dataset(), return_dict=True, verbose=0)
    assert scores["loss"] == pytest.approx(trial.score, abs=1e-6)


def test_a_model_that_was_not_kept_is_told(found: tuple[TaskTuner, list[str]]) -> None:
    each, _ = found
    path = each.oracle.checkpoint(each.oracle.best()[1])
    message = (
        f"{path}: is gone, as there are 1 better ones; train its settings anew, or search with a "
        "larger keep"
    )
    with pytest.raises(RunError, match=f"^{re.escape(message)}$"):
        each.get_best_models(2)


def test_the_same_folder_goes_on(pretence: Pretence, tmp_path: Path, capsys: Any) -> None:
    said: list[str] = []
    tuner(toy.TASK, tmp_path, trials=2, reporter=Reporter(log=said.append)).search()
    again = tuner(toy.TASK, tmp_path, trials=3, reporter=Reporter(log=said.append))
    assert len(again.oracle.trials) == 2
    again.search()
    assert [name for name, _ in pretence.ran] == ["trial_0", "trial_1", "trial_2"]
    assert [line.partition("  ")[0] for line in said] == [
        "1 of 2: trial 0", "2 of 2: trial 1", "3 of 3: trial 2",
    ]  # fmt: skip
    json.loads((tmp_path / "trials" / "tuner0.json").read_text())
    assert capsys.readouterr().out == ""


class Own(keras_tuner.HyperModel):
    """As a user writes one around the task's builder."""

    def __init__(self, prepared: Any):
        super().__init__()
        self.prepared = prepared

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        task, settings = self.prepared.task, self.prepared.settings
        model = task.build(task.space(hp), self.prepared.states)
        rate = hp.Float("rate", 0.01, 0.1)
        model.compile(
            keras.optimizers.Adam(rate),
            loss=task.target.loss(settings),
            metrics=task.target.metrics(settings),
        )
        return model


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
@pytest.mark.slow
def test_a_builder_serves_in_a_hypermodel_of_ones_own(tmp_path: Path) -> None:
    prepared = prepare(toy.TASK, toy.TASK.configure({}))
    own = keras_tuner.RandomSearch(
        Own(prepared), "val_accuracy", max_trials=2, directory=tmp_path, seed=1
    )
    own.search(
        prepared.batches(prepared.splits.train, shuffled=True).dataset(),
        validation_data=prepared.batches(prepared.splits.validation).dataset(),
        shuffle=False,
        verbose=0,
    )
    names = {"units.layers", "units.1", "dropout", "learning_rate", "rate"}
    for hp in own.get_best_hyperparameters(2):
        assert names <= hp.values.keys()
    assert own.get_best_models()
