"""Which word a recording holds: digits, commands, or any sounds that have names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.features import Audio, AudioSettings, States
from lstm_toolkit.settings.fields import MODEL, READER, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.settings.speech import AugmentedSpeechSettings
from lstm_toolkit.targets import SpokenClasses, SpokenClassesSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(64, 64),
    dropout=0.3,
    label_format="one_hot",
    label_smoothing=0.1,
    epochs=20,
    batch_size=32,
    optimizer="adamw",
    weight_decay=0.01,
    learning_rate=0.003,
    schedule="cosine",
    warmup=0.1,
)
class SpeechSettings(
    AudioSettings, AugmentedSpeechSettings, RecurrentSettings, SpokenClassesSettings, Settings
):
    """How recordings are read and recognised."""

    label_column: Annotated[str, READER] = ""
    """Column of classes; empty finds it."""
    speech_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last layer's outputs become: the last one, or what all steps give."""


READ = (
    *("path_column", "speaker_column", "hold_out", "longest", "sample_rate"),
    *("encoding", "sheet", "separator"),
)


def read(data: Any, settings: SpeechSettings, states: States | None = None) -> Source:
    """Reads recordings with a class each, see `data.read_recordings`."""
    from lstm_toolkit.data import read_recordings

    values = {name: getattr(settings, name) for name in READ}
    known = () if states is None else states.target.names
    return read_recordings(data, "label", known=known, said_column=settings.label_column, **values)


def build(settings: SpeechSettings, states: States, train: Any = None) -> keras.Model:
    """Builds stacked LSTM layers on convolved spectrograms."""
    from lstm_toolkit import builders

    audio = states.only
    return builders.speech_classifier(
        audio.mels,
        classes=len(states.target.names),
        stack=audio.stack,
        lowest=audio.lowest,
        highest=audio.highest,
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    from lstm_toolkit.data.readers.audio.made_speech import save_made_speech

    path = save_made_speech(
        folder / "words.npz", "label", speakers=6, takes=3, words=("two", "six")
    )
    small = {"units": "8", "filters": "4", "epochs": "2", "batch_size": "8", "mels": "12"}
    return path, small


TASK = Task(
    name="speech",
    summary="recordings of speech or other sounds to labels",
    settings=SpeechSettings,
    read=read,
    features={"audio": Audio()},
    target=SpokenClasses(),
    build=build,
    splitter=BalancedGroups(),
    search={
        "units": "32..128/32",
        "units.layers": "1..2",
        "filters": "8,16,32",
        "dropout": "0.1..0.6",
        "speed": "0..0.4",
        "tract": "0..0.3",
        "learning_rate": "0.0005..0.01:log",
    },
    inputs=input_reader("recordings.recording_inputs"),
    words_are_files=True,
    sample=sample,
)
