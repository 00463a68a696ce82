"""Figures of pictures with what was written of them."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.figures.captions import attention_over_picture, captioned


def test_each_word_has_a_picture_that_shows_where_it_looked() -> None:
    weights = np.full((2, 2, 3), 1 / 6, np.float32)
    sheet = attention_over_picture(np.zeros((8, 12, 3), np.uint8), ["a", "dog"], weights)
    assert [axis.get_title() for axis in sheet.axes] == ["", "a", "dog"]
    assert [len(axis.images) for axis in sheet.axes] == [1, 2, 2]


def test_captions_stand_over_pictures_with_those_of_people_where_they_differ() -> None:
    pictures = np.zeros((2, 4, 4, 3), np.uint8)
    sheet = captioned(pictures, ["a dog", "a cat"], [["a dog"], ["a hound", "a dog"]])
    assert [axis.get_title() for axis in sheet.axes] == ["a dog", "a cat\n= a hound"]
