"""The card of an export: what the model is, how good it is, and where it must not be trusted.

After M. Mitchell et al., 2019, Model cards for model reporting (doi:10.1145/3287560.3287596).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.runs import Run
from lstm_toolkit.serving.card_words import CHINESE, ENGLISH, CardWords
from lstm_toolkit.serving.saved_models import Tensor, tensors_of
from lstm_toolkit.serving.score_table import class_rows, score_rows
from lstm_toolkit.settings.fields import changed
from lstm_toolkit.settings.values import setting_text
from lstm_toolkit.system.files import write_text
from lstm_toolkit.task import Task

CARD = "card.md"

FEW = 30
"""Test rows of a class below which its scores are named as uncertain."""

CLASSES = 100
"""That are shown."""

Signatures = Mapping[str, tuple[Mapping[str, Tensor], Mapping[str, Tensor]]]


@dataclasses.dataclass(frozen=True)
class Card:
    """What is known of an export.

    Attributes:
        name: Of the model.
        task: That it is of.
        run: That it was exported from; None if there was none.
        licence: Under which it is passed on; "" if that was not said.
        signatures: What each takes and gives.
        example: A program that asks it, where that is no SavedModel.
    """

    name: str
    task: Task
    run: Run | None
    licence: str
    signatures: Signatures
    example: str = ""

    def text(self) -> str:
        """Returns Markdown, English before Chinese, with the facts that model hubs read first."""
        licence = json.dumps(self.licence or "unknown", ensure_ascii=False)
        head = f"---\nlicense: {licence}\ntags: [lstm, {self.task.name}]\n---"
        pages = (_page(self, words) for words in (ENGLISH, CHINESE))
        return "\n\n".join([head, f"# {_safe(self.name)}", *pages]) + "\n"


def write_card(
    folder: Path,
    name: str,
    task: Task,
    run: Run | None = None,
    licence: str = "",
    *,
    signatures: Signatures | None = None,
    example: str = "",
) -> None:
    """Writes `card.md` into an export.

    Args:
        folder: The export.
        name: What the model is called.
        task: That it is of.
        run: That it was exported from.
        licence: Under which it is passed on.
        signatures: What it takes and gives; None reads it from the SavedModel.
        example: A program that asks it, where that is no SavedModel.
    """
    known = tensors_of(folder) if signatures is None else signatures
    card = Card(name, task, run, " ".join(licence.split()), known, example)
    write_text(folder / CARD, card.text())


def _page(card: Card, words: CardWords) -> str:
    what = words.what.format(task=card.task.name, summary=card.task.summary.rstrip("."))
    blocks = [f"## {words.language}", what]
    if card.run is None:
        blocks.append(words.no_run)
    else:
        blocks += [f"### {words.data}", _list(_data(card.run, words))]
        blocks += [f"### {words.scores}", *_scores(card.task, card.run.metrics, words)]
    blocks += [f"### {words.limits}", _list(_limits(card, words))]
    blocks += [f"### {words.licence}", _safe(card.licence) or words.no_licence]
    blocks += [f"### {words.ask}", *_asking(card, words)]
    return "\n\n".join(blocks)


def _data(run: Run, words: CardWords) -> Iterator[str]:
    data = run.config["data"]
    place = "" if run.data is None else f"{words.read} {_safe(run.data.name)}: "
    yield place + _safe(data["note"])
    yield words.rows.format(**{part: data[part] for part in ("train", "validation", "test")})
    yield f"{words.fingerprint} `{data['fingerprint']}`"
    others = changed(run.task.settings(), run.settings)
    if others:
        values = (_code(f"{f.name}={setting_text(getattr(run.settings, f.name))}") for f in others)
        yield f"{words.settings}: {', '.join(values)}"
    versions = run.config.get("versions", {})
    yield f"{words.versions}: {', '.join(f'{name} {text}' for name, text in versions.items())}"


def _scores(task: Task, metrics: Mapping[str, Any], words: CardWords) -> Iterator[str]:
    test = metrics["test"]
    head = (*words.score_head, *map(_safe, test.get("baselines", {})))
    yield _table([head, *score_rows(task, metrics)])
    classes = class_rows(test)
    if classes:
        yield f"**{words.per_class}**"
        shown = [(_safe(name), *scores, str(count)) for name, *scores, count in classes[:CLASSES]]
        yield _table([words.class_head, *shown])
        if len(classes) > CLASSES:
            yield words.more.format(count=len(classes) - CLASSES)


def _limits(card: Card, words: CardWords) -> Iterator[str]:
    if card.run is not None:
        test = card.run.metrics["test"]
        yield words.only_data
        yield _against_the_simplest(card.task, test, words)
        few = [_safe(name) for name, *_, count in class_rows(test) if count < FEW]
        if few:
            more = ["…"] if len(few) > 20 else []
            yield words.small.format(least=FEW, names=", ".join([*few[:20], *more]))
        if "per_class" in test:
            yield words.always
    outputs = {name for _, given in card.signatures.values() for name in given}
    yield words.unlike if "unlike" in outputs else words.no_unlike
    yield words.fairness


def _against_the_simplest(task: Task, test: Mapping[str, Any], words: CardWords) -> str:
    simplest = task.simplest(test)
    if simplest is None:
        return words.no_baseline
    verdict = words.better if simplest.beaten else words.not_better
    return verdict.format(method=simplest.method, error=simplest.standard_error)


def _asking(card: Card, words: CardWords) -> Iterator[str]:
    if card.example:
        yield f"```python\n{card.example.strip()}\n```"
    else:
        yield from _asking_a_saved_model(card)
    rows = [
        (f"`{name}`", _tensors(inputs), _tensors(outputs))
        for name, (inputs, outputs) in card.signatures.items()
    ]
    yield _table([words.ask_head, *rows])


def _asking_a_saved_model(card: Card) -> Iterator[str]:
    takes, _ = card.signatures["serving_default"]
    given = ", ".join(f"{name}={_example(*tensor)}" for name, tensor in takes.items())
    word = "FILE" if card.task.words_are_files else '"…"'
    yield f"```bash\nlstm-toolkit predict MODEL_DIR {word}\nlstm-toolkit serve MODEL_DIR\n```"
    yield (
        "```python\nimport tensorflow as tf\n\n"
        'model = tf.saved_model.load("MODEL_DIR/VERSION")\n'
        f'print(model.signatures["serving_default"]({given}))\n```'
    )


def _example(dtype: str, shape: Sequence[int | None]) -> str:
    sizes = [1 if size is None else size for size in shape]
    if dtype == "string" and len(sizes) == 1:
        return 'tf.constant(["…"])'
    return f"tf.zeros({sizes}, tf.{dtype})"


def _tensors(tensors: Mapping[str, Tensor]) -> str:
    return ", ".join(
        f"`{name}`: {dtype}[{', '.join('any' if size is None else str(size) for size in shape)}]"
        for name, (dtype, shape) in tensors.items()
    )


def _list(lines: Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _safe(text: Any) -> str:
    """Returns a text of others in one line, without what Markdown or HTML would read into it."""
    line = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in line)
