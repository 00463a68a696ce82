"""What does not fit in a series: attacks in traffic, failing machines, sensors that lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.in_order import ByTime
from lstm_toolkit.features import Channels, ChannelsSettings, States
from lstm_toolkit.settings.fields import MODEL, NOT_NEGATIVE, POSITIVE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Anomalies, AnomaliesSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.features.feature import Encoded


@settings(
    units=(32,), bidirectional=False, epochs=12, learning_rate=0.003, schedule="cosine", warmup=0.05
)
class AnomaliesTaskSettings(ChannelsSettings, RecurrentSettings, AnomaliesSettings, Settings):
    """How series are read, cut into frames, and judged."""

    code: Annotated[int, NOT_NEGATIVE, MODEL] = 0
    """Numbers through which steps are rebuilt by an autoencoder, for states that last; 0 foretells
    steps from those before them."""
    across: Annotated[int, NOT_NEGATIVE, MODEL] = 3
    """The last steps of all channels that the linear fit of each sees, beside its own past."""
    segment: Annotated[int | None, POSITIVE, MODEL] = None
    """Steps of a window that are read as one; none takes an eighth of the window."""


READ = (
    *("window", "horizon", "value_columns", "label_column", "steps", "frequency", "date_order"),
    *("encoding", "sheet", "separator"),
)


def read(data: Any, settings: AnomaliesTaskSettings, states: States | None = None) -> Source:
    """Reads series of channels from a table, see `data.read_channels`."""
    from lstm_toolkit.data import read_channels

    return read_channels(data, **{name: getattr(settings, name) for name in READ})


def build(
    settings: AnomaliesTaskSettings, states: States, train: Encoded | None = None
) -> keras.Model:
    """Builds a detector, which begins at a linear fit of each channel's past."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.linear_channels import linear_channels
    from lstm_toolkit.targets.step_scores import LEVELS

    state = states["values"]
    segment = settings.segment or max(1, state.window // 8)
    chosen = {**settings.model_settings(), "segment": min(segment, state.window)}
    model = builders.detector(
        state.steps,
        channels=len(state.names),
        horizon=state.horizon,
        quantiles=len(LEVELS),
        **chosen,
    )
    if train is not None and not settings.code:
        across = min(settings.across, state.window)
        for name, weights in linear_channels(train, state, across).items():
            model.get_layer(name).set_weights(weights)
    return model


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "channels.csv"
    rows = ((i % 6 + i * i * 37 % 11 / 9 + 9 * (i % 97 > 94), i % 4, i) for i in range(300))
    lines = (f"{a},{b + 0.1 * (i % 3)},{int(i % 97 > 94)}" for a, b, i in rows)
    path.write_text("\n".join(["load,heat,anomaly", *lines, ""]), encoding="utf-8")
    return path, {"window": "12", "horizon": "2", "segment": "4", "units": "4", "epochs": "2"}


TASK = Task(
    name="anomalies",
    summary="series of channels to what does not fit in them, as scores and events",
    settings=AnomaliesTaskSettings,
    read=read,
    features={"values": Channels()},
    target=Anomalies(),
    build=build,
    splitter=ByTime(),
    search={
        "units": "16..96/16",
        "dropout": "0..0.5",
        "learning_rate": "0.0003..0.01:log",
        "segment": "4,8,16",
    },
    inputs=input_reader("channels.channel_inputs"),
    sample=sample,
)
