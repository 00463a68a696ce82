"""Made sentences with people, places and firms, so that a tagger can be tried at once."""

from __future__ import annotations

import re

import numpy as np

FIRST = (
    *("Anna", "Omar", "Lucia", "Henrik", "Mei", "Tariq", "Paula", "Jonas", "Amara", "Viktor"),
    *("Leila", "Mateo", "Greta", "Kofi"),
)
# Some names are shared, so that what a name is only the sentence can tell.
LAST = (
    *("Keller", "Haddad", "Moreau", "Lindqvist", "Zhang", "Okafor", "Brandt", "Silva"),
    *("Novak", "Graz", "Leeds", "Marlow"),
)
TOWNS = (
    *("Lisbon", "Port Alden", "Graz", "New Harbour", "Osaka", "Turku", "San Miro", "Leeds"),
    *("Accra", "Sunfield", "Marlow"),
)
FIRMS = (
    *("Norwind", "Blue Anchor", "Helio Works", "Tarn & Sons", "Keller", "Marlow Rail"),
    *("Sunfield", "Novak", "Osaka"),
)
FORMS = (
    "{person} works for {firm} in {town} .",
    "Last year {person} moved from {town} to {town} .",
    "{firm} will open an office in {town} , said {person} .",
    "The train from {town} was late again .",
    "{person} and {person} met in {town} .",
    "Shares of {firm} rose by 4 per cent on Monday .",
    "In {town} , {person} sold the house to {firm} .",
    "Nobody at {firm} knew why {person} had left .",
    "It rained all day , so we stayed at home .",
)
KINDS = {"person": "PER", "town": "LOC", "firm": "ORG"}


def sample_sentences(count: int = 900) -> list[tuple[list[str], list[str]]]:
    """Returns tokens and tags (begin, inside, outside) of different made sentences."""
    rng = np.random.default_rng(0)
    found: dict[str, tuple[list[str], list[str]]] = {}
    while len(found) < count:
        tokens, tags = _sentence(FORMS[rng.integers(len(FORMS))], rng)
        found.setdefault(" ".join(tokens), (tokens, tags))
    return list(found.values())


def _sentence(form: str, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    tokens: list[str] = []
    tags: list[str] = []
    for word in form.split():
        match = re.fullmatch(r"\{(\w+)\}", word)
        if match is None:
            tokens.append(word)
            tags.append("O")
            continue
        name = _name(match[1], rng).split()
        tokens += name
        tags += [f"{'I' if place else 'B'}-{KINDS[match[1]]}" for place in range(len(name))]
    return tokens, tags


def _name(kind: str, rng: np.random.Generator) -> str:
    if kind == "person":
        return f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return str(rng.choice(TOWNS if kind == "town" else FIRMS))
