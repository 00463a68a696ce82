"""What Keras lacks for LSTMs: cells, attention, sequence loss, decoding, a faster loop.

`docs/migrating-from-addons.md` says which name of tensorflow-addons is which name here,
`docs/decoding.md` which decoder is for what.
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
    "TokenCrossentropy": "token_scores",
    "TokenAccuracy": "token_scores",
    "Perplexity": "token_scores",
    "token_losses": "token_scores",
    "MixTokens": "mix_tokens",
    "InputFeedingDecoder": "input_feeding",
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
    "Decoded": "decode_loop",
    "beam_search": "decoding",
    "greedy": "decoding",
    "sample": "decoding",
    "BaseDecoder": "dynamic_decoding",
    "dynamic_decode": "dynamic_decoding",
    "BasicDecoder": "basic_decoder",
    "BasicDecoderOutput": "basic_decoder",
    "Sampler": "samplers",
    "TrainingSampler": "samplers",
    "GreedyEmbeddingSampler": "samplers",
    "SampleEmbeddingSampler": "samplers",
    "BeamSearchDecoder": "beam_search_decoder",
    "BeamSearchDecoderOutput": "beam_search_decoder",
    "BeamSearchDecoderState": "beam_search_decoder",
    "FinalBeamSearchDecoderOutput": "beam_search_decoder",
    "tile_batch": "beams",
    "gather_tree": "beam_tree",
    "gather_tree_from_array": "beam_tree",
    "speed_up": "fast_lstm",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def register() -> None:
    """Makes Keras know every layer, loss and metric of this room, so that it can load them."""
    for name in set(_HOME.values()):
        importlib.import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
