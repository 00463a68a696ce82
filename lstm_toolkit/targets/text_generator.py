"""Writes and rates texts by a language model, inside the graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.builders.language_model_steps import LanguageModelSteps
from lstm_toolkit.data.text.forms import FREE
from lstm_toolkit.data.text.passages import END_ID, PAD_ID, START_ID, UNK_ID
from lstm_toolkit.layers.decoding.nucleus import draw_likely, penalized
from lstm_toolkit.layers.losses.token_scores import token_losses
from lstm_toolkit.targets.text_writer import BETWEEN, TextWriter

MOST_READ = 1000
"""Tokens of a prompt that are read, the last ones; an LSTM remembers no further back."""

MOST_SCORES = 2**25
"""Scores that are held at a time when a text is rated, 128 MiB."""

Choices = Mapping[str, Any]
"""`temperature`, `top_k`, `top_p` and `repetition_penalty`, each a scalar tensor or number."""


@dataclasses.dataclass(frozen=True, eq=False)
class TextGenerator:
    """A language model with what stands between texts and it.

    Attributes:
        model: What `builders.language_model` returned.
        writer: Numbers tokens and puts them together.
    """

    model: keras.Model
    writer: TextWriter

    @cached_property
    def steps(self) -> LanguageModelSteps:
        """The network token by token."""
        return LanguageModelSteps.of(self.model)

    @property
    def most_rated(self) -> int:
        """Tokens of a text that are rated: there is a score for each of the vocabulary at each."""
        return max(MOST_READ, MOST_SCORES // len(self.writer.encoder.vocabulary))

    def rate(self, texts: tf.Tensor) -> dict[str, tf.Tensor]:
        """Tells how likely texts are, from their first token to their last.

        The end of a text is left out, so that beginnings can be compared; of a very long text only
        the first tokens are rated.

        Args:
            texts: `string[batch]`.

        Returns:
            `log_probability` in nats, `tokens` and how many of them are `unknown_tokens`; `cut`,
            whether others behind these were left out.
        """
        every = self.writer.encoder.numbers(texts)
        numbers = every[:, : self.most_rated]
        first = tf.fill([tf.shape(texts)[0], 1], START_ID)
        wanted = numbers.to_tensor()
        wanted = tf.pad(wanted, [[0, 0], [0, tf.maximum(1 - tf.shape(wanted)[1], 0)]])
        inputs = tf.concat([first, wanted[:, :-1]], axis=1)
        asked = {"tokens": inputs, "next": wanted} if self.writer.cutoffs else inputs
        losses, real = token_losses(wanted, self.model(asked, training=False))
        return {
            "log_probability": 0.0 - tf.reduce_sum(losses * real, axis=1),
            "tokens": tf.cast(numbers.row_lengths(), tf.int32),
            "unknown_tokens": _unknown(numbers),
            "cut": every.row_lengths() > self.most_rated,
        }

    def write(
        self,
        prompts: tf.Tensor,
        choices: Choices,
        *,
        length: tf.Tensor,
        seed: tf.Tensor,
        samples: tf.Tensor,
        stop: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """Goes on with prompts.

        Args:
            prompts: `string[batch]`.
            choices: How tokens are drawn.
            length: Tokens that are written at most.
            seed: Other numbers give other texts.
            samples: Texts for each prompt.
            stop: `string[]`: a text ends before any of the strings in it, with `BETWEEN` between.

        Returns:
            `texts` and `log_probabilities` and numbers of `tokens` of what is in them, each
            `[batch, samples]`; `ended`, whether each came to its end, `stopped`, whether it was cut
            off before a string of `stop`, and `kept_form`, whether it is in its form; of prompts
            their `unknown_tokens`, whether only their end was read (`cut`), and
            `prompt_kept_form`. A token of which only the beginning is left counts as a whole.
        """
        rows = tf.shape(prompts)[0]
        numbers = self.writer.encoder.numbers(prompts)
        cut = numbers.row_lengths() > MOST_READ
        last = _last(numbers, MOST_READ)
        begun = self.moved_over(tf.fill([rows], self.writer.form.first), last)
        read = tf.repeat(last.to_tensor(), samples, axis=0)
        given = tf.minimum(tf.cast(numbers.row_lengths(), tf.int32), MOST_READ)
        lengths = tf.repeat(given, samples)
        chances = _chances(prompts, seed, samples, length)
        written, gained, ended, kept = self._loop(read, lengths, chances, choices, length)
        texts, inside, stopped = self._stopped(written, stop)
        shape = [rows, samples]
        free = self.writer.choices["form"] == "free"
        return {
            "texts": tf.reshape(texts, shape),
            "log_probabilities": tf.reshape(
                tf.reduce_sum(tf.where(inside, gained, 0.0), axis=1), shape
            ),
            "tokens": tf.reshape(tf.reduce_sum(tf.cast(inside, tf.int32), axis=1), shape),
            "ended": tf.reshape(ended & ~stopped, shape),
            "stopped": tf.reshape(stopped, shape),
            "kept_form": tf.reshape(kept, shape),
            "prompt_kept_form": tf.fill([rows], True) if free else begun > FREE,
            "unknown_tokens": _unknown(numbers),
            "cut": cut,
        }

    def next(
        self,
        scores: tf.Tensor,
        place: tf.Tensor,
        seen: tf.Tensor | None,
        chance: tf.Tensor,
        choices: Choices,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Draws the next token of each row, by the form and what is chosen.

        Args:
            scores: `float32[batch, vocabulary]`.
            place: `int32[batch]`, the state of the form.
            seen: `bool[batch, vocabulary]`; None penalises nothing.
            chance: `float32[batch]` in [0, 1).
            choices: How it is drawn.

        Returns:
            `int32[batch]` tokens, and their log-probabilities by the network alone.
        """
        logs = tf.nn.log_softmax(scores)
        never = tf.reduce_sum(tf.one_hot([PAD_ID, UNK_ID, START_ID], tf.shape(scores)[1]), axis=0)
        open_to = self.allowed(place) & (never[None] == 0)
        weighed = logs if seen is None else penalized(logs, seen, choices["repetition_penalty"])
        tokens = draw_likely(
            tf.where(open_to, weighed, weighed.dtype.min),
            chance,
            temperature=choices["temperature"],
            top_k=choices["top_k"],
            top_p=choices["top_p"],
        )
        # What has no number is not open either: where nothing is, the text ends.
        tokens = tf.where(tf.gather(open_to, tokens, batch_dims=1), tokens, END_ID)
        return tokens, tf.gather(logs, tokens, batch_dims=1)

    def allowed(self, place: tf.Tensor) -> tf.Tensor:
        """Tells which tokens may follow, `bool[batch, vocabulary]`."""
        form = self.writer.form
        following = tf.gather(tf.constant(form.following), place)
        return tf.gather(following, tf.constant(form.classes), axis=1) >= 0

    def moved(self, place: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
        """Returns the state of the form behind tokens; free where they are against it."""
        form = self.writer.form
        classes = tf.gather(tf.constant(form.classes), tokens)
        return tf.maximum(
            tf.gather_nd(tf.constant(form.following), tf.stack([place, classes], 1)), 0
        )

    def moved_over(self, place: tf.Tensor, numbers: tf.RaggedTensor) -> tf.Tensor:
        """Returns the state of the form behind `int32[batch, (tokens)]` that are read."""
        tokens, lengths = numbers.to_tensor(), tf.cast(numbers.row_lengths(), tf.int32)

        def step(time: tf.Tensor, place: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            moved = self.moved(place, tokens[:, time])
            return time + 1, tf.where(time < lengths, moved, place)

        return tf.while_loop(lambda time, _: time < tf.shape(tokens)[1], step, (0, place))[1]

    def _stopped(
        self, written: tf.Tensor, stop: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns texts before `stop`, which tokens are in them, and which were cut off."""
        pieces = self.writer.encoder.pieces(written)
        whole = tf.strings.reduce_join(pieces, axis=-1)
        texts = _before(whole, stop)
        size = tf.strings.length(texts)
        stopped = size < tf.strings.length(whole)
        begins = tf.cumsum(tf.strings.length(pieces), axis=1, exclusive=True)
        inside = (begins < size[:, None]) | ~stopped[:, None]
        return texts, inside & (written != PAD_ID), stopped

    def _loop(
        self,
        read: tf.Tensor,
        lengths: tf.Tensor,
        chances: tf.Tensor,
        choices: Choices,
        length: tf.Tensor,
    ) -> tuple[tf.Tensor, ...]:
        """Reads prompts and writes on, a token a step for all rows."""
        rows, longest = tf.shape(read)[0], tf.shape(read)[1]
        size = len(self.writer.encoder.vocabulary)
        padded = tf.pad(read, [[0, 0], [0, length]])

        def step(
            time: tf.Tensor,
            token: tf.Tensor,
            state: tuple[tf.Tensor, ...],
            place: tf.Tensor,
            seen: tf.Tensor,
            done: tf.Tensor,
            gains: tf.TensorArray,
            written: tf.TensorArray,
        ) -> tuple[Any, ...]:
            scores, after = self.steps(token, state)
            number = time - lengths  # of the token that is written
            chance = tf.gather(chances, tf.clip_by_value(number, 0, length - 1), batch_dims=1)
            drawn, gained = self.next(scores, place, seen, chance, choices)
            given = number < 0
            writes = ~given & ~done & (number < length)
            token = tf.where(given, padded[:, time], tf.where(writes, drawn, END_ID))
            gains = gains.write(time, tf.where(writes, gained, 0.0))
            goes_on = given | writes
            place = tf.where(goes_on, self.moved(place, token), place)
            seen |= (tf.one_hot(token, size) > 0) & goes_on[:, None]
            written = written.write(time, tf.where(writes, token, PAD_ID))
            done |= writes & tf.equal(token, END_ID)
            return time + 1, token, tuple(after), place, seen, done, gains, written

        def more(time: tf.Tensor, *others: Any) -> tf.Tensor:
            return (time < longest + length) & ~tf.reduce_all(others[4])

        first = (
            tf.constant(0),
            tf.fill([rows], START_ID),
            tuple(self.steps.zeros(rows)),
            tf.fill([rows], self.writer.form.first),
            tf.zeros([rows, size], tf.bool),
            tf.zeros([rows], tf.bool),
            tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[None]),
            tf.TensorArray(tf.int32, 0, dynamic_size=True, element_shape=[None]),
        )
        *_, place, _, done, gains, written = tf.while_loop(more, step, first)
        kept = tf.fill([rows], True) if self.writer.choices["form"] == "free" else place > FREE
        tokens, gained = tf.transpose(written.stack()), tf.transpose(gains.stack())
        return self._whole(tokens, read, lengths, done, kept), gained, done, kept

    def _whole(
        self,
        written: tf.Tensor,
        read: tf.Tensor,
        lengths: tf.Tensor,
        done: tf.Tensor,
        kept: tf.Tensor,
    ) -> tf.Tensor:
        """Cuts what did not come to its end off where its form is whole, if there is one.

        Args:
            written: `int32[batch, time]`, 0 where a prompt was read.
            read: `int32[batch, longest]`, the prompts.
            lengths: Of the prompts, `int32[batch]`.
            done: Which came to their end.
            kept: Which are in the form.
        """
        if self.writer.choices["form"] == "free":
            return written
        form, steps = self.writer.form, tf.shape(written)[1]
        padded = tf.pad(read, [[0, 0], [0, steps]])[:, :steps]
        given = tf.range(steps)[None] < lengths[:, None]
        every = tf.transpose(tf.where(given, padded, written))
        # Before the first token, then behind each: whether the end may stand there.
        first = tf.fill([tf.shape(written)[0]], form.first)
        places = tf.scan(self.moved, every, first)
        ending = int(form.classes[END_ID])
        may_end = tf.gather(tf.constant(form.following)[:, ending], tf.transpose(places)) >= 0
        position = tf.where(may_end, tf.range(1, steps + 1)[None], 0)
        last = tf.reduce_max(position, axis=1)
        cut = kept & ~done
        inside = tf.range(steps)[None] < last[:, None]
        return tf.where(inside | ~cut[:, None], written, PAD_ID)


def _unknown(numbers: tf.RaggedTensor) -> tf.Tensor:
    unknown = tf.cast(tf.equal(numbers, UNK_ID), tf.int32)
    return tf.cast(tf.reduce_sum(unknown, axis=1), tf.int32)


def _last(numbers: tf.RaggedTensor, most: int) -> tf.RaggedTensor:
    """Returns the last values of each row."""
    lengths = numbers.row_lengths()
    behind = tf.ragged.range(lengths, 0, -1)
    kept = behind.with_flat_values(behind.flat_values <= most)
    return tf.ragged.boolean_mask(numbers, kept)


def _chances(
    prompts: tf.Tensor, seed: tf.Tensor, samples: tf.Tensor, length: tf.Tensor
) -> tf.Tensor:
    """Returns `float32[batch * samples, length]`, by prompt, seed and place among samples."""
    own = tf.strings.to_hash_bucket_fast(prompts, 2**31 - 1)
    seeds = tf.stack(
        [
            tf.repeat(tf.cast(own, tf.int32), samples),
            tf.tile(tf.range(samples), [tf.shape(prompts)[0]]) + seed * 7919,
        ],
        axis=1,
    )

    def drawn(pair: tf.Tensor) -> tf.Tensor:
        return tf.random.stateless_uniform([length], pair, alg="philox")

    return tf.map_fn(drawn, seeds, fn_output_signature=tf.TensorSpec([None], tf.float32))


def _before(texts: tf.Tensor, stop: tf.Tensor) -> tf.Tensor:
    """Cuts texts off before any of the strings in `stop`."""
    every = tf.strings.split(stop, BETWEEN)
    strings = tf.boolean_mask(every, tf.strings.length(every) > 0)

    def cut(number: tf.Tensor, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        parts = tf.strings.split(texts, strings[number])
        return number + 1, tf.strings.reduce_join(parts[:, :1], axis=-1)

    _, texts = tf.while_loop(
        lambda number, _: number < tf.size(strings),
        cut,
        (tf.constant(0), texts),
        shape_invariants=(tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.string)),
    )
    return texts
