"""Settings of tables with columns of several kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.data.readers.mixed.names import KINDS, split_names
from lstm_toolkit.features.picture import PictureSettings
from lstm_toolkit.features.text import DivisionSettings
from lstm_toolkit.settings.fields import (
    DATA,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    Bounds,
    settings,
)
from lstm_toolkit.settings.table_files import TableSettings


@settings()
class MixedColumnsSettings(DivisionSettings, PictureSettings, TableSettings):
    """Which columns of a table are read, and what they hold."""

    text_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns of texts, with commas between; what no setting names is proposed from its cells."""
    number_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns of numbers, likewise."""
    category_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns of categories, likewise."""
    image_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns of paths of pictures, likewise; paths begin at the table's folder."""
    series_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns whose cells hold a series of numbers each, likewise: JSON lists, or numbers with
    spaces or semicolons between."""
    unused_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns that are left alone, likewise."""
    label_column: Annotated[str, READER] = ""
    """Column of what is to come out; empty finds it."""
    label_kind: Annotated[Literal["auto", "classes", "numbers"], DATA, NOT_SEARCHED] = "auto"
    """What stands there: classes, or numbers; auto takes words for classes and refuses what may
    be either."""
    decimal: Annotated[Literal["point", "comma"], READER] = "point"
    """Sign before the fraction of numbers in text."""
    categories: Annotated[int, POSITIVE] = 1000
    """Values of a category column that are known, at most; rarer ones are unknown together."""
    bins: Annotated[int, Bounds(1, 256)] = 12
    """Ranges into which a column of numbers is divided, equally many training rows in each."""
    max_steps: Annotated[int, NOT_NEGATIVE] = 200
    """Steps kept of each series, the last ones; 0 keeps all."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        settings = [f"{kind}_columns" for kind in KINDS] + ["unused_columns"]
        names = Counter(name for each in settings for name in split_names(getattr(self, each)))
        for name, count in names.items():
            if count > 1:
                yield f"columns must be of one kind each. Received: {name} {count} times"
