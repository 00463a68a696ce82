"""The signal under the noise: heartbeats, vibrations, sensors of all kinds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.noise import KINDS, Noise
from lstm_toolkit.data.splits.published import AsPublished
from lstm_toolkit.features import Signal, SignalSettings, States
from lstm_toolkit.settings.fields import (
    DATA,
    MODEL,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    Bounds,
    Settings,
    settings,
)
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import CleanSignal
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.features.feature import Encoded


@settings(
    units=(64, 64),
    dropout=0.0,
    batch_size=32,
    epochs=30,
    learning_rate=0.003,
    schedule="cosine",
    warmup=0.05,
)
class DenoisingSettings(SignalSettings, RecurrentSettings, Settings):
    """How signals are read, made noisy, and cleaned."""

    noise: Annotated[tuple[Noise, ...], DATA, NOT_SEARCHED] = KINDS
    """Kinds of noise that are made, where data has clean signals alone."""
    levels: Annotated[tuple[float, ...], Bounds(-40, 80), DATA, NOT_SEARCHED] = (0.0, 5.0, 10.0)
    """Power of signals over that of the noise, in dB; training draws from the least to the
    greatest."""
    rate: Annotated[float | None, Bounds(1e-9), DATA, NOT_SEARCHED] = None
    """Samples a second, by which hum and wander are made; none takes it from times."""
    segment: Annotated[int, POSITIVE, MODEL] = 4
    """Samples that are read as one step."""
    coarse: Annotated[int, NOT_NEGATIVE, MODEL] = 16
    """Segments that a small LSTM reads as one step, to see what is slow; 0 leaves it out, as
    causal=true does."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        part = self.segment * (1 if self.causal else max(self.coarse, 1))
        if self.window % part:
            yield (
                "window must be a multiple of segment, and of segment times coarse unless "
                f"causal. Received: window={self.window}, segment={self.segment}, "
                f"coarse={self.coarse}"
            )
        if self.causal and self.delay < self.segment - 1:
            yield (
                "delay must be at least segment - 1, since a segment is read as a whole. "
                f"Received: delay={self.delay}, segment={self.segment}"
            )
        if not self.bidirectional and not self.causal:
            yield (
                "bidirectional must be true unless causal, which reads in one direction; use "
                "causal=true. Received: bidirectional=false"
            )
        if not self.noise:
            yield "noise must name at least one kind. Received: none"


READ = (
    *("window", "stride", "value_column", "noisy_column", "clean_column", "noise", "levels"),
    *("rate", "frequency", "encoding", "sheet", "separator"),
)


def read(
    data: Any, settings: DenoisingSettings, states: States | None = None, *, whole: bool = False
) -> Source:
    """Reads signals from a table or arrays, see `data.read_signals`."""
    from lstm_toolkit.data import read_signals

    validation, test = settings.split_sizes
    chosen = {name: getattr(settings, name) for name in READ}
    return read_signals(data, **chosen, validation=validation, test=test, whole=whole)


def build(settings: DenoisingSettings, states: States, train: Encoded | None = None) -> keras.Model:
    """Builds a network from noisy windows to clean ones."""
    from lstm_toolkit import builders

    chosen = settings.model_settings(but=("bidirectional",))
    if settings.causal:
        chosen |= {"causal": True, "delay": settings.delay, "coarse": 0}
    return builders.denoiser(states["values"].steps, **chosen)


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "signal.csv"
    values = (i % 12 + 9 * (i // 12 * i % 5 == 1) + i * i * 37 % 11 / 50 for i in range(400))
    path.write_text("y\n" + "".join(f"{value}\n" for value in values), encoding="utf-8")
    tiny = {"window": "32", "coarse": "4", "units": "4", "epochs": "2", "noise": "white,dropouts"}
    return path, {**tiny, "levels": "5"}


TASK = Task(
    name="denoising",
    summary="noisy signals to clean ones, sample for sample",
    settings=DenoisingSettings,
    read=read,
    read_scored=partial(read, whole=True),
    features={"values": Signal()},
    target=CleanSignal(),
    build=build,
    splitter=AsPublished(),
    presets={"causal": {"causal": True, "delay": 20, "window": 512}},
    search={
        "units": "32..96/32",
        "segment": "2,4,8",
        "dropout": "0..0.3",
        "learning_rate": "0.0005..0.01:log",
    },
    inputs=input_reader("signals.signal_inputs"),
    table_on_stdin=True,
    sample=sample,
)
