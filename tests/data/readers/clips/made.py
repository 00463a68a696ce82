"""Small clips, and files of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def bars(way: str = "right", steps: int = 6, height: int = 8, width: int = 12) -> NDArray[Any]:
    """Returns `uint8[steps, height, width, 3]` of a bar that moves; frame `n` is `n` dark there."""
    clip = np.zeros((steps, height, width, 3), np.uint8)
    for step in range(steps):
        place = step if way == "right" else steps - 1 - step
        clip[step, :, place * width // steps] = (200, 120, 40)
        clip[step, 0, 0] = 10 * step % 250
    return clip


def save_animation(path: Path, clip: NDArray[Any], duration: Any = 100) -> Path:
    """Writes a GIF, a WebP or a PNG that moves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = [Image.fromarray(frame) for frame in clip]
    plain = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=duration, **plain)
    return path


def save_frames(folder: Path, clip: NDArray[Any], name: str = "{}.png") -> Path:
    """Writes a folder of pictures, numbered from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(clip, 1):
        Image.fromarray(frame).save(folder / name.format(number))
    return folder


def save_video(path: Path, clip: NDArray[Any], codec: str = "mpeg4", **options: str) -> Path:
    """Writes a video with PyAV."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=10)
        stream.height, stream.width = clip.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in clip:
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def cut(path: Path, share: float = 0.5) -> Path:
    """Cuts a file off."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def two_classes(root: Path, count: int = 6, suffix: str = ".webp") -> Path:
    """Writes a folder of clips with one sub-folder a class."""
    for way in ("left", "right"):
        for number in range(count):
            save_animation(root / way / f"{number}{suffix}", bars(way, 5 + number % 3))
    return root
