"""What the classes of a text count in an index: praise up, blame down, or one class alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import InputError, did_you_mean

PRAISE = ("positive", "pos", "good", "praise", "bullish", "正面", "积极", "好评")
BLAME = ("negative", "neg", "bad", "blame", "bearish", "负面", "消极", "差评")

Weights = Mapping[str, float]
"""What the probability of each class counts; others count nothing."""


def weights(labels: Sequence[str], label: str = "") -> Weights:
    """Returns what classes count: 1 and -1 for praise and blame, or 1 for the one that is named.

    Labels that are all numbers are praise at their highest and blame at their lowest.

    Args:
        labels: Names of all classes.
        label: The class whose share is watched; "" finds praise and blame.

    Raises:
        InputError: If there is no such class, or praise and blame cannot be told.

    >>> weights(["negative", "neutral", "positive"])
    {'positive': 1.0, 'negative': -1.0}
    >>> weights(["1", "2", "3"], "3")
    {'3': 1.0}
    """
    if label:
        if label not in labels:
            raise InputError(f"no such class `{label}`, {did_you_mean(label, labels)}")
        return {label: 1.0}
    folded = {fold(name): name for name in labels}
    praise = [folded[name] for name in PRAISE if name in folded]
    blame = [folded[name] for name in BLAME if name in folded]
    if not (praise or blame):
        numbers = _numbers(labels)
        if numbers is not None and len(labels) > 1:
            praise, blame = ([f(numbers, key=numbers.__getitem__)] for f in (max, min))
    if len(praise) != 1 or len(blame) != 1:
        shown = ", ".join(labels[:8]) + (", …" if len(labels) > 8 else "")
        raise InputError(
            f"which classes are praise and blame is not known; give --label. Received: {shown}"
        )
    return {praise[0]: 1.0, blame[0]: -1.0}


def _numbers(labels: Sequence[str]) -> dict[str, float] | None:
    try:
        return {name: float(name) for name in labels}
    except ValueError:
        return None
