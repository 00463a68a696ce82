"""Edits between what was written and what people wrote."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.metrics.edit_rates import edit_rates

SOUNDS = st.lists(st.sampled_from(["AH", "B", "K", "S"]), min_size=1, max_size=6).map(" ".join)


def distance(one: list[str], other: list[str]) -> int:
    """Returns the edits between two rows of tokens, by the definition."""
    row = list(range(len(other) + 1))
    for place, token in enumerate(one, 1):
        last, row[0] = row[0], place
        for n, wanted in enumerate(other, 1):
            last, row[n] = row[n], min(row[n] + 1, row[n - 1] + 1, last + (token != wanted))
    return row[-1]


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(SOUNDS, SOUNDS), min_size=1, max_size=8))
def test_with_one_reference_each_they_are_what_the_definition_says(
    pairs: list[tuple[str, str]],
) -> None:
    references, written = zip(*pairs, strict=True)
    edits = [distance(one.split(), other.split()) for other, one in pairs]
    rates = edit_rates([str(n) for n in range(len(pairs))], references, written)
    tokens = sum(len(each.split()) for each in references)
    assert rates["token_error"] == round(100 * sum(edits) / tokens, 4)
    assert rates["sentence_error"] == round(100 * sum(e > 0 for e in edits) / len(pairs), 4)


@settings(max_examples=30, deadline=None)
@given(references=st.lists(SOUNDS, min_size=1, max_size=4), wrong=SOUNDS)
def test_any_reference_is_right_and_the_nearest_counts(references: list[str], wrong: str) -> None:
    sources = ["word"] * len(references)
    right = edit_rates(sources, references, [references[-1]] * len(references))
    assert right == {"token_error": 0.0, "sentence_error": 0.0}
    alone = [edit_rates(["word"], [each], [wrong]) for each in references]
    both = edit_rates(sources, references, [wrong] * len(references))
    assert both["sentence_error"] == min(rates["sentence_error"] for rates in alone)


def test_without_spaces_characters_are_counted() -> None:
    assert edit_rates(["a"], ["他在看书"], ["他看书"], spaced=False)["token_error"] == 25.0
