"""TensorBoard's files: HParams, figures, scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf
from PIL import Image
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from lstm_toolkit.tracking import Facts, open_tracker


def events(folder: Path) -> dict[str, Any]:
    """Returns what stands in the event files of a folder, by tag."""
    found = {}
    for file in sorted(folder.glob("events.*")):
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            for value in tf.compat.v1.Event.FromString(record).summary.value:
                found[value.tag] = value
    return found


def hparams(value: Any) -> HParamsPluginData:
    return HParamsPluginData.FromString(value.metadata.plugin_data.content)


def test_a_run_has_settings_figures_and_final_scores(tmp_path: Path) -> None:
    figure = tmp_path / "plots" / "loss.png"
    figure.parent.mkdir()
    Image.new("RGB", (3, 2)).save(figure)
    tracker: Any = open_tracker("tensorboard")
    settings = {"units": (64, 32), "dropout": 0.3, "layer_norm": True}
    run = tracker.begin(Facts("run", "run", "digits", tmp_path, settings), None)
    run.log_scores({"loss": 0.5}, 1)  # Keras's own callback has written it
    run.log_scores({"test/accuracy": 0.75}, None)
    run.log_files({"plots/loss.png": figure, "config.json": tmp_path / "config.json"})
    run.end(completed=True)
    seen = events(tmp_path / "tensorboard")
    begun = hparams(seen["_hparams_/session_start_info"]).session_start_info.hparams
    assert begun["units"].string_value == "64,32"
    assert (begun["dropout"].number_value, begun["layer_norm"].bool_value) == (0.3, True)
    assert hparams(seen["_hparams_/session_end_info"]).session_end_info.status == 1
    assert tf.make_ndarray(seen["test/accuracy"].tensor) == 0.75
    assert "plots/loss" in seen
    assert "loss" not in seen


def test_each_trial_is_a_session(tmp_path: Path) -> None:
    tracker: Any = open_tracker("tensorboard")
    search = tracker.begin(Facts("search", "search", "digits", tmp_path, {}), None)
    facts = Facts("trial 3", "trial", "digits", tmp_path, {"units": 8})
    trial = tracker.within(search.id, "search").begin(facts, None)
    trial.log_scores({"val_loss": 0.5}, 1)
    trial.end(completed=False)
    search.end(completed=True)
    seen = events(tmp_path / "tensorboard" / "trial 3")
    assert hparams(seen["_hparams_/session_start_info"]).session_start_info.group_name == "trial 3"
    assert hparams(seen["_hparams_/session_end_info"]).session_end_info.status == 2
    assert tf.make_ndarray(seen["val_loss"].tensor) == 0.5
