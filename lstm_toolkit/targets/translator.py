"""Sentences in, sentences out: reads, searches and writes inside one graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tensorflow as tf

from lstm_toolkit.builders.decoder import StepwiseDecoder
from lstm_toolkit.data.text.sentence_encoder import END_ID, PAD_ID, START_ID, UNK_ID
from lstm_toolkit.data.text.sentence_tokens import tidy
from lstm_toolkit.layers import Decoded, beam_search, greedy, sample

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
    from lstm_toolkit.targets.tokens import SentenceWriter

NEVER = (PAD_ID, UNK_ID, START_ID)
"""Tokens that are not written."""


class Translator:
    """A network of `builders.seq2seq` with the vocabularies of both sides.

    Args:
        model: The network.
        source: From sentences to numbers of tokens.
        writer: From numbers of tokens to sentences, and how to write.
    """

    def __init__(self, model: keras.Model, source: SentenceEncoder, writer: SentenceWriter):
        self.source, self.writer, self.stepper = source, writer, StepwiseDecoder(model)

    def search(
        self,
        source: tf.Tensor,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
        keep_attention: bool = False,
        best_only: bool = False,
    ) -> Decoded:
        """Translates by beam search, see `layers.beam_search`.

        Args:
            source: `int32[batch, time]` numbers of tokens, padded on the right.
            beams: Beams to follow; None takes the trained setting.
            length_penalty: Likewise.
            keep_attention: Keeps what each token looked at.
            best_only: Gives the best translation alone, sooner.
        """
        step, state = self.stepper.start(source)
        return beam_search(
            step,
            state,
            start=START_ID,
            end=END_ID,
            max_steps=self._most(source),
            never=NEVER,
            beam_width=self.writer.beams if beams is None else beams,
            length_penalty=self.writer.length_penalty if length_penalty is None else length_penalty,
            coverage_penalty=self.writer.coverage_penalty,
            source_mask=tf.not_equal(source, PAD_ID),
            keep_attention=keep_attention,
            best_only=best_only,
        )

    def greedy(self, source: tf.Tensor) -> Decoded:
        """Translates by the likeliest token at each step, `source` as in `search`."""
        step, state = self.stepper.start(source)
        most = self._most(source)
        return greedy(step, state, start=START_ID, end=END_ID, max_steps=most, never=NEVER)

    def sample(
        self, source: tf.Tensor, *, seed: tf.Tensor, temperature: float = 1.0, top_k: int = 0
    ) -> Decoded:
        """Translates at random, see `layers.sample`; `source` as in `search`."""
        step, state = self.stepper.start(source)
        return sample(
            step,
            state,
            start=START_ID,
            end=END_ID,
            max_steps=self._most(source),
            never=NEVER,
            seed=seed,
            temperature=temperature,
            top_k=top_k,
        )

    def sentences(self, decoded: Decoded) -> tf.Tensor:
        """Returns what was decoded as `string[batch, beams]`."""
        return self.writer.encoder.sentences(decoded.ids)

    def answer(
        self,
        text: tf.Tensor,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Translates `string[batch]` by beam search.

        Returns:
            `translations: string[batch, beams]`, best first; `scores: float32[batch,
            beams]`, -inf where there are fewer; `lengths: int32[batch, beams]` in tokens;
            and what `about` tells of the sentences.
        """
        source, about = self._read(text)
        decoded = self.search(source, beams=beams, length_penalty=length_penalty)
        return self._named(text, decoded) | about

    def best(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """Translates `string[batch]`, and gives the best answer alone.

        Returns:
            `translation: string[batch]`, `score: float32[batch]`, `length: int32[batch]`, and
            as in `answer`.
        """
        source, about = self._read(text)
        named = self._named(text, self.search(source, best_only=True))
        return {
            "translation": named["translations"][:, 0],
            "score": named["scores"][:, 0],
            "length": named["lengths"][:, 0],
            **about,
        }

    def attend(
        self,
        text: tf.Tensor,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Translates as `answer` does, and tells what each token looked at.

        Returns:
            In addition `source_tokens: string[batch, source]`, `target_tokens: string[batch,
            time]` and `attention: float32[batch, time, source]` of the best translations.
        """
        source, about = self._read(text)
        decoded = self.search(
            source, beams=beams, length_penalty=length_penalty, keep_attention=True
        )
        return {
            **self._named(text, decoded),
            **about,
            "source_tokens": self.source.tokens(source),
            "target_tokens": self.writer.encoder.tokens(decoded.ids[:, 0]),
            "attention": decoded.attention[:, 0],
        }

    def _read(self, text: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Returns numbers of tokens; whether some were cut off, and how many are unknown."""
        encoder = self.source
        numbers = encoder.numbers(text)
        source = numbers.to_tensor()[:, : encoder.max_tokens]
        unknown = tf.reduce_sum(tf.cast(tf.equal(source, UNK_ID), tf.int32), axis=1)
        unknown = tf.where(_blank(text), 0, unknown)
        truncated = numbers.row_lengths() > encoder.max_tokens
        return source, {"truncated": truncated, "unknown_tokens": unknown}

    def _named(self, text: tf.Tensor, decoded: Decoded) -> dict[str, tf.Tensor]:
        return {
            "translations": tf.where(_blank(text)[:, tf.newaxis], "", self.sentences(decoded)),
            "scores": decoded.scores,
            "lengths": decoded.lengths,
        }

    def _most(self, source: tf.Tensor) -> tf.Tensor:
        """Returns most tokens of each translation, END counted."""
        tokens = tf.reduce_sum(tf.cast(tf.not_equal(source, PAD_ID), tf.int32), axis=1)
        return tf.minimum(self.writer.encoder.max_tokens + 1, 3 * tokens + 20)


def _blank(text: tf.Tensor) -> tf.Tensor:
    """Tells which sentences hold nothing to translate: `bool[batch]`."""
    return tf.equal(tf.strings.length(tidy(text)), 0)
