"""Simple features see what the network sees."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.data.alphabets import DNA, PROTEIN
from lstm_toolkit.features import Symbols
from lstm_toolkit.features.symbols import SymbolsState
from lstm_toolkit.metrics.simple_sequences import SequenceFeatures

ROWS = ["ACGTACGT", "GGGTTTAA", "TTTACGCC"]


def test_places_count_where_sequences_are_aligned_alone() -> None:
    known = [Symbols().with_state(SymbolsState("dna", steps, 8, 8)) for steps in (8, 0)]
    places, kmers = (feature.simple_model().fit_transform(ROWS).toarray() for feature in known)
    assert places.sum(axis=1).tolist() == [8, 8, 8]
    assert np.allclose(np.square(kmers).sum(axis=1), 1)
    assert kmers.shape[1] == 9


def test_letters_are_read_as_the_network_reads_them() -> None:
    for steps in (0, 8):
        features = SequenceFeatures(DNA.table, 6, steps).fit(ROWS)
        plain, other = (features.transform(rows).toarray() for rows in (ROWS, ["acgu ACGU"]))
        assert np.array_equal(plain[0], other[0])


def test_what_is_cut_off_does_not_count() -> None:
    features = SequenceFeatures(PROTEIN.table, 3, max_letters=4).fit(["MKVAYY", "AAAKKK"])
    both = features.transform(["MKVAWW", "MKVA"]).toarray()
    assert np.array_equal(both[0], both[1])


def test_short_sequences_have_features() -> None:
    assert SequenceFeatures(DNA.table, 6).fit_transform(["AC", "GT"]).shape[0] == 2
