"""What happens in a clip: which action, gesture or motion, or what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.errors import SettingsError
from lstm_toolkit.features import Frames, FramesSettings, States
from lstm_toolkit.settings.fields import (
    DATA,
    MODEL,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    Settings,
    settings,
)
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
class VideoSettings(FramesSettings, RecurrentSettings, ClassesSettings, Settings):
    """How clips are read and classified."""

    label: Annotated[Literal["motion", "digit"], DATA, NOT_SEARCHED] = "motion"
    """Of the made sample clips: tell how a digit moves, or which it is; other data has its own
    labels."""
    filters: Annotated[tuple[int, ...], POSITIVE, MODEL] = (16, 32, 64)
    """Filters of each stage of convolutions over a frame; each but the last halves its sides."""
    depth: Annotated[int, POSITIVE, MODEL] = 1
    """Convolutions of each stage."""
    frame_features: Annotated[int, POSITIVE, MODEL] = 64
    """Width of what is seen in a frame, and of where."""
    frame_dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of what is seen in places of a frame that is dropped in training."""
    backbone: Annotated[str, MODEL, NOT_SEARCHED] = ""
    """A network of keras.applications in place of the convolutions, such as MobileNetV2."""
    backbone_weights: Annotated[str, MODEL, NOT_SEARCHED] = ""
    """File of its weights without a head (.weights.h5); nothing is fetched from the network."""
    backbone_trainable: Annotated[bool, MODEL] = False
    """Train these weights further; without a file they are trained in any case."""
    clip_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last layer's outputs become: the last one, or what all frames give."""
    shift: Annotated[float, SHARE, MODEL] = 0.1
    """Largest random move of a training clip, all frames alike, in shares of its sides."""
    zoom: Annotated[float, SHARE, MODEL] = 0.1
    """Largest random change of a training clip's size, all frames alike."""
    brightness: Annotated[float, SHARE, MODEL] = 0.0
    """Largest random change of a training clip's light, in shares of full light."""
    noise: Annotated[float, NOT_NEGATIVE, MODEL] = 0.02
    """Standard deviation of the noise added to training pixels, which lie in 0 to 1."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.backbone_weights and not self.backbone:
            yield f"backbone_weights needs backbone. Received: {self.backbone_weights}"


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
        sampling = Sampling(states.only.frames, 1, frame.height, frame.width, frame.pad)
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
    return BalancedGroups() if settings.group_column else AtRandom()


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
