"""What a signature of translation returned, as JSON objects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError


def translation_answers(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one object a sentence.

    Args:
        outputs: As `Translator.best`, `answer` or `attend` return them.

    Returns:
        `translation` and `score`; `candidates` of several beams; `truncated` and
        `unknown_tokens` where something of the sentence was lost, `sentences` where there are
        more than the network learnt to translate at once; `attention`, a mapping
        of `source` and `target` tokens and their `weights`, if that was asked for.
    """
    answers = []
    for row, truncated in enumerate(outputs["truncated"]):
        answer = best_sentence(outputs, row, "translation")
        if truncated:
            answer["truncated"] = True
        if unknown := int(outputs["unknown_tokens"][row]):
            answer["unknown_tokens"] = unknown
        if "unlike" in outputs and outputs["unlike"][row]:
            answer["sentences"] = int(outputs["sentences"][row])
        if "attention" in outputs:
            answer["attention"] = _attention(outputs, row)
        answers.append(answer)
    return answers


def best_sentence(outputs: Mapping[str, NDArray[Any]], row: int, noun: str) -> dict[str, Any]:
    """Returns the best sentence of a row with its score, and `candidates` where there are several.

    Args:
        outputs: See `translation_answers`.
        row: Of the batch.
        noun: What a sentence is called.
    """
    if noun in outputs:
        return _candidate(noun, outputs[noun][row], outputs["score"][row])
    pairs = zip(outputs[f"{noun}s"][row], outputs["scores"][row], strict=True)
    candidates = [_candidate(noun, text, score) for text, score in pairs if math.isfinite(score)]
    return candidates[0] | {"candidates": candidates}


def _candidate(noun: str, text: bytes, score: float) -> dict[str, Any]:
    return {noun: text.decode("utf-8", "replace"), "score": round(float(score), 6)}


def _attention(outputs: Mapping[str, NDArray[Any]], row: int) -> dict[str, Any]:
    tokens = {
        side: [token.decode("utf-8", "replace") for token in outputs[f"{side}_tokens"][row]]
        for side in ("source", "target")
    }
    real = {side: [token for token in found if token] for side, found in tokens.items()}
    weights = outputs["attention"][row, : len(real["target"]), : len(real["source"])]
    return {**real, "weights": weights.round(6).tolist()}


def draw_attention(answers: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draws the attention map of the first answer that has one.

    Raises:
        InputError: If its translation is empty.
    """
    from lstm_toolkit.figures import plots

    parts = next((answer["attention"] for answer in answers if "attention" in answer), None)
    if parts is None:
        return
    if not parts["weights"]:
        raise InputError("--attention has nothing to draw: the translation is empty")
    weights = np.array(parts["weights"], np.float32)
    plots.save(plots.attention_map(weights, parts["source"], parts["target"]), path)
