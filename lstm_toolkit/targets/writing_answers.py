"""What people are told of texts that were written or rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lstm_toolkit.targets.text_writer import TextWriter

MOST_SHOWN = 80
"""Characters that are shown of what is copied."""


def to_json(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one answer a prompt, or a text that was rated."""
    return _rated(outputs) if "texts" not in outputs else _written(outputs)


def _rated(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    columns = (outputs[each] for each in ("log_probability", "tokens", "unknown_tokens", "cut"))
    return [
        {"log_probability": float(nats), "tokens": int(tokens), "unknown_tokens": int(unknown)}
        | ({"remarks": [f"only the first {tokens:,} tokens were rated"]} if cut else {})
        for nats, tokens, unknown, cut in zip(*columns, strict=True)
    ]


def _written(outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    answers = []
    for row, texts in enumerate(outputs["texts"]):
        samples = [
            {
                "text": text.decode("utf-8", "replace"),
                "log_probability": float(outputs["log_probabilities"][row][place]),
                "tokens": int(outputs["tokens"][row][place]),
                "ended": bool(outputs["ended"][row][place]),
                "stopped": bool(outputs["stopped"][row][place]),
            }
            for place, text in enumerate(texts)
        ]
        answer = {**samples[0], "unknown_tokens": int(outputs["unknown_tokens"][row])}
        remarks = []
        if outputs["cut"][row]:
            remarks.append("only the last tokens of the prompt were read")
        if answer["unknown_tokens"]:
            remarks.append(f"{answer['unknown_tokens']} tokens of the prompt are unknown")
        if not outputs["prompt_kept_form"][row]:
            remarks.append("the prompt does not keep the form, so the text is free")
        elif not np.all(outputs["kept_form"][row]):
            remarks.append("the text does not keep the form")
        if remarks:
            answer["remarks"] = remarks
        if len(samples) > 1:
            answer["samples"] = samples
        answers.append(answer)
    return answers


def with_copied(answer: dict[str, Any], state: TextWriter) -> dict[str, Any]:
    """Adds the longest span that what was written shares with the training text.

    Where that is not at hand, as in exports, both are None.
    """
    if "text" not in answer:
        return answer
    samples = [_told(each, state) for each in answer.get("samples", ())]
    return _told(answer, state) | ({"samples": samples} if samples else {})


def _told(answer: dict[str, Any], state: TextWriter) -> dict[str, Any]:
    from lstm_toolkit.metrics.copied_text import longest_shared_span

    span = longest_shared_span(answer["text"], state.text) if state.text else None
    return {**answer, "copied_characters": None if span is None else len(span), "copied": span}


def line_of(answer: Mapping[str, Any]) -> str:
    """Returns an answer as `predict` prints it; ends of lines are shown as such by it."""
    if "text" not in answer:
        unknown = answer["unknown_tokens"]
        facts = [f"{answer['log_probability']:.4f}", f"{answer['tokens']} tokens"]
        return "\t".join([*facts, *([f"({unknown} unknown)"] if unknown else [])])
    shown = answer.get("samples", [answer])
    return "\t".join(cell for each in shown for cell in _cells(each))


def _cells(answer: Mapping[str, Any]) -> list[str]:
    cells = [answer["text"] or "(nothing)"]
    size, span = answer.get("copied_characters"), answer.get("copied")
    if span is not None:
        short = span if len(span) <= MOST_SHOWN else f"{span[:MOST_SHOWN]}…"
        cells.append(f"({size} characters in a row stand in the training text: {short!r})")
    elif "copied" in answer:
        cells.append("(what is copied cannot be told: the training text is not here)")
    return cells


def first_tune(answers: Sequence[Mapping[str, Any]], file: str) -> str:
    """Writes the first tune as MIDI, the prompt before it; returns a line on it."""
    from lstm_toolkit.targets.midi_file import write_midi

    tunes = [f"{each['row'].value}{each['text']}" for each in answers if "text" in each]
    count = write_midi(tunes[0], Path(file)) if tunes else 0
    return f"{file}: {count:,} notes" if count else f"{file} is not written: there is no note"
