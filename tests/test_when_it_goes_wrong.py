"""Every message that the package can raise stands on the page that explains messages."""

from __future__ import annotations

import ast
import importlib
import re
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lstm_toolkit"
PAGE = (ROOT / "docs" / "when-it-goes-wrong.md").read_text(encoding="utf-8")

GAP = "…"
"""Stands for what differs from message to message."""

LEFT_OUT = (
    "AttributeError", "ImportError", "OSError", "KeyError", "MemoryError",
    "AssertionError", "MeanAbsoluteError", "MeanSquaredError",
)  # fmt: skip
"""What Python itself asks of modules and containers, what checks say, and losses of Keras."""

Scope = ast.FunctionDef | ast.AsyncFunctionDef


NEEDS = {"named_texts": 1}
"""Functions that raise what one of their arguments says is needed, and which argument."""


class Messages(ast.NodeVisitor):
    """Collects the messages of one module: texts given to errors, and mistakes that are yielded.

    A name that is given to an error stands for all texts assigned or appended to it in that
    function; a call of a function of the module for all texts that this returns.
    """

    def __init__(self, tree: ast.Module):
        self.tree = tree
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, Scope)}
        self.scope: ast.AST = tree
        self.found: list[tuple[int, str]] = []
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.scope = self.scope, node
        self.generic_visit(node)
        self.scope = outer

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if re.fullmatch(r"[A-Z]\w*Error", name) and name not in LEFT_OUT and node.args:
            self.found += [(node.lineno, text) for text in self.texts(node.args[0])]
        if name in NEEDS:
            needs = self.texts(node.args[NEEDS[name]])
            self.found += [(node.lineno, f"{text}. Received: {GAP}") for text in needs]
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> None:
        if getattr(self.scope, "name", "") in ("mistakes", "wrong_values"):
            self.found += [(node.lineno, text) for text in self.texts(node.value)]
        self.generic_visit(node)

    def texts(self, node: ast.AST | None, depth: int = 0) -> list[str]:
        """Returns what an expression may be, with a gap where that cannot be told."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.FormattedValue(value=value):
                return [self.only_text(value)]
            case ast.JoinedStr(values=parts) if depth < 5:
                return self.joined(parts, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right) if depth < 5:
                return self.joined([left, right], depth)
            case ast.IfExp(body=one, orelse=other) if depth < 5:
                return [*self.texts(one, depth + 1), *self.texts(other, depth + 1)]
        return self.looked_up(node, depth + 1) if depth < 5 else [GAP]

    def looked_up(self, node: ast.AST | None, depth: int) -> list[str]:
        """Follows names, comprehensions and calls."""
        values: list[Any] = []
        match node:
            case ast.GeneratorExp(elt=value) | ast.ListComp(elt=value):
                values = [value]
            case ast.Name(id=name):
                values = self.values(name)
            case ast.Call(func=ast.Attribute(attr="join"), args=[value]):
                values = [value]
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                inside = ast.walk(self.functions[name])
                values = [part.value for part in inside if isinstance(part, ast.Return)]
        texts = [text for value in values for text in self.texts(value, depth)]
        return [text for text in texts if text != GAP] or [GAP]

    def joined(self, parts: list[ast.expr], depth: int) -> list[str]:
        texts = [""]
        for part in parts:
            texts = [text + more for text in texts for more in self.texts(part, depth + 1)]
        return texts

    def only_text(self, node: ast.AST) -> str:
        """Returns what stands in a formatted place, if it is a name with one plain text."""
        values = self.values(node.id) if isinstance(node, ast.Name) else []
        texts = self.texts(values[0], 3) if len(values) == 1 else []
        return texts[0] if len(texts) == 1 else GAP

    def values(self, name: str) -> list[ast.expr]:
        """Returns what is assigned or appended to a name in this function.

        A name of the module counts if it is private: the others are lists of what is valid.
        """
        if name.startswith("_"):
            return [*_given(self.tree, name, deep=False)]
        return [*_given(self.scope, name)]


def _given(scope: ast.AST, name: str, *, deep: bool = True) -> Iterator[ast.expr]:
    for node in ast.walk(scope) if deep else ast.iter_child_nodes(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[value]
            ):
                if owner == name:
                    yield value


def bare(text: str) -> str:
    """Leaves out the path in front, and joins gaps."""
    text = re.sub(rf"{GAP}+", GAP, " ".join(text.split()))
    return text.removeprefix(f"{GAP}: ")


def words(text: str) -> int:
    return len(re.findall(r"\w+", text.replace(GAP, " ")))


def raised() -> Iterator[tuple[str, str]]:
    """Yields place and text of each message that has words of its own."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, text in Messages(ast.parse(path.read_text(encoding="utf-8"))).found:
            if words(bare(text).replace("Received:", "")):
                yield f"{path.relative_to(ROOT)}:{line}", bare(text)


