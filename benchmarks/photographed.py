"""Photographs of digits, and what is no digit, drawn from a seed; nothing is downloaded."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Picture = NDArray[np.uint8]
Rng = np.random.Generator


def _enlarged(ink: NDArray[Any], height: int) -> NDArray[np.float32]:
    """Returns `float32[height, width]` of ink 0 to 1, smoothly enlarged."""
    width = round(ink.shape[1] * height / ink.shape[0])
    image = Image.fromarray((255 * ink).astype(np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return np.asarray(image, np.float32) / 255


def _on_paper(
    ink: NDArray[Any], rng: Rng, *, share: float, aside: float, level: float = 0.92,
    shade: float = 0.0, ruled: bool = False, grain: float = 0.0, side: int = 168,
) -> Picture:  # fmt: skip
    drawn = _enlarged(ink, round(side * share))
    page = np.full((side, side), level, np.float32)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    if shade:
        turn = rng.uniform(0, 2 * np.pi)
        page += shade * (np.cos(turn) * x + np.sin(turn) * y) / 2 - shade * 0.3 * (x**2 + y**2)
    if ruled:
        gap, first = rng.integers(18, 34), rng.integers(0, 18)
        page[first::gap] -= rng.uniform(0.08, 0.22)
        page[first + 1 :: gap] -= 0.05
        if rng.random() < 0.4:
            page[:, first::gap] -= rng.uniform(0.08, 0.2)
    free = side - drawn.shape[0], side - drawn.shape[1]
    top, left = (round(f / 2 + f / 2 * rng.uniform(-aside, aside)) for f in free)
    mask = np.zeros_like(page)
    mask[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    page = page * (1 - mask * rng.uniform(0.55, 0.85))
    page += rng.normal(0, grain, page.shape) if grain else 0
    return (255 * np.clip(page, 0, 1)).round().astype(np.uint8)


def _as_jpeg(picture: Picture, rng: Rng) -> Picture:
    file = io.BytesIO()
    blurred = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1.2))))
    blurred.save(file, "JPEG", quality=int(rng.integers(60, 95)))
    return np.asarray(Image.open(file))


def _grey(ink: NDArray[Any], rng: Rng) -> Picture:
    return _on_paper(ink, rng, share=1.0, aside=0)


def _uneven(ink: NDArray[Any], rng: Rng) -> Picture:
    shade = rng.uniform(0.15, 0.4)
    return _on_paper(ink, rng, share=0.8, aside=0.3, level=0.8, shade=shade, grain=0.015)


def _ruled(ink: NDArray[Any], rng: Rng) -> Picture:
    return _on_paper(ink, rng, share=0.7, aside=0.3, level=0.9, ruled=True, grain=0.01)


def _aside(ink: NDArray[Any], rng: Rng) -> Picture:
    return _on_paper(ink, rng, share=0.6, aside=1.0, level=0.95, grain=0.01)


def _third(ink: NDArray[Any], rng: Rng) -> Picture:
    return _on_paper(ink, rng, share=0.36, aside=0.5, level=0.9, grain=0.01)


def _all_at_once(ink: NDArray[Any], rng: Rng) -> Picture:
    page = _on_paper(
        ink, rng, share=rng.uniform(0.33, 0.7), aside=0.8, level=rng.uniform(0.65, 0.9),
        shade=rng.uniform(0, 0.3), ruled=bool(rng.random() < 0.5), grain=rng.uniform(0, 0.02),
        side=240,
    )  # fmt: skip
    return _as_jpeg(page, rng)


def _black_on_white(ink: NDArray[Any], rng: Rng) -> Picture:
    return _on_paper(ink, rng, share=1.0, aside=0, level=1.0)


PHOTOGRAPHS: dict[str, Callable[[NDArray[Any], Rng], Picture]] = {
    "black on white": _black_on_white,
    "grey paper": _grey,
    "uneven paper": _uneven,
    "ruled paper": _ruled,
    "off-centre": _aside,
    "a third of the frame": _third,
    "all at once": _all_at_once,
}


def _noise(digits: NDArray[Any], rng: Rng) -> Picture:
    side = digits.shape[1]
    values = rng.random((side, side)) if rng.random() < 0.5 else rng.normal(0.5, 0.2, (side, side))
    return (255 * np.clip(values, 0, 1)).astype(np.uint8)


def _constant(digits: NDArray[Any], rng: Rng) -> Picture:
    return np.full(digits.shape[1:], rng.integers(0, 256), np.uint8)


def _letter(digits: NDArray[Any], rng: Rng) -> Picture:
    import matplotlib

    fonts = sorted(Path(matplotlib.get_data_path(), "fonts", "ttf").glob("DejaVuSans*.ttf"))
    fonts = [font for font in fonts if "Display" not in font.name]
    letters = "ABCDEFGHJKLMNPQRTUVWXYabdefhkmnprtwxy"  # those that are no digits too
    side = 4 * digits.shape[1]
    page = Image.new("L", (side, side), 0)
    font = ImageFont.truetype(str(fonts[rng.integers(len(fonts))]), round(side * 0.8))
    letter = letters[rng.integers(len(letters))]
    ImageDraw.Draw(page).text((side / 2, side / 2), letter, 255, font, anchor="mm")
    return np.asarray(page.resize(digits.shape[2:0:-1], Image.Resampling.BOX))


def _photograph(digits: NDArray[Any], rng: Rng) -> Picture:
    from sklearn.datasets import load_sample_image

    name = ("china.jpg", "flower.jpg")[rng.integers(2)]
    photo = np.asarray(Image.fromarray(load_sample_image(name)).convert("L"))
    side = int(rng.integers(60, 400))
    top, left = (rng.integers(0, extent - side) for extent in photo.shape)
    part = Image.fromarray(photo[top : top + side, left : left + side])
    return np.asarray(part.resize(digits.shape[2:0:-1], Image.Resampling.BOX))


def _texture(digits: NDArray[Any], rng: Rng) -> Picture:
    side = digits.shape[1]
    y, x = np.mgrid[:side, :side]
    turn, pitch = rng.uniform(0, np.pi), rng.uniform(2, side / 3)
    wave = np.sin(2 * np.pi * (np.cos(turn) * x + np.sin(turn) * y) / pitch)
    if rng.random() < 0.5:
        wave = wave * np.sin(2 * np.pi * (np.sin(turn) * x - np.cos(turn) * y) / pitch)
    return (127.5 * (1 + wave)).astype(np.uint8)


def _shuffled(digits: NDArray[Any], rng: Rng) -> Picture:
    digit = digits[rng.integers(len(digits))]
    return rng.permutation(digit.ravel()).reshape(digit.shape)


def _several(digits: NDArray[Any], rng: Rng) -> Picture:
    chosen = [digits[i] for i in rng.integers(0, len(digits), 4)]
    count = int(rng.integers(2, 4))
    row = np.concatenate(chosen[:count], axis=1)
    tall = np.zeros((row.shape[1], row.shape[1]), np.uint8)
    top = (tall.shape[0] - row.shape[0]) // 2
    tall[top : top + row.shape[0]] = row
    return np.asarray(Image.fromarray(tall).resize(digits.shape[2:0:-1], Image.Resampling.BOX))


NONSENSE: dict[str, Callable[[NDArray[Any], Rng], Picture]] = {
    "noise": _noise,
    "constant": _constant,
    "letters": _letter,
    "photographs": _photograph,
    "textures": _texture,
    "shuffled pixels": _shuffled,
    "several digits": _several,
}
