"""Images unlike the training images are brought to their look, and told from what is none."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image as Picture

from lstm_toolkit.data import sample_digits
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Image, ImageFrame
from lstm_toolkit.features.image import ImageOptions
from lstm_toolkit.features.looks import Looks

FEATURE = Image()
COUNT = 32
"""Digits that are drawn otherwise."""
Draw = Callable[[np.ndarray], np.ndarray]


def enlarged(digit: np.ndarray, side: int) -> np.ndarray:
    ink = Picture.fromarray((digit * 15).astype(np.uint8)).resize(
        (side, side), Picture.Resampling.BICUBIC
    )
    return np.asarray(ink, np.float32) / 255


def on_page(digit: np.ndarray, *, side: int = 60, top: int = 40, left: int = 70) -> np.ndarray:
    page = np.zeros((160, 160), np.float32)
    page[top : top + side, left : left + side] = enlarged(digit, side)
    return page


def shaded(digit: np.ndarray) -> np.ndarray:
    paper = np.linspace(0.9, 0.6, 160)[:, None] * np.linspace(1, 0.9, 160)
    return 255 * paper * (1 - 0.7 * on_page(digit))


def ruled(digit: np.ndarray) -> np.ndarray:
    paper = np.full((160, 160), 0.92)
    paper[5::22] = 0.78
    return 255 * paper * (1 - 0.75 * on_page(digit))


DRAWN: dict[str, Draw] = {
    "grey": lambda digit: 235 * (1 - 0.8 * on_page(digit)),
    "black on white": lambda digit: 255 * (1 - on_page(digit)),
    "white on black": lambda digit: 255 * on_page(digit),
    "16 bits": lambda digit: 65535 * (1 - on_page(digit)),
    "fractions": lambda digit: 1 - on_page(digit),
    "small and aside": lambda digit: 255 * (1 - on_page(digit, side=50, top=5, left=100)),
    "shaded": shaded,
    "ruled": ruled,
    "grey frame": lambda digit: 235 * (1 - digit / 20),
    "up to the edges": lambda digit: 235 * (1 - 0.8 * enlarged(digit, 168)),
}
NONSENSE: dict[str, Draw] = {
    "noise": lambda digit: np.random.default_rng(int(digit.sum())).random((8, 8)) * 255,
    "constant": lambda digit: np.full((8, 8), digit.sum() % 256),
    "shuffled": lambda digit: (
        np.random.default_rng(0).permutation(digit.ravel()).reshape(8, 8) * 15
    ),
    "three": lambda digit: 255 * np.concatenate([on_page(digit)[:, 40:]] * 3, axis=1),
}


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    source = sample_digits()
    order = np.random.default_rng(0).permutation(len(source.rows))
    images = source.rows.inputs[order]
    return images[:1000], images[1000:], np.asarray(source.rows.labels)[order]


@pytest.fixture(scope="module")
def state(rows: tuple[np.ndarray, ...]) -> ImageFrame:
    return FEATURE.learn(rows[0], None)


def brought(images: list[np.ndarray], state: ImageFrame) -> tuple[np.ndarray, np.ndarray]:
    raw = tf.constant(np.stack(images).astype(np.float32))
    values, unlike = FEATURE.bring(raw, state)
    assert unlike is not None
    return FEATURE.collate(values, state).numpy(), unlike.numpy()


def test_images_that_look_so_already_are_unchanged(
    rows: tuple[np.ndarray, ...], state: ImageFrame
) -> None:
    raw = rows[1].astype(np.float32)
    values, unlike = FEATURE.bring(tf.constant(raw), state)
    assert state.looks is not None
    assert unlike is not None
    alike = state.looks.alike(state.light_ink(tf.constant(raw))).numpy()
    assert alike.mean() > 0.97
    np.testing.assert_array_equal(values.numpy()[alike], raw[alike])
    assert unlike.numpy().mean() < 0.05


@pytest.fixture(scope="module")
def drawn(rows: tuple[np.ndarray, ...], state: ImageFrame) -> Callable[[str], Any]:
    """Returns what becomes of digits on another paper, brought once."""
    return functools.cache(
        lambda name: brought([DRAWN[name](digit) for digit in rows[1][:COUNT]], state)
    )


@pytest.mark.parametrize("name", DRAWN)
def test_digits_on_other_paper_are_drawn_as_in_training(
    rows: tuple[np.ndarray, ...], drawn: Callable[[str], Any], name: str
) -> None:
    known = rows[0].reshape(1000, -1) / 16
    frames, _ = drawn(name)
    distances = ((frames.reshape(COUNT, 1, -1) - known) ** 2).sum(axis=-1)
    answers = rows[2][:1000][distances.argmin(axis=1)]
    assert (answers == rows[2][1000 : 1000 + COUNT]).mean() >= 0.85


@pytest.mark.parametrize("name", ["grey frame", "up to the edges"])
def test_shades_of_ink_on_even_paper_are_kept(
    rows: tuple[np.ndarray, ...], drawn: Callable[[str], Any], name: str
) -> None:
    frames, unlike = drawn(name)
    assert np.abs(frames - rows[1][:COUNT] / 16).mean() < 0.07
    assert unlike.mean() < 0.2


@pytest.mark.parametrize("draw", NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_digit_is_flagged(
    rows: tuple[np.ndarray, ...], state: ImageFrame, draw: Draw
) -> None:
    _, unlike = brought([draw(digit) for digit in rows[1][:COUNT]], state)
    assert unlike.mean() >= 0.95


def test_as_is_changes_nothing(rows: tuple[np.ndarray, ...], state: ImageFrame) -> None:
    raw = tf.constant((235 - 10 * rows[1][:5]).astype(np.float32))
    values, unlike = FEATURE.bring(raw, state, as_is=True)
    assert values is raw
    assert unlike is not None
    assert unlike.numpy().all()


def test_photographs_have_no_ground_to_be_brought_to() -> None:
    photos = np.random.default_rng(0).random((40, 12, 12)).astype(np.float32)
    assert Looks.learn(photos) is None
    state = FEATURE.learn(photos, None)
    values, unlike = FEATURE.bring(tf.constant(photos), state)
    np.testing.assert_array_equal(values, photos)
    assert unlike is not None


def test_the_state_comes_back_and_an_older_one_is_read(state: ImageFrame, tmp_path: Path) -> None:
    state.save(tmp_path)
    assert ImageFrame.load(tmp_path) == state
    for name in ("looks", "familiarity"):
        (tmp_path / f"{name}.json").unlink()
    old = ImageFrame.load(tmp_path)
    assert old == dataclasses.replace(state, looks=None, familiarity=None)
    assert json.loads((tmp_path / "image.json").read_text()) == {
        "height": 8, "width": 8, "white": 16, "dark_on_light": False,
    }  # fmt: skip
    raw = tf.zeros([2, 8, 8])
    values, unlike = FEATURE.bring(raw, old)
    np.testing.assert_array_equal(values, raw)
    assert unlike is None
    assert FEATURE.wide_spec("images", old) is None


def test_a_folder_gives_one_answer_or_error_an_image(state: ImageFrame, tmp_path: Path) -> None:
    image = np.full((300, 200), 200, np.uint8)
    Picture.fromarray(image).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    rows = np.ones((3, 8, 8), np.float32)
    rows[1, 0, 0] = np.nan
    np.save(tmp_path / "c.npy", rows)
    Picture.fromarray(image).save(tmp_path / "d.tif")
    found = dict(FEATURE.parse(str(tmp_path), state, ImageOptions()))
    names = ["a.png", "b.png", "c.npy[0]", "c.npy[1]", "c.npy[2]", "d.tif"]
    assert list(found) == [str(tmp_path / name) for name in names]
    wrong = [
        name
        for name, value in zip(names, found.values(), strict=True)
        if isinstance(value, DataError)
    ]
    assert wrong == ["b.png", "c.npy[1]"]
    assert np.shape(found[str(tmp_path / "a.png")]) == (160, 107)
    as_is = dict(FEATURE.parse(str(tmp_path / "a.png"), state, ImageOptions(as_is=True)))
    assert np.shape(as_is[str(tmp_path / "a.png")]) == (8, 8)


@pytest.mark.parametrize(
    "shape",
    [(5, 8, 8), (5, 8, 8, 1), (5, 1, 8, 8), (5, 8, 8, 3), (5, 3, 8, 8), (5, 64), (5, 8, 8, 4)],
    ids=str,
)
def test_an_array_of_any_form_gives_one_value_an_image(
    state: ImageFrame, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    np.save(tmp_path / "a.npy", np.full(shape, 200, np.uint8))
    found = list(FEATURE.parse(str(tmp_path / "a.npy"), state, ImageOptions()))
    assert [np.shape(value) for _, value in found] == [(8, 8)] * 5
