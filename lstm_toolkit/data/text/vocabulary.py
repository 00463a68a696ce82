"""Which tokens a network knows: learnt from the training split, kept as plain text."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_text

PAD, UNK = "[PAD]", "[UNK]"
"""The first two tokens of every vocabulary: padding is number 0, the unknown number 1."""

START, END = "[START]", "[END]"
"""What stands before the first token of a sequence, and after the last."""


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their numbers, `PAD` and `UNK` first."""

    tokens: tuple[str, ...]

    def __len__(self) -> int:
        """Returns how many tokens there are, `PAD` and `UNK` counted."""
        return len(self.tokens)

    @classmethod
    def learn(cls, counts: Counter[str], *, size: int = 20_000, least: int = 1) -> Vocabulary:
        """Keeps the most frequent tokens; those equally frequent in alphabetical order.

        Args:
            counts: How often each token occurs in the training split.
            size: Tokens to keep at most, `PAD` and `UNK` counted.
            least: Occurrences that a token needs.

        >>> Vocabulary.learn(Counter("abracadabra"), size=4).tokens
        ('[PAD]', '[UNK]', 'a', 'b')
        """
        known = (
            token
            for token, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if count >= least and token not in (PAD, UNK)
        )
        return cls((PAD, UNK, *list(known)[: max(size - 2, 0)]))

    def extended(self, other: Vocabulary) -> Vocabulary:
        """Returns the tokens of both; those that are new stand behind the others.

        >>> one, other = Vocabulary((PAD, UNK, "a", "b")), Vocabulary((PAD, UNK, "c", "a"))
        >>> one.extended(other).tokens[2:]
        ('a', 'b', 'c')
        """
        return Vocabulary(tuple(dict.fromkeys([*self.tokens, *other.tokens])))

    def coverage(self, counts: Counter[str]) -> float:
        """Returns the share of the counted tokens that are known, 1 where there are none."""
        known = set(self.tokens)
        seen = sum(count for token, count in counts.items() if token in known)
        return seen / counts.total() if counts else 1.0

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change when any token does."""
        return hashlib.sha256("\n".join(self.tokens).encode()).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Writes one token a line, the token with number 0 first."""
        write_text(path, "".join(f"{token}\n" for token in self.tokens))

    @classmethod
    def load(cls, path: Path, *, digest: str) -> Vocabulary:
        """Reads what `save` wrote.

        Args:
            path: The file.
            digest: As it was when the network was trained.

        Raises:
            DataError: If the file was changed since: its lines are the rows of the
                network's embedding and cannot be moved.
        """
        try:
            found = cls(tuple(path.read_text(encoding="utf-8").split("\n")[:-1]))
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"cannot be read. {error}", path=path) from error
        if found.digest != digest:
            raise DataError(
                "was changed since the training, and no longer fits the weights; restore it, or "
                f"train again. Received: {len(found):,} tokens",
                path=path,
            )
        return found


def decoded(counts: Counter[bytes]) -> Counter[str]:
    """Returns counts of texts for those of UTF-8 bytes, as TensorFlow gives them."""
    return Counter({token.decode("utf-8", "replace"): n for token, n in counts.items()})


def count_tokens(rows: Iterable[Iterable[bytes]]) -> Counter[str]:
    """Counts tokens, rows of UTF-8 bytes as TensorFlow gives them."""
    counts: Counter[bytes] = Counter()
    for row in rows:
        counts.update(row)
    return decoded(counts)
