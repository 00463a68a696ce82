"""SavedModels that take and give what exports of tasks do, without a network.

Their answers follow from what is asked in a way that a test can see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf

from lstm_toolkit.serving.export import EXTRA, TASK_FILE

Answer = dict[str, tf.Tensor]
Signatures = Mapping[str, tuple[Callable[..., Answer], list[tf.TensorSpec]]]

TEXT = tf.TensorSpec([None], tf.string, "text")


def spec(kind: Any, *shape: int | None, name: str) -> tf.TensorSpec:
    return tf.TensorSpec(shape, kind, name)


def classes(share: tf.Tensor, names: list[str]) -> Answer:
    """Returns answers of two classes, the second with this probability; unlike from 0.99 on."""
    probabilities = tf.stack([1 - share, share], 1)
    labels = tf.tile(tf.constant([names]), [tf.size(share), 1])
    best = tf.argmax(probabilities, 1)
    return {
        "label": tf.gather(tf.constant(names), best),
        "probability": tf.reduce_max(probabilities, 1),
        "probabilities": probabilities,
        "labels": labels,
        "unlike": share >= 0.99,
    }


def ink(images: tf.Tensor) -> Answer:
    """Answers by the share of dark pixels: a drawing is thin, a black photo is unlike."""
    return classes(1 - tf.reduce_mean(images, [1, 2]) / 255, ["thin", "thick"])


def opinion(text: tf.Tensor) -> Answer:
    good = tf.strings.regex_full_match(text, "(?s).*good.*")
    return classes(tf.where(good, 0.9, 0.2), ["negative", "positive"])


def explain(text: tf.Tensor) -> Answer:
    tokens = tf.strings.split(text).to_tensor("")
    weights = tf.where(tokens == "good", 0.4, tf.where(tokens == "but", -0.2, 0.01))
    return opinion(text) | {"tokens": tokens, "weights": weights}


def translate(text: tf.Tensor) -> Answer:
    count = tf.size(text)
    return {
        "translation": tf.strings.upper(text),
        "score": tf.fill([count], -0.5),
        "truncated": tf.fill([count], False),
        "unknown_tokens": tf.fill([count], 2),
    }


def attend(text: tf.Tensor, beams: tf.Tensor, length_penalty: tf.Tensor) -> Answer:
    """Looks at the token itself; of the beams that are asked for, the last is none."""
    tokens = tf.strings.split(text).to_tensor("")
    places = tf.range(beams)
    scores = -tf.cast(places, tf.float32) * length_penalty
    scores = -tf.cast(places, tf.float32) * length_penalty
    scores = tf.where(places < beams - 1, scores, float("-inf"))
    texts = tf.strings.join([tf.strings.upper(text[0]), tf.strings.as_string(places)], " ")
    time = tf.shape(tokens)[1]
    return {
        "translations": texts[tf.newaxis],
        "scores": scores[tf.newaxis],
        "truncated": tf.constant([True]),
        "unknown_tokens": tf.constant([0]),
        "source_tokens": tokens,
        "target_tokens": tf.strings.upper(tokens),
        "attention": tf.eye(time)[tf.newaxis],
    }


def forecast(values: tf.Tensor) -> Answer:
    last = tf.reshape(values[:, -1], [-1, 1]) + tf.constant([1.0, 2.0])
    return {"forecast": last, "q10": last - 5.0, "q90": last + 5.0}


def tag(text: tf.Tensor) -> Answer:
    tokens = tf.strings.split(text).to_tensor("")
    capital = tf.strings.regex_full_match(tokens, "[A-Z].*")
    return {"tags": tf.where(tokens == "", "", tf.where(capital, "B-PER", "O"))}


def whole(number: tf.Tensor, table: tf.Tensor, sure: tf.Tensor) -> Answer:
    return {
        "number": tf.identity(number),
        "table": table * 2,
        "sure": tf.logical_not(sure),
        "gap": tf.fill([tf.size(number)], float("nan")),
    }


NUMBER, SURE = spec(tf.int64, None, name="number"), spec(tf.bool, None, name="sure")
TABLE = spec(tf.float32, None, 2, 2, name="table")
PARAMETERS = [spec(tf.int32, name="beams"), spec(tf.float32, name="length_penalty")]
SMALL = spec(tf.float32, None, 4, 4, name="images")
PHOTO = spec(tf.float32, None, None, None, name="images")

MODELS: Mapping[str, tuple[str, Signatures]] = {
    "a photo": ("digits", {"serving_default": (ink, [SMALL]), "any_size": (ink, [PHOTO])}),
    "reviews": ("sentiment", {"serving_default": (opinion, [TEXT]), "explain": (explain, [TEXT])}),
    "pairs": (
        "translation",
        {"serving_default": (translate, [TEXT]), "attend": (attend, [TEXT, *PARAMETERS])},
    ),
    "series": (
        "forecasting",
        {
            "serving_default": (forecast, [spec(tf.float32, None, 3, None, name="values")]),
            "series": (forecast, [spec(tf.float32, None, 3, name="values")]),
        },
    ),
    "names": ("tagging", {"serving_default": (tag, [TEXT])}),
    "other": ("somebody's own", {"serving_default": (whole, [NUMBER, TABLE, SURE])}),
}
"""Tasks and signatures by the names of models."""


def save_page_models(folder: Path) -> None:
    """Writes each as a version in a folder of its own."""
    for name, (task, signatures) in MODELS.items():
        functions = {
            key: tf.function(function, input_signature=specs).get_concrete_function()
            for key, (function, specs) in signatures.items()
        }
        version = folder / name / "1"
        tf.saved_model.save(tf.Module(), version, signatures=functions)
        target = version / EXTRA / "target"
        target.mkdir(parents=True)
        (version / EXTRA / TASK_FILE).write_text(json.dumps({"format": 2, "task": task}))
        (target / "labels.txt").write_text("B-PER\nI-PER\nO\n")
        (target / "writer.json").write_text('{"beams": 3, "length_penalty": 0.5}')
