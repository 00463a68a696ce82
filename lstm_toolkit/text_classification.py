"""What every task has in common that sorts texts into classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lstm_toolkit import builders, data
from lstm_toolkit.classification import STACK, Classification, named_answers
from lstm_toolkit.system.files import write_text
from lstm_toolkit.task import Endpoint
from lstm_toolkit.text_assets import TextAssets
from lstm_toolkit.text_settings import TextOptions, TextSettings

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.splits.classes import Splits


class TextClassification(Classification[TextSettings, TextAssets]):
    """Texts to labels: `string[batch]` in, class names out."""

    settings = TextSettings
    assets = TextAssets
    options = TextOptions
    search: ClassVar[Mapping[str, str]] = {
        "units": "32..160/16",
        "units.layers": "1..2",
        "embedding": "50..200/25",
        "pooling": "max,max_mean,attention",
        "dropout": "0.2..0.6",
        "spatial_dropout": "0.2..0.6",
        "learning_rate": "0.001..0.008:log",
    }
    network = STACK | {
        "embedding", "pair_embedding", "naive_bayes", "wide", "vectors", "spatial_dropout",
        "pooling", "adversarial",
    }  # fmt: skip

    def read(self, data: Any, settings: TextSettings, assets: TextAssets | None = None) -> Source:
        """Reads texts in any of the forms of `data.texts.FORMS`."""
        from lstm_toolkit.data import read_texts

        return read_texts(
            data,
            text_column=settings.text_column,
            label_column=settings.label_column,
            encoding=settings.encoding,
            known=() if assets is None else assets.labels.names,
        )

    def learn(self, train: Examples, settings: TextSettings) -> TextAssets:
        """Learns the classes and the vocabularies."""
        return TextAssets.learn(train, settings)

    def remarks(self, splits: Splits, settings: TextSettings, assets: TextAssets) -> Iterator[str]:
        """Tells the size of the vocabulary, what it covers, and what truncation cuts off."""
        size = len(assets.encoder.vocabulary)
        facts = assets.encoder.facts(splits.train.inputs)
        elsewhere = assets.encoder.facts(splits.validation.inputs)
        yield (
            f"vocabulary of {size:,} {settings.tokens}s covers {1 - facts.unknown_share:.1%} of "
            f"the training tokens, {1 - elsewhere.unknown_share:.1%} of the validation's"
        )
        if size > settings.vocabulary:
            yield f"more than vocabulary={settings.vocabulary:,}: letters are always known"
        if facts.truncated:
            yield (
                f"{facts.truncated:,} of {facts.texts:,} texts are longer than "
                f"max_tokens={settings.max_tokens}; {facts.lost_share:.1%} of the tokens are cut "
                f"off, truncate={settings.truncate}"
            )

    def build(self, settings: TextSettings, assets: TextAssets) -> keras.Model:
        """Builds a stacked classifier of token sequences."""
        ratios = [settings.naive_bayes * ratio for ratio in assets.known_ratios]
        vectors, *more = _first_vectors(settings, assets, ratios)
        pair_vectors = more[0] if more and more[0].shape[1] else None
        return builders.text_classifier(
            len(vectors),
            classes=len(assets.labels.names),
            embedding=vectors.shape[1],
            vectors=vectors,
            pairs=len(more[0]) if more else 0,
            pair_vectors=pair_vectors,
            wide=settings.wide,
            wide_vectors=ratios,
            spatial_dropout=settings.spatial_dropout,
            adversarial=settings.adversarial,
            **settings.stack,
            pooling=settings.pooling,
        )

    def encode(self, inputs: tf.Tensor, assets: TextAssets) -> tf.RaggedTensor:
        """Numbers the tokens and pairs of texts, see `TextEncoder.encode`."""
        return assets.encoder.encode(inputs)

    def collate(self, rows: tf.RaggedTensor, assets: TextAssets) -> tf.Tensor:
        """Pads on the right with zeros, to one step at least, which an LSTM needs."""
        import tensorflow as tf

        padded = rows.to_tensor()
        missing = tf.maximum(1 - tf.shape(padded)[1], 0)  # 1 if there are no rows, or else 0
        wider = tf.pad(padded, [[0, 0], [0, missing], *[[0, 0]] * (padded.shape.rank - 2)])
        return tf.ensure_shape(wider, [None, None, *padded.shape[2:]])

    def resources(self, assets: TextAssets) -> list[Any]:
        """Returns the tables of the vocabularies."""
        encoder = assets.encoder
        return [lookup for lookup in (encoder.lookup, encoder.pair_lookup) if lookup is not None]

    def input_spec(self, assets: TextAssets) -> tf.TensorSpec:
        """Returns `text: string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, "text")

    def endpoints(self, model: keras.Model, assets: TextAssets) -> dict[str, Endpoint]:
        """Adds `explain`: the four answers, with tokens and their weights."""
        from lstm_toolkit.inspection.attribution import integrated_gradients

        endpoints = super().endpoints(model, assets)
        encoder = assets.encoder

        def explain(text: tf.Tensor) -> dict[str, tf.Tensor]:
            words, numbers = encoder.tokens(text)
            rows = encoder.truncated(encoder.with_pairs(words, numbers))
            probabilities, weights = integrated_gradients(model, self.collate(rows, assets))
            tokens = encoder.truncated(words).to_tensor()
            return named_answers(probabilities, assets) | {"tokens": tokens, "weights": weights}

        return endpoints | {"explain": Endpoint(explain, self.input_spec(assets))}

    def endpoint(self, options: TextOptions) -> str:
        """Returns `explain` if explanations are asked for."""
        return "explain" if options.explain else "serving_default"

    def score(
        self, outputs: NDArray[Any], examples: Examples, assets: TextAssets
    ) -> dict[str, Any]:
        """Adds the shares of unknown tokens, and of tokens cut off by truncation."""
        facts = assets.encoder.facts(examples.inputs)
        return {
            **super().score(outputs, examples, assets),
            "unknown_tokens": round(facts.unknown_share, 6),
            "truncated_tokens": round(facts.lost_share, 6),
        }

    def report(self, scores: Mapping[str, Any]) -> str:
        """Adds a line on them."""
        return (
            f"{super().report(scores)}\n{scores['unknown_tokens']:.1%} of the tokens are unknown "
            f"to the vocabulary, {scores['truncated_tokens']:.1%} are cut off by max_tokens"
        )

    def read_inputs(
        self, text: str, assets: TextAssets, options: TextOptions
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself."""
        yield text, np.array(text.encode("utf-8", "replace"), object)

    def answers(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds `tokens`, a list of token and weight, to explained answers."""
        answers = super().answers(outputs)
        if "tokens" in outputs:
            rows = zip(answers, outputs["tokens"], outputs["weights"], strict=True)
            for answer, tokens, weights in rows:
                answer["tokens"] = [
                    {"token": token.decode("utf-8", "replace"), "weight": round(float(weight), 6)}
                    for token, weight in zip(tokens, weights, strict=True)
                    if token
                ]
        return answers

    def line(self, answer: Mapping[str, Any]) -> str:
        """Adds the tokens, in colour where they speak for or against the label."""
        from lstm_toolkit.inspection.explanation import coloured

        told = super().line(answer)
        return f"{told}\t{coloured(answer['tokens'])}" if "tokens" in answer else told

    def finish(self, answers: Sequence[Mapping[str, Any]], options: TextOptions) -> None:
        """Writes the page that `--html` asks for."""
        if options.html:
            from lstm_toolkit.inspection.explanation import page

            write_text(Path(options.html), page([a for a in answers if "tokens" in a]))


def _first_vectors(
    settings: TextSettings, assets: TextAssets, ratios: Sequence[NDArray[np.float32]]
) -> list[NDArray[np.float32]]:
    """Returns what the vectors of tokens, then those of pairs, begin with."""
    rng = np.random.default_rng(settings.seed)
    widths = (settings.embedding, settings.pair_embedding)
    # Within Keras's range of 0.05 the embedding learns late.
    starts = [
        rng.uniform(-0.2, 0.2, (len(vocabulary), width)).astype(np.float32)
        for vocabulary, width in zip(assets.encoder.vocabularies, widths, strict=False)
    ]
    if settings.vectors:
        vocabulary = assets.encoder.vocabulary
        starts[0], _ = data.read_vectors(Path(settings.vectors), vocabulary, seed=settings.seed)
    if not settings.naive_bayes:
        return starts
    return [np.concatenate(pair, axis=1) for pair in zip(starts, ratios, strict=True)]
