"""Handwritten digits, or any small images, read row by row."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from lstm_toolkit import builders, data
from lstm_toolkit.classification import STACK, Classification, ClassifierSettings
from lstm_toolkit.errors import DataError
from lstm_toolkit.figures import plots
from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, SHARE, Bounds
from lstm_toolkit.system.files import write_json
from lstm_toolkit.task import Endpoint

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.labels import Labels


@dataclasses.dataclass(frozen=True, kw_only=True)
class DigitsSettings(ClassifierSettings):
    """How digits are recognised; the defaults suit the small sample images."""

    units: Annotated[tuple[int, ...], POSITIVE] = (128, 128)
    """Width of each recurrent layer, first to last."""
    dropout: Annotated[float, SHARE] = 0.3
    """Share of each layer's outputs dropped in training."""
    shift: Annotated[float, SHARE] = 0.125
    """Largest random move of a training image, in shares of its sides."""
    rotation: Annotated[float, Bounds(0, 180)] = 0.0
    """Largest random turn of a training image, in degrees."""
    zoom: Annotated[float, SHARE] = 0.0
    """Largest random change of a training image's size."""
    noise: Annotated[float, NOT_NEGATIVE] = 0.1
    """Standard deviation of the noise added to training pixels, which lie in 0 to 1."""
    interpolation: Literal["bilinear", "nearest"] = "nearest"
    """How moved pixels are filled; nearest keeps images of few pixels sharp."""
    height: Annotated[int, NOT_NEGATIVE] = 0
    """Rows of pixels to bring every image to; 0 takes the data's."""
    width: Annotated[int, NOT_NEGATIVE] = 0
    """Columns of pixels to bring every image to; 0 takes the data's."""
    labels: Literal["sparse", "one_hot"] = "one_hot"
    """How the loss takes labels: class numbers or one-hot rows."""
    label_smoothing: Annotated[float, SHARE] = 0.1
    """Share of each one-hot label spread over all classes (labels=one_hot)."""
    epochs: Annotated[int, POSITIVE] = 62
    """Passes over the training split, at most."""
    batch_size: Annotated[int, POSITIVE] = 128
    """Examples in one training step."""
    learning_rate: Annotated[float, NOT_NEGATIVE] = 0.006
    """Learning rate, at its highest where a schedule changes it."""
    schedule: Literal["constant", "cosine", "exponential"] = "cosine"
    """How the learning rate falls over the epochs: not at all, along a cosine to zero, or
    exponentially to a hundredth."""
    warmup: Annotated[float, SHARE] = 0.1
    """Share of all steps in which the learning rate first rises from zero (schedule=cosine)."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        inner = self.units[:-1]
        if self.residual and not any(a == b for a, b in itertools.pairwise(inner)):
            yield (
                "residual needs two equal units before the last, as in units=96,96,96. "
                f"Received: units={','.join(map(str, self.units))}"
            )


@dataclasses.dataclass(frozen=True)
class DigitsOptions:
    """What `predict` can be told about images."""

    invert: bool = False
    """Turn dark on light into light on dark, and the reverse, to match the training images."""


@dataclasses.dataclass(frozen=True)
class DigitsAssets:
    """The frame and the classes, learnt from the training split.

    Attributes:
        labels: The classes.
        height: Rows of an image.
        width: Columns of an image.
        white: The scale of the training pixels, see `data.pixels.white_level`.
        light: Whether the training images are dark on light. The network then reads them
            turned round, so that the ground is 0, as random shifts and noise need it.
    """

    labels: Labels
    height: int
    width: int
    white: int
    light: bool = False

    def save(self, folder: Path) -> None:
        """Writes `labels.txt` and `image.json`."""
        self.labels.save(folder / "labels.txt")
        names = ("height", "width", "white", "light")
        write_json(folder / "image.json", {name: getattr(self, name) for name in names})

    @classmethod
    def load(cls, folder: Path) -> DigitsAssets:
        """Reads what `save` wrote."""
        frame = json.loads((folder / "image.json").read_text(encoding="utf-8"))
        return cls(data.Labels.load(folder / "labels.txt"), **frame)


class Digits(Classification[DigitsSettings, DigitsAssets]):
    """Images to labels: `uint8|float32[batch, height, width]` in, class names out."""

    summary = "handwritten digits, or any small images, to labels"
    settings = DigitsSettings
    assets = DigitsAssets
    options = DigitsOptions
    search: ClassVar[Mapping[str, str]] = {
        "units": "32..192/16",
        "units.layers": "1..3",
        "dropout": "0..0.5",
        "learning_rate": "0.001..0.02:log",
        "batch_size": "64,128,256",
    }
    network = STACK | {"shift", "rotation", "zoom", "noise", "interpolation"}
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "plain": {
            "units": (128, 64),
            "bidirectional": False,
            "dropout": 0.2,
            "shift": 0.0,
            "rotation": 0.0,
            "zoom": 0.0,
            "noise": 0.0,
            "labels": "sparse",
            "label_smoothing": 0.0,
            "epochs": 10,
            "batch_size": 64,
            "learning_rate": 0.001,
            "schedule": "constant",
            "warmup": 0.0,
            "clipnorm": 0.0,
        },
        "mnist": {
            "units": (128, 128),
            "dropout": 0.2,
            "shift": 0.1,
            "rotation": 14.0,
            "zoom": 0.15,
            "interpolation": "bilinear",
            "noise": 0.0,
            "labels": "sparse",
            "label_smoothing": 0.0,
            "epochs": 18,
            "batch_size": 128,
            "optimizer": "adamw",
            "weight_decay": 0.01,
            "learning_rate": 0.002,
            "warmup": 0.075,
        },
    }

    def read(
        self, data: Any, settings: DigitsSettings, assets: DigitsAssets | None = None
    ) -> Source:
        """Reads images in any of the forms of `data.images.FORMS`."""
        from lstm_toolkit.data import read_images

        frame = settings if assets is None else assets
        if not isinstance(data, Path | None):
            raise DataError(f"needs a file or folder. Received: a {type(data).__name__}")
        return read_images(data, height=frame.height, width=frame.width)

    def learn(self, train: Examples, settings: DigitsSettings) -> DigitsAssets:
        """Learns the classes, the frame, the scale of the pixels and the ground."""
        from lstm_toolkit.data.readers.images.pixels import light_ground, white_level

        height, width = train.inputs.shape[1:]
        labels, white = data.Labels.learn(train.labels), white_level(train.inputs)
        return DigitsAssets(labels, height, width, white, light_ground(train.inputs, white))

    def build(self, settings: DigitsSettings, assets: DigitsAssets) -> keras.Model:
        """Builds a stacked classifier that takes one row of pixels a time step."""
        return builders.lstm_classifier(
            (assets.height, assets.width),
            classes=len(assets.labels.names),
            **settings.stack,
            shift=settings.shift,
            rotation=settings.rotation,
            zoom=settings.zoom,
            noise=settings.noise,
            interpolation=settings.interpolation,
        )

    def collate(self, rows: tf.Tensor, assets: DigitsAssets) -> tf.Tensor:
        """Brings raw pixels to the range 0 to 1, with a ground of 0."""
        images = data.unit_range(rows, assets.white)
        return 1.0 - images if assets.light else images

    def input_spec(self, assets: DigitsAssets) -> tf.TensorSpec:
        """Returns `images: float32[batch, height, width]`, 0 to 1 or 0 to 255."""
        import tensorflow as tf

        return tf.TensorSpec([None, assets.height, assets.width], tf.float32, "images")

    def endpoints(self, model: keras.Model, assets: DigitsAssets) -> dict[str, Endpoint]:
        """Adds `uint8`, the same for callers that hold tensors of bytes."""
        import tensorflow as tf

        endpoints = super().endpoints(model, assets)
        default = endpoints["serving_default"]
        spec = tf.TensorSpec(default.input.shape, tf.uint8, default.input.name)
        return endpoints | {"uint8": Endpoint(default.function, spec)}

    def draw(
        self, outputs: NDArray[Any], examples: Examples, assets: DigitsAssets
    ) -> dict[str, Figure]:
        """Adds a sheet of the worst mistakes."""
        numbers = assets.labels.encode(examples.labels)
        sheet = plots.worst_images(examples.inputs, numbers, outputs, assets.labels.names)
        return super().draw(outputs, examples, assets) | {"worst_mistakes": sheet}

    def read_inputs(
        self, text: str, assets: DigitsAssets, options: DigitsOptions
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the image, or the images of an array, in the file named by `text`."""
        yield from data.read_frames(
            Path(text), assets.height, assets.width, invert=options.invert, white=assets.white
        )


TASK = Digits()
