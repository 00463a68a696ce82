"""Greedy decoding, sampling and beam search against plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import Decoded, beam_search, greedy, sample
from tests.layers.decoding.decoding_reference import (
    END,
    START,
    Toy,
    every_answer,
    plain_beam_search,
    toy,
)

TOKENS = {"start": START, "end": END}
PENALTIES = [(0.0, 0.0), (0.6, 0.0), (1.5, 0.0), (-0.5, 0.0), (0.0, 0.3), (0.8, 0.5)]


def rows(decoded: Decoded) -> list[list[tuple[int, ...]]]:
    """Returns the tokens of each beam of each row, END included, without padding."""
    ends = decoded.lengths.numpy() + decoded.finished.numpy()
    ids = decoded.ids.numpy()
    return [
        [tuple(ids[i, j, : ends[i, j]].tolist()) for j in range(ids.shape[1])]
        for i in range(len(ids))
    ]


def assert_same(found: Decoded, expected: Decoded) -> None:
    """Compares answers, of which one may have more padding."""
    assert rows(found) == rows(expected)
    for name in ("lengths", "finished"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    for name in ("scores", "log_probabilities"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-5)


@pytest.mark.parametrize(("length", "coverage"), PENALTIES)
@pytest.mark.parametrize("beams", [1, 2, 4])
def test_beam_search_is_the_plain_one(beams, length, coverage):
    network = toy(beams)
    options = {"never": [0, START], "length_penalty": length, "coverage_penalty": coverage}
    found = beam_search(
        network.step, network.state, beam_width=beams, max_steps=6, keep_attention=True,
        **TOKENS, **options,
    )  # fmt: skip
    for row, answers in enumerate(rows(found)):
        plain = plain_beam_search(
            network, row, beams=beams, steps=6, never=[0, START], length=length, coverage=coverage
        )
        assert answers == [answer.tokens for answer in plain]
        np.testing.assert_allclose(found.scores[row], [x.score for x in plain], rtol=1e-5)
        np.testing.assert_allclose(
            found.log_probabilities[row], [x.log_probability for x in plain], rtol=1e-5
        )
        for beam, answer in enumerate(plain):
            kept = found.attention[row, beam].numpy()
            np.testing.assert_allclose(kept[: len(answer.attention)], answer.attention, rtol=1e-6)
            assert not kept[len(answer.attention) :].any()


@pytest.mark.parametrize(("length", "coverage"), PENALTIES)
def test_a_wide_beam_finds_the_best_of_all_answers(length, coverage):
    # With as many beams as unfinished answers of two tokens nothing can be lost.
    network = toy(7, vocabulary=6)
    options = {"length": length, "coverage": coverage, "never": [0, START, 5]}
    found = beam_search(
        network.step, network.state, beam_width=6, max_steps=3, never=[0, START, 5],
        length_penalty=length, coverage_penalty=coverage, **TOKENS,
    )  # fmt: skip
    for row in range(3):
        best = every_answer(network, row, steps=3, **options)
        assert rows(found)[row][0] == best[0].tokens
        np.testing.assert_allclose(found.scores[row, 0], best[0].score, rtol=1e-5)


def test_greedy_is_beam_search_of_one_beam():
    for seed in range(2):
        network = toy(seed, batch=8)
        one = greedy(network.step, network.state, max_steps=6, keep_attention=True, **TOKENS)
        same = beam_search(
            network.step, network.state, beam_width=1, max_steps=6, keep_attention=True, **TOKENS
        )
        assert_same(one, same)
        np.testing.assert_array_equal(one.attention, same.attention)


@pytest.mark.parametrize(("length", "coverage"), PENALTIES)
def test_the_best_answer_alone_is_the_same(length, coverage):
    for seed in range(2):
        network = toy(seed, batch=8)
        options = {"beam_width": 4, "max_steps": 6, "length_penalty": length, **TOKENS}
        options |= {"coverage_penalty": coverage}
        every = beam_search(network.step, network.state, **options)
        best = beam_search(network.step, network.state, best_only=True, **options)
        assert [x[:1] for x in rows(every)] == rows(best)
        np.testing.assert_array_equal(every.scores[:, :1], best.scores)


def counted(network: Toy) -> tuple[list[int], object]:
    """Returns a list that grows by one entry a step taken, and the step."""
    calls: list[int] = []

    def step(tokens, state):
        calls.append(tokens.shape[1])
        return network.step(tokens, state)

    return calls, step


def ending(probability: float, *, steps: int = 20) -> Toy:
    """Returns a network that says END with that probability, else 3."""
    network = toy(0, steps=steps)
    network.logits[:] = -60.0
    network.logits[..., END] = np.log(probability)
    network.logits[..., 3] = np.log(1 - probability)
    return network


def test_a_step_is_one_call_for_all_beams_and_the_loop_ends_early():
    calls, step = counted(ending(0.999))
    found = beam_search(step, toy(0).state, beam_width=2, max_steps=20, **TOKENS)
    assert calls == [2, 2]
    assert found.finished.numpy().all()
    calls, step = counted(ending(0.999))
    greedy(step, toy(0).state, max_steps=20, **TOKENS)
    assert calls == [1]


def test_the_best_answer_alone_ends_sooner():
    calls, step = counted(ending(0.6))
    beam_search(step, toy(0).state, beam_width=4, max_steps=20, **TOKENS)
    alone, step = counted(ending(0.6))
    beam_search(step, toy(0).state, beam_width=4, max_steps=20, best_only=True, **TOKENS)
    assert (len(calls), len(alone)) == (4, 1)


def test_more_steps_change_nothing_once_all_have_finished():
    network = ending(0.9, steps=40)
    options = {"beam_width": 3, "never": [0, START], **TOKENS}
    found = beam_search(network.step, network.state, max_steps=10, **options)
    more = beam_search(network.step, network.state, max_steps=40, **options)
    for one, other in zip(found[:-1], more[:-1], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("decoder", ["greedy", "beam_search"])
def test_rows_have_their_own_limits_and_do_not_touch_each_other(decoder):
    network = toy(11, batch=4, steps=9)
    network.logits[..., END] -= 3

    def run(network: Toy, limits: list[int]) -> Decoded:
        options = {"max_steps": tf.constant(limits), **TOKENS}
        if decoder == "greedy":
            return greedy(network.step, network.state, **options)
        return beam_search(network.step, network.state, beam_width=3, length_penalty=0.7, **options)

    limits = [3, 9, 1, 5]
    together = run(network, limits)
    for row, limit in enumerate(limits):
        alone = run(Toy(*(x[row : row + 1] for x in network)), [limit])
        assert rows(alone)[0] == rows(together)[row]
        # Powers of vectors and of their last few entries are rounded differently.
        np.testing.assert_allclose(alone.scores[0], together.scores[row], rtol=1e-6)
        assert max(map(len, rows(together)[row])) <= limit


def test_no_steps_and_no_rows_give_empty_answers():
    network = toy(0)
    found = beam_search(network.step, network.state, beam_width=2, max_steps=0, **TOKENS)
    assert not found.ids.numpy().any() and not found.lengths.numpy().any()
    nothing = toy(0, batch=0)
    found = beam_search(
        nothing.step, nothing.state, beam_width=2, max_steps=4, keep_attention=True, **TOKENS
    )
    assert found.ids.shape[:2] == (0, 2)


def test_of_equals_the_lowest_comes_first():
    network = toy(0, batch=1, vocabulary=6)
    network.logits[:] = 0
    found = beam_search(
        network.step, network.state, beam_width=3, max_steps=2, never=[0, START], **TOKENS
    )
    assert rows(found) == [[(2,), (3, 2), (3, 3)]]
    once = greedy(network.step, network.state, max_steps=2, never=[0, START, 4, 5], **TOKENS)
    assert rows(once) == [[(2,)]]


def test_fewer_answers_than_beams_leave_beams_without_one():
    network = toy(3)
    found = beam_search(
        network.step, network.state, beam_width=4, max_steps=3, never=[0, START, 3, 4], **TOKENS
    )
    assert rows(found) == [[(END,), (), (), ()]] * 3
    assert np.isneginf(found.scores[:, 1:]).all() and np.isfinite(found.scores[:, 0]).all()
    assert found.finished.numpy().tolist() == [[True, False, False, False]] * 3
    assert found.ids.shape[2] == 1


def test_minus_infinity_in_logits_makes_no_nan():
    network = toy(4)
    network.logits[..., 3:] = -np.inf
    for found in (
        beam_search(network.step, network.state, beam_width=4, max_steps=5, **TOKENS),
        sample(network.step, network.state, seed=[1, 2], max_steps=5, **TOKENS),
    ):
        assert not np.isnan(found.scores).any()
        assert found.ids.numpy().max() < 3


def test_float16_logits_are_summed_in_float32():
    network = toy(5)
    half = Toy(network.logits.astype(np.float16), network.attention.astype(np.float16))
    wide = Toy(half.logits.astype(np.float32), half.attention.astype(np.float32))
    options = {"beam_width": 3, "max_steps": 6, "coverage_penalty": 0.2, **TOKENS}
    found = beam_search(half.step, half.state, keep_attention=True, **options)
    expected = beam_search(wide.step, wide.state, keep_attention=True, **options)
    assert found.scores.dtype == found.attention.dtype == tf.float32
    assert_same(found, expected)


def test_a_mask_of_the_source_tells_padding_from_what_was_not_read():
    network = toy(6, batch=1)
    network.attention[..., 0] = 0
    options = {"beam_width": 1, "max_steps": 1, "coverage_penalty": 1.0, **TOKENS}
    unread = [[True, True, True, True]]
    found = beam_search(network.step, network.state, source_mask=tf.constant(unread), **options)
    guess = beam_search(network.step, network.state, **options)
    np.testing.assert_allclose(guess.scores - found.scores, [[-np.log(1e-9)]], rtol=1e-5)
