"""Sentiment of reviews, or any other sorting of texts into classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lstm_toolkit.text_classification import TextClassification


class Sentiment(TextClassification):
    """Texts to labels, of two or more classes."""

    summary = "reviews to positive or negative, or any texts to labels"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        # Tens of thousands of long reviews: what counts often stands at their end.
        "long": {
            "vocabulary": 30_000,
            "pairs": 130_000,
            "truncate": "tail",
            "batch_size": 64,
            "epochs": 3,
        },
        # Sentences and the phrases they consist of, as in SST-2: counts of overlapping phrases
        # speak too loudly, so the network learns without them.
        "phrases": {
            "naive_bayes": 0.0,
            "pairs": 0,
            "wide": False,
            "embedding": 200,
            "units": (128,),
            "pooling": "max_mean",
            "spatial_dropout": 0.4,
            "average": 0.998,
            "batch_size": 64,
            "epochs": 2,
        },
        # News by their titles and first sentences.
        "topics": {"epochs": 4},
    }


TASK = Sentiment()
