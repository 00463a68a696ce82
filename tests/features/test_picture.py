"""Pictures in colour are brought to one frame, in readers, signatures and Python alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features import Picture, PictureSettings
from lstm_toolkit.features.picture import PictureState

FEATURE = Picture()
RNG = np.random.default_rng(0)


def test_the_frame_is_learnt_saved_and_kept(tmp_path: Path) -> None:
    column = RNG.integers(0, 256, (3, 100, 50, 3), np.uint8)
    state = FEATURE.learn(column, PictureSettings())
    assert state == PictureState(Frame(64, 32))
    state.save(tmp_path)
    assert FEATURE.load(tmp_path) == state
    assert FEATURE.extend(state, column, PictureSettings()) == (state, [])
    with pytest.raises(InputError, match="height must stay as the run has it, height=64"):
        FEATURE.extend(state, column, PictureSettings(height=32))
    asked = FEATURE.learn(column, PictureSettings(height=8, width=9, resize="stretch"))
    assert asked == PictureState(Frame(8, 9, pad=False))


def test_signatures_bring_pictures_to_the_frame_as_readers_do() -> None:
    state = PictureState(Frame(12, 16))
    picture = RNG.integers(0, 256, (30, 20, 3), np.uint8)
    graph = tf.function(
        lambda values: FEATURE.collate(FEATURE.encode(values, state), state),
        input_signature=[FEATURE.spec("picture", state)],
    )
    values = graph(picture[None]).numpy()
    assert values.shape == (1, 12, 16, 3) and values.dtype == np.float32
    assert np.allclose(values[0], fit_picture(picture, state.frame) / np.float32(255))
    (chunk,) = FEATURE.encode_chunks(np.stack([picture, picture]), state)
    assert np.array_equal(chunk["rows"][1], fit_picture(picture, state.frame))


def test_pictures_of_several_sizes_are_given_as_one_column(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (8, 6), (255, 0, 0)).save(path)
    column = FEATURE.given([path, np.zeros((6, 8)), np.zeros((20, 20, 3), np.uint8)])
    assert column.shape == (3, 6, 8, 3) and column.dtype == np.uint8
    assert column[0, 0, 0].tolist() == [255, 0, 0]


def test_one_picture_is_given_as_an_array_or_bytes(tmp_path: Path) -> None:
    assert FEATURE.given_row(np.ones((6, 8))).tolist() == np.full((6, 8, 3), 255).tolist()
    with pytest.raises(DataError, match="needs pictures as arrays, paths or bytes"):
        FEATURE.given_row([[1], [2, 3]])


def test_words_are_files(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6), (255, 0, 0)).save(tmp_path / "red.png")
    state = PictureState(Frame(4, 4))
    ((name, picture),) = FEATURE.parse(str(tmp_path), state, None)
    assert name == str(tmp_path / "red.png")
    assert isinstance(picture, np.ndarray)
    assert picture.shape == (4, 4, 3)


def test_the_simple_model_tells_colours_apart() -> None:
    pictures = np.zeros((2, 40, 50, 3), np.uint8)
    pictures[1, :, :25] = 255
    features = FEATURE.simple_model().fit_transform(pictures)
    assert features.shape == (2, 16 * 16 * 3)
    assert features[1].mean() == pytest.approx(0.5, abs=0.04)


def test_what_is_unlike_the_training_pictures_is_told(tmp_path: Path) -> None:
    rows = np.full((80, 16, 16, 3), 240, np.uint8)
    for row, place in enumerate(RNG.integers(0, 10, (80, 2))):
        rows[row, place[0] : place[0] + 6, place[1] : place[1] + 2] = RNG.integers(0, 200, 3)
    state = FEATURE.learn(rows, PictureSettings())
    state.save(tmp_path)
    assert FEATURE.load(tmp_path) == state
    noise = RNG.integers(0, 256, (4, 16, 16, 3), np.uint8)
    blank = np.full((1, 16, 16, 3), 200, np.uint8)
    _, unlike = FEATURE.bring(np.concatenate([rows[:20], noise, blank]), state)
    assert unlike is not None
    assert unlike.numpy()[:20].mean() < 0.2
    assert unlike.numpy()[20:].all()


def test_pages_of_one_colour_teach_nothing_of_what_is_unlike() -> None:
    pages = np.repeat(np.arange(40, dtype=np.uint8), 8 * 8 * 3).reshape(40, 8, 8, 3)
    assert FEATURE.learn(pages, PictureSettings()).familiarity is None
