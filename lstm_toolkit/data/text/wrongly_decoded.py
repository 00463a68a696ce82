"""What looks as if it had been decoded wrongly, though the decoding succeeded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from lstm_toolkit.data.text.likely_encodings import JUDGED, judge_encodings, oddities, read_anyway

_DOUBTED = 0.5
"""Share of the best confidence below which the encoding that was asked for is doubted."""

_MOJIBAKE = re.compile(r"[ÂÃâÐÑ][\u0080-¿ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|ï¿½|锟斤拷")
"""What UTF-8 looks like when it was read as Latin-1 or cp1252, or as Chinese after a loss."""

_WRONG = re.compile(rf"[\x00\x1b\x80-\x84\x86-\x9f\ufffd]|{_MOJIBAKE.pattern}")
# U+0085 ends lines on some systems, and is no sign of anything.


def decoding_remarks(content: bytes, encoding: str) -> list[str]:
    """Tells whether bytes that were read in an encoding look like another one.

    A decoding that succeeds is no proof: most encodings read any bytes.

    Args:
        content: What was read.
        encoding: In what.

    Returns:
        One remark, or none. UTF-8 and UTF-16 are not doubted: other text is hardly ever
        valid in them.
    """
    part = content[:JUDGED]
    if part.isascii() or codecs.lookup(encoding).name.startswith("utf"):
        return []
    text, judged = read_anyway(part, encoding), judge_encodings(part)
    if not judged or text == read_anyway(part, judged[0][0]):
        return []
    other, sure = judged[0]
    own = next((each for name, each in judged if read_anyway(part, name) == text), 0.0)
    if own < _DOUBTED * sure or oddities(read_anyway(part, other)) < oddities(text):
        return [f"warning: the text looks like {other}, not {encoding}: --set encoding={other}"]
    return []


def wrongly_decoded(texts: Sequence[str]) -> list[str]:
    r"""Tells how many texts look as if they had been decoded wrongly, here or before.

    Args:
        texts: As they were read.

    Returns:
        One remark with an example, or none.

    >>> wrongly_decoded(["don\x92t", "fine"])
    ["warning: 1 of 2 cells looks wrongly decoded, as by another encoding: 'don\\x92t'"]
    """
    doubts = WronglyDecoded()
    doubts.see(texts)
    return doubts.remarks()


class WronglyDecoded:
    """How many texts look as if they had been decoded wrongly, of all that are seen."""

    def __init__(self) -> None:
        self._seen, self._wrong, self._example = 0, 0, ""

    def see(self, texts: Sequence[str]) -> None:
        """Looks at texts."""
        wrong = [match for text in texts if (match := _WRONG.search(text))]
        if wrong and not self._wrong:
            self._example = wrong[0].string[max(wrong[0].start() - 8, 0) :][:20]
        self._seen += len(texts)
        self._wrong += len(wrong)

    def remarks(self) -> list[str]:
        """Returns one remark with an example, or none."""
        if not self._wrong:
            return []
        looks = "looks" if self._wrong == 1 else "look"
        return [
            f"warning: {self._wrong:,} of {self._seen:,} cells {looks} wrongly decoded, as by "
            f"another encoding: {self._example!r}"
        ]
