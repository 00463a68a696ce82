"""Images to be recognised, in every mode that files come in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.data import read_frames, unit_range
from lstm_toolkit.errors import DataError

STROKE = np.zeros((20, 20), np.uint8)
STROKE[:, 8:12] = 255


def frame(path: Path, **options: bool) -> np.ndarray:
    ((name, image),) = read_frames(path, 10, 10, **options)
    assert name == str(path)
    assert image.dtype == np.float32
    assert image.shape == (10, 10)
    return np.asarray(unit_range(image[None], 255))[0]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_every_mode_gives_the_same_frame(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    if mode == "I;16":
        Image.fromarray(STROKE.astype(np.uint16) * 257).save(path)
    else:
        Image.fromarray(STROKE).convert(mode).save(path)
    image = frame(path)
    assert image[5, 4] > 0.8
    assert image[5, 1] == 0
    np.testing.assert_allclose(image[:, 4], image[5, 4])


def test_jpeg(tmp_path: Path) -> None:
    Image.fromarray(STROKE).save(tmp_path / "a.jpg", quality=95)
    assert frame(tmp_path / "a.jpg")[5, 4] > 0.8


def test_dark_on_light_is_turned_on_demand(tmp_path: Path) -> None:
    Image.fromarray(255 - STROKE).save(tmp_path / "a.png")
    Image.fromarray(STROKE).save(tmp_path / "b.png")
    np.testing.assert_allclose(frame(tmp_path / "a.png", invert=True), frame(tmp_path / "b.png"))


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    ink = np.zeros((20, 20, 4), np.uint8)
    ink[..., 3] = STROKE
    Image.fromarray(ink).save(tmp_path / "a.png")
    assert frame(tmp_path / "a.png", invert=True)[5, 4] > 0.8


def test_an_oblong_is_padded_and_not_stretched(tmp_path: Path) -> None:
    oblong = np.zeros((20, 40), np.uint8)
    oblong[5:15, 15:25] = 255
    Image.fromarray(oblong).save(tmp_path / "a.png")
    image = frame(tmp_path / "a.png") > 0.5
    assert abs(int(image.any(axis=0).sum()) - int(image.any(axis=1).sum())) <= 1


def test_arrays_give_one_frame_an_image(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.stack([STROKE, STROKE]))
    np.savez(tmp_path / "b.npz", images=STROKE[None] / 255)
    names = [name for name, _ in read_frames(tmp_path / "a.npy", 10, 10)]
    assert names == [f"{tmp_path / 'a.npy'}[{i}]" for i in range(2)]
    assert frame(tmp_path / "b.npz")[5, 4] > 0.8


def test_a_very_long_picture_costs_little_memory(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((60_000, 1), np.uint8)).save(tmp_path / "a.png")
    assert frame(tmp_path / "a.png").max() == 0


def test_raw_numbers_reach_the_graph_as_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((10, 10), 12, np.uint8))
    ((_, image),) = read_frames(tmp_path / "a.npy", 10, 10)
    assert image.max() == 12
    ((_, image),) = read_frames(tmp_path / "a.npy", 10, 10, invert=True)
    assert image.max() == 243
    ((_, image),) = read_frames(tmp_path / "a.npy", 10, 10, invert=True, white=16)
    assert image.max() == 4


def test_pictures_taken_with_a_turned_camera_are_set_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(STROKE).save(tmp_path / "a.jpg", exif=exif, quality=95)
    assert frame(tmp_path / "a.jpg")[4, 5] > 0.8
    assert frame(tmp_path / "a.jpg")[1, 5] < 0.2


def test_bad_files_say_why(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("not a picture")
    np.save(tmp_path / "b.npy", np.array([{}]))
    np.savez(tmp_path / "c.npz", one=STROKE, two=STROKE)
    Image.fromarray(STROKE).save(tmp_path / "d.png")
    (tmp_path / "d.png").write_bytes((tmp_path / "d.png").read_bytes()[:50])
    (tmp_path / "e.png").touch()
    np.save(tmp_path / "f.npy", np.zeros((10, 10, 30), np.uint8))
    (tmp_path / "g.npz").write_text("<html>")
    with zipfile.ZipFile(tmp_path / "h.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    np.save(tmp_path / "i.npy", STROKE)
    (tmp_path / "i.npy").write_bytes((tmp_path / "i.npy").read_bytes()[:200])
    for name, message in {
        "none.png": "no such file; needs an image, .npy or .npz",
        "a.png": "needs an image such as PNG or JPEG. ",
        "b.npy": "holds pickled objects, which are refused; needs plain numbers",
        "c.npz": "needs an array called images. Received: one, two",
        "f.npy": "needs the images first, [n, 10, 10]. Received: [10, 10, 30]; ",
        "g.npz": "is not a file that NumPy saved",
        "h.npz": "needs arrays alone. Received: other files in the archive",
        "i.npy": "is truncated or damaged. ",
        "d.png": "is truncated or damaged. ",
        "e.png": "needs an image such as PNG or JPEG. ",
    }.items():
        with pytest.raises(DataError) as error:
            list(read_frames(tmp_path / name, 10, 10))
        assert str(error.value).startswith(f"{tmp_path / name}: {message}")
