"""What every task has in common that sorts texts into classes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from lstm_toolkit import builders, data
from lstm_toolkit.atomic import write_json, write_text
from lstm_toolkit.classification import Classification, ClassifierSettings
from lstm_toolkit.errors import InputError
from lstm_toolkit.settings import NOT_NEGATIVE, POSITIVE, SHARE, Bounds
from lstm_toolkit.task import Endpoint

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.labels import Labels
    from lstm_toolkit.data.splits import Splits
    from lstm_toolkit.data.text_encoder import TextEncoder


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextSettings(ClassifierSettings):
    """How texts are read, divided into tokens, and classified."""

    epochs: Annotated[int, POSITIVE] = 6
    """Passes over the training split, at most."""
    batch_size: Annotated[int, POSITIVE] = 32
    """Examples in one training step."""
    learning_rate: Annotated[float, NOT_NEGATIVE] = 0.003
    """Learning rate, at its highest where a schedule changes it."""
    schedule: Literal["constant", "cosine", "exponential"] = "cosine"
    """How the learning rate falls over the epochs: not at all, along a cosine to zero, or
    exponentially to a hundredth."""
    text_column: str = ""
    """Column of the texts; empty finds it, title+description joins two."""
    label_column: str = ""
    """Column of the labels; empty finds it."""
    encoding: str = "utf-8"
    """Encoding of text files, as Python names it."""
    tokens: Literal["word", "character", "subword"] = "word"
    """What a token is. Words: Chinese, Japanese and Thai characters are one each."""
    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Tokens that are known, at most; learnt from the training split."""
    pairs: Annotated[int, NOT_NEGATIVE] = 100_000
    """Pairs of neighbouring tokens that are known, at most; 0 leaves pairs out."""
    min_count: Annotated[int, POSITIVE] = 2
    """Occurrences in the training split that a token or a pair needs to be known."""
    max_tokens: Annotated[int, NOT_NEGATIVE] = 400
    """Tokens kept of each text; 0 keeps all."""
    truncate: Literal["head", "tail", "both"] = "head"
    """What is kept of a longer text: its head, its tail, or half from both ends."""
    embedding: Annotated[int, POSITIVE] = 100
    """Width of a token's vector, naive_bayes not counted."""
    naive_bayes: Annotated[float, NOT_NEGATIVE] = 0.5
    """Scale of one more feature a class in the vectors of tokens and pairs: for which class
    they speak, as counted in the training split; 0 leaves these features out."""
    wide: bool = True
    """Add a weight of every token and pair beside the recurrent layers."""
    vectors: str = ""
    """File of GloVe, word2vec or fastText vectors as text to start from; it sets the width."""
    spatial_dropout: Annotated[float, SHARE] = 0.4
    """Share of the embedding's features dropped in training, over whole texts."""
    units: Annotated[tuple[int, ...], POSITIVE] = (64,)
    """Width of each recurrent layer, first to last."""
    cell: Literal["lstm", "gru"] = "lstm"
    """Recurrent cell."""
    bidirectional: bool = True
    """Read the text in both directions."""
    dropout: Annotated[float, SHARE] = 0.5
    """Share of each layer's outputs dropped in training."""
    recurrent_dropout: Annotated[float, SHARE] = 0.0
    """Share of the state dropped between time steps; rules out cuDNN on a GPU."""
    layer_norm: bool = False
    """Normalise each layer's output."""
    residual: bool = False
    """Add a layer's input to its output where they are of equal width."""
    l2: Annotated[float, NOT_NEGATIVE] = 0.0
    """Factor of the squared weights added to the loss."""
    pooling: Literal["last", "max", "mean", "max_mean", "attention"] = "max"
    """What the outputs of the last layer become: its last state, their maximum, their mean,
    both, or their mean weighted by attention."""
    monitor: Literal["val_accuracy", "val_loss"] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""
    test_share: Annotated[float, Bounds(0.01, 0.5)] = 0.1
    """Share of the rows held out for the final score, where the data has no test split."""


