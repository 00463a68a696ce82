"""Names of version 0.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit.data import Dataset, Source
from lstm_toolkit.data.columns import texts

WORDS = texts([f"text {row}" for row in range(40)])


def old(name: str) -> Any:
    return getattr(lt.data, name)


def test_old_names_do_what_they_did_and_warn() -> None:
    labels = np.array(["a", "b"] * 20)
    with pytest.warns(FutureWarning, match=r"^data.Examples is now data.Dataset$"):
        rows = old("Examples")(WORDS, labels)
    assert rows.inputs is WORDS
    assert rows.labels is labels
    source = Source(rows, None, "")
    with pytest.warns(FutureWarning, match=r"^data.split is now data.AtRandom\(\).split$"):
        found = old("split")(source, validation_share=0.1, test_share=0.2, seed=3)
    new = lt.data.AtRandom().split(source, validation=0.1, test=0.2, seed=3)
    assert found.test.inputs.tolist() == new.test.inputs.tolist()
    with pytest.warns(FutureWarning, match=r"^data.split_pairs is now"):
        pairs = old("split_pairs")(Source(Dataset({"x": WORDS}, {"y": WORDS}), None, ""), seed=1)
    assert [len(part) for part in pairs.parts.values()] == [32, 4, 4]


def test_they_are_not_listed() -> None:
    assert not {"Examples", "split", "split_pairs"} & set(dir(lt.data))
