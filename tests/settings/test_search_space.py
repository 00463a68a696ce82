"""Which settings a search tries: what is written, and what is drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import keras_tuner
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.errors import DataError, SettingsError
from lstm_toolkit.settings.fields import MODEL, POSITIVE, Settings, settings
from lstm_toolkit.settings.search_space import (
    Choices,
    Range,
    draw,
    parse_space,
    read_space,
    space_texts,
)

DIGITS = get_task("digits").settings


@pytest.mark.parametrize(
    ("name", "text", "span"),
    [
        ("units", "32..256", Range(32, 256)),
        ("units", "32..256/32", Range(32, 256, 32)),
        ("units", "32, 64,32", Choices((32, 64))),
        ("units", "64", Choices((64,))),
        ("units.layers", "1..3", Range(1, 3)),
        ("batch_size", "16..256:log", Range(16, 256, None, True)),
        ("dropout", "0..0.5", Range(0.0, 0.5)),
        ("dropout", "0..0.5/0.1", Range(0.0, 0.5, 0.1)),
        ("learning_rate", "1e-4..1e-2:log", Range(1e-4, 1e-2, None, True)),
        ("cell", "lstm,gru", Choices(("lstm", "gru"))),
        ("bidirectional", "true,false", Choices((True, False))),
        ("dropout", "0.3..0.3", Range(0.3, 0.3)),
    ],
)
def test_spans_are_read_and_written_alike(name: str, text: str, span: Any) -> None:
    assert parse_space(DIGITS, {name: text}) == {name: span}
    assert parse_space(DIGITS, {name: str(span)}) == {name: span}


INTEGERS = (
    "must be searched in LOW..HIGH, LOW..HIGH/STEP, LOW..HIGH:log or A,B,C, each an integer, "
    "at least 1."
)
SHARES = (
    "must be searched in LOW..HIGH, LOW..HIGH/STEP, LOW..HIGH:log or A,B,C, each a number, "
    "in [0, 1)."
)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("unit", "1..2", "unknown setting `unit` to search, did you mean `units`?"),
        ("units.layer", "1..2", "unknown setting `units.layer` to search, did you mean "
         "`units.layers`?"),
        ("seed", "1..2", "seed cannot be searched: trials could not be compared; set it with "
         "--set"),
        ("epochs", "1..2", "epochs cannot be searched: trials could not be compared; set it with "
         "--set"),
        ("units", "64..32", "units: the lower bound must not exceed the upper. Received: 64..32"),
        ("dropout", "0..0.5:log", "dropout: a :log range must begin above 0. Received: "
         "0..0.5:log"),
        ("units", "32..64/0", "units: a step must be above 0, and not of a :log range. Received: "
         "32..64/0"),
        ("units", "32..64/8:log", "units: a step must be above 0, and not of a :log range. "
         "Received: 32..64/8:log"),
        ("units", "0..64", f"units {INTEGERS} Received: units=0..64"),
        ("units", "8.5..64", f"units {INTEGERS} Received: units=8.5..64"),
        ("units", "8..", f"units {INTEGERS} Received: units=8.."),
        ("units", "8..16..32", f"units {INTEGERS} Received: units=8..16..32"),
        ("units", "", f"units {INTEGERS} Received: units="),
        ("units", "8,,16", f"units {INTEGERS} Received: units=8,,16"),
        ("units.layers", "0..2", f"units.layers {INTEGERS} Received: units.layers=0..2"),
        ("dropout", "0..1", f"dropout {SHARES} Received: dropout=0..1"),
        ("dropout", "0..nan", f"dropout {SHARES} Received: dropout=0..nan"),
        ("dropout", "high", f"dropout {SHARES} Received: dropout=high"),
        ("cell", "lstm..gru", "cell must be searched in A,B,C, each one of lstm, gru. Received: "
         "cell=lstm..gru"),
        ("cell", "lstm,rnn", "cell must be searched in A,B,C, each one of lstm, gru. Received: "
         "cell=lstm,rnn"),
        ("bidirectional", "yes,no", "bidirectional must be searched in A,B,C, each true or false. "
         "Received: bidirectional=yes,no"),
    ],
)  # fmt: skip
def test_mistakes(name: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        parse_space(DIGITS, {name: text})


def test_words_of_the_command_line() -> None:
    assert space_texts(["units = 8..16", "cell=lstm,gru"]) == {"units": "8..16", "cell": "lstm,gru"}
    message = "--search must be NAME=LOW..HIGH or NAME=A,B,C. Received: units"
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        space_texts(["cell=lstm", "units"])


def test_a_file_of_spans(tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text(
        'units = "32..256/32"\nunits.layers = [1, 2]\n'.replace("units.layers", '"units.layers"')
        + 'cell = ["lstm", "gru"]\nbidirectional = [true, false]\ndropout = 0.25\n',
        encoding="utf-8",
    )
    texts = read_space(path)
    assert texts == {
        "units": "32..256/32", "units.layers": "1,2", "cell": "lstm,gru",
        "bidirectional": "true,false", "dropout": "0.25",
    }  # fmt: skip
    assert list(parse_space(DIGITS, texts)) == list(texts)
    path.write_text('units.layers = "1..2"', encoding="utf-8")
    assert read_space(path) == {"units.layers": "1..2"}


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    message = f"{path}: needs a TOML file of spans. Received: no such file"
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        read_space(path)
    path.write_text("units: 32..256", encoding="utf-8")
    message = f"{path}: needs a TOML file of spans. Expected '=' after a key"
    with pytest.raises(DataError, match=f"^{re.escape(message)}"):
        read_space(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=f"^{re.escape(str(path))}: needs a TOML file of spans"):
        read_space(path)
    message = f"{tmp_path}: needs a TOML file of spans. Received: a folder"
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        read_space(tmp_path)


def drawn(space: dict[str, str], values: dict[str, Any] | None = None, **settings: Any) -> Any:
    hp = keras_tuner.HyperParameters()
    hp.values = dict(values or {})
    return draw(hp, DIGITS(**settings), parse_space(DIGITS, space)), hp


def test_what_the_space_holds_begins_as_it_was_set() -> None:
    found, hp = drawn(
        {"units": "16..64", "units.layers": "1..3", "dropout": "0..0.5", "cell": "lstm,gru",
         "bidirectional": "true,false", "batch_size": "64,256"},
        units=(32, 48), dropout=0.1, cell="gru", bidirectional=False, batch_size=256,
    )  # fmt: skip
    assert found == DIGITS(
        units=(32, 48), dropout=0.1, cell="gru", bidirectional=False, batch_size=256
    )
    assert {type(each).__name__ for each in hp.space} == {"Int", "Float", "Choice", "Boolean"}


def test_what_the_space_does_not_hold_begins_next_to_it() -> None:
    found, _ = drawn({"units": "16..64", "cell": "gru", "dropout": "0.4..0.5"}, units=(128,))
    assert (found.units, found.cell, found.dropout) == ((64,), "gru", 0.4)


def test_a_width_exists_only_where_its_layer_does() -> None:
    space = {"units": "16..64", "units.layers": "1..3"}
    found, hp = drawn(space, {"units.layers": 1, "units.1": 20}, units=(32,))
    assert found.units == (20,)
    assert [each.name for each in hp.space] == ["units.layers", "units.1", "units.2", "units.3"]
    assert list(hp.values) == ["units.layers", "units.1"]
    values = {"units.layers": 3, "units.1": 20, "units.2": 30, "units.3": 40}
    assert drawn(space, values, units=(32,))[0].units == (20, 30, 40)
    assert drawn(space, values | {"units.layers": 2}, units=(32,))[0].units == (20, 30)


def test_widths_without_depth_and_depth_without_widths() -> None:
    found, hp = drawn({"units": "16..64"}, {"units.1": 20, "units.2": 30}, units=(32, 32))
    assert found.units == (20, 30)
    assert [each.name for each in hp.space] == ["units.1", "units.2"]
    found, _ = drawn({"units.layers": "1..3"}, {"units.layers": 3}, units=(32, 48))
    assert found.units == (32, 48, 48)
    found, _ = drawn({"units.layers": "1,4"}, {"units.layers": 4}, units=(32,))
    assert found.units == (32, 32, 32, 32)


@settings()
class OptionalSettings(Settings):
    """Nothing is set until a search, or its owner, sets it."""

    widths: Annotated[tuple[int, ...] | None, POSITIVE, MODEL] = None
    """Width of each layer."""
    residual: Annotated[bool | None, MODEL] = None
    """Whether layers are added up."""
    depth: Annotated[int | None, POSITIVE, MODEL] = None
    """How deep."""


def test_settings_that_may_be_none_are_searched_like_others() -> None:
    texts = {"widths": "4..8", "widths.layers": "1..2", "residual": "true,false", "depth": "2,3"}
    space = parse_space(OptionalSettings, texts)
    hp = keras_tuner.HyperParameters()
    chosen = draw(hp, OptionalSettings(), space)
    assert (chosen.widths, chosen.residual, chosen.depth) == ((4,), False, 2)
    hp.values |= {"widths.layers": 2, "widths.2": 7, "residual": True, "depth": 3}
    chosen = draw(hp, OptionalSettings(), space)
    assert (chosen.widths, chosen.residual, chosen.depth) == ((4, 7), True, 3)


def test_layers_without_a_width_are_refused() -> None:
    space = parse_space(OptionalSettings, {"widths.layers": "1..2"})
    with pytest.raises(SettingsError) as error:
        draw(keras_tuner.HyperParameters(), OptionalSettings(), space)
    assert str(error.value) == (
        "widths.layers needs widths: set widths, or search it too. Received: none"
    )


def test_values_that_do_not_go_together_are_refused() -> None:
    message = "warmup needs schedule=cosine. Received: warmup=0.1, schedule=constant"
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        drawn({"schedule": "cosine,constant"}, {"schedule": "constant"})


@pytest.mark.parametrize("text", ["0..0.5", "0.1..0.5/0.1", "1e-3..0.5:log", "0.2,0.3"])
def test_random_values_lie_in_the_span(text: str) -> None:
    (span,) = parse_space(DIGITS, {"dropout": text}).values()
    _, hp = drawn({"dropout": text})
    for seed in range(20):
        assert hp.space[0].random_sample(seed) in span