@dataclasses.dataclass(frozen=True)
class TextOptions:
    """What `predict` can be told about texts."""

    explain: bool = False
    """Tell how much each token speaks for the answer (texts)."""
    html: str = ""
    """Write the explanations as a page to this file; needs --explain (texts)."""

    def __post_init__(self) -> None:
        if self.html and not self.explain:
            raise InputError("--html needs --explain")


@dataclasses.dataclass(frozen=True)
class TextAssets:
    """The classes and the vocabulary, learnt from the training split.

    Attributes:
        labels: The classes.
        encoder: From texts to numbers of tokens.
        ratios: Those of tokens, then of pairs, `float32[vocabulary, classes]`, see
            `data.log_ratios`; only where they were just learnt, since they live on in the
            network's weights.
    """

    labels: Labels
    encoder: TextEncoder
    ratios: tuple[NDArray[np.float32], ...] = dataclasses.field(
        default=(), compare=False, repr=False
    )

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`, `vocabulary.txt`, `pairs.txt` if there are any, `text.json`."""
        encoder = self.encoder
        self.labels.save(folder / "labels.txt")
        encoder.vocabulary.save(folder / "vocabulary.txt")
        if encoder.pairs is not None:
            encoder.pairs.save(folder / "pairs.txt")
        facts = {
            "tokens": encoder.kind,
            "max_tokens": encoder.max_tokens,
            "truncate": encoder.truncate,
            "vocabulary": encoder.vocabulary.digest,
            "pairs": None if encoder.pairs is None else encoder.pairs.digest,
        }
        write_json(folder / "text.json", facts)

    @classmethod
    def load(cls, folder: Path) -> TextAssets:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        facts = json.loads((folder / "text.json").read_text(encoding="utf-8"))
        vocabulary = data.Vocabulary.load(folder / "vocabulary.txt", digest=facts["vocabulary"])
        pairs = None
        if facts["pairs"]:
            pairs = data.Vocabulary.load(folder / "pairs.txt", digest=facts["pairs"])
        encoder = data.TextEncoder(
            facts["tokens"], vocabulary, pairs, facts["max_tokens"], facts["truncate"]
        )
        return cls(data.Labels.load(folder / "labels.txt"), encoder)


class TextClassification(Classification[TextSettings, TextAssets]):
    """Texts to labels: `string[batch]` in, class names out."""

    settings = TextSettings
    assets = TextAssets
    options = TextOptions

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
        """Learns the classes and the vocabulary."""
        encoder = data.TextEncoder.learn(
            train.inputs,
            kind=settings.tokens,
            size=settings.vocabulary,
            pairs=settings.pairs,
            least=settings.min_count,
            max_tokens=settings.max_tokens,
            truncate=settings.truncate,
        )
        labels = data.Labels.learn(train.labels)
        return TextAssets(labels, encoder, _ratios(encoder, train, labels))

    def remarks(self, splits: Splits, settings: TextSettings, assets: TextAssets) -> Iterator[str]:
        """Tells the size of the vocabulary, what it covers, and what truncation cuts off."""
        size = len(assets.encoder.vocabulary)
        facts = assets.encoder.facts(splits.train.inputs)
        elsewhere = assets.encoder.facts(splits.validation.inputs)
        yield (
            f"vocabulary of {size:,} {settings.tokens}s covers {1 - facts.unknown_share:.1%} of "
            f"the training tokens, {1 - elsewhere.unknown_share:.1%} of the validation's"
        )
        if facts.truncated:
            yield (
                f"{facts.truncated:,} of {facts.texts:,} texts are longer than "
                f"max_tokens={settings.max_tokens}; {facts.lost_share:.1%} of the tokens are cut "
                f"off, truncate={settings.truncate}"
            )

    def build(self, settings: TextSettings, assets: TextAssets) -> keras.Model:
        """Builds a stacked classifier of token sequences."""
        ratios = [settings.naive_bayes * ratio for ratio in _known_ratios(assets)]
        vectors = _first_vectors(settings, assets)
        pairs = assets.encoder.pairs
        if settings.naive_bayes:
            vectors = np.concatenate([vectors, ratios[0]], axis=1)
        return builders.text_classifier(
            len(vectors),
            classes=len(assets.labels.names),
            embedding=vectors.shape[1],
            vectors=vectors,
            pairs=0 if pairs is None else len(pairs),
            pair_vectors=ratios[1] if pairs is not None and settings.naive_bayes else None,
            wide=settings.wide,
            wide_vectors=ratios,
            spatial_dropout=settings.spatial_dropout,
            units=settings.units,
            cell=settings.cell,
            bidirectional=settings.bidirectional,
            dropout=settings.dropout,
            recurrent_dropout=settings.recurrent_dropout,
            layer_norm=settings.layer_norm,
            residual=settings.residual,
            l2=settings.l2,
            pooling=settings.pooling,
        )

    def encode(self, inputs: tf.Tensor, assets: TextAssets) -> tf.RaggedTensor:
        """Numbers the tokens and pairs of texts, see `TextEncoder.encode`."""
        return assets.encoder.encode(inputs)

    def collate(self, rows: tf.RaggedTensor, assets: TextAssets) -> tf.Tensor:
        """Pads on the right with zeros."""
        return rows.to_tensor()

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
        import tensorflow as tf

        from lstm_toolkit.attribution import integrated_gradients

        endpoints = super().endpoints(model, assets)
        encoder = assets.encoder

        def explain(text: tf.Tensor) -> dict[str, tf.Tensor]:
            words, numbers = encoder.tokens(text)
            rows = encoder.truncated(encoder.with_pairs(words, numbers))
            probabilities, weights = integrated_gradients(model, rows.to_tensor())
            names = tf.constant(assets.labels.names)
            return {
                "label": tf.gather(names, tf.argmax(probabilities, axis=-1)),
                "probability": tf.reduce_max(probabilities, axis=-1),
                "probabilities": probabilities,
                "labels": names,
                "tokens": encoder.truncated(words).to_tensor(),
                "weights": weights,
            }

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
        from lstm_toolkit.explanation import coloured

        told = super().line(answer)
        return f"{told}\t{coloured(answer['tokens'])}" if "tokens" in answer else told

    def finish(self, answers: Sequence[Mapping[str, Any]], options: TextOptions) -> None:
        """Writes the page that `--html` asks for."""
        if options.html:
            from lstm_toolkit.explanation import page

            write_text(Path(options.html), page([a for a in answers if "tokens" in a]))


def _ratios(
    encoder: TextEncoder, train: Examples, labels: Labels
) -> tuple[NDArray[np.float32], ...]:
    """Counts for which class tokens and pairs speak."""
    rows = encoder.encode_all(train.inputs)
    columns = rows.flat_values.numpy().reshape(-1, 1 if encoder.pairs is None else 2).T
    vocabularies = [encoder.vocabulary, *([] if encoder.pairs is None else [encoder.pairs])]
    classes = labels.encode(train.labels)
    return tuple(
        data.log_ratios(column, rows.value_rowids().numpy(), classes, vocabulary=len(vocabulary))
        for column, vocabulary in zip(columns, vocabularies, strict=True)
    )


def _known_ratios(assets: TextAssets) -> tuple[NDArray[np.float32], ...]:
    """Returns the ratios; zeros if the assets were loaded, as the weights then come from a run."""
    if assets.ratios:
        return assets.ratios
    encoder, classes = assets.encoder, len(assets.labels.names)
    sizes = [len(encoder.vocabulary), *([] if encoder.pairs is None else [len(encoder.pairs)])]
    return tuple(np.zeros((size, classes), np.float32) for size in sizes)


def _first_vectors(settings: TextSettings, assets: TextAssets) -> NDArray[np.float32]:
    """Returns the vectors that tokens begin with, `float32[vocabulary, width]`."""
    vocabulary = assets.encoder.vocabulary
    if settings.vectors:
        return data.read_vectors(Path(settings.vectors), vocabulary, seed=settings.seed)[0]
    rng = np.random.default_rng(settings.seed)
    # Within Keras's range of 0.05 the embedding learns late.
    return rng.uniform(-0.2, 0.2, (len(vocabulary), settings.embedding)).astype(np.float32)
