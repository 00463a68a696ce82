"""What is said in a recording, word by word or character by character."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.groups import ByGroup
from lstm_toolkit.features import Audio, AudioSettings, States
from lstm_toolkit.settings.fields import READER, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.settings.speech import AugmentedSpeechSettings
from lstm_toolkit.targets import Transcripts, TranscriptsSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(64,),
    filters=8,
    dropout=0.1,
    speed=0.1,
    tract=0.1,
    hidden_bands=4,
    hidden_frames=3,
    epochs=9,
    batch_size=8,
    optimizer="adamw",
    weight_decay=0.01,
    learning_rate=0.006,
    schedule="cosine",
    warmup=0.1,
)
class TranscriptionSettings(
    AudioSettings, AugmentedSpeechSettings, RecurrentSettings, TranscriptsSettings, Settings
):
    """How recordings are read and written down."""

    transcript_column: Annotated[str, READER] = ""
    """Column of transcripts; empty finds it."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return True


READ = (
    *("path_column", "speaker_column", "hold_out", "longest", "sample_rate"),
    *("encoding", "sheet", "separator"),
)


def read(data: Any, settings: TranscriptionSettings, states: States | None = None) -> Source:
    """Reads recordings with a transcript each, see `data.read_recordings`."""
    from lstm_toolkit.data import read_recordings

    values = {name: getattr(settings, name) for name in READ}
    return read_recordings(data, "transcript", said_column=settings.transcript_column, **values)


def build(settings: TranscriptionSettings, states: States, train: Any = None) -> keras.Model:
    """Builds stacked LSTM layers on convolved spectrograms, with an answer a step."""
    from lstm_toolkit import builders

    audio = states.only
    return builders.speech_transcriber(
        audio.mels,
        tokens=len(states.target.tokens),
        stack=audio.stack,
        lowest=audio.lowest,
        highest=audio.highest,
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    from lstm_toolkit.data.readers.audio.made_speech import save_made_speech

    made = {"speakers": 5, "takes": 3, "words": ("two", "six")}
    path = save_made_speech(folder / "rows.npz", "transcript", **made)
    small = {"units": "8", "filters": "4", "epochs": "2", "batch_size": "8", "mels": "12"}
    return path, small


TASK = Task(
    name="transcription",
    summary="recordings of speech to what is said, with times",
    settings=TranscriptionSettings,
    read=read,
    features={"audio": Audio()},
    target=Transcripts(),
    build=build,
    splitter=ByGroup(),
    search={
        "units": "64..192/32",
        "units.layers": "1..3",
        "filters": "8,16,32",
        "dropout": "0.1..0.5",
        "speed": "0..0.3",
        "learning_rate": "0.0005..0.01:log",
    },
    inputs=input_reader("recordings.recording_inputs"),
    words_are_files=True,
    sample=sample,
)
