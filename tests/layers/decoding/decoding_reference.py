"""Toy networks, and decoders written plainly in numpy to compare with."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

START, END = 1, 2


class Toy(NamedTuple):
    """A network that knows the last token and how many came before.

    Attributes:
        logits: `float[batch, time, token before, token]`.
        attention: `float[batch, time, token before, source]`, sums to one.
    """

    logits: np.ndarray
    attention: np.ndarray

    def step(self, tokens: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any, tf.Tensor]:
        """Takes the state `{"time": int32[batch, beams], "path": float32[batch, beams, 1]}`."""
        index = tf.stack([state["time"], tokens], axis=-1)
        logits = tf.gather_nd(self.logits, index, batch_dims=1)
        attention = tf.gather_nd(self.attention, index, batch_dims=1)
        return logits, {"time": state["time"] + 1, "path": state["path"]}, attention

    @property
    def state(self) -> dict[str, tf.Tensor]:
        batch = len(self.logits)
        return {"time": tf.zeros([batch, 1], tf.int32), "path": tf.zeros([batch, 1, 1])}

    def log_probabilities(self, row: int, time: int, before: int) -> np.ndarray:
        logits = self.logits[row, time, before].astype(np.float64)
        return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()


def toy(seed: int, *, batch: int = 3, steps: int = 6, vocabulary: int = 5, source: int = 4) -> Toy:
    """Returns a random network; the last source place of odd rows is padding."""
    rng = np.random.default_rng(seed)
    attention = rng.random((batch, steps, vocabulary, source))
    attention[1::2, ..., -1] = 0
    attention /= attention.sum(-1, keepdims=True)
    logits = rng.normal(size=(batch, steps, vocabulary, vocabulary), scale=1.5)
    return Toy(logits.astype(np.float32), attention.astype(np.float32))


class Answer(NamedTuple):
    """One answer: `tokens` with END, and what it is worth."""

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    attention: tuple[np.ndarray, ...]

    @property
    def finished(self) -> bool:
        return self.tokens[-1:] == (END,)


def score(
    log_probability: float, attention: Sequence[np.ndarray], length: float, coverage: float
) -> float:
    """Returns formula 14 of arXiv:1609.08144; nothing attended at all is padding."""
    total = np.sum(attention, axis=0)
    lost = sum(math.log(min(x, 1.0)) for x in total if x > 0)
    return log_probability / ((5 + len(attention)) / 6) ** length + coverage * lost


def every_answer(
    network: Toy, row: int, *, steps: int, never: Sequence[int] = (), length: float = 0.0,
    coverage: float = 0.0,
) -> list[Answer]:  # fmt: skip
    """Enumerates all answers that end, or are cut off at `steps`; best first."""
    vocabulary = network.logits.shape[-1]
    found = []
    for count in range(1, steps + 1):
        for tokens in itertools.product(range(vocabulary), repeat=count):
            early = END in tokens[:-1] or any(token in never for token in tokens)
            if early or (tokens[-1] != END and count < steps):
                continue
            found.append(_answer(network, row, tokens, length, coverage))
    return sorted(found, key=lambda answer: -answer.score)


def _answer(
    network: Toy, row: int, tokens: tuple[int, ...], length: float, coverage: float
) -> Answer:
    before = (START, *tokens)
    total = sum(
        network.log_probabilities(row, i, before[i])[token] for i, token in enumerate(tokens)
    )
    attention = tuple(network.attention[row, i, before[i]] for i in range(len(tokens)))
    return Answer(tokens, total, score(total, attention, length, coverage), attention)


def plain_beam_search(
    network: Toy, row: int, *, beams: int, steps: int, never: Sequence[int] = (),
    length: float = 0.0, coverage: float = 0.0,
) -> list[Answer]:  # fmt: skip
    """Searches one row with lists."""
    kept = [Answer((), 0.0, 0.0, ())]
    vocabulary = network.logits.shape[-1]
    for _ in range(steps):
        candidates = []
        for answer in kept:
            if answer.finished:
                candidates.append(answer)
                continue
            for token in set(range(vocabulary)) - set(never):
                longer = (*answer.tokens, token)
                candidates.append(_answer(network, row, longer, length, coverage))
        kept = sorted(candidates, key=lambda answer: -answer.score)[:beams]
    return kept
