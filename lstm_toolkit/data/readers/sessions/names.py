"""What items are called: a table of items and names."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.data.readers.sessions.columns import ITEM_NAMES
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.data.text.item_lists import item_name
from lstm_toolkit.errors import DataError

CALLED = ("name", "itemname", "productname", "title", "label", "description", "名称", "标题")
_IDS = (*ITEM_NAMES, "id")


def read_names(path: Path, encoding: str = "utf-8") -> dict[str, str]:
    """Returns names by item.

    Args:
        path: A table with a column of items and one of names; of two columns the first is that of
            items.
        encoding: Of text files.

    Raises:
        DataError: If it is missing or damaged, or its columns cannot be told.
    """
    if not path.is_file():
        raise DataError(f"no such file for names_file; needs {TABLES}", path=path)
    expected = Expected(TABLES, names={*_IDS, *CALLED})
    table = read_table(path, encoding, expected)
    here = {fold(name): name for name in reversed(list(table.columns))}
    item = next((here[name] for name in _IDS if name in here), "")
    name = next((here[each] for each in CALLED if each in here and here[each] != item), "")
    if not (item and name):
        if len(table.columns) != 2:
            raise DataError(
                "needs a column of items, named `item`, and one of names, named `name`. "
                f"Received: {listed(list(table.columns))}",
                path=path,
            )
        item, name = table.columns
    names: dict[str, str] = {}
    for key, text in zip(table.texts(item), table.texts(name), strict=True):
        if item_name(key) and text.strip():
            names.setdefault(item_name(key), " ".join(text.split()))
    return names
