"""Named settings of the task `sentiment`."""

from __future__ import annotations

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    # Tens of thousands of long reviews: what counts often stands at their end.
    "long": {
        "vocabulary": 30_000,
        "bigrams": 130_000,
        "truncate": "tail",
        "batch_size": 64,
        "epochs": 3,
    },
    # Sentences and the phrases they consist of, as in SST-2: counts of overlapping phrases
    # speak too loudly, so the network learns without them.
    "phrases": {
        "naive_bayes": 0.0,
        "bigrams": 0,
        "affixes": 0,
        "wide": False,
        "embedding": 200,
        "units": (128,),
        "pooling": "max_mean",
        "spatial_dropout": 0.4,
        "ema_momentum": 0.998,
        "batch_size": 64,
        "epochs": 2,
    },
    # News by their titles and first sentences.
    "topics": {"epochs": 4},
}
