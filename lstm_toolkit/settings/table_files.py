"""How files of tables are read."""

from __future__ import annotations

from typing import Annotated

from lstm_toolkit.settings.fields import READER, SettingsGroup, settings


@settings()
class TableSettings(SettingsGroup):
    """What a file of a table does not say of itself."""

    encoding: Annotated[str, READER] = "utf-8"
    """Encoding of text files, as Python names it."""
    sheet: Annotated[str, READER] = ""
    """Name or number of the sheet of an Excel workbook; empty finds it."""
    separator: Annotated[str, READER] = ""
    """Sign between the cells of CSV and TSV, or tab; empty finds it."""