def quoted(says: str) -> list[str]:
    """Returns the messages in the first column of the tables with that head."""
    found = []
    for table in re.findall(rf"^\| {says} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        for row in table.splitlines():
            cell = row[2:].split(" | ")[0].strip()
            assert cell.startswith("`"), f"a message must stand in backticks. Received: {row}"
            found.append(cell.strip("`").strip())
    return found


def explains(entry: str, text: str) -> bool:
    """Tells whether an entry is of this message: it matches, and quotes half of its words."""
    parts = map(re.escape, bare(entry).split(GAP))
    return bool(re.fullmatch(".+?".join(parts), text)) and 2 * words(entry) >= words(text)


RAISED = [*raised()]
QUOTED = quoted("The toolkit says")


def test_there_are_messages_and_entries() -> None:
    assert len(RAISED) > 150
    assert len(QUOTED) > 100


@pytest.mark.parametrize(("place", "text"), RAISED, ids=[place for place, _ in RAISED])
def test_a_message_that_can_be_raised_is_explained(place: str, text: str) -> None:
    assert any(explains(entry, text) for entry in QUOTED), f"{place}: {text}"


@pytest.mark.parametrize("entry", QUOTED)
def test_a_message_that_is_explained_can_be_raised(entry: str) -> None:
    assert any(explains(entry, text) for _, text in RAISED), entry


# What Keras and TensorFlow say changes with their versions, so most of it is provoked here.


def keras_says(provoke: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:  # whichever Keras chooses
        provoke()
    return re.sub(r"\x1b\[\d+m", "", str(caught.value))


def _fit(loss: str, targets: Any) -> None:
    import keras
    import numpy as np

    layers = [keras.Input((5, 3)), keras.layers.Flatten(), keras.layers.Dense(3)]
    model = keras.Sequential(layers)  # what they say does not depend on the layers
    model.compile("adam", loss)
    model.fit(np.zeros((8, 5, 3), "float32"), targets, verbose=0)


def _fit_strings() -> None:
    import keras
    import numpy as np

    layer = keras.layers.TextVectorization()
    layer.adapt(["a b"])
    model = keras.Sequential([keras.Input((), dtype="string"), layer])
    model.predict(np.array(["a", "b"]), verbose=0)


def _load_lambda(folder: Path) -> None:
    import keras

    layer = keras.layers.Lambda(lambda x: x * 2)
    keras.Sequential([keras.Input((3,)), layer]).save(folder / "lambda.keras")
    keras.models.load_model(folder / "lambda.keras")


def _call_loaded(folder: Path) -> None:
    import keras
    import tensorflow as tf

    keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]).export(
        folder / "saved", verbose=False
    )
    tf.saved_model.load(str(folder / "saved"))(tf.zeros([1, 3]))


def _load_unknown(folder: Path) -> None:
    import keras

    class Mine(keras.layers.Layer):
        pass

    Mine.__module__ = "nowhere"
    keras.Sequential([keras.Input((3,)), Mine()]).save(folder / "mine.keras")
    keras.models.load_model(folder / "mine.keras")


def _other_weights(folder: Path) -> None:
    import keras

    path = folder / "m.weights.h5"
    for width in (4, 6):
        layers = [keras.Input((5, 3)), keras.layers.LSTM(width)]
        model = keras.Sequential(layers)
        if width == 4:
            model.save_weights(path)
    model.load_weights(path)


