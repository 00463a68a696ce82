"""Explained answers for people: tokens in colour in a terminal, and on a page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import click

Tokens = Sequence[Mapping[str, Any]]

_FAINT, _STRONG = 0.15, 0.5
"""Shares of the greatest weight from which a token is coloured, and coloured boldly."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What speaks for each answer</title>
<style>
body {{ font: 16px/1.7 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }}
article {{ border-top: 1px solid #ccc; padding: .8rem 0 1rem }}
h2 {{ font-size: 1rem; margin: 0 0 .3rem }}
h2 span {{ font-weight: normal; color: #555 }}
b {{ font-weight: normal; border-radius: .2rem; padding: .05rem .15rem }}
.note {{ color: #555; font-size: .9rem }}
</style>
<h1>What speaks for each answer</h1>
<p class="note"><b style="background:rgba(0,110,200,.55)">Blue</b> tokens raise the probability
of the label, <b style="background:rgba(215,95,0,.55)">orange</b> ones lower it, the stronger the
more; point at a token to see by how much (integrated gradients).</p>
{articles}
</html>
"""


def coloured(tokens: Tokens) -> str:
    """Returns tokens for a terminal: blue speaks for the label, yellow against it.

    Args:
        tokens: Mappings with `token` and `weight`.
    """
    return " ".join(_styled(item["token"], share) for item, share in _with_shares(tokens))


def weighted(tokens: Tokens) -> str:
    """Returns tokens for files and pipes: weights stand behind those that would be coloured.

    >>> weighted([{"token": "so", "weight": 0.0}, {"token": "dull", "weight": 0.4}])
    'so dull(+0.40)'
    """
    return " ".join(
        item["token"] if abs(share) < _FAINT else f"{item['token']}({item['weight']:+.2f})"
        for item, share in _with_shares(tokens)
    )


def _styled(token: str, share: float) -> str:
    if abs(share) < _FAINT:
        return token
    return click.style(token, fg="blue" if share > 0 else "yellow", bold=abs(share) >= _STRONG)


def page(answers: Sequence[Mapping[str, Any]]) -> str:
    """Returns an HTML page of explained answers, complete in itself."""
    return _PAGE.format(articles="\n".join(_article(answer) for answer in answers))


def _article(answer: Mapping[str, Any]) -> str:
    label = html.escape(answer["label"])
    tokens = " ".join(
        f'<b style="background:rgba({"0,110,200" if share > 0 else "215,95,0"},'
        f'{0.6 * abs(share):.2f})" title="{item["weight"]:+.4f}">{html.escape(item["token"])}</b>'
        for item, share in _with_shares(answer["tokens"])
    )
    return (
        f"<article><h2>{label} <span>{answer['probability']:.1%}</span></h2>"
        f'<div dir="auto">{tokens}</div></article>'
    )


def _with_shares(tokens: Tokens) -> list[tuple[Mapping[str, Any], float]]:
    """Returns each token with its weight as a share of the greatest."""
    greatest = max((abs(item["weight"]) for item in tokens), default=0.0) or 1.0
    return [(item, item["weight"] / greatest) for item in tokens]
