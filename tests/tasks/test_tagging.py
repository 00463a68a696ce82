"""Tagging from columns to an export that answers strings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import data, get_task
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import States
from lstm_toolkit.targets import Predicted
from lstm_toolkit.targets.scored_tags import JUDGED
from lstm_toolkit.targets.tag_names import COSTS, TagNames

SENTENCE = "Anna Leeds works for Blue Anchor in Leeds."


@pytest.mark.slow
def test_names_are_told_by_their_sentence(tmp_path: Path, command: Any) -> None:
    run, model = tmp_path / "run", tmp_path / "model"
    short = ("--epochs", 4, "--set", "units=24", "--set", "learning_rate=0.01")
    code, out, _ = command("train", "tagging", *short, "--out", run)
    assert code == 0, out
    test = json.loads((run / "metrics.json").read_text())["test"]
    assert test["f1"] > 0.95 > test["baselines"]["most_frequent_tag"]["f1"]
    assert command("export", run, model)[0] == 0
    words = (SENTENCE, "", "--json", "--candidates", 2, "--html", tmp_path / "page.html")
    code, out, _ = command("predict", model, *words)
    assert code == 0
    first, blank = json.loads(out)["predictions"]
    assert first["tags"] == ["B-PER", "I-PER", "O", "O", "B-ORG", "I-ORG", "O", "B-LOC", "O"]
    assert [(each["label"], each["text"]) for each in first["entities"]] == [
        ("PER", "Anna Leeds"),
        ("ORG", "Blue Anchor"),
        ("LOC", "Leeds"),
    ]
    assert [SENTENCE[e["start"] : e["end"]] for e in first["entities"]] == [
        e["text"] for e in first["entities"]
    ]
    assert first["candidates"][0]["tags"] == first["tags"]
    assert first["candidates"][0]["probability"] > first["candidates"][1]["probability"]
    assert (blank["tags"], blank["entities"]) == ([], [])
    assert "Blue Anchor<small>ORG" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_sentences_of_other_words_are_unlike(tmp_path: Path) -> None:
    feature, rows = get_task("tagging").feature, data.read_tagged(None).rows.columns["text"]
    state = feature.learn(rows, get_task("tagging").settings())
    state.save(tmp_path)
    for each in (state, feature.load(tmp_path)):
        asked = tf.constant([rows[0], rows[1], "qwe rtz uio", "vwx", "好 看"], tf.string)
        _, unlike = feature.bring(asked, each)
        assert unlike is not None
        assert unlike.numpy().tolist() == [False, False, True, True, True]
    few = feature.learn(rows[:9], get_task("tagging").settings())
    assert feature.bring(asked, few)[1] is None


def test_a_sentence_with_a_tag_too_few_is_told() -> None:
    task = get_task("tagging")
    rows = data.Dataset({"text": texts(["a b"])}, {"tags": Ragged.of([["O"]], np.str_)})
    with pytest.raises(DataError) as error:
        task.target.encode(rows, TagNames(("O",)), task.settings())
    assert str(error.value) == "needs a tag for each token. Received: 1 tags for 2 tokens in: a b"


def test_what_being_outside_costs_is_chosen_where_entities_are_found_best(tmp_path: Path) -> None:
    target = get_task("tagging").target
    names = TagNames(("B-X", "E-X", "O", "S-X"))
    assert names.costs == COSTS
    # Of two sentences the entities are found from the third cost on, too many at the last.
    judged = np.empty(2, JUDGED)
    for row in range(2):
        others = np.full((len(COSTS), 2), 2)
        others[2:, 0], others[-1, 1] = 3, 3
        judged[row] = (others[0], others, 0.0)
    tags = Ragged.of([["B-X", "O"]] * 2, np.str_)
    rows = data.Dataset({"text": texts(["a b"] * 2)}, {"tags": tags})
    chosen = target.after_training(Predicted(rows, {}, judged, States({}, names)))
    assert chosen.costs == (COSTS[2],)
    chosen.save(tmp_path)
    assert target.load(tmp_path) == chosen
    speech = TagNames(("NOUN", "VERB"))
    (tmp_path / "speech").mkdir()
    speech.save(tmp_path / "speech")
    assert target.load(tmp_path / "speech") == speech
    assert speech.costs == (0.0,)


def test_a_cost_is_taken_from_real_steps_alone() -> None:
    names = TagNames(("B-X", "I-X", "O"), 1.5)
    outputs = tf.ones((1, 2 + 3, 4))
    changed = names.with_cost(outputs, 1.5).numpy()[0]
    assert changed[:, 2].tolist() == [-0.5, -0.5, 1, 1, 1]
    assert (np.delete(changed, 2, axis=1) == 1).all()


def test_tags_given_in_python_are_mended_too() -> None:
    column = get_task("tagging").target.given(Ragged.of([["I-X", "I-X", "O"]], np.str_))
    assert column.to_list() == [["B-X", "I-X", "O"]]
