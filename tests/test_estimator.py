"""The estimator of scikit-learn.

Of scikit-learn's own checks those apply here that give no numbers of theirs: `check_estimator`
skips estimators of texts, so the ones below are called one by one. What they ask of `fit` on tables
of numbers does not apply: validation of two-dimensional input, sparse input, `n_features_in_`.
"""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils import estimator_checks

import lstm_toolkit as lt
from lstm_toolkit.errors import InputError

SMALL: dict[str, Any] = {"units": (4,), "embedding": 4, "bigrams": 0, "epochs": 1, "batch_size": 8}
TEXTS = [f"{word} thing {i}" for i in range(8) for word in ("good", "bad", "odd")]
CLASSES = np.array([3, -1, 2] * 8)


@pytest.fixture(scope="module")
def fitted() -> lt.SequenceClassifier:
    before = np.random.get_state()[1].copy()
    model = lt.SequenceClassifier(**SMALL).fit(pd.Series(TEXTS), CLASSES)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    return model


def test_probabilities_stand_in_the_order_of_the_classes(fitted: lt.SequenceClassifier) -> None:
    assert fitted.classes_.tolist() == [-1, 2, 3]
    probabilities = fitted.predict_proba(TEXTS)
    assert probabilities.shape == (24, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    answers = fitted.predict(np.array(TEXTS))
    np.testing.assert_array_equal(answers, fitted.classes_[probabilities.argmax(axis=1)])
    assert fitted.score(TEXTS, CLASSES) == np.mean(answers == CLASSES)
    # Naive Bayes features know these words before any training.
    assert fitted.score(TEXTS, CLASSES) == 1


def test_pickled_it_answers_the_same(fitted: lt.SequenceClassifier) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_allclose(again.predict_proba(TEXTS), fitted.predict_proba(TEXTS), atol=1e-6)


def test_parameters_are_the_settings() -> None:
    model = lt.SequenceClassifier(**SMALL)
    assert clone(model).get_params() == {"task": "sentiment", **SMALL}
    assert model.set_params(units=(8,)).get_params()["units"] == (8,)
    with pytest.raises(InputError) as error:
        model.set_params(unit=(8,))
    assert str(error.value) == "unknown setting `unit`, did you mean `units`?"


def test_scikit_learn_s_tools_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of cloning, fitting and scoring is theirs, so no network is trained."""
    fits = []

    def fit(self: lt.SequenceClassifier, X: Any, y: Any) -> lt.SequenceClassifier:  # noqa: N803
        fits.append(self.get_params()["units"])
        self.classes_ = np.unique(y)
        return self

    monkeypatch.setattr(lt.SequenceClassifier, "fit", fit)
    monkeypatch.setattr(
        lt.SequenceClassifier, "predict", lambda self, rows: np.full(len(rows), self.classes_[0])
    )
    model = lt.SequenceClassifier(**SMALL)
    assert cross_val_score(model, TEXTS, CLASSES, cv=2).tolist() == [1 / 3, 1 / 3]
    search = GridSearchCV(model, {"units": [(4,), (8,)]}, cv=2).fit(TEXTS, CLASSES)
    assert search.best_params_ == {"units": (4,)}
    assert fits == [(4,)] * 4 + [(8,)] * 2 + [(4,)]


@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_estimator_repr",
        "check_mixin_order",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
    ],
)
def test_scikit_learn_s_checks(check: str) -> None:
    model = lt.SequenceClassifier(**SMALL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getattr(estimator_checks, check)("SequenceClassifier", model)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: lt.SequenceClassifier("translation").fit(TEXTS, CLASSES),
            "needs a task with one feature and classes, such as sentiment. Received: translation",
        ),
        (
            lambda: lt.SequenceClassifier().fit(TEXTS, [1, 2]),
            "y must hold 24 classes, one a row. Received: shape (2,)",
        ),
        (
            lambda: lt.SequenceClassifier().fit([*TEXTS[1:], None], CLASSES),
            "X must hold a text in every row. Received: none in row 23",
        ),
        (
            lambda: lt.SequenceClassifier().fit("a text", ["a"]),
            "X must be a list. Received: a str",
        ),
        (
            lambda: lt.SequenceClassifier().fit(TEXTS, [1] * 24),
            "needs at least two classes. Received: 1 class",
        ),
    ],
)
def test_what_is_wrong_is_told_before_training(make: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        make()
    assert str(error.value) == message


def test_before_fit_it_does_not_answer() -> None:
    with pytest.raises(NotFittedError):
        lt.SequenceClassifier().predict(TEXTS)
