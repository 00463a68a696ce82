"""What is said in a recording, without anyone having told when."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, Sequences, texts
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.log_mel import FRAME, HOP
from lstm_toolkit.features.states import States, additions
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.metrics.row_scores import Floats, RowScore, quotient
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.audio_signatures import ROWS, audio_remarks, audio_signatures
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target
from lstm_toolkit.targets.transcript_tokens import TranscriptTokens, commonest

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches

GREEDY = "greedy"
"""The signature that takes the likeliest token of each step."""

JUDGED = np.dtype([("given", object), ("loss", "f8"), ("tokens", "f8")])
"""What is scored of each recording: what was recognised, what the right tokens lose, and how many
they are; 0 where there are not enough steps for them."""


def _rate(sums: Floats) -> Floats:
    rate: Floats = 100 * sums[..., 0] / np.maximum(sums[..., 1], 1.0)
    return rate


@dataclasses.dataclass(frozen=True)
class TranscriptOptions(PredictOptions):
    """What `predict` can be told about transcripts."""

    greedy: bool = False
    """Take the likeliest token of each step instead of searching with beams."""


class Transcripts(Target[TranscriptTokens]):
    """Transcripts by connectionist temporal classification. Settings: `TranscriptsSettings`.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`.
        audio: The feature with the recordings.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **dict.fromkeys(("loss", "word_error", "character_error", "row_error"), "min"),
    }
    main_score = "word_error"
    row_scores: ClassVar[tuple[RowScore, ...]] = (
        RowScore("word_error", ("word_edits", "words"), _rate, points=1.0),
        quotient("loss", "loss", "tokens"),
    )
    options: ClassVar[type[PredictOptions]] = TranscriptOptions

    def __init__(self, column: str = "transcript", audio: str = "audio"):
        self.column, self.audio = column, audio

    def learn(self, train: Dataset, settings: Any) -> TranscriptTokens:
        """Learns the tokens."""
        said = list(map(str, train.targets[self.column]))
        return TranscriptTokens.learn(said, settings, settings.stack * HOP)

    def extend(
        self, state: TranscriptTokens, train: Dataset, settings: Any
    ) -> tuple[TranscriptTokens, list[str]]:
        """Adds tokens.

        Raises:
            InputError: If they are to be of another kind.
        """
        kind = "word" if state.words else "character"
        kept: Any = dataclasses.replace(settings, token=kind)
        learnt = self.learn(train, kept)
        check_kept("lowercase", state.lowercase, learnt.lowercase)
        if settings.token != "auto":
            check_kept("token", kind, settings.token)
        grown = dataclasses.replace(state.extended(learnt), beams=learnt.beams)
        return grown, additions(len(state.tokens), len(grown.tokens), "token", "tokens")

    def load(self, folder: Path) -> TranscriptTokens:
        """Reads the tokens."""
        return TranscriptTokens.load(folder)

    def rows_to_encode(
        self, rows: Dataset, states: Any, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Adds made recordings in which nothing is said to those that are trained on."""
        if not training or not settings.silences:
            return rows
        from lstm_toolkit.data.readers.audio.made_rows import made_silences

        audio, count = rows.columns[self.audio], max(1, round(settings.silences * len(rows)))
        made = made_silences(audio, count, np.random.default_rng([settings.seed, 1]))
        more = Sequences.from_lengths(np.concatenate(made), [len(row) for row in made])
        said = texts([*map(str, rows.targets[self.column]), *[""] * count])
        return Dataset({self.audio: Sequences.concatenate([audio, more])}, {self.column: said})

    def encode(self, rows: Dataset, state: TranscriptTokens, settings: Any) -> EncodedColumn:
        """Returns rows of `int32` numbers of tokens, and how many tokens are `unknown`."""
        numbered = [state.numbers(str(text)) for text in rows.targets[self.column]]
        unknown = np.array([count for _, count in numbered], np.int64)
        steps = _steps(rows.columns[self.audio], state.seconds)
        short = np.array([_needed(row) for row, _ in numbered], np.int64) > steps
        counts = {"unknown": unknown, "short": short.astype(np.int64)}
        return EncodedColumn(Ragged.of([row for row, _ in numbered], np.int32), counts)

    def data_warnings(
        self,
        train: EncodedColumn,
        validation: EncodedColumn,
        settings: Any,
        state: TranscriptTokens,
    ) -> Iterator[str]:
        """Tells the tokens, and those that stand in the validation split alone."""
        kind = "words" if state.words else "characters"
        shown = ", ".join(token if token.strip() else "space" for token in state.tokens[:12])
        yield f"{len(state.tokens):,} {kind} are recognised: {shown}"[:200]
        if unknown := int(validation.counts["unknown"].sum()):
            yield f"{unknown:,} {kind} of validation are not in training, and count as wrong"
        if short := int(train.counts["short"].sum()):
            yield (
                f"{short:,} training recordings are too short for their transcripts, and teach "
                f"nothing; a step of {state.seconds:g} seconds holds one of the {kind}"
            )

    def training_pair(
        self, inputs: Any, targets: tf.RaggedTensor, state: TranscriptTokens
    ) -> tuple[Any, Any]:
        """Pads tokens with zeros."""
        return inputs, targets.to_tensor()

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the negative log-likelihood over all alignments."""
        from lstm_toolkit.layers import CTCLoss

        return CTCLoss()

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns rows of `JUDGED`."""
        import tensorflow as tf

        from lstm_toolkit.layers import ctc_losses
        from lstm_toolkit.layers.sounds.ctc import fits

        state = trained.states.target

        def judge(inputs: Any, targets: Any) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            outputs = trained.model(inputs, training=False)
            there = (targets > 0) & fits(targets, outputs)[:, None]
            tokens = tf.reduce_sum(tf.cast(there, tf.float32), axis=1)
            return self.decode(outputs, state)[self.column], ctc_losses(targets, outputs), tokens

        dataset = batches.dataset()
        traced = tf.function(judge, dataset.element_spec, autograph=False)
        graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
        judged = np.empty(batches.size, JUDGED)
        done = 0
        for inputs, targets in dataset:
            for given, *numbers in zip(*map(np.asarray, graph(inputs, targets)), strict=True):
                judged[done] = (given.decode("utf-8", "replace"), *numbers)
                done += 1
        return batches.in_row_order(judged)

    def decode(self, outputs: tf.Tensor, state: TranscriptTokens) -> dict[str, tf.Tensor]:
        """Returns the transcript, its probability, and its tokens with their times.

        `transcript: string[batch]`, `probability: float32[batch]`, `tokens: string[batch, tokens]`
        ("" behind), `starts` and `ends` in seconds, `float32[batch, tokens]` (-1 behind).
        """
        import tensorflow as tf

        from lstm_toolkit.layers import ctc_decode, ctc_times

        numbers, _, logs = ctc_decode(outputs, state.beams)
        first, last = ctc_times(numbers, outputs)
        # Here, not outside: a graph can only hold constants that are made in it.
        tokens = tf.gather(tf.constant(["", *state.tokens]), numbers)
        real = numbers > 0
        between = " " if state.words else ""
        joined = tf.strings.reduce_join(tokens, axis=1, separator=between)
        starts, ends = (tf.cast(each, tf.float32) * state.seconds for each in (first, last + 1))
        return {
            self.column: tf.strings.strip(joined),
            "probability": tf.exp(logs),
            "tokens": tokens,
            "starts": tf.where(real, starts, -1.0),
            "ends": tf.where(real, ends, -1.0),
        }

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of samples with their rates and lengths, and `greedy`."""
        found = audio_signatures(super().signatures(trained)["serving_default"])
        states = trained.states
        plain = States(states.features, dataclasses.replace(states.target, beams=1))
        greedy = super().signatures(dataclasses.replace(trained, states=plain))
        return found | {GREEDY: audio_signatures(greedy["serving_default"])[ROWS]}

    def signature_for(self, options: Any) -> str:
        """Returns `greedy` if that is asked for."""
        return GREEDY if options.greedy else ROWS

    def line_stream(self, state: TranscriptTokens) -> str:
        """Answers samples from standard input, a stretch of speech at a time."""
        return "sound_stream.answer_sound"

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns transcripts with their tokens and times."""
        answers = []
        for row, said in enumerate(outputs[self.column]):
            columns = (outputs[name][row] for name in ("tokens", "starts", "ends"))
            tokens = [
                {
                    "token": token.decode("utf-8", "replace"),
                    "start": round(float(start), 2),
                    "end": round(float(end), 2),
                }
                for token, start, end in zip(*columns, strict=True)
                if token
            ]
            answer = {
                self.column: said.decode("utf-8", "replace"),
                "probability": float(outputs["probability"][row]),
                "tokens": tokens,
            }
            answers.append(answer | audio_remarks(outputs, row))
        return answers

    def answer_columns(self) -> dict[str, Any]:
        """Returns the transcript, its probability, and tokens with times as JSON."""
        return {self.column: str, "probability": float, "tokens": dict}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the transcript and its probability, divided by a tab."""
        return f"{answer[self.column]}\t{answer['probability']:.4f}"

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns word and character error rates, and the loss in nats a token."""
        from lstm_toolkit.metrics.transcript_scores import transcript_scores

        said = self._said(predicted.rows, predicted.states.target)
        losses = predicted.outputs["loss"].sum() / max(predicted.outputs["tokens"].sum(), 1.0)
        given = predicted.outputs["given"].tolist()
        return {**transcript_scores(said, given), "loss": round(float(losses), 6)}

    def _said(self, rows: Dataset, state: TranscriptTokens) -> list[str]:
        """Returns transcripts as they are scored."""
        return [state.normal(str(text)) for text in rows.targets[self.column]]

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns transcripts, and what each adds to the rates."""
        from lstm_toolkit.metrics.transcript_scores import transcript_edits

        said = self._said(predicted.rows, predicted.states.target)
        given = predicted.outputs["given"].tolist()
        sums = {name: predicted.outputs[name].astype(np.float64) for name in ("loss", "tokens")}
        return JudgedRows(said, given, {**transcript_edits(said, given), **sums})

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the rates in a line."""
        return (
            f"word error {scores['word_error']:.2f} %   character error "
            f"{scores['character_error']:.2f} %   rows with an error {scores['row_error']:.2f} %   "
            f"loss {scores['loss']:.4f}   ({scores['examples']:,} recordings)"
        )

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: TranscriptTokens,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the commonest transcript, and a classifier of pieces between pauses."""
        said, truth = (self._said(part, state) for part in (train, test))
        yield "most_frequent", partial(_scored, truth, lambda: [commonest(said)] * len(truth))

        def segmented() -> list[str]:
            from lstm_toolkit.metrics.simple_sounds import segmented_words

            feature: Any = features[self.audio]
            heard, asked = (
                list(feature.frames(part.columns[self.audio])) for part in (train, test)
            )
            words = segmented_words(heard, [text.split() for text in said], asked)
            return [" ".join(row) for row in words]

        yield "segmented_svm", partial(_scored, truth, segmented)


def _steps(audio: Any, step: float) -> NDArray[np.int64]:
    """Returns how many steps the network reads of each recording."""
    seconds = (audio.lengths - 1) / audio.values[audio.offsets[:-1]]
    frames = np.maximum(1 + np.ceil((seconds - FRAME) / HOP - 1e-6), 1)
    return np.ceil(frames * HOP / step - 1e-6).astype(np.int64)


def _needed(numbers: Sequence[int]) -> int:
    """Returns how many steps tokens need: one each, and one between equal ones."""
    return len(numbers) + sum(a == b for a, b in itertools.pairwise(numbers))


def _scored(truth: list[str], answer: Any) -> dict[str, float]:
    """Returns the rates of what a simple method answers."""
    from lstm_toolkit.metrics.transcript_scores import transcript_scores

    scores = transcript_scores(truth, answer())
    return {name: scores[name] for name in ("word_error", "character_error")}
