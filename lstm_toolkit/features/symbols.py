"""Sequences of letters: DNA, RNA, proteins."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.alphabets import (
    ALPHABETS,
    LEAST_BASES,
    MOST_SELDOM,
    PROTEIN,
    SELDOM,
    Alphabet,
)
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.calibrated_start import MOST_ROWS
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.text import check_kept, padded, utf8
from lstm_toolkit.settings.fields import DATA, NOT_NEGATIVE, NOT_SEARCHED, READER, SHARE, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column

SIMPLE_KMERS = {"dna": 6, "protein": 3}
"""Letters of the k-mers that the simplest methods count."""

MOST_UNKNOWN = 0.5
"""Share of letters that stand for several, or of gaps, from which a sequence is unlike."""

LONGEST_ALIGNED = 1000
"""Letters up to which sequences of one length may be read by places."""

LEAST_LETTERS = 20
"""From so many letters on, what is written in letters of proteins is told from other things."""

INFORMATION, DEVIATIONS = 0.1, 6.0
"""Bits by which letters of a place differ from those of all places, from which sequences are
aligned; and how often as much as chance gives there has to be more."""


@settings()
class SymbolsSettings(TableSettings):
    """How sequences are read and written in numbers."""

    sequence_column: Annotated[str, READER] = ""
    """Column of the sequences; empty finds it."""
    group_column: Annotated[str, READER] = ""
    """Column of families, between which sequences are split; empty looks for relatives."""
    homology: Annotated[float, SHARE, DATA, NOT_SEARCHED] = 0.3
    """Share of k-mers (10 letters of DNA, 4 of proteins) that two sequences have in common from
    which they stay on one side of the split; 0 keeps equal ones together alone."""
    alphabet: Annotated[Literal["auto", "dna", "protein"], DATA, NOT_SEARCHED] = "auto"
    """Letters of DNA and RNA, or of proteins; auto finds it by the letters."""
    aligned: Annotated[Literal["auto", "yes", "no"], DATA, NOT_SEARCHED] = "auto"
    """Whether sequences of one length are read by their places, as those around splice sites; auto
    looks for places with letters of their own."""
    max_letters: Annotated[int, NOT_NEGATIVE, DATA] = 0
    """Letters kept of each sequence, from its head; 0 keeps all."""


@dataclasses.dataclass(frozen=True)
class SymbolsState:
    """What training sequences are like.

    Attributes:
        alphabet: Name of the alphabet.
        steps: Letters of every sequence where they are aligned, or else 0.
        longest: Letters of the longest.
        median: Letters of half of them, at most.
        max_letters: Letters that are kept; 0 keeps all.
    """

    alphabet: str
    steps: int
    longest: int
    median: int
    max_letters: int = 0

    @property
    def letters(self) -> Alphabet:
        """The alphabet."""
        return ALPHABETS[self.alphabet]

    def save(self, folder: Path) -> None:
        """Writes `sequences.json`."""
        write_json(folder / "sequences.json", dataclasses.asdict(self))

    def check(self, sequence: str) -> None:
        """Raises `DataError` if a sequence cannot be answered."""
        from lstm_toolkit.data.readers.symbols.letters import check_sequence

        shown = sequence if len(sequence) < 20 else f"{sequence[:20]}…"
        check_sequence(sequence, self.letters, shown)
        if self.steps and len(sequence) != self.steps:
            raise DataError(
                f"needs {self.steps:,} letters, as the training's, which are aligned; train with "
                f"--set aligned=no for others. Received: {len(sequence):,}, {shown}"
            )


class Symbols(Feature[SymbolsState]):
    """Raw sequences `string[batch]` to numbers of letters `int32[batch, time]`, 0 for padding.

    Every sign is one step; white space is none. Settings: `SymbolsSettings`.
    """

    stored_as_is = False
    portable = False
    _state: SymbolsState | None = None

    def given(self, column: Any) -> Any:
        """Returns sequences that are given in Python, without white space."""
        from lstm_toolkit.data.columns import texts
        from lstm_toolkit.data.readers.symbols.letters import without_blanks

        if not isinstance(column, np.ndarray) or column.dtype != object:
            return column
        return texts([without_blanks(str(sequence)) for sequence in column])

    def learn(self, column: Any, settings: Any) -> SymbolsState:
        """Learns the alphabet and how long sequences are."""
        from lstm_toolkit.data.readers.symbols.letters import chosen_alphabet, without_blanks

        sequences = [without_blanks(str(sequence)) for sequence in column]
        letters = chosen_alphabet(settings.alphabet, sequences)
        most = settings.max_letters
        lengths = [min(len(each), most or len(each)) for each in sequences]
        longest = max(lengths)
        steps = longest if _are_aligned(sequences, letters, settings.aligned) else 0
        return SymbolsState(letters.name, steps, longest, int(np.median(lengths)), most)

    def extend(
        self, state: SymbolsState, column: Any, settings: Any
    ) -> tuple[SymbolsState, list[str]]:
        """Keeps the state.

        Raises:
            InputError: If sequences are of another alphabet, or of another length where all have
                the same.
        """
        learnt = self.learn(column, settings)
        check_kept("alphabet", state.alphabet, learnt.alphabet)
        if state.steps:
            check_kept("letters of every sequence", state.steps, learnt.steps)
        return dataclasses.replace(state, max_letters=settings.max_letters), []

    def load(self, folder: Path) -> SymbolsState:
        """Reads `sequences.json`."""
        path = folder / "sequences.json"
        return SymbolsState(**json.loads(path.read_text(encoding="utf-8")))

    def bring(
        self, values: tf.Tensor, state: SymbolsState, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves sequences as they are, and tells which are unlike the training's.

        They are if a sign is no letter, if most letters stand for several, if residues read like
        DNA or written language, or if sequences of the training are aligned and these are of
        another length.
        """
        import tensorflow as tf

        numbers = _numbered(values, state.letters)
        letters = len(state.letters.letters)
        outside = tf.reduce_any(numbers < 0, axis=1)
        known = tf.cast((numbers > 0) & (numbers <= letters), tf.float32)
        length = tf.cast(numbers.row_lengths(), tf.int32)
        unknown = tf.reduce_mean(known, axis=1) < 1 - MOST_UNKNOWN
        unlike = outside | unknown | (length == 0)
        if state.alphabet == "protein":
            unlike |= _is_no_protein(numbers, length)
        return values, unlike | (length != state.steps) if state.steps else unlike

    def encode(self, values: tf.Tensor, state: SymbolsState) -> tf.RaggedTensor:
        """Numbers the letters; what is no letter becomes a gap, and so does a blank text."""
        return self._counted(values, state)[0]

    def _counted(
        self, values: tf.Tensor, state: SymbolsState
    ) -> tuple[tf.RaggedTensor, tf.Tensor, tf.Tensor]:
        """Returns numbers, how many letters there are, and how many are not plain."""
        import tensorflow as tf

        raw = _numbered(values, state.letters)
        gap = state.letters.size - 1
        numbers = raw.with_values(tf.where(raw.values < 0, gap, raw.values))
        plain = tf.reduce_sum(tf.cast(numbers <= len(state.letters.letters), tf.int32), axis=1)
        lengths = tf.cast(raw.row_lengths(), tf.int32)
        if state.max_letters:
            numbers = numbers[:, : state.max_letters]
        blank = tf.fill([tf.reduce_sum(tf.cast(lengths == 0, tf.int32)), 1], gap)
        order = tf.argsort(tf.argsort(tf.cast(lengths == 0, tf.int32), stable=True), stable=True)
        filled = tf.ragged.boolean_mask(numbers, lengths > 0)
        rows = tf.concat([filled, tf.RaggedTensor.from_tensor(blank)], axis=0)
        return tf.gather(rows, order), lengths, lengths - plain

    def encode_chunks(self, column: Column, state: SymbolsState) -> Iterator[dict[str, Column]]:
        """Counts each sequence's `letters`, and how many stand for several or are lost."""
        import tensorflow as tf

        from lstm_toolkit.data.text.lookups import TextGraph

        graph = TextGraph(lambda values: self._counted(values, state))
        for chunk in chunks(column):
            rows, lengths, several = graph(tf.constant(chunk, tf.string))
            kept = to_numpy(rows)
            lost = np.maximum(lengths.numpy() - kept.lengths, 0)  # type: ignore[attr-defined]
            counts = {"letters": lengths.numpy(), "several": several.numpy(), "lost": lost}
            yield {"rows": kept, **counts}

    def collate(self, rows: tf.RaggedTensor, state: SymbolsState) -> tf.Tensor:
        """Pads on the right with zeros; to the one length of the training where there is one."""
        import tensorflow as tf

        dense = padded(rows)
        if not state.steps:
            return dense
        missing = tf.maximum(state.steps - tf.shape(dense)[1], 0)
        filled = tf.pad(dense, [[0, 0], [0, missing]])[:, : state.steps]
        return tf.ensure_shape(filled, [None, state.steps])

    def spec(self, name: str, state: SymbolsState) -> tf.TensorSpec:
        """Returns `string[batch]`."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def longest(self, state: SymbolsState) -> int | None:
        """Returns how many letters are kept at most, None if all are."""
        return state.steps or state.max_letters or None

    def parse(
        self, word: str, state: SymbolsState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the sequence without white space.

        Raises:
            DataError: If a sign is no letter, or it is not as long as it has to be.
        """
        from lstm_toolkit.data.readers.symbols.letters import without_blanks

        sequence = without_blanks(word)
        state.check(sequence)
        yield word, utf8(sequence)

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: SymbolsState
    ) -> Iterator[str]:
        """Tells how long sequences are, and what is cut off."""
        name = state.letters.told.partition(" (")[0]
        if state.steps:
            yield f"{name}: every sequence has {state.steps:,} letters, aligned, so places count"
        else:
            yield f"{name}: {state.median:,} letters in the middle, {state.longest:,} at most"
        if getattr(settings, "wide", 0) != 0 and len(train.rows) > MOST_ROWS:
            yield f"the linear path is fitted to {MOST_ROWS:,} sequences, drawn by the seed"
        if cut := int((train.counts["lost"] > 0).sum()):
            yield (
                f"{cut:,} of {len(train.rows):,} sequences are longer than max_letters="
                f"{state.max_letters}; {self.scores(train)['truncated_letters']:.1%} of the "
                "letters are cut off"
            )

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the shares of letters that stand for several, and that are cut off."""
        total = max(int(encoded.counts["letters"].sum()), 1)
        return {
            "ambiguous_letters": round(int(encoded.counts["several"].sum()) / total, 6),
            "truncated_letters": round(int(encoded.counts["lost"].sum()) / total, 6),
        }

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on them."""
        return (
            f"{scores['ambiguous_letters']:.2%} of the letters stand for several or none, "
            f"{scores['truncated_letters']:.1%} are cut off by max_letters"
        )

    def with_state(self, state: SymbolsState) -> Symbols:
        """Returns the feature whose `simple_model` reads sequences as the network does."""
        feature = copy.copy(self)
        feature._state = state
        return feature

    def simple_model(self) -> Any:
        """Returns counts of k-mers, or letters by their places where sequences are aligned."""
        from lstm_toolkit.metrics.simple_sequences import SequenceFeatures

        state = self._state or SymbolsState("dna", 0, 0, 0)
        kmer = SIMPLE_KMERS[state.alphabet]
        return SequenceFeatures(state.letters.table, kmer, state.steps, state.max_letters)