def _stateful() -> None:
    import keras
    import numpy as np

    layer = keras.layers.LSTM(2, stateful=True)
    for rows in (4, 3):
        layer(np.zeros((rows, 5, 3), "float32"))


def _in_a_graph() -> None:
    import tensorflow as tf

    tf.function(lambda tensor: tensor.numpy(), autograph=False)(tf.zeros([1]))


@pytest.fixture(scope="module")
def provoked(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What Keras and TensorFlow say to the usual mistakes, a CPU's share of them."""
    import keras
    import numpy as np
    import tensorflow as tf
    from keras import layers
    from tensorflow.python.framework import config

    config.disable_op_determinism()  # a training before would have switched it on, with other words
    folder = tmp_path_factory.mktemp("keras")
    rows = np.zeros((8, 5, 3), "float32")
    lstm = keras.Sequential([keras.Input((5, 3)), layers.LSTM(4)])
    provocations: list[Callable[[], object]] = [
        lambda: keras.Sequential([keras.Input((5, 3)), layers.LSTM(4), layers.LSTM(4)]),
        lambda: lstm(np.zeros((2, 5, 4), "float32")),
        lambda: lstm.predict(tf.data.Dataset.from_tensor_slices(rows), verbose=0),
        lambda: _fit("mse", np.zeros((7, 3))),
        lambda: np.array([[1], [1, 2]]),
        lambda: _fit("categorical_crossentropy", np.zeros(8, int)),
        lambda: _fit("sparse_categorical_crossentropy", np.zeros((8, 3))),
        lambda: _fit("sparse_categorical_crossentropy", np.full(8, 7)),
        lambda: layers.Embedding(10, 4)(np.array([[11]])),
        lambda: _load_unknown(folder),
        lambda: _load_lambda(folder),
        lambda: keras.models.load_model(folder / "missing.keras"),
        lambda: lstm.save(folder / "model"),
        lambda: keras.models.load_model(str(folder)),
        lambda: _other_weights(folder),
        lambda: _call_loaded(folder),
        lambda: layers.TextVectorization()(["a b"]),
        _fit_strings,
        lambda: tf.shape(keras.Input((None,))),
        _in_a_graph,
        _stateful,
        lambda: layers.LSTM(4, use_cudnn=True)(rows),
        lambda: tf.ones([10**6, 10**7]),
        lambda: layers.LSTM(4, batch_input_shape=(1, 5, 3)),
        lambda: keras.optimizers.Adam(lr=0.1),
        lambda: importlib.import_module("tensorflow_addons"),
        lambda: exec("from keras.layers import CuDNNLSTM"),
    ]
    return [" ".join(keras_says(provocation).split()) for provocation in provocations]


_FUNCTIONS = "tensorflow/python/eager/polymorphic_function"
ELSEWHERE = {
    "You are passing a RNN mask": "keras/src/backend/tensorflow/rnn.py",
    "Tried to export a function": f"{_FUNCTIONS}/saved_model_exported_concrete.py",
    "Op type not registered": "",
    "… out of the last … calls": f"{_FUNCTIONS}/polymorphic_function.py",
}
"""Messages that no line of Python here provokes, and the file that holds them; none in C++."""


@pytest.mark.parametrize("entry", quoted("Keras or TensorFlow says"))
@pytest.mark.filterwarnings("default")
def test_keras_and_tensorflow_still_say_so(entry: str, provoked: list[str]) -> None:
    place = next((file for start, file in ELSEWHERE.items() if entry.startswith(start)), None)
    if place is None:
        wanted = ".*".join(map(re.escape, entry.split(GAP)))
        assert any(re.search(wanted, said) for said in provoked), entry
    elif place:
        source = (Path(sysconfig.get_path("purelib")) / place).read_text(encoding="utf-8")
        joined = re.sub(r'["\']\s*f?["\']', "", source)
        assert max(entry.split(GAP), key=len)[:60] in joined
