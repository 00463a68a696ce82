"""How files of running text are read."""

from __future__ import annotations

from typing import Annotated, Literal

from lstm_toolkit.settings.fields import READER, settings
from lstm_toolkit.settings.table_files import TableSettings


@settings()
class PassageFileSettings(TableSettings):
    """What files of text do not say of themselves."""

    unit: Annotated[Literal["text", "paragraph", "line"], READER] = "text"
    """What a document is in a file of text: the whole, what blank lines divide, or a line. Rows of
    tables are documents."""
    text_column: Annotated[str, READER] = ""
    """Column of the texts in tables; empty finds it."""
