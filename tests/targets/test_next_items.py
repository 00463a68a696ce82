"""Next items: what is asked of a network, blended, scored and answered."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.items import without_repeats
from lstm_toolkit.metrics.ranks import hits, ranks_of, score_names
from lstm_toolkit.metrics.session_neighbours import NEWEST
from lstm_toolkit.serving.prediction import open_network
from lstm_toolkit.targets import known_sessions
from lstm_toolkit.targets.item_names import ItemNames
from lstm_toolkit.targets.known_sessions import KnownSessions
from lstm_toolkit.targets.next_items import NextItemsOptions
from lstm_toolkit.targets.recommendation_signatures import RecommendationGraphs
from lstm_toolkit.targets.scored_sessions import FIRST_SUMS, best_blend
from lstm_toolkit.testing import prepare_sample
from lstm_toolkit.training.evaluation import predict
from lstm_toolkit.training.preparation import Prepared, prepare

TASK = get_task("recommendation")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare_sample(TASK, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def graphs(prepared: Prepared) -> RecommendationGraphs:
    names = {"a1": "first", "b1": "second"}
    target = dataclasses.replace(prepared.states.target, blend=0.3, names=names)
    states = dataclasses.replace(prepared.states, target=target)
    return RecommendationGraphs(TASK.trained(prepared.build(), states))


def test_each_click_is_asked_for_at_the_one_before(prepared: Prepared) -> None:
    inputs, targets = tf.constant([[4, 5, 0], [6, 0, 0], [0, 0, 0]]), tf.constant([7, 0, 3])
    given, wanted = TASK.target.training_pair(inputs, targets, prepared.states.target)
    assert wanted.numpy().tolist() == [[5, 7, 0], [0, 0, 0], [0, 0, 0]]
    assert given["next"] is wanted


def test_what_is_scored_is_what_is_answered(prepared: Prepared) -> None:
    """Ranks that are reckoned step by step are those of answers to each beginning."""
    target = dataclasses.replace(prepared.states.target, blend=0.4)
    states = dataclasses.replace(prepared.states, target=target)
    chosen, model = dataclasses.replace(prepared, states=states), prepared.build()
    test = prepared.splits.test.take(np.arange(3))
    facts = predict(chosen, model, test).outputs
    recommender = RecommendationGraphs(TASK.trained(model, states)).recommender
    sums = np.zeros(2 * 4)
    for session in TASK.target.numbers(test, target.items):
        for place in range(1, len(session)):
            likely = recommender.last(tf.constant(session[None, :place])).numpy()
            sums += hits(ranks_of(likely, session[place : place + 1]))[0]
    np.testing.assert_allclose(facts[:, FIRST_SUMS:].sum(axis=0), sums, rtol=1e-5)


def test_answers(graphs: RecommendationGraphs) -> None:
    asked = tf.constant(["a1 b1 zzz", "zzz", ""])
    answers = graphs.of_texts(asked, 3, tf.constant(True))
    assert answers["known_items"].numpy().tolist() == [2, 0, 0]
    assert answers["unknown_items"].numpy().tolist() == [1, 1, 0]
    assert answers["unlike"].numpy().tolist() == [False, True, True]
    assert not {b"a1", b"b1"} & set(answers["items"][0].numpy())
    assert b"first" in graphs.of_texts(asked, 99, tf.constant(False))["names"][0].numpy()
    # All but two are left, and the rest of the list is empty.
    rest = graphs.of_texts(asked, 99, tf.constant(True))["items"][0].numpy()
    assert (rest[-2:] == b"").all()
    assert (rest[:-2] != b"").all()


def test_lists_and_clicks_one_by_one_answer_alike(graphs: RecommendationGraphs) -> None:
    whole = graphs.of_texts(tf.constant(["a1 b1 zzz a2"]), 4, tf.constant(False))
    lists = graphs.of_lists(tf.constant([["a1", "", "b1", "zzz", "a2"]]), 4, tf.constant(False))
    recent = tf.zeros([1, graphs.items.max_clicks], tf.int32)
    for click in ("a1", "b1 zzz", "a2"):
        streamed = graphs.of_clicks(tf.constant([click]), 4, tf.constant(False), recent)
        recent = streamed["recent"]
    for other in (lists, streamed):
        np.testing.assert_allclose(other["scores"], whole["scores"], rtol=1e-5)


def test_the_best_blend_and_states_in_files(prepared: Prepared, tmp_path: Path) -> None:
    state: ItemNames = dataclasses.replace(prepared.states.target, names={"a1": "é\n"})
    facts = np.zeros((1, FIRST_SUMS + len(state.blends) * len(score_names())))
    facts[0, FIRST_SUMS + 3 * len(score_names()) + 3] = 1
    assert best_blend(facts, state) == state.blends[3]
    state.save(tmp_path)
    assert ItemNames.load(tmp_path) == state


def test_sessions_without_known_items_are_not_kept(prepared: Prepared, tmp_path: Path) -> None:
    rows = prepared.splits.train.take(np.arange(3))
    rows = rows.replace(session=np.array(["a1 b1", "zzz", "b1"], object))
    settings = dataclasses.replace(prepared.settings, neighbours=2)
    state = TASK.target._state(prepared.states.target.items, rows, settings)
    assert len(state.sessions) == 2
    state.save(tmp_path)
    assert ItemNames.load(tmp_path).sessions == state.sessions


def test_items_before_the_last_clicks_are_seen_too(graphs: RecommendationGraphs) -> None:
    most = graphs.items.max_clicks
    session = " ".join(["a1", *["b1"] * most])
    for answers in (
        graphs.of_texts(tf.constant([session]), 99, tf.constant(True)),
        graphs.of_lists(tf.constant([session.split()]), 99, tf.constant(True)),
    ):
        assert answers["known_items"].numpy().tolist() == [most]
        assert not {b"a1", b"b1"} & set(answers["items"][0].numpy())


def test_repeats_are_dropped_across_calls_too(prepared: Prepared) -> None:
    items = dataclasses.replace(prepared.states.target.items, repeated_clicks="drop")
    target = dataclasses.replace(prepared.states.target, items=items, blend=0.3)
    states = dataclasses.replace(prepared.states, features={"session": items}, target=target)
    graphs = RecommendationGraphs(TASK.trained(prepared.build(), states))
    recent = tf.zeros([1, items.max_clicks], tf.int32)
    for click in ("a1", "a1 b1", "zzz b1"):
        answers = graphs.of_clicks(tf.constant([click]), 4, tf.constant(False), recent)
        recent = answers["recent"]
    assert answers["known_items"].numpy().tolist() == [2]
    sessions = np.array(["a1 zzz a1 b1", "a1 b1"], object)
    assert items.encode_rows(sessions).lengths.tolist() == [2, 2]
    assert items.repeats(sessions).tolist() == [1, 0]


def test_neighbours_are_looked_up_piece_by_piece(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = prepared.states.target
    known = KnownSessions(state.rows, state.size)
    newest = tf.constant([[2, 3, 0], [4, 0, 0], [3, 2, 4]])
    newest = tf.pad(newest, [[0, 0], [0, NEWEST - 3]])
    whole = known.chances(newest).numpy()
    monkeypatch.setattr(known_sessions, "CELLS", 2 * max(known.size, known.count))
    assert known.at_a_time == 2
    np.testing.assert_array_equal(known.chances(newest).numpy(), whole)
    assert known.chances(newest[:0]).shape == (0, state.size)


def test_names_are_read_anew_and_in_their_encoding(prepared: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    settings = dataclasses.replace(prepared.settings, names_file=str(path), encoding="cp1251")
    items, train = prepared.states.target.items, prepared.splits.train
    for name in ("чай", "кофе"):
        path.write_text(f"item,name\na1,{name}\n", encoding="cp1251")
        assert TASK.target._state(items, train, settings).names == {"a1": name}


def test_repeats_are_dropped_within_rows() -> None:
    rows = tf.ragged.constant([[3, 3, 4, 3], [], [3], [3, 3]], tf.int32)
    assert without_repeats(rows).to_list() == [[3, 4, 3], [], [3], [3]]


def test_sessions_that_cannot_be_answered(prepared: Prepared) -> None:
    model = open_network(TASK, prepared.build(), prepared.states)
    blank, known = model.predict([" ", '["a1", "b1"]'], k=2)
    assert blank["error"] == "needs the items of a session. Received: ' '"
    assert len(known["recommendations"]) == 2
    with pytest.raises(InputError, match=r"^k must be at least 1\. Received: k=0$"):
        TASK.target.arguments(NextItemsOptions(k=0), prepared.states.target)
    with pytest.raises(DataError, match=r": no such file for names_file; needs "):
        from lstm_toolkit.data.readers.sessions.names import read_names

        read_names(Path("nowhere.csv")).clear()


def test_unknown_items_are_misses_and_last_ones_are_learnt(tmp_path: Path) -> None:
    path = tmp_path / "sessions.txt"
    path.write_text("a b c\n" * 8 + "a b z\nq a b\n", encoding="utf-8")
    settings = TASK.configure({"units": "4", "embedding": "4", "max_clicks": "5"})
    prepared = prepare(TASK, settings, path)
    assert set(prepared.states.target.items.numbers) == {"a", "b", "c"}
    model = prepared.build()
    for part, found in ((prepared.splits.validation, 1), (prepared.splits.test, 1)):
        predicted = predict(prepared, model, part)
        scores = TASK.evaluate(predicted)
        assert scores["steps"] == 2
        assert scores["recall_at_20"] == found / 2
    methods = TASK.target.baselines(
        prepared.splits.train, prepared.splits.test, TASK.features, prepared.states.target
    )
    assert {name: method()["recall_at_20"] for name, method in methods}["popularity"] == 0.5
