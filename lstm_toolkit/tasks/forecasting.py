"""The numbers that follow in a series: load, weather, traffic, sales."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.in_order import ByTime
from lstm_toolkit.features import Series, SeriesSettings, States
from lstm_toolkit.settings.fields import MODEL, POSITIVE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Numbers, NumbersSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(64,), bidirectional=False, epochs=12, learning_rate=0.003, schedule="cosine", warmup=0.05
)
class ForecastingSettings(SeriesSettings, RecurrentSettings, NumbersSettings, Settings):
    """How series are read, cut into windows, and foretold."""

    segment: Annotated[int, POSITIVE, MODEL] = 8
    """Steps of a window that are read as one; the window is a multiple of it."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.window % self.segment:
            yield (
                "window must be a multiple of segment. "
                f"Received: window={self.window}, segment={self.segment}"
            )


def read(data: Any, settings: ForecastingSettings, states: States | None = None) -> Source:
    """Reads series from a table, see `data.read_series`."""
    from lstm_toolkit.data import read_series

    names = ("window", "horizon", "value_column", "encoding", "sheet", "separator")
    return read_series(data, **{name: getattr(settings, name) for name in names})


def build(settings: ForecastingSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a forecaster of all steps at once."""
    from lstm_toolkit import builders

    horizon = states.target.scale.steps
    return builders.forecaster(states.only.steps, horizon=horizon, **settings.model_settings())


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "series.csv"
    path.write_text("y\n" + "".join(f"{i % 6 + i / 100}\n" for i in range(150)), encoding="utf-8")
    return path, {"window": "12", "horizon": "3", "segment": "4", "units": "4", "epochs": "2"}


TASK = Task(
    name="forecasting",
    summary="series of numbers to the numbers that follow",
    settings=ForecastingSettings,
    read=read,
    features={"values": Series()},
    target=Numbers(column="forecast", series="values"),
    build=build,
    splitter=ByTime(),
    search={"units": "32..128/32", "dropout": "0..0.5", "learning_rate": "0.001..0.01:log"},
    inputs=input_reader("series.series_inputs"),
    table_on_stdin=True,
    sample=sample,
)