def _are_aligned(sequences: Sequence[str], letters: Alphabet, asked: str) -> bool:
    """Tells whether places of sequences of one length mean something.

    Raises:
        DataError: If they are to be aligned, and are of several lengths.
    """
    lengths = {len(sequence) for sequence in sequences}
    if asked == "yes" and len(lengths) > 1:
        few = ", ".join(map(str, sorted(lengths)[:3]))
        raise DataError(f"needs sequences of one length for aligned=yes. Received: {few} …")
    if asked != "auto" or len(lengths) > 1 or max(lengths) > LONGEST_ALIGNED:
        return asked == "yes"
    rows = np.frombuffer("".join(sequences).encode("ascii", "replace"), np.uint8)
    numbers = np.maximum(letters.table[rows & 127], 0).reshape(len(sequences), -1)
    width = len(letters.letters)
    counts = np.stack([(numbers == number).sum(axis=0) for number in range(1, width + 1)], axis=1)
    shares = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    usual = shares.mean(axis=0)
    bits = (shares * np.log2(shares / usual)).sum(axis=1)
    by_chance = (width - 1) / (2 * np.log(2) * len(sequences))
    return bool(bits.max() > INFORMATION + DEVIATIONS * by_chance)


def _is_no_protein(numbers: tf.RaggedTensor, length: tf.Tensor) -> tf.Tensor:
    """Tells which sequences of letters of proteins are rather DNA, or written language."""
    import tensorflow as tf

    def share(letters: str) -> tf.Tensor:
        these = tf.constant([int(PROTEIN.table[ord(letter)]) for letter in letters])
        among = tf.reduce_any(tf.equal(numbers.values[:, None], these[None]), axis=1)
        return tf.reduce_mean(numbers.with_values(tf.cast(among, tf.float32)), axis=1)

    odd = (share("ACGTUN") >= LEAST_BASES) | (share(SELDOM) > 2 * MOST_SELDOM)
    return odd & (length >= LEAST_LETTERS)


def _numbered(values: tf.Tensor, alphabet: Alphabet) -> tf.RaggedTensor:
    """Returns `int32[batch, (letters)]` numbers, -1 for what is no letter."""
    import tensorflow as tf

    written = tf.strings.regex_replace(values, r"\s+", "")
    signs = tf.strings.unicode_decode(written, "UTF-8", errors="replace")
    table = tf.constant(alphabet.table)
    held = tf.gather(table, tf.minimum(signs.values, 127))
    return signs.with_values(tf.where(signs.values > 127, -1, held))
