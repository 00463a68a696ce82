"""What goes in, one kind a file: learnt, encoded once, padded, and read from what people give."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "Feature": "feature",
    "EncodedColumn": "feature",
    "States": "states",
    "Frames": "frames",
    "FramesSettings": "frames",
    "Image": "image",
    "ImageFrame": "image",
    "ImageSettings": "image",
    "Picture": "picture",
    "PictureSettings": "picture",
    "Text": "text",
    "TextSettings": "text",
    "TextLabelSettings": "text",
    "DivisionSettings": "text",
    "Cell": "cells.cell",
    "MixedColumnsSettings": "cells.settings",
    "Questions": "questions",
    "QuestionsSettings": "questions",
    "Sentence": "sentence",
    "SentencesSettings": "sentence",
    "Words": "words",
    "WordsSettings": "words",
    "Story": "story",
    "StorySettings": "story",
    "Passage": "passage",
    "PassageSettings": "passage",
    "Series": "series",
    "SeriesSettings": "series",
    "Signal": "signal",
    "SignalSettings": "signal",
    "Observations": "observations",
    "ObservationsSettings": "observations",
    "Channels": "channels",
    "ChannelsSettings": "channels",
    "Calendar": "calendar",
    "CovariateColumns": "covariates",
    "SensorWindows": "sensor_windows",
    "SensorWindowsSettings": "sensor_windows",
    "Symbols": "symbols",
    "SymbolsSettings": "symbols",
    "Residues": "residues",
    "Items": "items",
    "ItemsSettings": "items",
    "Audio": "audio",
    "AudioSettings": "audio",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
