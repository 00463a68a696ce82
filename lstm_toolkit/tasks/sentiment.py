"""Sentiment of reviews, or any other sorting of texts into classes."""

from __future__ import annotations

from lstm_toolkit.text_classification import TextClassification


class Sentiment(TextClassification):
    """Texts to labels, of two or more classes."""

    summary = "reviews to positive or negative, or any texts to labels"


TASK = Sentiment()
