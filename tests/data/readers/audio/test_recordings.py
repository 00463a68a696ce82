"""Recordings with what is said in them, from folders, tables and arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data import read_recordings
from lstm_toolkit.data.readers.audio.made_rows import made_silences, made_strangers
from lstm_toolkit.data.readers.audio.made_speech import made_speech, save_made_speech
from lstm_toolkit.errors import DataError

soundfile = pytest.importorskip("soundfile")

RNG = np.random.default_rng(0)


def put(path: Path, samples: Any = None, rate: int = 8000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, RNG.normal(0, 0.1, 400) if samples is None else samples, rate)


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    for word in ("yes", "no"):
        for take in range(4):
            put(tmp_path / "words" / word / f"{take}.wav", rate=16_000 if take == 3 else 8000)
    return tmp_path / "words"


def test_a_folder_of_classes_of_several_rates(classes: Path) -> None:
    source = read_recordings(classes)
    assert source.note == (
        f"8 recordings, 0 seconds of {classes}; several rates are brought to one: 6 of 8,000, "
        "2 of 16,000; speakers are not known"
    )
    assert np.asarray(source.rows.targets["label"]).tolist() == ["no"] * 4 + ["yes"] * 4
    row = source.rows.columns["audio"][np.array([3])].values
    assert (row[0], len(row)) == (16_000, 401)


def test_what_is_left_out_is_told(classes: Path) -> None:
    for number in range(30):
        put(classes / "yes" / f"more{number}.wav")
    put(classes / "no" / "silent.wav", np.zeros(400))
    put(classes / "no" / "long.wav", np.zeros(8000 * 2))
    (classes / "no" / "damaged.wav").write_text("no sound", encoding="utf-8")
    (classes / "no" / "notes.json").write_text("{}", encoding="utf-8")
    source = read_recordings(classes, longest=1.0)
    assert source.account is not None
    assert source.account.left_out == {
        "other files, such as no/notes.json": 1,
        "longer than longest=1 seconds": 1,
        "silent throughout": 1,
        "damaged, such as no/damaged.wav": 1,
    }


def test_many_damaged_ones_are_refused(classes: Path) -> None:
    (classes / "yes" / "x.wav").write_text("no sound", encoding="utf-8")
    with pytest.raises(DataError, match="is no sound that can be read"):
        read_recordings(classes)


def test_splits_and_names(tmp_path: Path) -> None:
    for part in ("train", "val", "test"):
        put(tmp_path / "parts" / part / "yes" / "1.wav")
        put(tmp_path / "parts" / part / "no" / "1.wav")
    source = read_recordings(tmp_path / "parts")
    assert [len(part) for part in (source.rows, *source.published)] == [2, 2, 2]
    for who in ("ann", "bob", "cy"):
        put(tmp_path / "flat" / f"yes_{who}_0.wav")
        put(tmp_path / "flat" / f"no_{who}_0.wav")
    source = read_recordings(tmp_path / "flat")
    assert set(source.rows.meta["group"]) == {"ann", "bob", "cy"}
    assert "3 speakers, held apart by the splits" in source.note


def test_a_table_of_files(tmp_path: Path) -> None:
    put(tmp_path / "clips" / "a.wav")
    put(tmp_path / "clips" / "b.wav")
    table = tmp_path / "said.tsv"
    table.write_text("path\tsentence\na.wav\tGood  day\nb.wav\tno\n", encoding="utf-8")
    source = read_recordings(table, "transcript")
    assert list(source.rows.targets["transcript"]) == ["Good day", "no"]
    frame = pd.DataFrame({"file": [str(tmp_path / "clips" / "a.wav")] * 2, "class": ["x", "y"]})
    assert len(read_recordings(frame).rows) == 2
    table.write_text("path\tsentence\ngone.wav\tno\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_recordings(table, "transcript")
    assert str(caught.value) == f"{table}, line 2: no such file: gone.wav"


def test_texts_beside_sounds(tmp_path: Path) -> None:
    put(tmp_path / "rows" / "1.wav")
    (tmp_path / "rows" / "1.txt").write_text("one two\n", encoding="utf-8")
    source = read_recordings(tmp_path / "rows", "transcript")
    assert list(source.rows.targets["transcript"]) == ["one two"]
    put(tmp_path / "rows" / "2.wav")
    with pytest.raises(DataError, match=r"Received: none for 2\.wav$"):
        read_recordings(tmp_path / "rows", "transcript")


def test_arrays_end_to_end_and_in_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    samples = np.arange(1, 31).astype(np.int16) * 100
    np.savez(path, audio=samples, offsets=[0, 10, 30], label=[3, 4], sample_rate=8000)
    source = read_recordings(path)
    assert source.rows.columns["audio"].lengths.tolist() == [11, 21]
    assert np.asarray(source.rows.targets["label"]).tolist() == ["3", "4"]
    rows = np.zeros((2, 50), np.float32)
    rows[:, :20] = 0.5 * RNG.random((2, 20)) + 0.1
    np.savez(path, x_train=rows, y_train=["a", "b"], x_test=rows, y_test=["a", "b"])
    with pytest.raises(DataError) as caught:
        read_recordings(path)
    assert str(caught.value) == (
        f"{path}: needs samples a second: an array `sample_rate`, or --set sample_rate=8000. "
        "Received: x_train, y_train, x_test, y_test"
    )
    source = read_recordings(path, sample_rate=8000)
    assert source.rows.columns["audio"].lengths.tolist() == [21, 21]
    assert len(source.test or ()) == 2


def test_few_speakers_of_published_splits_all_train(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    rows = RNG.random((4, 30)).astype(np.float32)
    speakers = {"speaker_train": list("abcd"), "speaker_test": list("eeee")}
    labels = {"y_train": list("xyxy"), "y_test": list("xyxy")}
    np.savez(path, x_train=rows, x_test=rows, rate=8000, **speakers, **labels)
    assert "splits as published, 4 speakers to learn from" in read_recordings(path).note
    held = read_recordings(path, hold_out="speakers")
    assert set(held.rows.meta["group"]) == set("abcd")


def test_made_speech_is_the_same_again_and_can_be_saved(tmp_path: Path) -> None:
    small: dict[str, Any] = {"speakers": 3, "takes": 1, "words": ("two", "six")}
    one, other = (made_speech("transcript", **small).each for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.sound.samples, b.sound.samples)  # type: ignore[union-attr]
    source = read_recordings(
        save_made_speech(tmp_path / "a.npz", "transcript", **small), "transcript"
    )
    assert list(source.rows.targets["transcript"]) == [each.said for each in one]


def test_made_rows_are_as_long_as_recordings() -> None:
    source = read_recordings(None)
    audio, rng = source.rows.columns["audio"], np.random.default_rng(0)
    silences = made_silences(audio, 5, rng)
    strangers = made_strangers(audio, np.asarray(source.rows.targets["label"]), 5, rng)
    for row in (*silences, *strangers):
        assert row[0] == 8000
        assert np.isfinite(row).all()
        assert 200 < len(row) < 2 * audio.lengths.max()


def refused(data: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read_recordings(data, **options)
    return str(caught.value)


def save(path: Path, **arrays: Any) -> Path:
    rows = {"audio": RNG.random((6, 30)).astype(np.float32), "label": list("ababab")}
    np.savez(path, **{**rows, "sample_rate": 8000, **arrays})
    return path


def test_no_speaker_stands_on_two_sides_of_published_splits(tmp_path: Path) -> None:
    split = ["train"] * 4 + ["test"] * 2
    path = save(tmp_path / "a.npz", speaker=list("stusvv"), split=split)
    assert len(read_recordings(path, hold_out="speakers").rows) == 4
    path = save(tmp_path / "a.npz", speaker=list("stuvsv"), split=split)
    source = read_recordings(path, hold_out="speakers")
    assert source.rows.meta["group"].tolist() == ["t", "u"]
    assert source.account is not None
    assert source.account.left_out == {"of speakers who stand in a split that is scored": 2}
    path = save(tmp_path / "a.npz", speaker=list("ststsu"), split=["train"] * 3 + ["test"] * 3)
    assert refused(path, hold_out="speakers") == (
        f"{path}: needs speakers to learn from who stand in no other published split. "
        "Received: none; --set hold_out=recordings learns from all"
    )


def test_arrays_without_a_split_are_the_training(tmp_path: Path) -> None:
    test = {"audio_test": RNG.random((2, 20)), "label_test": ["a", "b"]}
    source = read_recordings(save(tmp_path / "a.npz", **test))
    assert (len(source.rows), len(source.test or ())) == (6, 2)
    named = {"audio_train": RNG.random((3, 20)), "label_train": list("aba")}
    source = read_recordings(save(tmp_path / "a.npz", **test, **named))
    assert (len(source.rows), len(source.test or ())) == (3, 2)
    assert "arrays ignored: audio, label" in source.note


def test_rows_of_no_known_split_are_left_out(tmp_path: Path) -> None:
    split = ["train"] * 3 + ["test", "holdover", ""]
    source = read_recordings(save(tmp_path / "a.npz", split=split))
    assert (len(source.rows), len(source.test or ())) == (3, 1)
    assert source.account is not None
    assert source.account.left_out == {"of no known split": 2}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"lengths": [20.5] * 6}, "needs whole numbers in lengths. Received: 20.5"),
        ({"lengths": [20] * 5}, "needs one value of lengths a recording. Received: 5 for 6 "),
        ({"lengths": [20] * 5 + [31]}, "needs places within audio, of 30 samples, in rising order"),
        ({"sample_rate": "8k"}, "needs samples a second as numbers in sample_rate. Received: 8k"),
        ({"sample_rate": [8000] * 3}, "needs one value of sample_rate a recording. Received: 3 "),
        ({"audio": np.ones(60), "offsets": [0, 70]}, "needs places within audio, of 60 samples"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, arrays: dict[str, Any], message: str
) -> None:
    path = save(tmp_path / "a.npz", **arrays)
    assert refused(path, sample_rate=8000).startswith(f"{path}: {message}")


def test_lengths_beside_where_the_last_one_ends(tmp_path: Path) -> None:
    flat = {"audio": RNG.random(60), "offsets": np.arange(0, 61, 10), "lengths": [9] * 6}
    source = read_recordings(save(tmp_path / "a.npz", **flat))
    assert source.rows.columns["audio"].lengths.tolist() == [10] * 6


def test_tables_name_files_by_the_ends_of_their_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, word in enumerate(("one", "two")):
        put(tmp_path / word / "0.wav", np.full(9 + number, 0.5) * np.arange(9 + number) / 20)
    table = tmp_path / "said.csv"
    table.write_text("path,label\nold/two/0.wav,two\nold/one/0.wav,one\n", encoding="utf-8")
    assert read_recordings(table).rows.columns["audio"].lengths.tolist() == [11, 10]
    monkeypatch.chdir(tmp_path)
    assert len(read_recordings(Path("said.csv")).rows) == 2
    table.write_text("path,label\n0.wav,two\n", encoding="utf-8")
    assert refused(table) == (
        f"{table}, line 2: needs a path that tells one file: 0.wav is "
        f"{str(tmp_path / 'one' / '0.wav')[-80:]}, and {str(tmp_path / 'two' / '0.wav')[-80:]}"
    )
    (tmp_path / "one" / "0.wav").unlink()
    table.write_text("path,label\nold/two/0.wav,two\nold/one/0.wav,one\n", encoding="utf-8")
    assert refused(table) == f"{table}, line 3: no such file: old/one/0.wav"


def test_transcripts_belong_to_their_folder(tmp_path: Path) -> None:
    for who, text in (("ann", "hello there"), ("bob", "good bye")):
        put(tmp_path / who / "001.wav")
        put(tmp_path / who / "002.wav")
        (tmp_path / who / f"{who}.trans.txt").write_text(f"001 {text}\n002 no\n", encoding="utf-8")
    (tmp_path / "bob" / "002.txt").write_text("mine", encoding="utf-8")
    said = read_recordings(tmp_path, "transcript").rows.targets["transcript"]
    assert list(said) == ["hello there", "no", "good bye", "mine"]


def test_folders_of_splits_are_no_classes(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for word in ("yes", "no"):
            put(tmp_path / "flat" / part / f"{word}_ann_{part}0_1.wav".replace(f"{part}0_", ""))
    source = read_recordings(tmp_path / "flat")
    assert (len(source.rows), len(source.test or ())) == (2, 2)
    assert sorted(source.rows.targets["label"]) == ["no", "yes"]
    for word in ("train", "bus"):
        put(tmp_path / "sounds" / word / "1.wav")
        put(tmp_path / "sounds" / word / "2.wav")
    (tmp_path / "sounds" / "tram").mkdir()
    (tmp_path / "sounds" / "tram" / "1.m4a").write_bytes(b"\0")
    source = read_recordings(tmp_path / "sounds")
    assert set(source.rows.targets["label"]) == {"train", "bus"}
    assert source.account is not None
    assert source.account.left_out == {"other files, such as tram/1.m4a": 1}
