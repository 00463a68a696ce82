"""Sentences in, sentences out: reads, searches and writes inside one graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import tensorflow as tf

from lstm_toolkit.data.text.sentence_count import count_sentences
from lstm_toolkit.data.text.sentence_encoder import END_ID, PAD_ID, UNK_ID
from lstm_toolkit.data.text.sentence_tokens import tidy
from lstm_toolkit.layers import Decoded
from lstm_toolkit.layers.decoding.copying import copied_places, is_any, limit_copies
from lstm_toolkit.targets.sentence_search import Read, SentenceSearch

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
    from lstm_toolkit.layers.decoding.search import State, Step
    from lstm_toolkit.targets.sentence_writer import SentenceWriter


class Translator(SentenceSearch):
    """A network of `builders.seq2seq` with the vocabularies of both sides.

    Args:
        model: The network.
        source: From sentences to numbers of tokens.
        writer: From numbers of tokens to sentences, and how to write.
    """

    noun: ClassVar[str] = "translation"
    verb: ClassVar[str] = "translate"
    attended: ClassVar[tuple[str, ...]] = ("source_tokens", "target_tokens", "attention")

    def __init__(self, model: keras.Model, source: SentenceEncoder, writer: SentenceWriter):
        super().__init__(model, writer)
        self.source = source

    @property
    def copies(self) -> bool:
        """Whether unknown words are copied: both sides have learnt it, and there is attention."""
        attends = self.stepper.decoder.attention is not None
        return attends and bool(self.source.copy_ids and self.writer.encoder.copy_ids)

    def read(self, raw: tf.Tensor) -> Read:
        """Reads `string[batch]`.

        Returns:
            `about` holds `truncated: bool[batch]`, whether tokens were cut off; `unknown_tokens:
            int32[batch]`; and where it is known how many sentences the training texts hold,
            `sentences: int32[batch]`, and `unlike: bool[batch]`, whether these are more.
        """
        encoder = self.source
        if self.copies:
            numbers, words, unknown = encoder.read(raw)
            copied = words.to_tensor("")[:, : encoder.max_tokens]
        else:
            numbers, copied = encoder.numbers(raw), None
            strange = tf.equal(numbers[:, : encoder.max_tokens], UNK_ID)
            unknown = tf.reduce_sum(tf.cast(strange, tf.int32), axis=1)
        about = {
            "truncated": numbers.row_lengths() > encoder.max_tokens,
            "unknown_tokens": tf.where(self.blank(raw), 0, unknown),
        }
        unlike = encoder.unlike(raw)
        if unlike is not None:
            about |= {"unlike": unlike, "sentences": count_sentences(tidy(raw))}
        return Read(numbers.to_tensor()[:, : encoder.max_tokens], copied, about)

    def blank(self, raw: tf.Tensor) -> tf.Tensor:
        """Tells which sentences hold nothing to translate."""
        return tf.equal(tf.strings.length(tidy(raw)), 0)

    def most(self, read: Read) -> tf.Tensor:
        """Returns most tokens of each translation, END counted."""
        tokens = tf.reduce_sum(tf.cast(self.real(read), tf.int32), axis=1)
        return tf.minimum(self.writer.encoder.max_tokens + 1, 3 * tokens + 20)

    def real(self, read: Read) -> tf.Tensor:
        """Returns `bool[batch, source]`, False at padding."""
        return tf.not_equal(read.source, PAD_ID)

    def start(self, read: Read) -> tuple[Step, State]:
        """Returns the step of the decoder, with which no more is copied than there is."""
        step, state = super().start(read)
        if not self.copies:
            return step, state
        words = is_any(read.source, self.source.copy_ids) & (read.copied is not None)
        count = tf.reduce_sum(tf.cast(words, tf.int32), axis=1)
        return limit_copies(step, state, count, self.writer.encoder.copy_ids, end=END_ID)

    def copied(self, decoded: Decoded, read: Read | None) -> tf.Tensor | None:
        """Returns the word that each token stands for, `string[batch, beams, time]`."""
        if read is None or read.copied is None:
            return None
        written = self.writer.encoder.is_copy(decoded.ids)
        real = tf.not_equal(read.copied, "")
        places = copied_places(decoded.attention, written, real)
        return tf.where(written, tf.gather(read.copied, places, batch_dims=1), "")

    def attention(self, read: Read, decoded: Decoded) -> dict[str, tf.Tensor]:
        """Tells what each token of the best translations looked at.

        Returns:
            `source_tokens: string[batch, source]`, `target_tokens: string[batch, time]` and
            `attention: float32[batch, time, source]`.
        """
        source, target = self.source.tokens(read.source), self.writer.encoder.tokens(decoded.ids)
        if read.copied is not None:
            source = tf.where(tf.equal(read.copied, ""), source, read.copied)
            copied = self.copied(decoded, read)
            target = tf.where(tf.equal(copied, ""), target, copied)
        return {
            "source_tokens": source,
            "target_tokens": target[:, 0],
            "attention": decoded.attention[:, 0],
        }
