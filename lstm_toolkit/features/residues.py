"""Sequences of letters each of which is a token: residues of proteins, bases of DNA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lstm_toolkit.features.symbols import Symbols, SymbolsState

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.text.division import Divided


class Residues(Symbols):
    """Raw sequences `string[batch]`, whose letters a target tags one by one.

    Training rows have spaces between their letters, so that targets of tokens count them.
    """

    def given(self, column: Any) -> Any:
        """Returns sequences that are given in Python, with spaces between letters."""
        from lstm_toolkit.data.columns import texts

        return texts([" ".join(sequence) for sequence in super().given(column)])

    def divide(self, values: tf.Tensor, state: SymbolsState) -> Divided:
        """Divides sequences into letters, with the places where they stand."""
        from lstm_toolkit.data.text.division import divide

        return divide(values, "character")

    def simple_model(self) -> Any:
        """Returns a vectorizer that counts letters."""
        from sklearn.feature_extraction.text import CountVectorizer

        return CountVectorizer(analyzer="char")


def window_letters(rows: Any, letters: int, reach: int) -> Any:
    """Returns which letters stand around each letter, for linear models.

    Args:
        rows: `Ragged` rows of numbers of letters.
        letters: How many plain letters there are; others are left out.
        reach: Letters to both sides.

    Returns:
        A sparse matrix, `float32[all letters, (2 reach + 1) * letters]`.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    flat: NDArray[Any] = np.asarray(rows.values, np.int64)
    places = np.arange(len(flat))
    begins = np.repeat(rows.offsets[:-1], rows.lengths)
    ends = np.repeat(rows.offsets[1:], rows.lengths)
    at, columns = [], []
    for shift in range(-reach, reach + 1):
        other = places + shift
        inside = (other >= begins) & (other < ends)
        number = flat[np.clip(other, 0, len(flat) - 1)]
        plain = inside & (number >= 1) & (number <= letters)
        at.append(places[plain])
        columns.append((shift + reach) * letters + number[plain] - 1)
    row, column = np.concatenate(at), np.concatenate(columns)
    shape = (len(flat), (2 * reach + 1) * letters)
    return csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
