"""How good translations are: BLEU and chrF by sacreBLEU, and samples to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHOWN = 8
"""Sample translations among the scores."""


def translation_scores(
    sources: Sequence[str],
    references: Sequence[str],
    outputs: NDArray[Any],
    *,
    tokenizer: str,
    lowercase: bool = False,
) -> dict[str, Any]:
    """Scores translations against the first reference of each sentence.

    BLEU is that of K. Papineni et al., 2002 (doi:10.3115/1073083.1073135), chrF that of
    M. Popović, 2015 (doi:10.18653/v1/W15-3049), both from 0 to 100.

    Args:
        sources: Sentences, one a pair; repeated ones are scored once.
        references: Their translations by people.
        outputs: One row a pair: fields `greedy` and `beam` (translations), `loss` (nats,
            the sum over the reference's tokens) and `tokens` (their number).
        tokenizer: Of sacreBLEU, which calls them "13a", "zh", "char" ….
        lowercase: Do not tell capitals from small letters; the signatures say so.

    Returns:
        `bleu` and `chrf` of the beam search, `bleu_greedy` and `chrf_greedy`, sacreBLEU's
        signatures, `loss` in nats per token, `perplexity`, and `samples`.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    rows = first_rows(sources)
    wanted = [references[row] for row in rows]
    metrics = {
        "bleu": BLEU(tokenize=tokenizer, lowercase=lowercase),
        "chrf": CHRF(lowercase=lowercase),
    }
    scores = {}
    for search, suffix in (("beam", ""), ("greedy", "_greedy")):
        given = [str(outputs[search][row]) for row in rows]
        for name, metric in metrics.items():
            scores[name + suffix] = round(metric.corpus_score(given, [wanted]).score, 4)
    loss = float(outputs["loss"].sum() / max(outputs["tokens"].sum(), 1))
    return {
        **scores,
        "sacrebleu_signature": str(metrics["bleu"].get_signature()),
        "chrf_signature": str(metrics["chrf"].get_signature()),
        "sentences": len(rows),
        "loss": round(loss, 6),
        "perplexity": round(float(np.exp(min(loss, 50.0))), 4),
        "samples": [
            {
                "source": sources[row],
                "translation": str(outputs["beam"][row]),
                "reference": references[row],
            }
            for row in rows[:SHOWN]
        ],
    }


def first_rows(sources: Sequence[str]) -> list[int]:
    """Returns where each different sentence stands first.

    >>> first_rows(["a", "b", "a"])
    [0, 1]
    """
    return sorted({text: row for row, text in reversed(list(enumerate(sources)))}.values())


def sentence_chrf(
    translations: Sequence[str], references: Sequence[str], *, lowercase: bool = False
) -> list[float]:
    """Returns chrF of each translation alone, from 0 to 100."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(lowercase=lowercase)
    return [
        metric.sentence_score(given, [wanted]).score
        for given, wanted in zip(translations, references, strict=True)
    ]
