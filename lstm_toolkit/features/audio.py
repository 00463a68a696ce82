"""Recordings of sound, of any rate and length."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.audio.sounds import HIGHEST_RATE as MOST_RATE
from lstm_toolkit.data.readers.audio.sounds import LOWEST_RATE, read_sound
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.feature import EncodedColumn, Feature, to_numpy
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import (
    DATA,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    Bounds,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column

HIGHEST_RATE = 16_000
"""Samples a second of a network at most, if no setting asks for more: speech has no need of it."""

ENCODED = 32
"""Recordings that are encoded at a time, of nearly one length where they lie so."""

BEYOND = 2.0
"""By how much longer than the longest training recording, or shorter than the shortest, a recording
is unlike them."""


@settings()
class AudioSettings(TableSettings):
    """How recordings are read, and what a network sees of them."""

    path_column: Annotated[str, READER] = ""
    """Column of the files of recordings; empty finds it."""
    speaker_column: Annotated[str, READER] = ""
    """Column of speakers; empty finds it."""
    hold_out: Annotated[Literal["auto", "speakers", "recordings"], DATA, NOT_SEARCHED] = "auto"
    """What stays on one side of the splits: speakers, so that scores tell of new ones, or
    recordings; auto holds three or more speakers apart, unless published splits share them."""
    sample_rate: Annotated[int | None, POSITIVE, READER] = None
    """Samples a second of arrays that do not tell it."""
    longest: Annotated[float, Bounds(0.1, 600), READER] = 30.0
    """Seconds of a recording at most; what is longer is left out, and answered as a stream."""
    rate: Annotated[int | None, Bounds(2_000, 96_000), DATA, NOT_SEARCHED] = None
    """Samples a second that the network hears, to which all are brought; none takes that of most
    training recordings, 16,000 at most."""
    mels: Annotated[int, Bounds(8, 256), DATA] = 40
    """Bands of pitch that the network hears."""
    lowest: Annotated[float, NOT_NEGATIVE, DATA, NOT_SEARCHED] = 60.0
    """Lowest frequency that it hears, in Hz; the highest is half of the rate."""
    stack: Annotated[int, Bounds(1, 20), DATA] = 3
    """Frames of 10 ms that the LSTM reads as one step."""


@dataclasses.dataclass(frozen=True)
class AudioState:
    """What training recordings are like.

    Attributes:
        rate: Samples a second that the network hears.
        mels: Bands of pitch.
        lowest: Frequency, in Hz.
        shortest: Seconds of the shortest recording.
        longest: Likewise.
        stack: Frames that are read as one step.
    """

    rate: int
    mels: int
    lowest: float
    shortest: float
    longest: float
    stack: int = 3

    @property
    def highest(self) -> float:
        """Highest frequency, in Hz."""
        return self.rate / 2

    def save(self, folder: Path) -> None:
        """Writes `audio.json`."""
        write_json(folder / "audio.json", dataclasses.asdict(self))


@dataclasses.dataclass(frozen=True)
class AudioOptions(PredictOptions):
    """What `predict` can be told about sound."""

    rate: int = 0
    """Samples a second of samples on standard input that do not tell it, int16 of one channel
    (speech); 0 takes what the network hears."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate and not LOWEST_RATE <= self.rate <= MOST_RATE:
            raise InputError(
                f"--rate must be in [{LOWEST_RATE:,}, {MOST_RATE:,}]. Received: {self.rate:,}"
            )


