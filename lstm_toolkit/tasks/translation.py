"""Sentences of one language to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lstm_toolkit import builders
from lstm_toolkit import data as data_room
from lstm_toolkit.errors import InputError
from lstm_toolkit.task import Endpoint, Task
from lstm_toolkit.translation_assets import TranslationAssets
from lstm_toolkit.translation_settings import TranslationOptions, TranslationSettings

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.splits.classes import Splits

JUDGED = np.dtype([("greedy", object), ("beam", object), ("loss", "f8"), ("tokens", "i8")])
"""What is scored of each pair."""

LARGE: Mapping[str, Any] = {
    "embedding": 256,
    "units": (256,),
    "optimizer": "adamw",
    "weight_decay": 1e-4,
    "learning_rate": 0.002,
    "warmup": 0.06,
    "average": 0.998,
    "batch_size": 64,
    "epochs": 14,
}
"""What the presets for tens of thousands of pairs have in common."""


class Translation(Task[TranslationSettings, TranslationAssets]):
    """Sentences to sentences: `string[batch]` in, translations with scores out."""

    summary = "sentences to another language"
    settings = TranslationSettings
    assets = TranslationAssets
    options = TranslationOptions
    search: ClassVar[Mapping[str, str]] = {
        "units": "96..256/32",
        "units.layers": "1..2",
        "embedding": "96..256/32",
        "attention": "luong,scaled_luong,bahdanau",
        "dropout": "0.1..0.5",
        "token_dropout": "0..0.15",
        "learning_rate": "0.001..0.008:log",
    }
    network = frozenset(
        {
            "units", "bidirectional", "embedding", "attention", "input_feeding", "dropout",
            "embedding_dropout", "token_dropout", "tied", "label_smoothing", "scheduled_sampling",
        }
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        # Tens of thousands of short sentences; three quarters of an hour on two cores.
        "tatoeba": {
            **LARGE,
            "source_vocabulary": 4000,
            "target_vocabulary": 5000,
            "dropout": 0.25,
            "length_penalty": 2.0,
        },
        # Captions of photographs, as in Multi30k: few words, long sentences; scored in small
        # letters. Two hours on one core.
        "captions": {
            **LARGE,
            "source_tokens": "subword",
            "target_tokens": "subword",
            "target_lower": True,
            "source_vocabulary": 6000,
            "target_vocabulary": 6000,
            "dropout": 0.35,
            "token_dropout": 0.1,
        },
    }

    def read(
        self, data: Any, settings: TranslationSettings, assets: TranslationAssets | None = None
    ) -> Source:
        """Reads pairs in any of the forms of `data.read_pairs`."""
        return data_room.read_pairs(
            data,
            source_column=settings.source_column,
            target_column=settings.target_column,
            direction=settings.direction,
            encoding=settings.encoding,
        )

    def split(self, source: Source, settings: TranslationSettings) -> Splits:
        """Splits at random so that no sentence stands in two splits."""
        return data_room.split_pairs(
            source,
            validation_size=settings.validation_pairs or settings.validation_share,
            test_size=settings.test_pairs or settings.test_share,
            seed=settings.seed,
        )

    def learn(self, train: Examples, settings: TranslationSettings) -> TranslationAssets:
        """Learns the vocabularies of both sides."""
        return TranslationAssets.learn(train, settings)

    def remarks(
        self, splits: Splits, settings: TranslationSettings, assets: TranslationAssets
    ) -> Iterator[str]:
        """Tells what the vocabularies cover, and what is too long."""
        for side, encoder, texts in (
            ("source", assets.source, splits.train.inputs),
            ("target", assets.target, splits.train.labels),
        ):
            numbers = encoder.encode_all(texts)
            unknown = float(np.mean(numbers.flat_values.numpy() == 1))
            longer = int((numbers.row_lengths().numpy() > encoder.max_tokens).sum())
            yield (
                f"{side} vocabulary of {len(encoder.vocabulary):,} {encoder.kind}s covers "
                f"{1 - unknown:.1%} of the training tokens"
            )
            if longer:
                yield (
                    f"{longer:,} {side} sentences are longer than max_tokens="
                    f"{encoder.max_tokens} and cut off"
                )

    def build(self, settings: TranslationSettings, assets: TranslationAssets) -> keras.Model:
        """Builds an encoder-decoder."""
        names = (
            "embedding", "units", "bidirectional", "attention", "input_feeding", "dropout",
            "embedding_dropout", "token_dropout", "tied", "scheduled_sampling",
        )  # fmt: skip
        return builders.seq2seq(
            len(assets.source.vocabulary),
            len(assets.target.vocabulary),
            **{name: getattr(settings, name) for name in names},
        )

    def encode(self, inputs: tf.Tensor, assets: TranslationAssets) -> tf.RaggedTensor:
        """Numbers the tokens of sentences."""
        return assets.source.encode(inputs)

    def collate(self, rows: tf.RaggedTensor, assets: TranslationAssets) -> tf.Tensor:
        """Pads on the right with zeros."""
        return rows.to_tensor()

    def targets(
        self, examples: Examples, settings: TranslationSettings, assets: TranslationAssets
    ) -> tf.RaggedTensor:
        """Returns `int32[n, (time)]` numbers of tokens between START and END."""
        return assets.target.encode_framed(examples.labels)

    def feed(
        self, rows: tf.RaggedTensor, targets: tf.RaggedTensor, assets: TranslationAssets
    ) -> tuple[Any, Any]:
        """Tells the decoder every token but the last, and asks for every one but START."""
        told = targets.to_tensor()
        return {"source": rows.to_tensor(), "target": told[:, :-1]}, told[:, 1:]

    def objective(
        self, settings: TranslationSettings
    ) -> tuple[keras.Loss, list[keras.metrics.Metric]]:
        """Returns cross-entropy, accuracy and perplexity of tokens."""
        from lstm_toolkit.layers import Perplexity, TokenAccuracy, TokenCrossentropy

        metrics = [TokenAccuracy(name="accuracy"), Perplexity(name="perplexity")]
        return TokenCrossentropy(settings.label_smoothing), metrics

    def infer(
        self,
        model: keras.Model,
        batches: Batches,
        settings: TranslationSettings,
        assets: TranslationAssets,
    ) -> NDArray[Any]:
        """Translates greedily and by beam search; returns rows of `JUDGED`."""
        import tensorflow as tf

        from lstm_toolkit.translator import Translator

        judge = partial(_judged, model, Translator(model, assets))
        graph = tf.function(judge, reduce_retracing=True, autograph=False)
        rows = np.zeros(batches.size, JUDGED)
        done = 0
        for inputs, targets in batches.dataset():
            for name, values in graph(inputs, targets).items():
                part = values.numpy()
                if part.dtype == object:
                    part = [text.decode("utf-8", "replace") for text in part]
                rows[name][done : done + len(part)] = part
            done += len(part)
        return batches.in_row_order(rows)

    def score(
        self, outputs: NDArray[Any], examples: Examples, assets: TranslationAssets
    ) -> dict[str, Any]:
        """Returns BLEU and chrF, the loss, the share of unknown tokens, and samples."""
        from lstm_toolkit.metrics.translation_scores import translation_scores

        numbers = assets.source.encode_all(examples.inputs).flat_values.numpy()
        return {
            **translation_scores(
                list(examples.inputs),
                list(examples.labels),
                outputs,
                tokenizer=assets.bleu_tokenizer,
                lowercase=assets.target.lower,
            ),
            "unknown_tokens": round(float((numbers == 1).mean()) if len(numbers) else 0.0, 6),
        }

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns sample translations, then the scores."""
        lines = [
            f"{sample['source']}\n  → {sample['translation']}\n  = {sample['reference']}"
            for sample in scores["samples"]
        ]
        lines += [
            f"BLEU {scores['bleu']:.2f} (greedy {scores['bleu_greedy']:.2f}), "
            f"chrF {scores['chrf']:.2f} (greedy {scores['chrf_greedy']:.2f}) on "
            f"{scores['sentences']:,} different sentences, first reference of each",
            f"perplexity {scores['perplexity']:.2f}; {scores['unknown_tokens']:.1%} of the source "
            "tokens are unknown to the vocabulary",
            scores["sacrebleu_signature"],
        ]
        return "\n".join(lines)

    def draw(
        self, outputs: NDArray[Any], examples: Examples, assets: TranslationAssets
    ) -> dict[str, Figure]:
        """Returns how chrF depends on the length of sentences."""
        from lstm_toolkit.figures import plots
        from lstm_toolkit.metrics.translation_scores import sentence_chrf

        given, wanted = list(outputs["beam"]), list(examples.labels)
        chrf = sentence_chrf(given, wanted, lowercase=assets.target.lower)
        lengths = assets.source.encode_all(examples.inputs).row_lengths().numpy()
        return {"chrf_by_length": plots.score_by_length(lengths, np.array(chrf), "chrF")}

    def pages(
        self, outputs: NDArray[Any], examples: Examples, assets: TranslationAssets
    ) -> dict[str, str]:
        """Returns a page of translations beside their references."""
        from lstm_toolkit.metrics.translation_scores import first_rows, sentence_chrf
        from lstm_toolkit.translation_page import page

        rows = first_rows(list(examples.inputs))
        given = [str(outputs["beam"][row]) for row in rows]
        wanted = [str(examples.labels[row]) for row in rows]
        chrf = sentence_chrf(given, wanted, lowercase=assets.target.lower)
        sources = [str(examples.inputs[row]) for row in rows]
        return {"translations": page(list(zip(sources, given, wanted, chrf, strict=True)))}

    def endpoints(self, model: keras.Model, assets: TranslationAssets) -> dict[str, Endpoint]:
        """Returns `serving_default`, `nbest`, `translate` and, with attention, `attend`."""
        import tensorflow as tf

        from lstm_toolkit.translator import Translator

        translator = Translator(model, assets)
        text = tf.TensorSpec([None], tf.string, "text")
        called = (
            tf.TensorSpec([], tf.int32, "beams"),
            tf.TensorSpec([], tf.float32, "length_penalty"),
        )

        def translate(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
            return translator.answer(text, beams=beams, length_penalty=length_penalty)

        def attend(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
            return translator.attend(text, beams=beams, length_penalty=length_penalty)

        found = {
            "serving_default": Endpoint(translator.best, text),
            "nbest": Endpoint(translator.answer, text),
            "translate": Endpoint(translate, text, called),
        }
        if translator.stepper.decoder.attention is not None:
            found["attend"] = Endpoint(attend, text, called)
        return found

    def resources(self, assets: TranslationAssets) -> list[Any]:
        """Returns the table of the source's vocabulary."""
        return [assets.source.lookup]

    def endpoint(self, options: TranslationOptions) -> str:
        """Returns the signature that does no more than is asked for."""
        if options.attention:
            return "attend"
        return "serving_default" if options == TranslationOptions() else "translate"

    def arguments(
        self, options: TranslationOptions, assets: TranslationAssets
    ) -> Mapping[str, Any]:
        """Returns beams and length penalty: those asked for, or those trained with."""
        if self.endpoint(options) == "serving_default":
            return {}
        beams = assets.beams if options.beams == -1 else options.beams
        if beams > len(assets.target.vocabulary):
            raise InputError(
                "--beams must be at most the tokens that can be written, "
                f"{len(assets.target.vocabulary)}. Received: {beams}"
            )
        penalty = options.length_penalty
        return {"beams": beams, "length_penalty": assets.length_penalty if penalty < 0 else penalty}

    def read_inputs(
        self, text: str, assets: TranslationAssets, options: TranslationOptions
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the sentence itself."""
        yield text, np.array(text.encode("utf-8", "replace"), object)

    def answers(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `translation` and `score`; `candidates` where there are several."""
        from lstm_toolkit.translation_answers import translation_answers

        return translation_answers(outputs)

    def line(self, answer: Mapping[str, Any]) -> str:
        """Returns translation and score, those of all candidates if there are, by tabs."""
        shown = answer.get("candidates", [answer])
        cells = [f"{one['translation']}\t{one['score']:.4f}" for one in shown]
        if answer.get("truncated"):
            cells.append("(only its first tokens were read, see max_tokens)")
        if answer.get("unknown_tokens"):
            cells.append(f"({answer['unknown_tokens']} unknown to the vocabulary)")
        return "\t".join(cells)

    def finish(self, answers: Sequence[Mapping[str, Any]], options: TranslationOptions) -> None:
        """Draws the attention map that `--attention` asks for, of the first sentence."""
        found = next((answer for answer in answers if "attention" in answer), None)
        if options.attention and found is not None:
            from lstm_toolkit.figures import plots

            parts = found["attention"]
            if not parts["weights"]:
                raise InputError("--attention has nothing to draw: the translation is empty")
            weights = np.array(parts["weights"], np.float32)
            figure = plots.attention_map(weights, parts["source"], parts["target"])
            plots.save(figure, Path(options.attention))


def _judged(model: keras.Model, translator: Any, inputs: Any, targets: Any) -> dict[str, Any]:
    """Scores and translates one batch."""
    import tensorflow as tf

    from lstm_toolkit.layers import token_losses

    losses, real = token_losses(targets, model(inputs, training=False))
    source = inputs["source"]
    return {
        "loss": tf.reduce_sum(losses * real, axis=1),
        "tokens": tf.reduce_sum(real, axis=1),
        "greedy": translator.sentences(translator.greedy(source))[:, 0],
        "beam": translator.sentences(translator.search(source, best_only=True))[:, 0],
    }


TASK = Translation()
