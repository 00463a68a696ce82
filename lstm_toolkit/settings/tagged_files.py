"""Settings of files whose tokens have tags."""

from __future__ import annotations

from typing import Annotated, Literal

from lstm_toolkit.settings.fields import READER, Bounds, SettingsGroup, settings


@settings()
class TaggedFileSettings(SettingsGroup):
    """How files of tagged sentences are read."""

    encoding: Annotated[str, READER] = "utf-8"
    """Encoding of text files, as Python names it."""
    token_column: Annotated[int, Bounds(-100, 100), READER] = 1
    """Column of the tokens, counted from 1; -1 is the last."""
    tag_column: Annotated[int, Bounds(-100, 100), READER] = -1
    """Column of the tags, likewise; 4 in CoNLL-U has the parts of speech."""
    learn: Literal["tags", "words"] = "tags"
    """What is learnt: tags of tokens; or where words end, from words with spaces between them, as
    of Chinese, each character of which becomes a token."""
