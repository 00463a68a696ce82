"""Sentences in, sentences out: reads, searches and writes inside one graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from lstm_toolkit.builders.decoder import StepwiseDecoder
from lstm_toolkit.data.text.sentence_count import count_sentences
from lstm_toolkit.data.text.sentence_encoder import END_ID, PAD_ID, START_ID, UNK_ID
from lstm_toolkit.data.text.sentence_tokens import tidy
from lstm_toolkit.layers import Decoded, beam_search, greedy, sample
from lstm_toolkit.layers.decoding.checks import at_most
from lstm_toolkit.layers.decoding.copying import copied_places, is_any, limit_copies

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
    from lstm_toolkit.layers.decoding.search import State, Step
    from lstm_toolkit.targets.sentence_writer import SentenceWriter

NEVER = (PAD_ID, UNK_ID, START_ID)
"""Tokens that are not written."""


@dataclasses.dataclass(frozen=True)
class Read:
    """Sentences as the network reads them.

    Attributes:
        source: `int32[batch, time]` numbers of tokens, padded on the right.
        copied: `string[batch, time]`, what is to be copied, "" elsewhere; None where nothing is.
        about: `truncated: bool[batch]`, whether tokens were cut off; `unknown_tokens:
            int32[batch]`; and where it is known how many sentences the training texts hold,
            `sentences: int32[batch]`, and `unlike: bool[batch]`, whether these are more.
    """

    source: tf.Tensor
    copied: tf.Tensor | None
    about: dict[str, tf.Tensor]


class Translator:
    """A network of `builders.seq2seq` with the vocabularies of both sides.

    Args:
        model: The network.
        source: From sentences to numbers of tokens.
        writer: From numbers of tokens to sentences, and how to write.
    """

    def __init__(self, model: keras.Model, source: SentenceEncoder, writer: SentenceWriter):
        self.source, self.writer, self.stepper = source, writer, StepwiseDecoder(model)

    @property
    def copies(self) -> bool:
        """Whether unknown words are copied: both sides have learnt it, and there is attention."""
        attends = self.stepper.decoder.attention is not None
        return attends and bool(self.source.copy_ids and self.writer.encoder.copy_ids)

    def read(self, text: tf.Tensor) -> Read:
        """Reads `string[batch]`."""
        encoder = self.source
        if self.copies:
            numbers, words, unknown = encoder.read(text)
            copied = words.to_tensor("")[:, : encoder.max_tokens]
        else:
            numbers, copied = encoder.numbers(text), None
            strange = tf.equal(numbers[:, : encoder.max_tokens], UNK_ID)
            unknown = tf.reduce_sum(tf.cast(strange, tf.int32), axis=1)
        about = {
            "truncated": numbers.row_lengths() > encoder.max_tokens,
            "unknown_tokens": tf.where(_blank(text), 0, unknown),
        }
        unlike = encoder.unlike(text)
        if unlike is not None:
            about |= {"unlike": unlike, "sentences": count_sentences(tidy(text))}
        return Read(numbers.to_tensor()[:, : encoder.max_tokens], copied, about)

    def search(
        self,
        source: tf.Tensor | Read,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
        keep_attention: bool = False,
        best_only: bool = False,
    ) -> Decoded:
        """Translates by beam search, see `layers.beam_search`.

        Args:
            source: What `read` returned; or `int32[batch, time]` numbers of tokens, padded on
                the right, of which nothing is copied.
            beams: Beams to follow, at most `SentenceWriter.most`; None takes the trained setting.
            length_penalty: Likewise.
            keep_attention: Keeps what each token looked at, as copying does.
            best_only: Gives the best translation alone, sooner.
        """
        read = self._as_read(source)
        return self._decode(
            beam_search,
            read,
            beam_width=self._width(beams),
            length_penalty=self.writer.length_penalty if length_penalty is None else length_penalty,
            coverage_penalty=self.writer.coverage_penalty,
            source_mask=tf.not_equal(read.source, PAD_ID),
            keep_attention=keep_attention or read.copied is not None,
            best_only=best_only,
        )

    def greedy(self, source: tf.Tensor | Read) -> Decoded:
        """Translates by the likeliest token at each step, `source` as in `search`."""
        read = self._as_read(source)
        return self._decode(greedy, read, keep_attention=read.copied is not None)

    def sample(
        self, source: tf.Tensor | Read, *, seed: tf.Tensor, temperature: float = 1.0, top_k: int = 0
    ) -> Decoded:
        """Translates at random, see `layers.sample`; `source` as in `search`."""
        read = self._as_read(source)
        return self._decode(
            sample,
            read,
            seed=seed,
            temperature=temperature,
            top_k=top_k,
            keep_attention=read.copied is not None,
        )

    def _decode(self, decoder: Callable[..., Decoded], read: Read, **options: Any) -> Decoded:
        """Runs a decoder of `layers` from START to END, with options of its own."""
        step, state = self._start(read)
        most = self._most(read.source)
        return decoder(
            step,
            state,
            start=START_ID,
            end=END_ID,
            max_steps=most,
            never=self._never,
            **options,
        )

    def _width(self, beams: int | tf.Tensor | None) -> int | tf.Tensor:
        return self.writer.beams if beams is None else at_most("beams", beams, self.writer.most)

    def _as_read(self, source: tf.Tensor | Read) -> Read:
        return source if isinstance(source, Read) else Read(source, None, {})

    @property
    def _never(self) -> tuple[int, ...]:
        return NEVER if self.copies else (*NEVER, *self.writer.encoder.copy_ids)

    def _start(self, read: Read) -> tuple[Step, State]:
        step, state = self.stepper.start(read.source)
        if not self.copies:
            return step, state
        words = is_any(read.source, self.source.copy_ids) & (read.copied is not None)
        count = tf.reduce_sum(tf.cast(words, tf.int32), axis=1)
        return limit_copies(step, state, count, self.writer.encoder.copy_ids, end=END_ID)

    def sentences(self, decoded: Decoded, read: Read | None = None) -> tf.Tensor:
        """Returns what was decoded as `string[batch, beams]`.

        Args:
            decoded: By `search`, `greedy` or `sample`.
            read: What it was decoded from, with the words to be copied.
        """
        return self.writer.encoder.sentences(decoded.ids, self._copied(decoded, read))

    def _copied(self, decoded: Decoded, read: Read | None) -> tf.Tensor | None:
        """Returns the word that each token stands for, `string[batch, beams, time]`."""
        if read is None or read.copied is None:
            return None
        written = self.writer.encoder.is_copy(decoded.ids)
        real = tf.not_equal(read.copied, "")
        places = copied_places(decoded.attention, written, real)
        return tf.where(written, tf.gather(read.copied, places, batch_dims=1), "")

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
        read = self.read(text)
        decoded = self.search(read, beams=beams, length_penalty=length_penalty)
        return self._named(text, decoded, read) | read.about

    def best(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """Translates `string[batch]`, and gives the best answer alone.

        Returns:
            `translation: string[batch]`, `score: float32[batch]`, `length: int32[batch]`, and
            as in `answer`.
        """
        read = self.read(text)
        named = self._named(text, self.search(read, best_only=True), read)
        return {
            "translation": named["translations"][:, 0],
            "score": named["scores"][:, 0],
            "length": named["lengths"][:, 0],
            **read.about,
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
        read = self.read(text)
        decoded = self.search(read, beams=beams, length_penalty=length_penalty, keep_attention=True)
        source, target = self.source.tokens(read.source), self.writer.encoder.tokens(decoded.ids)
        if read.copied is not None:
            source = tf.where(tf.equal(read.copied, ""), source, read.copied)
            copied = self._copied(decoded, read)
            target = tf.where(tf.equal(copied, ""), target, copied)
        return {
            **self._named(text, decoded, read),
            **read.about,
            "source_tokens": source,
            "target_tokens": target[:, 0],
            "attention": decoded.attention[:, 0],
        }

    def _named(self, text: tf.Tensor, decoded: Decoded, read: Read) -> dict[str, tf.Tensor]:
        sentences = self.sentences(decoded, read)
        return {
            "translations": tf.where(_blank(text)[:, tf.newaxis], "", sentences),
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
