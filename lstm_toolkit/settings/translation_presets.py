"""Named settings of the task `translation`."""

from __future__ import annotations

from typing import Any

LARGE: dict[str, Any] = {
    "embedding": 256,
    "units": (256,),
    "optimizer": "adamw",
    "weight_decay": 1e-4,
    "learning_rate": 0.002,
    "warmup": 0.06,
    "ema_momentum": 0.998,
    "batch_size": 64,
    "epochs": 14,
}
"""What the presets for tens of thousands of pairs have in common."""

PRESETS: dict[str, dict[str, Any]] = {
    # Tens of thousands of short sentences; three quarters of an hour on two cores.
    "tatoeba": {
        **LARGE,
        "source_vocabulary": 4000,
        "target_vocabulary": 5000,
        "dropout": 0.25,
        "length_penalty": 2.0,
    },
    # Captions of photographs, as in Multi30k: few words, long sentences; scored in small
    # letters. Two hours on one core.
    "captions": {
        **LARGE,
        "source_tokens": "subword",
        "target_tokens": "subword",
        "target_lower": True,
        "source_vocabulary": 6000,
        "target_vocabulary": 6000,
        "dropout": 0.35,
        "token_dropout": 0.1,
    },
    # What was asked and what was said: one language, and nothing to be copied. Replies may be
    # common, prompts stand in one split alone. docs/my-own-questions.md says what it cannot do.
    "replies": {
        "split_by": "source",
        "copy_unknown": False,
        "dropout": 0.4,
        "token_dropout": 0.1,
        "source_vocabulary": 8000,
        "target_vocabulary": 8000,
        "epochs": 20,
    },
    # Spellings to phonemes with spaces between, as in CMUdict; a spelling may have several rows.
    "pronounce": {
        "source_tokens": "character",
        "target_tokens": "word",
        "source_vocabulary": 200,
        "target_vocabulary": 200,
        "copy_unknown": False,
        "max_tokens": 50,
        "embedding": 128,
        "units": (256,),
        "dropout": 0.25,
        "embedding_dropout": 0.1,
        "token_dropout": 0.0,
        "ema_momentum": 0.999,
        "batch_size": 128,
        "epochs": 12,
    },
}
