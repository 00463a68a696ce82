"""What comes out, one kind a file: losses, answers, scores, and the simplest methods."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "Target": "target",
    "Signature": "signature",
    "Trained": "signature",
    "Predicted": "target",
    "JudgedRows": "judged_rows",
    "Classes": "classes",
    "ClassesSettings": "classes",
    "ExplainedClasses": "explained_classes",
    "WindowClasses": "window_classes",
    "ClipClasses": "clip_classes",
    "Tokens": "tokens",
    "TokensSettings": "token_settings",
    "Translator": "translator",
    "Captions": "captions",
    "CaptionsSettings": "captions",
    "Captioner": "captioner",
    "MultiLabel": "multi_label",
    "MultiLabelSettings": "multi_label",
    "Number": "number",
    "Numbers": "numbers",
    "ErrorSettings": "numbers",
    "NumbersSettings": "numbers",
    "Anomalies": "anomalies",
    "AnomaliesSettings": "anomaly_state",
    "Quantiles": "quantiles",
    "QuantilesSettings": "quantiles",
    "CleanSignal": "clean_signal",
    "KnownClasses": "known_classes",
    "KnownClassesSettings": "known_classes",
    "Answers": "answers",
    "AnswersSettings": "answers",
    "StoryAnswers": "story_answers",
    "StoryAnswersSettings": "story_answers",
    "Tags": "tags",
    "TagsSettings": "tags",
    "SequenceClasses": "sequence_classes",
    "ResidueTags": "residue_tags",
    "SpokenClasses": "spoken_classes",
    "SpokenClassesSettings": "spoken_classes",
    "Transcripts": "transcripts",
    "TranscriptsSettings": "transcript_tokens",
    "NextToken": "next_token",
    "MixedClasses": "mixed_rows",
    "MixedNumber": "mixed_rows",
    "WritingSettings": "writing_settings",
    "NextItems": "next_items",
    "NextItemsSettings": "next_items",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
