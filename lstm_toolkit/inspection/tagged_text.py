"""Tagged texts for people: in brackets, in colour in a terminal, and on a page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import click

from lstm_toolkit.data.tag_schemes import WORD, Entity, entities, marks_entities

_HUES = ("blue", "yellow", "green", "magenta", "cyan", "red")
_COLOURS = ("0,110,200", "215,95,0", "0,140,90", "170,60,160", "120,110,0", "200,40,60")

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tagged texts</title>
<style>
body {{ font: 16px/2 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }}
p {{ border-top: 1px solid #ccc; padding: .6rem 0; margin: 0; white-space: pre-wrap }}
b {{ font-weight: normal; border-radius: .2rem; padding: .1rem .2rem }}
small {{ font-size: .7em; letter-spacing: .03em; margin-left: .25rem }}
.note {{ color: #555; font-size: .9rem }}
</style>
<h1>Tagged texts</h1>
<p class="note">{legend}. Point at a part to see how sure the model is.</p>
{articles}
</html>
"""


def bracketed(tokens: Sequence[str], tags: Sequence[str]) -> str:
    """Returns tokens for files and pipes, what they are in brackets.

    >>> bracketed(["Ann", "Lee", "ran"], ["B-PER", "I-PER", "O"])
    '[Ann Lee PER] ran'
    >>> bracketed(["Dogs", "bark"], ["NOUN", "VERB"]), bracketed("北京", ["B-word", "I-word"])
    ('Dogs/NOUN bark/VERB', '北京')
    """
    return _written(tokens, tags, lambda text, entity: f"[{text} {entity.label}]")


def coloured(tokens: Sequence[str], tags: Sequence[str]) -> str:
    """Returns tokens for a terminal, each kind of entity in a colour."""
    kinds = sorted({entity.label for entity in entities(tags)})

    def styled(text: str, entity: Entity) -> str:
        hue = _HUES[kinds.index(entity.label) % len(_HUES)]
        return click.style(f"{text} {entity.label}", fg=hue, bold=True)

    return _written(tokens, tags, styled)


def _written(tokens: Sequence[str], tags: Sequence[str], show: Any) -> str:
    found = entities(tags)
    if {entity.label for entity in found} == {WORD}:
        return " ".join("".join(tokens[entity.start : entity.end]) for entity in found)
    if not found and not marks_entities(tags) and set(tags) - {"O"}:
        return " ".join(f"{token}/{tag}" for token, tag in zip(tokens, tags, strict=True))
    begins = {entity.start: entity for entity in found}
    parts, place = [], 0
    while place < len(tokens):
        entity = begins.get(place)
        end = place + 1 if entity is None else entity.end
        text = " ".join(tokens[place:end])
        parts.append(text if entity is None else show(text, entity))
        place = end
    return " ".join(parts)


def page(answers: Sequence[Mapping[str, Any]], column: str) -> str:
    """Returns an HTML page of answers, complete in itself.

    Args:
        answers: Of `predict`, with the `input` as it was given.
        column: Of the tags.
    """
    kinds = sorted({part["label"] for answer in answers for part in _parts(answer, column)})
    colours = {kind: _COLOURS[place % len(_COLOURS)] for place, kind in enumerate(kinds)}
    legend = ", ".join(_mark(html.escape(kind), colours[kind], "") for kind in kinds)
    articles = "\n".join(
        f'<p dir="auto">{_article(answer, _parts(answer, column), colours)}</p>'
        for answer in answers
    )
    return _PAGE.format(legend=legend or "No entities", articles=articles)


def _parts(answer: Mapping[str, Any], column: str) -> list[dict[str, Any]]:
    """Returns what is marked: entities, or every token of tags that mark none."""
    if "entities" in answer:
        return list(answer["entities"])
    names = (answer["starts"], answer["ends"], answer[column], answer["confidence"])
    return [
        {"start": start, "end": end, "label": tag, "confidence": confidence}
        for start, end, tag, confidence in zip(*names, strict=True)
    ]


def _article(
    answer: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], colours: Mapping[str, str]
) -> str:
    text, place, shown = answer["input"], 0, []
    for part in parts:
        shown.append(html.escape(text[place : part["start"]]))
        inner = html.escape(text[part["start"] : part["end"]])
        label = f"<small>{html.escape(part['label'])}</small>"
        title = f"{part['label']} {part['confidence']:.1%}"
        shown.append(_mark(inner + label, colours[part["label"]], title))
        place = part["end"]
    return "".join([*shown, html.escape(text[place:])])


def _mark(inner: str, colour: str, title: str) -> str:
    told = f' title="{html.escape(title)}"' if title else ""
    return f'<b style="background:rgba({colour},.3)"{told}>{inner}</b>'
