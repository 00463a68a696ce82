"""What of a token is numbered: views of it, and the vocabulary of each."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.text.division import Division
    from lstm_toolkit.data.text.folding import Fold
    from lstm_toolkit.data.text.vocabulary import Vocabulary

WORDS, LETTERS = "words", "letters"
FIRST_VIEWS = (WORDS, "suffixes", "shapes")
"""Those of runs of earlier versions, which do not name them."""

_SHAPES = ((r"\p{Lu}+", "X"), (r"[^\PLX]+\pM*", "x"), (r"\pN+", "d"), (r"[^Xxd]+", "."))
_AFFIX = 3
"""Letters of a prefix and of a suffix."""


@dataclasses.dataclass(frozen=True)
class WordViews:
    """The vocabularies of a token's views.

    Attributes:
        vocabularies: In the order of `names`.
        names: Of the views; `letters`, of which a token has several, is the last.
        fold: Whether width and accents are folded; "none" in runs of earlier versions.
        most_unknown: The share of unknown words above which a text is unlike the training's;
            None if that cannot be told.
        letters: How many letters of each token are numbered.
        division: How texts that people ask about are divided.
    """

    vocabularies: tuple[Vocabulary, ...]
    names: tuple[str, ...] = FIRST_VIEWS
    fold: Fold = "none"
    most_unknown: float | None = None
    letters: int = 0
    division: Division = "space"

    def save(self, folder: Path) -> None:
        """Writes a file for each vocabulary, such as `words.txt`, and `words.json`."""
        for name, vocabulary in zip(self.names, self.vocabularies, strict=True):
            vocabulary.save(folder / f"{name}.txt")
        digests = [vocabulary.digest for vocabulary in self.vocabularies]
        facts: dict[str, Any] = dict(zip(self.names, digests, strict=True))
        facts |= {"views": list(self.names), "fold": self.fold, "division": self.division}
        facts["letters_of_a_token"] = self.letters
        if self.most_unknown is not None:
            facts["most_unknown"] = self.most_unknown
        write_json(folder / "words.json", facts)

    @classmethod
    def load(cls, folder: Path) -> WordViews:
        """Reads what `save` wrote.

        Raises:
            DataError: If a vocabulary was changed since.
        """
        from lstm_toolkit.data import Vocabulary

        facts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        names = tuple(facts.get("views", FIRST_VIEWS))
        return cls(
            tuple(Vocabulary.load(folder / f"{n}.txt", digest=facts[n]) for n in names),
            names,
            facts.get("fold", "none"),
            facts.get("most_unknown"),
            facts.get("letters_of_a_token", 0),
            facts.get("division", "space"),
        )

    @cached_property
    def lookups(self) -> list[Any]:
        """From views to numbers; an export must track them, since they hold tables."""
        from lstm_toolkit.data.text.lookups import lookup_table

        return [lookup_table(vocabulary) for vocabulary in self.vocabularies]

    @property
    def words(self) -> Vocabulary:
        """The vocabulary of the tokens themselves, in small letters."""
        return self.vocabularies[self.names.index(WORDS)]

    def numbers(self, tokens: tf.RaggedTensor) -> tf.RaggedTensor:
        """Numbers the views of each token, the letters last.

        Args:
            tokens: `string[batch, (tokens)]`.

        Returns:
            `int32[batch, (tokens), views]`.
        """
        import tensorflow as tf

        columns = []
        for name, lookup in zip(self.names, self.lookups, strict=True):
            view = VIEWS[name](tokens, self.fold)
            if isinstance(view, tf.RaggedTensor):
                numbers = view.with_flat_values(tf.cast(lookup(view.flat_values), tf.int32))
                columns.append(numbers.to_tensor(shape=[None, self.letters]))
            else:
                columns.append(tf.cast(lookup(view), tf.int32)[:, None])
        return tokens.with_flat_values(tf.concat(columns, axis=1))


def words(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.Tensor:
    """Returns tokens in small letters, `string[total]`."""
    import tensorflow as tf

    return tf.strings.lower(_folded(tokens, fold), "utf-8")


def prefixes(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.Tensor:
    """Returns the first three letters, `string[total]`."""
    from lstm_toolkit.data.text.tokens import beginnings

    return beginnings(_folded(tokens, fold), _AFFIX)


def suffixes(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.Tensor:
    """Returns the last three letters, `string[total]`."""
    from lstm_toolkit.data.text.tokens import ends

    return ends(_folded(tokens, fold), _AFFIX)


def shapes(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.Tensor:
    """Returns the kinds of letters, each run as one, `string[total]`.

    >>> import tensorflow as tf
    >>> shapes(tf.ragged.constant([["Abc42"]])).numpy().tolist()
    [b'Xxd']
    """
    from lstm_toolkit.data.text.tokens import replaced

    return replaced(_folded(tokens, fold), _SHAPES)


def bigrams(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.Tensor:
    """Returns each token with the one behind it, the last of a row with `END`; `string[total]`.

    >>> import tensorflow as tf
    >>> [pair.decode() for pair in bigrams(tf.ragged.constant([["北", "京"]])).numpy()]
    ['北 京', '京 [END]']
    """
    import tensorflow as tf

    from lstm_toolkit.data.text.vocabulary import END

    flat = words(tokens, fold)
    after = tf.concat([flat[1:], [END]], axis=0)[: tf.size(flat)]
    # Where another row begins, or none, the token before is the last of its own.
    rows = tokens.value_rowids()
    last = tf.concat([tf.not_equal(rows[1:], rows[:-1]), [True]], axis=0)[: tf.size(flat)]
    return tf.strings.join([flat, tf.where(last, END, after)], separator=" ")


def letters(tokens: tf.RaggedTensor, fold: Fold = "none") -> tf.RaggedTensor:
    """Returns the letters of each token, `string[total, (letters)]`."""
    import tensorflow as tf

    return tf.strings.unicode_split(_folded(tokens, fold), "UTF-8")


def _folded(tokens: tf.RaggedTensor, fold: Fold) -> tf.Tensor:
    from lstm_toolkit.data.text.folding import folded

    return folded(tokens.flat_values, fold)


VIEWS: dict[str, Any] = {
    WORDS: words,
    "prefixes": prefixes,
    "suffixes": suffixes,
    "shapes": shapes,
    "bigrams": bigrams,
    LETTERS: letters,
}
"""By their names, in the order in which a network takes them."""
