"""What happens in a clip: which action, gesture or motion, or what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.errors import SettingsError
from lstm_toolkit.features import Frames, FramesSettings, States
from lstm_toolkit.settings.clip_network import ClipNetworkSettings
from lstm_toolkit.settings.fields import DATA, NOT_SEARCHED, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import ClassesSettings, ClipClasses
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.data.splits.splitter import Splitter


@settings(
    units=(64,),
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
class VideoSettings(
    FramesSettings, ClipNetworkSettings, RecurrentSettings, ClassesSettings, Settings
):
    """How clips are read and classified."""

    label: Annotated[Literal["motion", "digit"], DATA, NOT_SEARCHED] = "motion"
    """Of the made sample clips: tell how a digit moves, or which it is; other data has its own
    labels."""


READ = ("clip_column", "label_column", "group_column", "encoding", "sheet", "separator", "label")


def read(data: Any, settings: VideoSettings, states: States | None = None) -> Source:
    """Reads clips, see `data.read_clips`; of the size and number of frames that were learnt."""
    from lstm_toolkit.data import read_clips
    from lstm_toolkit.data.readers.clips.frames_kept import Sampling

    if states is None:
        pad = settings.resize == "pad"
        size = settings.height, settings.width
        sampling = Sampling(settings.frames, settings.frame_choices, *size, pad)
    else:
        frame = states.only.frame
        clip = states.only
        sampling = Sampling(clip.frames, 1, frame.height, frame.width, frame.pad, clip.pace)
    return read_clips(data, sampling=sampling, **{name: getattr(settings, name) for name in READ})


def build(settings: VideoSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a network a frame, and stacked LSTM layers over frames."""
    from lstm_toolkit import builders

    clip = states.only
    try:
        return builders.clip_classifier(
            (clip.frames, *clip.frame.size, 3),
            classes=len(states.target.names),
            **settings.model_settings(),
        )
    except ValueError as error:  # what a backbone says of its weights and of the frames
        raise SettingsError(str(error)) from error


def splitter(settings: VideoSettings) -> Splitter:
    """Keeps groups on one side where there are some."""
    return BalancedGroups(alike=True) if settings.group_column else AtRandom()


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np

    clips = np.random.default_rng(0).integers(0, 40, (60, 5, 8, 6)).astype(np.uint8)
    for row, clip in enumerate(clips):
        for step, frame in enumerate(clip):
            frame[:, step if row % 2 else 5 - step] = 200
    path = folder / "bars.npz"
    names = np.tile(["left", "right"], 30)
    np.savez(path, x=clips, y=names, lengths=np.where(np.arange(60) % 3, 5, 4))
    small = {"units": "8", "filters": "4,4", "frame_features": "8", "frames": "4"}
    return path, {**small, "epochs": "2", "batch_size": "16", "frame_dropout": "0"}


TASK = Task(
    name="video",
    summary="clips to classes, such as actions and gestures",
    settings=VideoSettings,
    read=read,
    features={"clip": Frames()},
    target=ClipClasses(),
    build=build,
    splitter_by_settings=splitter,
    search={
        "units": "32..128/32",
        "frame_features": "32..128/32",
        "dropout": "0.1..0.5",
        "frame_dropout": "0..0.5",
        "shift": "0..0.2",
        "learning_rate": "0.0005..0.01:log",
    },
    inputs=input_reader("clips.clip_inputs"),
    words_are_files=True,
    sample=sample,
)
