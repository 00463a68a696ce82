"""Pictures as cameras, scanners and drawing programs save them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.data import read_images
from lstm_toolkit.data.readers.images.pictures import frames_note, read_grey
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.errors import DataError

INK = np.zeros((9, 9), np.uint8)
INK[2:7, 4] = 255


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize("shade", [0, 90, 200, 255])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_ink_on_a_transparent_ground_is_seen_whatever_its_shade(
    shade: int, mode: str, tmp_path: Path
) -> None:
    bands = [np.full_like(INK, shade)] * (3 if mode == "RGBA" else 1)
    grey = read_grey(saved(tmp_path / "a.png", Image.fromarray(np.dstack([*bands, INK]))))
    assert np.ptp(grey) >= 55
    assert (grey[2:7, 4] == shade).all()
    assert len(np.unique(grey[INK == 0])) == 1


def test_a_picture_of_nothing_is_white_and_what_lies_on_black_is_told(tmp_path: Path) -> None:
    for label, shade, alpha in (("empty", 0, INK * 0), ("light", 250, INK), ("dark", 9, INK)):
        (tmp_path / label).mkdir()
        bands = np.dstack([*[np.full_like(INK, shade)] * 3, alpha])
        for number in range(3):
            saved(tmp_path / label / f"{number}.png", Image.fromarray(bands))
    assert (read_grey(tmp_path / "empty" / "0.png") == 255).all()
    told = "3 of 9 transparent pictures laid on black, where white would hide what they show"
    assert told in read_images(tmp_path).note


def test_a_transparent_palette_is_laid_on_white(tmp_path: Path) -> None:
    image = Image.fromarray((INK > 0).astype(np.uint8)).convert("P")
    image.putpalette([7, 7, 7, 0, 0, 0] + [0] * 762)
    grey = read_grey(saved(tmp_path / "a.png", image, transparency=0))
    assert (grey == np.where(INK > 0, 0, 255)).all()


@pytest.mark.parametrize("suffix", [".gif", ".tif", ".webp", ".png"])
def test_further_pictures_of_a_file_are_told(suffix: str, tmp_path: Path) -> None:
    image = Image.fromarray(INK).convert("RGB")
    one = saved(tmp_path / f"one{suffix}", image)
    further = [Image.fromarray(255 - INK).convert("RGB")]
    two = saved(tmp_path / f"two{suffix}", image, save_all=True, append_images=further)
    assert frames_note([one, one]) == []
    assert frames_note([one, two]) == ["1 file of several pictures, of which the first is read"]


def test_what_folders_of_classes_are_called_in_several_ways_is_one_class(tmp_path: Path) -> None:
    for name in ("Cat", "cat", "dog", "01", "1"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(INK).save(tmp_path / name / f"{number}.png")
    source = read_images(tmp_path)
    assert set(source.rows.labels) == {"Cat", "dog", "01"}
    assert source.note.endswith("; label '1' merged into '01'; label 'cat' merged into 'Cat'")


def test_pointers_of_git_lfs_are_told(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n"
    message = "needs the file itself; git lfs pull fetches it. Received: a pointer of Git LFS"
    for name, read in (("a.png", read_grey), ("a.npz", read_images), ("a.csv", read_bytes)):
        path = tmp_path / name
        path.write_bytes(pointer)
        with pytest.raises(DataError) as error:
            read(path)
        assert str(error.value) == f"{path}: {message}"


def test_halves_of_full_range_are_no_infinity() -> None:
    file = io.BytesIO()
    np.savez(file, x=np.stack([INK.astype(np.float16)] * 4), y=[0, 1] * 2)
    path = Path(f"/tmp/{id(file)}.npz")
    path.write_bytes(file.getvalue())
    assert read_images(path).rows.inputs.max() == 255
    path.unlink()
