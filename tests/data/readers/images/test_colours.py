"""Pictures in colour, from whatever form they come in."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lstm_toolkit.data.readers.images.colours import (
    LONGEST,
    colour_images,
    given_picture,
    given_pictures,
    picture_size,
    read_colours,
)
from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture, fitted
from lstm_toolkit.data.readers.images.picture_files import picture_array, read_picture_column
from lstm_toolkit.errors import DataError

RED = (200, 30, 10)


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "GIF"), ("CMYK", "TIFF")],
)
def test_every_mode_gives_the_same_colours(mode: str, form: str) -> None:
    image = Image.new("RGB", (5, 4), RED)
    image = image.quantize(4) if mode == "P" else image.convert(mode)
    picture = read_colours(saved(image, form))
    assert picture.shape == (4, 5, 3)
    assert np.abs(picture.astype(int) - RED).max() <= 4


def test_transparent_parts_lie_on_white() -> None:
    half = Image.new("RGBA", (2, 2), (0, 0, 0, 51))
    assert read_colours(saved(half))[0, 0].tolist() == [204, 204, 204]
    clear = Image.new("LA", (2, 2), (0, 0))
    assert read_colours(saved(clear))[0, 0].tolist() == [255, 255, 255]


def test_sixteen_bits_become_eight() -> None:
    deep = Image.fromarray(np.array([[0, 65535], [32896, 257]], np.uint16))
    assert read_colours(saved(deep))[..., 0].tolist() == [[0, 255], [128, 1]]


def test_pictures_stand_as_their_cameras_say() -> None:
    image = Image.new("RGB", (6, 2), RED)
    exif = image.getexif()
    exif[0x0112] = 6
    content = saved(image, "JPEG", exif=exif)
    assert read_colours(content).shape == (6, 2, 3)


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.new("RGB", (3000, 30), RED).save(path)
    assert picture_size(path) == (30, 3000)
    assert read_colours(path).shape == given_picture(path).shape == (30, 3000, 3)
    Image.new("RGB", (2 * LONGEST, 20), RED).save(path)
    assert read_colours(path).shape == given_picture(path.read_bytes()).shape == (10, LONGEST, 3)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint16, bool, np.float32])
def test_pictures_that_belong_together_have_one_scale(kind: type, tmp_path: Path) -> None:
    black_and_white = np.array([[[0, 1], [1, 0]], [[0, 0], [0, 0]]]).astype(kind)
    right = np.repeat((black_and_white > 0)[..., None] * 255, 3, axis=-1).tolist()
    assert np.stack(given_pictures(black_and_white)).tolist() == right
    assert np.stack(given_pictures(list(black_and_white))).tolist() == right
    np.save(tmp_path / "two.npy", black_and_white)
    assert picture_array(tmp_path / "two.npy").tolist() == right
    read = read_picture_column(list(black_and_white), None)
    assert read.pictures.tolist() == right
    if kind is not bool:
        assert read.remarks == ["numbers up to 1 alone: 0 is black, 1 is white"]


def test_a_dark_picture_has_the_scale_of_its_neighbours() -> None:
    pages = [np.full((2, 2), level, np.uint16) for level in (200, 65535)]
    assert [page[0, 0, 0] for page in given_pictures(pages)] == [1, 255]
    fractions = [np.full((2, 2), level) for level in (0.5, 200.0)]
    assert [page[0, 0, 0] for page in given_pictures(fractions)] == [0, 200]
    assert read_picture_column(pages, None).pictures[:, 0, 0, 0].tolist() == [1, 255]
    assert read_colours(saved(Image.fromarray(pages[0])))[0, 0, 0] == 1


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    text, cut = tmp_path / "text.png", tmp_path / "cut.png"
    text.write_text("no picture at all")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    whole = saved(Image.fromarray(noise))
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="needs an image such as PNG or JPEG"):
        read_colours(text)
    with pytest.raises(DataError, match="is truncated or damaged"):
        read_colours(cut)
    with pytest.raises(DataError) as error:
        read_colours(b"no picture")
    assert str(error.value) == "needs an image such as PNG or JPEG. these bytes are none"


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(Image.new("1", (100, 100)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    with pytest.raises(DataError) as error:
        read_colours(content)
    assert str(error.value) == "needs an image of at most 5,000 pixels"


@pytest.mark.parametrize("channels", ["grey", "one", "first", "last", "opaque"])
@pytest.mark.parametrize("scale", [1.0, 255, 65535])
def test_arrays_of_all_forms_are_the_same_pictures(channels: str, scale: float) -> None:
    grey = np.array([[[0, 1], [1, 0]], [[1, 1], [0, 0]]]) * scale
    grey = grey.astype(np.float32 if scale == 1.0 else np.uint16)
    forms = {
        "grey": grey,
        "one": grey[..., None],
        "first": np.repeat(grey[:, None], 3, axis=1),
        "last": np.repeat(grey[..., None], 3, axis=-1),
        "opaque": np.stack([grey, grey, grey, np.full_like(grey, scale)], axis=-1),
    }
    pictures = colour_images(forms[channels])
    assert pictures.dtype == np.uint8
    assert pictures.tolist() == np.repeat((grey > 0)[..., None] * 255, 3, axis=-1).tolist()


def test_what_are_no_pixels_is_refused() -> None:
    for array, message in (
        (
            np.zeros((2, 3)),
            "needs pictures as numbers[n, height, width, 3]. Received: float64[2, 3]",
        ),
        (np.full((1, 2, 2), -1), "needs pixels from 0 to 65535. Received: -1"),
        (np.full((1, 2, 2), np.nan), "needs pixels from 0 to 65535. Received: nan"),
        (np.zeros((0, 2, 2)), "needs at least one pixel. Received: [0, 2, 2, 1]"),
    ):
        with pytest.raises(DataError) as error:
            colour_images(array)
        assert str(error.value) == message


def test_pictures_are_given_in_python_in_any_form(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (3, 2), RED).save(path)
    array = np.full((2, 3, 3), RED, np.uint8)
    several = given_pictures([path, str(path), path.read_bytes(), array, array.tolist()])
    assert all(np.array_equal(picture, array) for picture in several)
    with pytest.raises(DataError) as error:
        given_picture(3.5)
    assert str(error.value) == (
        "needs pictures as arrays, paths or bytes. Received: a float of shape []"
    )
    with pytest.raises(DataError, match="needs several pictures"):
        given_pictures("red.png")


SIDES = st.integers(1, 70)


@settings(max_examples=15, deadline=None)
@given(SIDES, SIDES, SIDES, SIDES, st.booleans())
def test_pictures_of_any_size_are_brought_to_any_frame(
    height: int, width: int, rows: int, columns: int, pad: bool
) -> None:
    """One colour stays one colour, and a picture of the frame's shape is not padded."""
    frame = Frame(rows, columns, pad)
    brought = fit_picture(np.full((height, width, 3), RED, np.uint8), frame)
    assert brought.shape == (rows, columns, 3)
    assert np.abs(brought.astype(int) - RED).max() <= 1


def test_shapes_are_kept_unless_pictures_are_stretched() -> None:
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, :10] = picture[:, -10:] = 255
    padded, stretched = (fit_picture(picture, Frame(20, 20, pad)) for pad in (True, False))
    assert (padded[[0, 4, 15, 19]] > 127).all()  # the colour of the border
    assert (padded[10, 7:13] < 127).all()
    assert (stretched[[0, 19], 8:12] < 127).all()


def test_pictures_of_the_frame_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 9, 7, 3), np.uint8)
    assert fitted(pictures, Frame(9, 7)) is pictures
    assert np.array_equal(fit_picture(pictures[0], Frame(9, 7)), pictures[0])


def test_a_frame_is_the_commonest_size_or_what_is_asked_for() -> None:
    sizes = [(32, 32), (480, 640), (480, 640)]
    assert Frame.choose(sizes) == Frame(48, 64)
    assert Frame.choose(sizes, height=96, pad=False) == Frame(96, 64, pad=False)
    assert Frame.choose(sizes[:1]) == Frame(32, 32)
