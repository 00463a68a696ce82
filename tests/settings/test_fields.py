from __future__ import annotations

import pytest

from lstm_toolkit.errors import SettingsError
from lstm_toolkit.settings.fields import Settings, fields
from lstm_toolkit.settings.texts import parse
from lstm_toolkit.tasks import get_task, task_names

DIGITS = get_task("digits")


def test_every_setting_of_every_task_is_documented() -> None:
    for name in task_names():
        for field in (*fields(get_task(name).settings), *fields(get_task(name).options)):
            assert field.text, f"{name}: {field.name}"


def test_texts_become_values_of_the_fields_types() -> None:
    values = parse(
        DIGITS.settings,
        {"units": "(64, 32)", "bidirectional": "False", "learning_rate": "1e-3", "epochs": "3"},
    )
    assert values == {
        "units": (64, 32),
        "bidirectional": False,
        "learning_rate": 0.001,
        "epochs": 3,
    }


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"unit": "64"}, "unknown setting `unit`, did you mean `units`?"),
        ({"units": "64,x"}, "units must be integers, separated by commas, at least 1. "
         "Received: units=64,x"),
        ({"units": "0"}, "units must be integers, separated by commas, at least 1. "
         "Received: units=0"),
        ({"dropout": "1"}, "dropout must be a number, in [0, 1). Received: dropout=1.0"),
        ({"dropout": "nan"}, "dropout must be a number, in [0, 1). Received: dropout=NaN"),
        ({"cell": "lstn"}, "cell must be one of lstm, gru. Received: cell=lstn"),
        ({"bidirectional": "maybe"},
         "bidirectional must be true or false. Received: bidirectional=maybe"),
        ({"preset": "minst"}, "unknown preset `minst`, did you mean `mnist`?"),
        ({"label_format": "sparse"},
         "label_smoothing needs label_format=one_hot. Received: label_smoothing=0.1, "
         "label_format=sparse"),
        ({"labels": "sparse"}, "the setting `labels` is now called `label_format`"),
        ({"labels": "sparse", "unit": "8"},
         "the setting `labels` is now called `label_format`; "
         "unknown setting `unit`, did you mean `units`?"),
        ({"schedule": "constant"},
         "warmup needs schedule=cosine. Received: warmup=0.1, schedule=constant"),
        ({"residual": "true"},
         "residual needs two equal units before the last, as in units=96,96,96. "
         "Received: units=128,128"),
        ({"validation_share": "0.5", "test_share": "0.5"},
         "validation_share and test_share must leave at least a quarter of the rows. "
         "Received: 0.5 and 0.5"),
        ({"epochs": "0", "seed": "-1"},
         "epochs must be an integer, at least 1. Received: epochs=0; "
         "seed must be an integer, in [0, 4294967295]. Received: seed=-1"),
    ],
)  # fmt: skip
def test_a_wrong_setting_gives_its_full_message(texts: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        DIGITS.configure(texts)
    assert str(error.value) == message


def test_settings_come_back_from_json_values() -> None:
    settings = DIGITS.configure({"preset": "mnist", "units": "8,8"})
    values = settings.values() | {"units": [8, 8]}
    assert DIGITS.settings.from_values(values) == settings


def test_values_in_python_may_begin_with_a_preset() -> None:
    settings = DIGITS.settings_of({"preset": "mnist", "units": (8, 8)})
    assert settings == DIGITS.configure({"preset": "mnist", "units": "8,8"})
    with pytest.raises(SettingsError) as error:
        DIGITS.settings_of({"preset": "minst"})
    assert str(error.value) == "unknown preset `minst`, did you mean `mnist`?"


@pytest.mark.parametrize("name", task_names())
def test_every_preset_is_valid(name: str) -> None:
    task = get_task(name)
    assert isinstance(task.configure({}), Settings)
    for preset in task.presets:
        assert task.configure({"preset": preset}).values().items() >= task.presets[preset].items()
