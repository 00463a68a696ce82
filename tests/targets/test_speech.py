"""Classes and transcripts of recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task
from lstm_toolkit.data import read_recordings
from lstm_toolkit.data.columns import Sequences
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Audio
from lstm_toolkit.targets import SpokenClasses, Transcripts
from lstm_toolkit.targets.audio_signatures import audio_signatures
from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.targets.transcript_tokens import TranscriptTokens

ROWS = read_recordings(None).rows.take(np.arange(0, 600, 20))


def settings_of(task: str, **values: Any) -> Any:
    return get_task(task).settings(**values)


def test_silence_and_strangers_are_made_for_training_alone() -> None:
    target, chosen = SpokenClasses(), settings_of("speech")
    state = target.learn(ROWS, chosen)
    assert {"silence", "unknown"} < set(state.names)
    more = target.rows_to_encode(ROWS, None, chosen, training=True)
    names, counts = np.unique(np.asarray(more.targets["label"]), return_counts=True)
    assert dict(zip(names, counts, strict=True))["unknown"] == 3
    assert len(more) == len(ROWS) + 3 + 3
    assert target.rows_to_encode(ROWS, None, chosen) is ROWS
    none = settings_of("speech", silences=0.0, strangers=0.0)
    assert target.rows_to_encode(ROWS, None, none, training=True) is ROWS
    assert "silence" not in target.learn(ROWS, none).names


def test_data_with_an_unknown_class_needs_no_strangers() -> None:
    labels = np.where(np.arange(len(ROWS)) % 2, "_unknown_", "one")
    rows = type(ROWS)(ROWS.columns, {"label": labels}, ROWS.meta)
    target, chosen = SpokenClasses(), settings_of("speech")
    assert set(target.learn(rows, chosen).names) == {"_unknown_", "one", "silence"}
    made = target.rows_to_encode(rows, None, chosen, training=True)
    assert len(made) == len(rows) + 3


def test_tokens_of_transcripts(tmp_path: Path) -> None:
    chosen = settings_of("transcription")
    words = TranscriptTokens.learn(["One two"] * 10, chosen, 0.03)
    assert (words.tokens, words.words) == (("one", "two"), True)
    assert words.numbers("TWO three  one") == ([2, 1], 1)
    letters = TranscriptTokens.learn(["你好", "好 的"], chosen, 0.03)
    assert (letters.tokens, letters.words) == ((" ", "你", "好", "的"), False)
    letters.save(tmp_path)
    assert TranscriptTokens.load(tmp_path) == letters
    assert letters.extended(words).tokens == (" ", "你", "好", "的", "one", "two")
    with pytest.raises(DataError) as caught:
        TranscriptTokens.learn(["", " "], chosen, 0.03)
    assert str(caught.value) == "needs transcripts with words in them. Received: none"


def test_recordings_too_short_for_their_transcripts_are_told() -> None:
    target, chosen = Transcripts(), settings_of("transcription")
    said = np.array(["one one two", "one one"], object)
    audio = Sequences.from_lengths(np.full(2 * 801, 8000, np.float32), [801, 801])
    rows = Dataset({"audio": audio}, {"transcript": said})  # 0.1 seconds are three steps
    state = TranscriptTokens(("one", "two"), True, True, 4, 0.03)
    encoded = target.encode(rows, state, chosen)
    assert encoded.counts["short"].tolist() == [1, 0]
    assert list(target.data_warnings(encoded, encoded, chosen, state))[1] == (
        "1 training recordings are too short for their transcripts, and teach nothing; a step of "
        "0.03 seconds holds one of the words"
    )


@pytest.mark.parametrize(
    ("tokens", "words", "said"), [(("a", "b"), True, "b a"), (("好", "你"), False, "你好")]
)
def test_decoded_transcripts(tokens: tuple[str, ...], words: bool, said: str) -> None:
    state = TranscriptTokens(tokens, words, True, 4, 0.03)
    scores = np.full((1, 6, 4), -9.0, np.float32)
    for step, number in enumerate([2, 1, 1, 2, 0, 0]):
        scores[0, step, number] = 9.0
    scores[..., 3] = np.arange(6) < 5
    outputs = Transcripts().decode(tf.constant(scores), state)
    (answer,) = Transcripts().to_json(
        {name: value.numpy() for name, value in outputs.items()} | {"clipped": np.array([True])}
    )
    assert answer["transcript"] == said
    assert answer["remarks"] == ["clipped"]
    assert [(each["start"], each["end"]) for each in answer["tokens"]] == [
        (0.03, 0.09),
        (0.12, 0.15),
    ]


def test_samples_of_both_kinds_become_rows() -> None:
    base = Signature(
        lambda rows: {"rows": rows}, (tf.TensorSpec([None, None], tf.float32, "audio"),)
    )
    found = audio_signatures(base)
    raw = np.array([[8000, 0.5, -0.25, np.nan], [16_000, 0.5, 0.5, 0.5]], np.float32)
    for name in ("serving_default", "float32"):
        samples = found[name].samples({"audio": raw})
        given = [samples[spec.name] for spec in found[name].inputs]
        outputs = found[name].function(*map(tf.constant, given))
        np.testing.assert_array_equal(outputs["rows"], raw)
        assert outputs["clipped"].numpy().tolist() == [False, True]


def test_unknown_is_answered_where_it_is_more_likely_than_not() -> None:
    state = SpokenClasses().learn(ROWS, settings_of("speech"))
    outputs = np.full((2, len(state.names)), 0.0, np.float32)
    unknown, one = state.names.index("unknown"), state.names.index("zero")
    outputs[:, unknown], outputs[:, one] = (0.4, 0.6), (0.35, 0.2)
    outputs[:, state.names.index("silence")] += 1 - outputs.sum(axis=1)
    answers = SpokenClasses().decode(tf.constant(outputs), state)
    assert answers["label"].numpy().tolist()[1] == b"unknown"
    assert answers["label"].numpy()[0] == b"zero"
    np.testing.assert_array_equal(answers["probabilities"], outputs)
    np.testing.assert_allclose(answers["probability"], [0.35, 0.6], rtol=1e-6)


def test_a_support_vector_machine_stands_beside_every_score() -> None:
    target, chosen = SpokenClasses(), settings_of("speech")
    feature = Audio()
    audio = feature.with_state(feature.learn(ROWS.columns["audio"], chosen))
    methods = dict(target.baselines(ROWS, ROWS, {"audio": audio}, target.learn(ROWS, chosen)))
    assert list(methods) == ["most_frequent", "rbf_svm", "logistic_regression"]
    assert methods["rbf_svm"]()["accuracy"] > 0.9
