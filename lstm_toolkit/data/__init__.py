"""From files to splits to batches; knows no network and no task."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "Dataset": "dataset",
    "Source": "dataset",
    "Labels": "labels",
    "Splits": "splits.splitter",
    "Splitter": "splits.splitter",
    "AtRandom": "splits.at_random",
    "Connected": "splits.connected",
    "InOrder": "splits.in_order",
    "ByTime": "splits.in_order",
    "RollingOrigin": "splits.in_order",
    "ByGroup": "splits.groups",
    "ByStory": "splits.by_story",
    "BalancedGroups": "splits.balanced_groups",
    "AsPublished": "splits.published",
    "Paraphrases": "splits.paraphrases",
    "ByDocument": "splits.passages",
    "read_images": "readers.images.images",
    "read_frames": "readers.images.frames",
    "sample_digits": "readers.images.images",
    "unit_range": "readers.images.pixels",
    "read_captions": "readers.captions.captions",
    "sample_scenes": "readers.captions.made_scenes",
    "read_texts": "readers.texts.texts",
    "read_pairs": "readers.pairs.pairs",
    "read_series": "readers.series.series",
    "read_sensors": "readers.sensors.sensors",
    "read_signals": "readers.signals.signals",
    "read_channels": "readers.series.channels",
    "read_tagged": "readers.tagged.tagged",
    "read_stories": "readers.stories.stories",
    "read_questions": "readers.questions.questions",
    "read_passages": "readers.passages.passages",
    "sample_path": "samples",
    "SentenceEncoder": "text.sentence_encoder",
    "token_kind": "text.sentence_kinds",
    "bleu_tokenizer": "text.sentence_kinds",
    "TextEncoder": "text.text_encoder",
    "Vocabulary": "text.vocabulary",
    "read_vectors": "text.word_vectors",
    "log_ratios": "text.naive_bayes",
    "Batches": "batches",
    "read_sequences": "readers.symbols.sequences",
    "read_residues": "readers.symbols.residues",
    "read_sessions": "readers.sessions.sessions",
    "read_recordings": "readers.audio.recordings",
    "read_clips": "readers.clips.clips",
    "Sampling": "readers.clips.frames_kept",
    "read_mixed": "readers.mixed.mixed",
}

_FORMERLY = ("Examples", "split", "split_pairs")

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME, hidden=dict.fromkeys(_FORMERLY, "formerly"))