class Audio(Feature[AudioState]):
    """Raw rows `float32[batch, 1 + time]`: samples a second, then samples, NaN behind.

    The network is given `float32[batch, frames, mels + 1]`: how loud each band of pitch is, in nats
    below the recording's loudest, and whether a frame is one, not padding. A frame is 25 ms long,
    and the next begins 10 ms later. Settings: `AudioSettings`.
    """

    options: ClassVar[type[PredictOptions]] = AudioOptions
    stored_as_is = False
    _state: AudioState | None = None

    def given(self, column: Any) -> Any:
        """Refuses arrays in Python, which do not tell their rates."""
        raise DataError(
            "needs recordings as a folder, a table of their files, or an .npz file that holds "
            f"their rate. Received: a {type(column).__name__}"
        )

    def learn(self, column: Any, settings: Any) -> AudioState:
        """Learns the commonest rate, and how long recordings are."""
        rates = column.values[column.offsets[:-1]]
        seconds = (column.lengths - 1) / rates
        commonest = Counter(rates.tolist()).most_common(1)[0][0]
        rate = settings.rate or min(int(commonest), HIGHEST_RATE)
        if settings.lowest >= rate / 2:
            raise DataError(
                f"needs lowest below half of the rate, {rate / 2:g} Hz. "
                f"Received: lowest={settings.lowest:g}"
            )
        shortest, longest = (round(float(each), 4) for each in (seconds.min(), seconds.max()))
        return AudioState(rate, settings.mels, settings.lowest, shortest, longest, settings.stack)

    def extend(self, state: AudioState, column: Any, settings: Any) -> tuple[AudioState, list[str]]:
        """Keeps what the network hears.

        Raises:
            InputError: If it is to hear something else.
        """
        learnt = self.learn(column, settings)
        check_kept("mels", state.mels, learnt.mels)
        check_kept("rate", state.rate, settings.rate or state.rate)
        check_kept("lowest", state.lowest, learnt.lowest)
        check_kept("stack", state.stack, learnt.stack)
        shortest, longest = min(state.shortest, learnt.shortest), max(state.longest, learnt.longest)
        return dataclasses.replace(state, shortest=shortest, longest=longest), []

    def load(self, folder: Path) -> AudioState:
        """Reads what `AudioState.save` wrote."""
        return AudioState(**json.loads((folder / "audio.json").read_text(encoding="utf-8")))

    def bring(
        self, values: tf.Tensor, state: AudioState, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Tells which recordings are silent, far shorter or longer than the training's, or dull.

        A recording is dull if its rate holds less than most of what the network hears.
        """
        import tensorflow as tf

        rates, samples, lengths = parted(values)
        seconds = tf.cast(lengths, tf.float32) / rates
        silent = tf.reduce_max(samples, axis=1) - tf.reduce_min(samples, axis=1) <= 0
        outside = (seconds > BEYOND * state.longest) | (seconds < state.shortest / BEYOND)
        dull = rates < 0.75 * state.rate
        return values, silent | outside | dull | (lengths == 0)

    def encode(self, values: tf.Tensor, state: AudioState) -> tf.RaggedTensor:
        """Returns `float32[batch, (frames), mels]`."""
        rates, samples, lengths = parted(values)
        samples, lengths = at_state_rate(samples, lengths, rates, state)
        return heard(samples, lengths, state)

    def encode_chunks(self, column: Column, state: AudioState) -> Iterator[dict[str, Column]]:
        """Encodes few recordings at a time, since they are filled up to one length."""
        import tensorflow as tf

        spec = tf.TensorSpec([None, None], tf.float32)
        traced = tf.function(lambda values: self.encode(values, state), [spec], autograph=False)
        graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
        for start in range(0, max(len(column), 1), ENCODED):
            part = np.asarray(column[start : start + ENCODED], np.float32)
            yield {"rows": to_numpy(graph(tf.constant(part)))}

    def collate(self, rows: tf.RaggedTensor, state: AudioState) -> tf.Tensor:
        """Fills up with zeros, and puts beside each frame whether it is one."""
        import tensorflow as tf

        there = tf.sequence_mask(rows.row_lengths(), dtype=tf.float32)[..., None]
        dense = rows.to_tensor(0.0, shape=[None, None, state.mels])
        return tf.concat([dense, there], axis=-1)

    def spec(self, name: str, state: AudioState) -> tf.TensorSpec:
        """Returns `float32[batch, 1 + time]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, None], tf.float32, name)

    def parse(
        self, word: str, state: AudioState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the recording of a file.

        Raises:
            DataError: If it is not there, or no sound.
        """
        path = Path(word)
        if not path.exists():
            raise DataError("no such file or folder", path=Path(word.replace("\0", "?")[:200]))
        if path.is_dir():
            raise DataError("needs a file of sound. Received: a folder", path=path)
        yield word, read_sound(path).row()

    def batch(self, values: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Fills recordings up to the longest, and puts them into one batch."""
        from lstm_toolkit.data.readers.audio.recordings import column_of

        return np.asarray(column_of([np.asarray(each, np.float32) for each in values]))

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: AudioState
    ) -> Iterator[str]:
        """Tells what the network hears."""
        yield (
            f"the network hears {state.rate:,} samples a second, as {state.mels} bands from "
            f"{state.lowest:g} to {state.highest:g} Hz; recordings last {state.shortest:.2f} to "
            f"{state.longest:.2f} seconds"
        )

    def with_state(self, state: AudioState) -> Audio:
        """Returns the feature whose `simple_model` hears recordings as the network does."""
        feature = copy.copy(self)
        feature._state = state
        return feature

    def frames(self, column: Column) -> Any:
        """Returns `Ragged` rows of bands, as the network of `with_state` hears recordings."""
        from lstm_toolkit.data.columns import Ragged

        assert self._state is not None
        parts = [part["rows"] for part in self.encode_chunks(column, self._state)]
        return Ragged.concatenate(parts)  # type: ignore[arg-type]

    def simple_model(self) -> Any:
        """Returns a transformer from recordings to statistics of their cepstra."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        from lstm_toolkit.metrics.simple_sounds import statistics_of_rows

        def statistics(rows: Any) -> NDArray[np.float32]:
            return statistics_of_rows(self.frames(rows))

        return make_pipeline(FunctionTransformer(statistics), StandardScaler())


def parted(values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns rates, samples with zeros behind them, and how many there are; in the graph.

    A recording of a rate that no reader takes has no samples: to bring it to another would take
    memory without end.
    """
    import tensorflow as tf

    likely = (values[:, 0] >= LOWEST_RATE) & (values[:, 0] <= MOST_RATE)
    rates = tf.where(likely, values[:, 0], float(LOWEST_RATE))
    known = tf.math.is_finite(values[:, 1:]) & likely[:, None]
    places = tf.range(1, tf.shape(known)[1] + 1)
    lengths = tf.reduce_max(tf.pad(tf.where(known, places, 0), [[0, 0], [0, 1]]), axis=1)
    return rates, tf.where(known, values[:, 1:], 0.0), lengths


def at_state_rate(
    samples: tf.Tensor, lengths: tf.Tensor, rates: tf.Tensor, state: AudioState
) -> tuple[tf.Tensor, tf.Tensor]:
    """Brings recordings to the rate that the network hears; in the graph."""
    from lstm_toolkit.features.log_mel import at_one_rate

    brought: tuple[tf.Tensor, tf.Tensor] = at_one_rate(samples, lengths, rates, state.rate)
    return brought


def heard(samples: tf.Tensor, lengths: tf.Tensor, state: AudioState) -> tf.RaggedTensor:
    """Returns what the network hears of samples at its rate; in the graph."""
    from lstm_toolkit.features.log_mel import log_mel

    return log_mel(
        samples,
        lengths,
        rate=state.rate,
        mels=state.mels,
        lowest=state.lowest,
        highest=state.highest,
    )
