"""Classes of texts, with how much each token speaks for the answer."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.targets.signature import Signature, Trained

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class ExplainOptions(PredictOptions):
    """What `predict` can be told about the answers."""

    writes: ClassVar[tuple[str, ...]] = ("html",)

    explain: bool = False
    """Tell how much each token speaks for the answer."""
    html: str = ""
    """Write the answers in colour as a page to this file; of classes with --explain."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.html and not self.explain:
            raise InputError("--html needs --explain")
        if self.html:
            check_writable(Path(self.html).parent)


class ExplainedClasses(Classes):
    """Classes of one `features.Text`; a signature `explain` divides the probability among tokens.

    See `inspection.integrated_gradients`.
    """

    options: ClassVar[type[PredictOptions]] = ExplainOptions

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Adds `explain`: the four answers, with tokens and their weights."""
        explain = self.explanation(trained)
        if explain is None:
            return super().signatures(trained)
        return super().signatures(trained) | {"explain": Signature(explain, trained.specs)}

    def explanation(self, trained: Trained) -> Callable[[tf.Tensor], dict[str, tf.Tensor]] | None:
        """Returns what adds tokens and weights to the answers; None where there is none."""
        from lstm_toolkit.inspection.attribution import embeddings, integrated_gradients

        if not embeddings(trained.model):  # a network of the caller's own may have none
            return None
        (feature,) = trained.features.values()
        encoder, labels = trained.states.only, trained.states.target

        def explain(text: tf.Tensor) -> dict[str, tf.Tensor]:
            words, numbers = encoder.tokens(text)
            rows = encoder.truncated(encoder.with_views(words, numbers))
            inputs = feature.collate(rows, encoder)
            probabilities, weights = integrated_gradients(trained.model, inputs)
            tokens = encoder.truncated(words).to_tensor()
            answers = self.decode(probabilities, labels) | {"tokens": tokens, "weights": weights}
            _, unlike = trained.brought(text)
            return answers if unlike is None else answers | {"unlike": unlike}

        return explain

    def signature_for(self, options: Any) -> str:
        """Returns `explain` if explanations are asked for."""
        return "explain" if options.explain else "serving_default"

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds `tokens`, a list of token and weight, to explained answers."""
        answers = super().to_json(outputs)
        if "tokens" in outputs:
            rows = zip(answers, outputs["tokens"], outputs["weights"], strict=True)
            for answer, tokens, weights in rows:
                answer["tokens"] = [
                    {"token": token.decode("utf-8", "replace"), "weight": round(float(weight), 6)}
                    for token, weight in zip(tokens, weights, strict=True)
                    if token
                ]
        return answers

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Adds the tokens, in colour on a terminal where they speak for or against the label."""
        from lstm_toolkit.inspection.explanation import coloured, weighted

        line = super().format_answer(answer)
        if "tokens" not in answer:
            return line
        shown = coloured if sys.stdout.isatty() else weighted
        return f"{line}\t{shown(answer['tokens'])}"

    def needs_answers(self, options: Any) -> bool:
        """Tells whether a page is asked for."""
        return bool(options.html)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Writes the page that `--html` asks for."""
        if options.html:
            from lstm_toolkit.inspection.explanation import page
            from lstm_toolkit.system.files import write_text

            write_text(Path(options.html), page([a for a in answers if "tokens" in a]))
        return ""
