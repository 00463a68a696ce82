"""Writes the sample sentence pairs, pairs_en_zh.tsv, from pairs_grammar.txt.

Run `python data/make_pairs.py` for the file beside this one, or name another file to write.
The head of pairs_grammar.txt explains the grammar. The same grammar always gives the same bytes.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SEED = 11
PAIRS_PER_TEMPLATE = 10
USES_PER_WORD = 10
"""A word used less often has more pairs made with it."""
CANDIDATES = 160
"""Fillings of a template to choose from, so that large templates take little longer."""

SLOT = re.compile(r"\{([a-z]+)(\d?)(?:\.([a-z]+))?\}")
CHOICE = re.compile(r"<([^<>]+)>")

Word = dict[str, str]
"""One entry of a class: its text by column."""
Filling = dict[str, Word]
"""The word that stands in each slot of a template, by class name and digit."""


class Template(NamedTuple):
    """A sentence in both languages, with slots."""

    subject: str
    english: str
    chinese: str


class Pair(NamedTuple):
    """A sentence and its translation."""

    subject: str
    english: str
    chinese: str


class Grammar(NamedTuple):
    """Word classes by name, and templates in the order of the file."""

    classes: dict[str, list[Word]]
    templates: list[Template]


def read_grammar(path: Path) -> Grammar:
    """Returns the word classes and templates of a grammar file."""
    grammar = Grammar({}, [])
    subject, name, columns = "", "", [""]
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("#") or not row:
            continue
        if row.startswith("["):
            subject = row.strip("[]")
        elif row.startswith("@") and "=" in row:
            union, parts = row[1:].split("=")
            words = [grammar.classes[part.strip()] for part in parts.split("+")]
            grammar.classes[union.strip()] = list(itertools.chain.from_iterable(words))
        elif row.startswith("@"):
            name, *columns = row[1:].split()
            grammar.classes[name] = []
        elif "|" in row:
            texts = [text.strip() for text in row.split("|")]
            word = dict(zip(columns, texts, strict=True))
            grammar.classes[name] += expand(word, grammar.classes)
        else:
            english, chinese = row.split(" = ")
            grammar.templates.append(Template(subject, english, chinese))
    return grammar


def expand(word: Word, classes: dict[str, list[Word]]) -> Iterator[Word]:
    """Yields an entry once for each way to fill the slots that its columns hold."""
    for filling in fillings(" ".join(word.values()), classes):
        yield {column: fill(text, filling, column) for column, text in word.items()}


def fillings(text: str, classes: dict[str, list[Word]]) -> list[Filling]:
    """Returns every way to fill the slots of a text."""
    slots = list(dict.fromkeys(found[1] + found[2] for found in SLOT.finditer(text)))
    choices = itertools.product(*(classes[slot.rstrip("0123456789")] for slot in slots))
    return [dict(zip(slots, chosen, strict=True)) for chosen in choices]


def distinct(filling: Filling) -> bool:
    """Returns whether no word stands in two slots, and no name in two words."""
    texts = [word["en"] for word in filling.values()]
    names = re.findall(r"\b[A-Z]\w+", " ".join(texts))
    return len(set(texts)) == len(texts) and len(set(names)) == len(names)


def fill(text: str, filling: Filling, column: str) -> str:
    """Returns a text with its slots filled, from the named column where a slot names none."""

    def word(slot: re.Match[str]) -> str:
        chosen = filling[slot[1] + slot[2]]
        return chosen[slot[3] or (column if column in chosen else "en")]

    return SLOT.sub(word, agree(text, filling))


def agree(text: str, filling: Filling) -> str:
    """Returns a text in which each choice, <do/does>, agrees with the subject nearest to it."""
    subjects = [
        (slot.start(), int(filling[slot[1] + slot[2]]["person"]))
        for slot in SLOT.finditer(text)
        if "person" in filling[slot[1] + slot[2]]
    ]

    def form(choice: re.Match[str]) -> str:
        before = [person for start, person in subjects if start < choice.start()]
        person = before[-1] if before else subjects[0][1]
        forms = choice[1].split("/")
        return forms[person - 1] if len(forms) == 3 else forms[person == 3]

    return CHOICE.sub(form, text)


def english_sentence(text: str) -> str:
    """Returns a filled English text with its articles and its first letter put right."""
    text = re.sub(r"\b([Aa]) (?=[aeiou]|hour)(?!uni|use|one)", r"\1n ", text)
    return text[0].upper() + text[1:]


def compose(template: Template, classes: dict[str, list[Word]], rng: random.Random) -> list[Pair]:
    """Returns pairs of a template, ordered so that the words of its slots come up evenly."""
    # Of the methods of Random, only random() is promised to stay the same between versions.
    shuffled = sorted(fillings(template.english, classes), key=lambda _: rng.random())
    options = list(itertools.islice(filter(distinct, shuffled), CANDIDATES))
    uses: Counter[str] = Counter()
    pairs = []
    while options:
        best = min(options, key=lambda option: sum(uses[word["en"]] for word in option.values()))
        options.remove(best)
        uses.update(word["en"] for word in best.values())
        english = english_sentence(fill(template.english, best, "en"))
        pairs.append(Pair(template.subject, english, fill(template.chinese, best, "zh")))
    return pairs


def make_pairs(path: Path = HERE / "pairs_grammar.txt") -> list[Pair]:
    """Returns the pairs of a grammar in shuffled order, each English sentence once."""
    rng = random.Random(SEED)
    grammar = read_grammar(path)
    composed = [compose(template, grammar.classes, rng) for template in grammar.templates]
    pairs: dict[str, Pair] = {}
    for pair in itertools.chain(*(options[:PAIRS_PER_TEMPLATE] for options in composed)):
        pairs.setdefault(pair.english, pair)
    spare = itertools.chain(*(options[PAIRS_PER_TEMPLATE:] for options in composed))
    add_rare_words(pairs, sorted(spare, key=lambda _: rng.random()))
    return sorted(pairs.values(), key=lambda _: rng.random())


def add_rare_words(pairs: dict[str, Pair], spare: list[Pair]) -> None:
    """Adds those spare pairs that hold an English word too rare in the pairs so far."""
    uses = Counter(word for pair in pairs.values() for word in words(pair.english))
    for pair in spare:
        rarest = min(uses[word] for word in words(pair.english))
        if rarest < USES_PER_WORD and pair.english not in pairs:
            pairs[pair.english] = pair
            uses.update(words(pair.english))


def words(english: str) -> list[str]:
    """Returns the words of an English sentence in lower case, contractions whole."""
    return re.findall(r"[a-z']+", english.lower())


def main(path: Path = HERE / "pairs_en_zh.tsv") -> None:
    """Writes the pairs to a file."""
    rows = ["en\tzh", *(f"{pair.english}\t{pair.chinese}" for pair in make_pairs())]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
