"""Sentences of stories, alike in Python and in the graph."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.sentences import ITEM, sentences
from lstm_toolkit.data.text.text_encoder import TextEncoder
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn
from lstm_toolkit.features.story import Story, StoryWords, divided, last_lines

PARTS = ("ann", "left", ".", "!", "？", "。", " ", "\n", "3.5", "de", ITEM)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=14).map("".join))
def test_python_and_the_graph_divide_alike(text: str) -> None:
    (found,) = divided(tf.constant([text])).to_list()
    lines = [line.decode() for line in found]
    assert lines == (sentences(text) or ["\u2400"])


def test_the_question_comes_first_and_the_oldest_is_cut() -> None:
    encoder = TextEncoder.learn(["ann left . bo sat who"] * 2, least=1)
    state = StoryWords(encoder, 2, 3)
    story = Story()
    lines = story.lines(tf.constant(["Ann left. Bo sat. Ann sat. Who?"]), state).to_list()
    assert lines == [[b"Who?", b"Ann sat.", b"Bo sat."]]
    rows = story.collate(story.encode(tf.constant(["Who?", "Ann left. Who?"]), state), state)
    assert rows.shape == (2, 2, 3)
    assert rows[0, 1].numpy().tolist() == [0, 0, 0]


def test_a_question_without_a_story_is_refused() -> None:
    state = StoryWords(TextEncoder.learn(["ann left"] * 2, least=1), 2, 3)
    with pytest.raises(DataError) as error:
        list(Story().parse("Where is Ann?", state, None))
    assert str(error.value) == (
        "needs a story, and the question as its last sentence. "
        "Received: one sentence, Where is Ann?"
    )
    _, unlike = Story().bring(tf.constant(["Ann left. Where?", "Where?"]), state)
    assert unlike is not None and unlike.numpy().tolist() == [False, True]


def test_questions_are_the_last_sentences() -> None:
    assert last_lines(["Ann left. Who?", ""]).tolist() == ["Who?", ""]


def test_what_is_not_read_is_told() -> None:
    state = StoryWords(TextEncoder.learn(["ann left . bo sat"] * 2, least=1), 1, 3)
    texts = np.array(["Ann left. Bo sat. Who?", "Bo sat and sat and sat. Who?"], object)
    (chunk,) = Story().encode_chunks(texts, state)
    encoded = EncodedColumn(chunk.pop("rows"), chunk)
    assert list(Story().data_warnings(encoded, encoded, None, state)) == [
        "1 sentences of 1 texts are longer than max_words=3 and cut off",
        "1 stories are longer than max_sentences=1: their first sentences are left out",
    ]
