"""What a signature of captions returned, as JSON objects and as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.targets.translation_answers import best_sentence


def caption_answers(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one object a picture.

    Args:
        outputs: As `Captioner.best`, `answer` or `attend` return them.

    Returns:
        `caption` and `score`; `candidates` of several beams; `attention`, a mapping of `tokens`
        and their `weights[rows][columns]`, if that was asked for.
    """
    count = len(next(iter(outputs.values())))
    answers = []
    for row in range(count):
        answer = best_sentence(outputs, row, "caption")
        if "attention" in outputs:
            tokens = [token.decode("utf-8", "replace") for token in outputs["tokens"][row]]
            real = [token for token in tokens if token]
            weights = outputs["attention"][row, : len(real)]
            answer["attention"] = {"tokens": real, "weights": weights.round(6).tolist()}
        answers.append(answer)
    return answers


def draw_attention(answers: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draws where each word looked in the first picture that was answered."""
    from lstm_toolkit.figures import plots
    from lstm_toolkit.figures.captions import attention_over_picture

    first = next((answer for answer in answers if "attention" in answer), None)
    if first is None:
        return
    (picture,) = first["row"].value.values()
    parts = first["attention"]
    weights = np.array(parts["weights"], np.float32)
    plots.save(attention_over_picture(picture, parts["tokens"], weights), path)
