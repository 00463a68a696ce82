"""What recordings of sensors show: activities, gestures, heart beats, states of machines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.features import SensorWindows, SensorWindowsSettings, States
from lstm_toolkit.settings.fields import MODEL, NOT_NEGATIVE, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import ClassesSettings, WindowClasses
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(64, 64),
    dropout=0.3,
    label_format="one_hot",
    label_smoothing=0.1,
    epochs=40,
    batch_size=32,
    optimizer="adamw",
    weight_decay=0.01,
    learning_rate=0.003,
    schedule="cosine",
    warmup=0.1,
)
class SensorsSettings(SensorWindowsSettings, RecurrentSettings, ClassesSettings, Settings):
    """How recordings are read, cut into windows, and recognised."""

    patch: Annotated[int, POSITIVE, MODEL] = 4
    """Steps that are read as one token."""
    filters: Annotated[int, NOT_NEGATIVE, MODEL] = 0
    """Width of two convolutions over neighbouring steps before the patches; 0 has none."""
    kernel: Annotated[int, POSITIVE, MODEL] = 5
    """Steps that a convolution sees, odd."""
    kernels: Annotated[int, NOT_NEGATIVE, MODEL] = 1000
    """Random convolutions of a linear path beside the LSTM, with which training begins; 0 leaves
    it out."""
    time_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last layer's outputs become: the last one, or what all steps give."""
    own_scale: Annotated[bool, MODEL] = False
    """Show each window on its own scale too, beside that of the training."""
    jitter: Annotated[float, NOT_NEGATIVE, MODEL] = 0.05
    """Deviation of noise added to training values, whose own deviation is 1."""
    scale: Annotated[float, NOT_NEGATIVE, MODEL] = 0.1
    """Deviation of the factor by which each channel of a training window is multiplied."""
    shift: Annotated[float, NOT_NEGATIVE, MODEL] = 0.0
    """Deviation of what is added to each channel of a training window, as if it were worn or held
    in another way."""
    time_mask: Annotated[float, SHARE, MODEL] = 0.1
    """Share of the steps of a training window that are hidden, as if they were missing."""
    channel_mask: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the channels of a training window that are hidden altogether."""


READ = (
    *("window", "overlap", "mixed_windows", "label_column", "group_column", "recording_column"),
    *("time_column", "channel_columns", "step", "axes", "encoding", "sheet", "separator"),
)


def read(data: Any, settings: SensorsSettings, states: States | None = None) -> Source:
    """Reads recordings or windows, see `data.read_sensors`; channels and windows as learnt."""
    from lstm_toolkit.data import read_sensors

    values = {name: getattr(settings, name) for name in READ}
    if states is not None:
        values |= states.only.reading
    return read_sensors(data, **values)


def build(settings: SensorsSettings, states: States, train: Any = None) -> keras.Model:
    """Builds stacked LSTM layers over patches of steps."""
    from lstm_toolkit import builders
    from lstm_toolkit.builders.random_kernels import FEATURES
    from lstm_toolkit.features.kernel_start import kernel_start

    windows = states.only
    model = builders.sensor_classifier(
        len(windows.names),
        steps=None if windows.varies else windows.steps,
        longest=windows.steps,
        classes=len(states.target.names),
        **settings.model_settings(),
    )
    if settings.kernels and train is not None:
        start = kernel_start(model, FEATURES, train, SensorWindows(), windows)
        model.get_layer("wide").set_weights(start)
    return model


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np

    steps, rng = np.arange(24), np.random.default_rng(0)
    lines = ["person,time,activity,x,z"]
    for person in range(6):
        for place in range(96):
            fast = place // steps.size % 2
            wave = np.sin(place * (1.5 if fast else 0.4)) + rng.normal() / 10
            gone = "" if place % 17 == 3 else f"{rng.normal():.3f}"
            lines.append(f"p{person},{place},{('walk', 'run')[fast]},{wave:.3f},{gone}")
    path = folder / "activities.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "8", "filters": "8", "patch": "2", "kernels": "50", "epochs": "2"}
    return path, {"window": "12", "channel_mask": "0.1", **small}


TASK = Task(
    name="sensors",
    summary="windows of sensor recordings to labels",
    settings=SensorsSettings,
    read=read,
    features={"values": SensorWindows()},
    target=WindowClasses(),
    build=build,
    splitter=BalancedGroups(),
    presets={"few": {"epochs": 80, "batch_size": 16, "learning_rate": 0.002}},
    search={
        "units": "32..128/32",
        "units.layers": "1..2",
        "patch": "1,2,4,8",
        "dropout": "0..0.5",
        "time_mask": "0..0.3",
        "learning_rate": "0.0005..0.01:log",
    },
    inputs=input_reader("sensors.sensor_inputs"),
    table_on_stdin=True,
    sample=sample,
)
