"""Made stories of people who go about and carry things, with questions about them."""

from __future__ import annotations

from typing import Any

import numpy as np

PEOPLE = ("Ines", "Tomas", "Akiko", "Femi", "Greta")
PLACES = ("cellar", "library", "orchard", "stable", "harbour", "tower")
THINGS = ("lantern", "letter", "apple", "rope")
GOING = ("{} walked to the {}.", "{} went to the {}.", "{} ran to the {}.", "{} is in the {} now.")


def sample_stories(count: int = 1_600) -> list[dict[str, Any]]:
    """Returns records of different stories, with the sentences that answer each question."""
    rng = np.random.default_rng(0)
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        record = _story(rng)
        found.setdefault(repr(record), record)
    return list(found.values())


def _story(rng: np.random.Generator) -> dict[str, Any]:
    """Returns a story of four to eight sentences, and a question that it answers."""
    place: dict[str, tuple[str, int]] = {}
    carried: dict[str, tuple[str, int]] = {}
    story: list[str] = []
    for number in range(rng.integers(4, 9)):
        person = str(rng.choice(PEOPLE))
        free = [thing for thing in THINGS if thing not in carried]
        if person in place and free and rng.random() < 0.35:
            thing = str(rng.choice(free))
            carried[thing] = person, number
            story.append(f"{person} took the {thing}.")
        else:
            where = str(rng.choice(PLACES))
            place[person] = where, number
            story.append(str(rng.choice(GOING)).format(person, where))
    if carried and rng.random() < 0.5:
        thing = str(rng.choice(sorted(carried)))
        person, taken = carried[thing]
        where, seen = place[person]
        return _record(story, f"Where is the {thing}?", where, [taken, seen])
    person = str(rng.choice(sorted(place)))
    where, seen = place[person]
    if rng.random() < 0.5:
        return _record(story, f"Where is {person}?", where, [seen])
    other = str(rng.choice([where, *PLACES]))
    return _record(story, f"Is {person} in the {other}?", "yes" if other == where else "no", [seen])


def _record(story: list[str], question: str, answer: str, support: list[int]) -> dict[str, Any]:
    return {"story": story, "question": question, "answer": answer, "support": support}
