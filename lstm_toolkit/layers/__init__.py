"""What Keras lacks for LSTMs: cells, attention, sequence loss; equal to tensorflow-addons.

`docs/migrating-from-addons.md` says which name there is which name here.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "LayerNormLSTMCell": "layer_norm_lstm_cell",
    "PeepholeLSTMCell": "peephole_lstm_cell",
    "AttentionMechanism": "attention_mechanism",
    "LuongAttention": "luong_attention",
    "BahdanauAttention": "bahdanau_attention",
    "LuongMonotonicAttention": "luong_monotonic_attention",
    "BahdanauMonotonicAttention": "bahdanau_monotonic_attention",
    "monotonic_attention": "monotonic",
    "safe_cumprod": "monotonic",
    "AttentionWrapper": "attention_wrapper",
    "AttentionWrapperState": "attention_wrapper_state",
    "hardmax": "probabilities",
    "crf_log_likelihood": "crf_scores",
    "crf_sequence_score": "crf_scores",
    "crf_unary_score": "crf_scores",
    "crf_binary_score": "crf_scores",
    "crf_log_norm": "crf_scores",
    "crf_multitag_sequence_score": "crf_scores",
    "crf_decode": "crf_decoding",
    "crf_constrained_decode": "crf_decoding",
    "viterbi_decode": "crf_decoding",
    "sequence_loss": "sequence_losses",
    "SequenceLoss": "sequence_losses",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
