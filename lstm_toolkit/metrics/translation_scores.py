"""How good translations are: BLEU and chrF by sacreBLEU, and samples to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.edit_rates import edit_rates
from lstm_toolkit.metrics.row_scores import BLEU_ORDER, CHRF_ORDER, bleu_columns, chrf_columns

UNSPACED = ("zh", "char", "ja-mecab")
"""Tokenizers of sacreBLEU for texts in which no spaces divide words."""
SHOWN = 8
"""Sample translations among the scores."""


References = str | Sequence[str]
"""What people wrote for one source: one sentence or several."""


def translation_scores(
    sources: Sequence[str],
    references: Sequence[References],
    outputs: NDArray[Any],
    *,
    tokenizer: str,
    lowercase: bool = False,
) -> dict[str, Any]:
    """Scores translations against the first reference of each sentence, or several of one row.

    BLEU is that of K. Papineni et al., 2002 (doi:10.3115/1073083.1073135), chrF that of
    M. Popović, 2015 (doi:10.18653/v1/W15-3049), both from 0 to 100.

    Args:
        sources: Sentences, one a pair; repeated ones are scored once.
        references: Their translations by people, one a row or several.
        outputs: One row a pair: fields `greedy` and `beam` (translations), `loss` (nats,
            the sum over the reference's tokens) and `tokens` (their number).
        tokenizer: Of sacreBLEU, which calls them "13a", "zh", "char" ….
        lowercase: Do not tell capitals from small letters; the signatures say so.

    Returns:
        `bleu` and `chrf` of the beam search, `bleu_greedy` and `chrf_greedy`, sacreBLEU's
        signatures, `token_error` and `sentence_error` of the beam search, see `edit_rates`,
        `standard_error` of chrF over sentences, `loss` in nats per token, `perplexity`, and
        `samples`.
    """
    rows = first_rows(sources)
    wanted = [references[row] for row in rows]
    metrics = corpus_metrics(tokenizer, lowercase)
    scores: dict[str, float] = {}
    for search, suffix in (("beam", ""), ("greedy", "_greedy")):
        given = [str(outputs[search][row]) for row in rows]
        scores |= {name + suffix: n for name, n in _scored(metrics, given, wanted).items()}
    each = sentence_chrf([str(outputs["beam"][row]) for row in rows], wanted, lowercase=lowercase)
    loss = float(outputs["loss"].sum() / max(outputs["tokens"].sum(), 1))
    return {
        **scores,
        **edit_rates(
            *_one_a_row(sources, references, outputs["beam"], lowercase=lowercase),
            spaced=tokenizer not in UNSPACED,
        ),
        "sacrebleu_signature": str(metrics["bleu"].get_signature()),
        "chrf_signature": str(metrics["chrf"].get_signature()),
        "sentences": len(rows),
        "standard_error": round(float(np.std(each) / np.sqrt(len(each))), 4),
        "loss": round(loss, 6),
        "perplexity": round(float(np.exp(min(loss, 50.0))), 4),
        "samples": [
            {
                "source": sources[row],
                "translation": str(outputs["beam"][row]),
                "reference": several(references[row])[0],
            }
            for row in rows[:SHOWN]
        ],
    }


def several(references: References) -> list[str]:
    """Returns the references of one source."""
    return [references] if isinstance(references, str) else [str(each) for each in references]


def _one_a_row(
    sources: Sequence[str], references: Sequence[References], given: Any, *, lowercase: bool
) -> tuple[list[str], list[str], list[str]]:
    rows = zip(sources, references, given, strict=True)
    flat = [(source, each, text) for source, wanted, text in rows for each in several(wanted)]
    wanted, written = ([as_judged(row[side], lowercase) for row in flat] for side in (1, 2))
    return [row[0] for row in flat], wanted, written


def as_judged(text: object, lowercase: bool) -> str:
    """Returns a text as it is compared with others: without capitals where these do not count."""
    return str(text).lower() if lowercase else str(text)


def has_four_words(references: Sequence[References], tokenizer: str) -> bool:
    """Tells whether any reference is as long as BLEU's longest n-grams, without which it is 0."""
    divided = corpus_metrics(tokenizer, False)["bleu"].tokenizer
    return any(
        len(divided(text).split()) >= BLEU_ORDER for each in references for text in several(each)
    )


def _streams(wanted: Sequence[References]) -> list[list[str | None]]:
    """Returns references as sacreBLEU takes them: the first of all, the second of all, …."""
    every = list(map(several, wanted))
    most = max(map(len, every), default=1)
    return [[each[n] if n < len(each) else None for each in every] for n in range(most)]


def corpus_scores(
    given: Sequence[str], wanted: Sequence[References], *, tokenizer: str, lowercase: bool = False
) -> dict[str, float]:
    """Returns `bleu` and `chrf` of translations against their references, from 0 to 100."""
    return _scored(corpus_metrics(tokenizer, lowercase), given, wanted)


def _scored(
    metrics: Mapping[str, Any], given: Sequence[str], wanted: Sequence[References]
) -> dict[str, float]:
    return {
        name: round(metric.corpus_score(list(given), _streams(wanted)).score, 4)
        for name, metric in metrics.items()
    }


def corpus_metrics(tokenizer: str, lowercase: bool) -> dict[str, Any]:
    """Returns sacreBLEU's `bleu` and `chrf`."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    return {
        "bleu": BLEU(tokenize=tokenizer, lowercase=lowercase),
        "chrf": CHRF(lowercase=lowercase),
    }


def ngram_counts(
    given: Sequence[str], wanted: Sequence[References], *, tokenizer: str, lowercase: bool = False
) -> dict[str, NDArray[np.float64]]:
    """Counts of each translation what corpus BLEU and chrF add up.

    Args:
        given: Translations.
        wanted: The references of each; of several, chrF counts the nearest one.
        tokenizer: Of sacreBLEU.
        lowercase: Do not tell capitals from small letters.

    Returns:
        `float64[n]` by the names of `row_scores.bleu_columns` and `chrf_columns`.
    """
    pairs = list(zip(given, wanted, strict=True))
    metrics = corpus_metrics(tokenizer, lowercase)
    scored = [metrics["bleu"].corpus_score([one], _streams([other])) for one, other in pairs]
    words = [[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in scored]
    nearest = [(one, _nearest(metrics["chrf"], one, several(other))) for one, other in pairs]
    letters = [_letter_counts(*(t.lower() if lowercase else t for t in pair)) for pair in nearest]
    counted: dict[str, NDArray[np.float64]] = {}
    for names, rows in ((bleu_columns(), words), (chrf_columns(), letters)):
        columns = np.array(rows, np.float64).reshape(len(pairs), len(names)).T
        counted |= dict(zip(names, columns, strict=True))
    return counted


def _nearest(chrf: Any, given: str, references: list[str]) -> str:
    """Returns the first of the references that are nearest to a text."""
    if len(references) == 1:
        return references[0]
    return max(references, key=lambda each: float(chrf.sentence_score(given, [each]).score))


def _letter_counts(given: str, wanted: str) -> list[int]:
    from sacrebleu.metrics.helpers import extract_all_char_ngrams

    sides = [extract_all_char_ngrams(text, CHRF_ORDER) for text in (given, wanted)]
    orders = list(zip(*sides, strict=True))
    # As sacreBLEU has it, nothing counts as given where the reference is too short.
    given_counts = [one.total() if other else 0 for one, other in orders]
    wanted_counts = [other.total() for _, other in orders]
    return [*given_counts, *wanted_counts, *((one & other).total() for one, other in orders)]


def first_rows(sources: Sequence[str]) -> list[int]:
    """Returns where each different sentence stands first.

    >>> first_rows(["a", "b", "a"])
    [0, 1]
    """
    return sorted({text: row for row, text in reversed(list(enumerate(sources)))}.values())


def sentence_chrf(
    translations: Sequence[str], references: Sequence[References], *, lowercase: bool = False
) -> list[float]:
    """Returns chrF of each translation alone, from 0 to 100."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(lowercase=lowercase)
    return [
        metric.sentence_score(given, several(wanted)).score
        for given, wanted in zip(translations, references, strict=True)
    ]
