"""What exports tell of themselves, and that no damage to it keeps a model from being served."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.serving.server.descriptions import Description, describe_export


def write(export: Path, **files: bytes) -> None:
    places = {
        "task": "task.json",
        "labels": "target/labels.txt",
        "writer": "target/writer.json",
        "image": "features/images/image.json",
    }
    for name, content in files.items():
        path = export / "assets.extra" / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


TASK = json.dumps({"format": 2, "task": "digits"}).encode()


def test_an_export_tells_task_labels_and_trained_settings(tmp_path: Path) -> None:
    write(
        tmp_path,
        task=TASK,
        labels="a\né\n".encode(),
        writer=b'{"bleu_tokenizer": "zh", "beams": 5, "length_penalty": 0.5, "far": 1e999}',
        image=b'{"height": 8, "dark_on_light": true}',
    )
    defaults = {"beams": 5, "length_penalty": 0.5}
    assert describe_export(tmp_path) == Description("digits", ("a", "é"), defaults, True)


def test_of_another_makers_model_nothing_is_known(tmp_path: Path) -> None:
    write(tmp_path, labels=b"a\nb\n")
    assert describe_export(tmp_path) == Description()


VALUES = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3)
CONTENTS = st.binary(max_size=20) | st.one_of(
    VALUES, st.dictionaries(st.sampled_from(["task", "beams", "dark_on_light"]), VALUES)
).map(lambda value: json.dumps(value).encode())


@settings(max_examples=60, deadline=None)
@given(task=CONTENTS | st.just(TASK), labels=CONTENTS, writer=CONTENTS, image=CONTENTS)
def test_whatever_the_files_hold_it_is_told_as_json_or_left_out(
    tmp_path_factory: pytest.TempPathFactory,
    task: bytes,
    labels: bytes,
    writer: bytes,
    image: bytes,
) -> None:
    export = tmp_path_factory.mktemp("export")
    write(export, task=task, labels=labels, writer=writer, image=image)
    about = describe_export(export)
    assert about.task is None or isinstance(about.task, str)
    assert all(isinstance(label, str) for label in about.labels)
    json.dumps(dict(about.defaults), allow_nan=False)
