"""Networks, one family a file; each builder returns a plain, uncompiled `keras.Model`."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "lstm_classifier": "classifier",
    "weigh_both": "texts",
    "text_classifier": "texts",
    "seq2seq": "encoder_decoder",
    "segment_of": "forecasters",
    "forecaster": "forecasters",
    "denoiser": "denoisers",
    "tokens_of_delay": "denoisers",
    "detector": "detectors",
    "tagger": "taggers",
    "language_model": "language_models",
    "sensor_classifier": "sensors",
    "question_matcher": "matchers",
    "story_reader": "readers",
    "augment_series": "series_augmentation",
    "train_adversarially": "adversarial",
    "pool": "pooling",
    "merge_repeated_rows": "lstm_toolkit.optimizers.sparse_gradients",
    "augment_images": "augmentation",
    "augment_pictures": "picture_augmentation",
    "captioner": "captioners",
    "picture_grid": "pictures",
    "picture_vector": "pictures",
    "recurrent_stack": "recurrent",
    "cudnn_blockers": "cudnn",
    "without_cudnn": "cudnn",
    "optimizer": "lstm_toolkit.optimizers.catalogue",
    "learning_rate": "lstm_toolkit.optimizers.catalogue",
    "LazyAdam": "lstm_toolkit.optimizers.lazy_adam",
    "symbol_classifier": "symbols",
    "symbol_tagger": "symbol_taggers",
    "session_recommender": "recommenders",
    "speech_classifier": "speech",
    "speech_transcriber": "speech",
    "clip_classifier": "clips",
    "augment_clips": "clip_augmentation",
    "mixed_network": "mixed",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
