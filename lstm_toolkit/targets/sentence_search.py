"""Something read, sentences written: searches and writes inside one graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import tensorflow as tf

from lstm_toolkit.builders.decoder import StepwiseDecoder
from lstm_toolkit.data.text.sentence_encoder import END_ID, PAD_ID, START_ID, UNK_ID
from lstm_toolkit.layers import Decoded, beam_search, greedy, sample
from lstm_toolkit.layers.decoding.checks import at_most, finite_from_zero

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.layers.decoding.search import State, Step
    from lstm_toolkit.targets.sentence_writer import SentenceWriter

NEVER = (PAD_ID, UNK_ID, START_ID)
"""Tokens that are not written."""


@dataclasses.dataclass(frozen=True)
class Read:
    """What the network reads of a batch.

    Attributes:
        source: Of sentences `int32[batch, time]` numbers of tokens, padded on the right; of
            pictures `float32[batch, height, width, 3]`.
        copied: `string[batch, time]`, what is to be copied, "" elsewhere; None where nothing is.
        about: Facts on each row, such as `truncated: bool[batch]`, which answers tell.
    """

    source: tf.Tensor
    copied: tf.Tensor | None
    about: dict[str, tf.Tensor]


class SentenceSearch:
    """A network that writes sentences, with what it writes them by.

    Args:
        model: Of `builders.seq2seq` or `builders.captioner`.
        writer: From numbers of tokens to sentences, and how to write.
    """

    noun: ClassVar[str]
    """What a sentence is called in answers."""
    verb: ClassVar[str]
    """The name of the signature that takes all options."""
    attended: ClassVar[tuple[str, ...]]
    """What `attend` gives beyond `answer`."""

    def __init__(self, model: keras.Model, writer: SentenceWriter):
        self.writer, self.stepper = writer, StepwiseDecoder(model)

    @property
    def copies(self) -> bool:
        """Whether unknown words are copied from what is read."""
        return False

    def read(self, raw: tf.Tensor) -> Read:
        """Reads raw values as signatures are given them."""
        raise NotImplementedError

    def blank(self, raw: tf.Tensor) -> tf.Tensor:
        """Tells of which raw values nothing can be written: `bool[batch]`."""
        return tf.zeros(tf.shape(raw)[:1], tf.bool)

    def most(self, read: Read) -> tf.Tensor | int:
        """Returns most tokens of each sentence, END counted."""
        return self.writer.encoder.max_tokens + 1

    def real(self, read: Read) -> tf.Tensor | None:
        """Returns `bool[batch, source]`, False at padding; None where there can be none."""
        return None

    def attention(self, read: Read, decoded: Decoded) -> dict[str, tf.Tensor]:
        """Returns what `attended` names, of the best sentences."""
        raise NotImplementedError

    def search(
        self,
        source: tf.Tensor | Read,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
        keep_attention: bool = False,
        best_only: bool = False,
    ) -> Decoded:
        """Writes by beam search, see `layers.beam_search`.

        Args:
            source: What `read` returned; or its `source`, of which nothing is copied.
            beams: Beams to follow, at most `SentenceWriter.most`; None takes the trained setting.
            length_penalty: Likewise.
            keep_attention: Keeps what each token looked at, as copying does.
            best_only: Gives the best sentence alone, sooner.
        """
        read = _as_read(source)
        return self._decode(
            beam_search,
            read,
            beam_width=self._width(beams),
            length_penalty=self._penalty(length_penalty),
            coverage_penalty=self.writer.coverage_penalty,
            source_mask=self.real(read),
            keep_attention=keep_attention or read.copied is not None,
            best_only=best_only,
        )

    def greedy(self, source: tf.Tensor | Read) -> Decoded:
        """Writes the likeliest token at each step, `source` as in `search`."""
        read = _as_read(source)
        return self._decode(greedy, read, keep_attention=read.copied is not None)

    def sample(
        self, source: tf.Tensor | Read, *, seed: tf.Tensor, temperature: float = 1.0, top_k: int = 0
    ) -> Decoded:
        """Writes at random, see `layers.sample`; `source` as in `search`."""
        read = _as_read(source)
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
        step, state = self.start(read)
        return decoder(
            step,
            state,
            start=START_ID,
            end=END_ID,
            max_steps=self.most(read),
            never=self._never,
            **options,
        )

    def _width(self, beams: int | tf.Tensor | None) -> int | tf.Tensor:
        return self.writer.beams if beams is None else at_most("beams", beams, self.writer.most)

    def _penalty(self, given: float | tf.Tensor | None) -> float | tf.Tensor:
        penalty = self.writer.length_penalty if given is None else given
        return finite_from_zero("length_penalty", penalty)

    @property
    def _never(self) -> tuple[int, ...]:
        return NEVER if self.copies else (*NEVER, *self.writer.encoder.copy_ids)

    def start(self, read: Read) -> tuple[Step, State]:
        """Returns the step of the decoder and its first state."""
        return self.stepper.start(read.source)

    def copied(self, decoded: Decoded, read: Read | None) -> tf.Tensor | None:
        """Returns the word that each token stands for, `string[batch, beams, time]`."""
        return None

    def sentences(self, decoded: Decoded, read: Read | None = None) -> tf.Tensor:
        """Returns what was decoded as `string[batch, beams]`.

        Args:
            decoded: By `search`, `greedy` or `sample`.
            read: What it was decoded from, with the words to be copied.
        """
        return self.writer.encoder.sentences(decoded.ids, self.copied(decoded, read))

    def answer(
        self,
        raw: tf.Tensor,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Writes by beam search.

        Returns:
            Of translations `translations: string[batch, beams]`, best first; `scores:
            float32[batch, beams]`, -inf where there are fewer; `lengths: int32[batch, beams]` in
            tokens; and what `about` tells of what was read.
        """
        read = self.read(raw)
        decoded = self.search(read, beams=beams, length_penalty=length_penalty)
        return self._named(raw, decoded, read) | read.about

    def best(self, raw: tf.Tensor) -> dict[str, tf.Tensor]:
        """Writes as `answer` does, and gives the best sentence alone.

        Returns:
            Of translations `translation: string[batch]`, `score: float32[batch]`, `length:
            int32[batch]`, and as in `answer`.
        """
        read = self.read(raw)
        named = self._named(raw, self.search(read, best_only=True), read)
        return {
            self.noun: named[f"{self.noun}s"][:, 0],
            "score": named["scores"][:, 0],
            "length": named["lengths"][:, 0],
            **read.about,
        }

    def attend(
        self,
        raw: tf.Tensor,
        *,
        beams: int | tf.Tensor | None = None,
        length_penalty: float | tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Writes as `answer` does, and tells what each token looked at, see `attention`."""
        read = self.read(raw)
        decoded = self.search(read, beams=beams, length_penalty=length_penalty, keep_attention=True)
        return {
            **self._named(raw, decoded, read),
            **read.about,
            **self.attention(read, decoded),
        }

    def _named(self, raw: tf.Tensor, decoded: Decoded, read: Read) -> dict[str, tf.Tensor]:
        sentences = self.sentences(decoded, read)
        return {
            f"{self.noun}s": tf.where(self.blank(raw)[:, tf.newaxis], "", sentences),
            "scores": decoded.scores,
            "lengths": decoded.lengths,
        }


def _as_read(source: tf.Tensor | Read) -> Read:
    return source if isinstance(source, Read) else Read(source, None, {})
