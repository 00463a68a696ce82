"""SavedModels, read as what they may be: files from strangers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import RunError, foreign_error

Tensor = tuple[str, tuple[int | None, ...]]
"""The name of a dtype, and a shape; None where any size will do."""

FORBIDDEN = (
    *("PyFunc", "PyFuncStateless", "EagerPyFunc", "ReadFile", "WriteFile", "MatchingFiles"),
    *("WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2"),
    *("TFRecordReader", "TFRecordReaderV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2"),
    *("TextLineDataset", "TFRecordDataset", "TFRecordDatasetV2", "FixedLengthRecordDataset"),
    *("FixedLengthRecordDatasetV2", "SaveDataset", "SaveDatasetV2", "LoadDataset", "CSVDataset"),
    *("CSVDatasetV2", "SqlDataset", "SnapshotDataset", "SnapshotDatasetV2", "RpcCall", "RpcServer"),
)
"""Operations that read or write files of the machine, or leave TensorFlow; no export has them."""


def load_saved_model(path: Path) -> Any:
    """Loads a SavedModel; keep what is returned, since it owns the weights.

    Its graph is run when it is asked, so operations that reach beyond it are refused before.
    What a graph may take of time and memory is not bounded: run strangers' models in a container.

    Raises:
        RunError: If it is damaged, or holds such an operation.
    """
    import tensorflow as tf

    try:
        _check_fingerprint(path / "fingerprint.pb")
        operations = set(_operations(path / "saved_model.pb"))
    except RunError:
        raise
    except Exception as error:  # protocol buffers have an error of their own for damage
        raise _damaged(path, error) from error
    forbidden = sorted(operations.intersection(FORBIDDEN))
    if forbidden:
        raise RunError(
            f"{path}: holds operations that no export needs, and is not run. "
            f"Received: {', '.join(forbidden)}"
        )
    try:
        return tf.saved_model.load(str(path))
    except Exception as error:  # as many kinds of errors as there are ways to be damaged
        raise _damaged(path, error) from error


def _check_fingerprint(file: Path) -> None:
    """Raises `RunError` of a damaged fingerprint, of which TensorFlow would write a traceback."""
    from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef

    if file.exists() and not FingerprintDef.FromString(file.read_bytes()).saved_model_checksum:
        raise RunError(f"{file}: is empty or damaged; export the run again")


def tensors_of(export: Path) -> dict[str, tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """Returns what each signature takes and gives, without loading the graph.

    Args:
        export: A SavedModel that can be trusted to be whole.
    """
    import tensorflow as tf
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    def tensors(infos: Any) -> dict[str, Tensor]:
        return {
            name: (
                tf.as_dtype(info.dtype).name,
                tuple(None if d.size < 0 else int(d.size) for d in info.tensor_shape.dim),
            )
            for name, info in sorted(infos.items())
        }

    (meta_graph,) = SavedModel.FromString((export / "saved_model.pb").read_bytes()).meta_graphs
    return {
        name: (tensors(definition.inputs), tensors(definition.outputs))
        for name, definition in sorted(meta_graph.signature_def.items())
        if not name.startswith("__")  # what TensorFlow adds for itself
    }


def _operations(file: Path) -> Iterator[str]:
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    for meta_graph in SavedModel.FromString(file.read_bytes()).meta_graphs:
        graph = meta_graph.graph_def
        yield from (node.op for node in graph.node)
        for function in graph.library.function:
            yield from (node.op for node in function.node_def)


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(f"{path}: is no SavedModel that this toolkit wrote. {foreign_error(error)}")
