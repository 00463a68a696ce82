"""The values that follow in a series, and how sure they are: load, weather, traffic, sales."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.in_order import ByTime
from lstm_toolkit.features import (
    Calendar,
    CovariateColumns,
    Observations,
    ObservationsSettings,
    States,
)
from lstm_toolkit.settings.fields import MODEL, POSITIVE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Quantiles, QuantilesSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.features.feature import Encoded


@settings(
    units=(64,), bidirectional=False, epochs=12, learning_rate=0.003, schedule="cosine", warmup=0.05
)
class ForecastingSettings(ObservationsSettings, RecurrentSettings, QuantilesSettings, Settings):
    """How series are read, cut into windows, and foretold."""

    segment: Annotated[int | None, POSITIVE, MODEL] = None
    """Steps of a window that are read as one; none takes a season, or an eighth of the window."""
    skip: Annotated[Literal["linear", "season", "none"], MODEL] = "linear"
    """The path beside the LSTM: a linear fit of all steps, with which training begins, the last
    season again, or none."""


READ = (
    *("window", "horizon", "value_column", "season", "frequency", "date_order", "past_columns"),
    *("known_columns", "static_columns", "backtest", "calendar", "encoding", "sheet", "separator"),
)


def read(data: Any, settings: ForecastingSettings, states: States | None = None) -> Source:
    """Reads series from a table, see `data.read_series`."""
    from lstm_toolkit.data import read_series

    return read_series(data, **{name: getattr(settings, name) for name in READ})


def build(
    settings: ForecastingSettings, states: States, train: Encoded | None = None
) -> keras.Model:
    """Builds a forecaster of all steps at once, which begins at a linear fit."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.linear_start import linear_start
    from lstm_toolkit.targets.quantile_state import LEVELS

    steps, target = states["values"].steps, states.target
    segment = settings.segment or builders.segment_of(steps, target.season)
    chosen = {**settings.model_settings(), "segment": min(segment, steps)}
    shapes = {name: state.input_shape for name, state in states.features.items()}
    model = builders.forecaster(
        steps,
        horizon=target.horizon,
        quantiles=len(LEVELS),
        season=target.season,
        covariates={name: shape for name, shape in shapes.items() if name != "values"},
        **chosen,
    )
    if settings.skip == "linear" and train is not None:
        model.get_layer("linear").set_weights(linear_start(train))
    return model


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "series.csv"
    values = (i % 6 + 6 * (i // 6 * i % 7 == 1) + i * i * 37 % 11 / 5 for i in range(150))
    path.write_text("y\n" + "".join(f"{value}\n" for value in values), encoding="utf-8")
    return path, {"window": "12", "horizon": "3", "segment": "4", "units": "4", "epochs": "2"}


TASK = Task(
    name="forecasting",
    summary="series of numbers to the numbers that follow, with intervals",
    settings=ForecastingSettings,
    read=read,
    features={"values": Observations()},
    optional={
        "start": Calendar(),
        "past": CovariateColumns("past_columns"),
        "known": CovariateColumns("known_columns"),
        "static": CovariateColumns("static_columns"),
    },
    target=Quantiles(),
    build=build,
    splitter=ByTime(),
    presets={
        "direction": {"horizon": 1, "window": 60, "value_column": "adj_close", "units": (32,)},
    },
    search={
        "units": "32..128/32",
        "dropout": "0..0.5",
        "learning_rate": "0.0003..0.01:log",
        "skip": "linear,season",
    },
    inputs=input_reader("series.series_inputs"),
    table_on_stdin=True,
    sample=sample,
)
