"""What Keras lacks for LSTMs: cells, attention, sequence loss, decoding, a faster loop.

`docs/migrating-from-addons.md` says which name of tensorflow-addons is which name here,
`docs/decoding.md` which decoder is for what.
"""

from __future__ import annotations

import importlib

from lstm_toolkit.lazy import lazily

_HOME = {
    "LayerNormLSTMCell": "cells.layer_norm_lstm_cell",
    "PeepholeLSTMCell": "cells.peephole_lstm_cell",
    "AttentionMechanism": "attention.mechanism",
    "LuongAttention": "attention.luong_attention",
    "BahdanauAttention": "attention.bahdanau_attention",
    "LuongMonotonicAttention": "attention.luong_monotonic_attention",
    "BahdanauMonotonicAttention": "attention.bahdanau_monotonic_attention",
    "monotonic_attention": "attention.monotonic",
    "safe_cumprod": "attention.monotonic",
    "AttentionWrapper": "attention.wrapper",
    "AttentionWrapperState": "attention.wrapper_state",
    "hardmax": "attention.probabilities",
    "TokenCrossentropy": "losses.token_scores",
    "TokenAccuracy": "losses.token_scores",
    "Perplexity": "losses.token_scores",
    "token_losses": "losses.token_scores",
    "PinballLoss": "losses.pinball",
    "ResidualPower": "losses.residual_power",
    "InBatchSoftmax": "losses.in_batch",
    "InBatchAccuracy": "losses.in_batch",
    "ReadingLoss": "losses.reading",
    "ReadingAccuracy": "losses.reading",
    "WordsInCommon": "matching.words_in_common",
    "Regrouped": "matching.regrouped",
    "MatchScores": "matching.match_scores",
    "MixTokens": "decoding.mix_tokens",
    "TokenVectors": "token_vectors",
    "GridPositions": "grid_positions",
    "AdaptiveSoftmax": "adaptive_softmax",
    "InputFeedingDecoder": "attention.input_feeding",
    "crf_log_likelihood": "crf.scores",
    "crf_sequence_score": "crf.scores",
    "crf_unary_score": "crf.scores",
    "crf_binary_score": "crf.scores",
    "crf_log_norm": "crf.scores",
    "crf_multitag_sequence_score": "crf.scores",
    "crf_decode": "crf.decoding",
    "crf_constrained_decode": "crf.decoding",
    "viterbi_decode": "crf.decoding",
    "CRF": "crf.layer",
    "CRFLoss": "crf.layer",
    "CRFAccuracy": "crf.accuracy",
    "crf_marginals": "crf.inference",
    "crf_nbest": "crf.inference",
    "sequence_loss": "losses.sequence_losses",
    "SequenceLoss": "losses.sequence_losses",
    "Decoded": "decoding.loop",
    "beam_search": "decoding.search",
    "greedy": "decoding.search",
    "sample": "decoding.search",
    "BaseDecoder": "decoding.dynamic_decoding",
    "dynamic_decode": "decoding.dynamic_decoding",
    "BasicDecoder": "decoding.basic_decoder",
    "BasicDecoderOutput": "decoding.basic_decoder",
    "Sampler": "decoding.samplers",
    "TrainingSampler": "decoding.samplers",
    "GreedyEmbeddingSampler": "decoding.samplers",
    "SampleEmbeddingSampler": "decoding.samplers",
    "BeamSearchDecoder": "decoding.beam_search_decoder",
    "BeamSearchDecoderOutput": "decoding.beam_search_decoder",
    "BeamSearchDecoderState": "decoding.beam_search_decoder",
    "FinalBeamSearchDecoderOutput": "decoding.beam_search_decoder",
    "tile_batch": "decoding.beams",
    "gather_tree": "decoding.beam_tree",
    "gather_tree_from_array": "decoding.beam_tree",
    "KmerNumbers": "letters.kmers",
    "KmerCounts": "letters.kmers",
    "BothStrands": "letters.strands",
    "ItemVectors": "items.item_vectors",
    "OwnItems": "items.own_items",
    "OtherVoices": "sounds.other_voices",
    "HiddenBands": "sounds.hidden_bands",
    "CTCLoss": "sounds.ctc",
    "ctc_losses": "sounds.ctc",
    "ctc_decode": "sounds.ctc",
    "ctc_times": "sounds.ctc",
    "MissingColumns": "columns.missing_columns",
    "speed_up": "fast.speed_up",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)


def register() -> None:
    """Makes Keras know every layer, loss and metric of this room, so that it can load them."""
    for name in set(_HOME.values()):
        importlib.import_module(f"{__name__}.{name}")
