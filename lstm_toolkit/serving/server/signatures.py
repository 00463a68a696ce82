"""The signatures of a loaded SavedModel, asked with arrays by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import did_you_mean
from lstm_toolkit.serving.server.refusals import (
    InvalidRequestError,
    ModelFailureError,
    RequestError,
    UnavailableError,
)

if TYPE_CHECKING:
    import tensorflow as tf

DEFAULT = "serving_default"

Arrays = dict[str, NDArray[Any]]


@dataclasses.dataclass(frozen=True)
class ServedSignature:
    """One signature.

    Attributes:
        name: In the SavedModel.
        inputs: What it takes, by name.
        outputs: What it gives, by name.
        function: From tensors by name to tensors by name.
    """

    name: str
    inputs: Mapping[str, tf.TensorSpec]
    outputs: Mapping[str, tf.TensorSpec]
    function: Callable[..., Mapping[str, Any]]

    @property
    def takes_rows(self) -> bool:
        """Whether every input has the batch first, so that requests may come by row."""
        return bool(self.inputs) and all(map(_any_rows, self.inputs.values()))

    @property
    def joinable(self) -> bool:
        """Whether rows of several requests can be asked at once, and no one sees the others.

        Outputs of a size that depends on the batch, such as tokens padded to the longest text,
        would have other shapes with other rows beside them.
        """
        outputs = self.outputs.values()
        return self.takes_rows and all(
            _any_rows(spec) and spec.shape[1:].is_fully_defined() for spec in outputs
        )

    def ask(self, arrays: Arrays) -> Arrays:
        """Asks the model.

        Raises:
            RequestError: If it fails.
        """
        import tensorflow as tf

        tensors = {
            name: tf.constant(array, self.inputs[name].dtype) for name, array in arrays.items()
        }
        try:
            outputs = self.function(**tensors)
            return {name: outputs[name].numpy() for name in self.outputs}
        except tf.errors.OpError as error:
            raise _refusal(error) from error


def _any_rows(spec: tf.TensorSpec) -> bool:
    return bool(spec.shape.rank) and spec.shape[0] is None


def _refusal(error: Any) -> RequestError:
    """Returns who is to blame for what TensorFlow says."""
    import tensorflow as tf

    if isinstance(error, tf.errors.ResourceExhaustedError):
        return UnavailableError("the model has too little memory for this request")
    kinds = (
        *(tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError, tf.errors.NotFoundError),
        *(tf.errors.FailedPreconditionError, tf.errors.UnimplementedError),
    )
    # Before it stands which node it was, behind it the name of a function.
    reason = error.message.partition("\n\t [[")[0].rpartition("\n")[2]
    if isinstance(error, kinds):
        return InvalidRequestError(f"the model cannot answer this. {reason}")
    return ModelFailureError(f"the model failed. {reason}")


def rows_of(arrays: Arrays) -> int:
    """Returns the number of rows in inputs that have the batch first."""
    return len(next(iter(arrays.values())))


def join(groups: list[Arrays]) -> Arrays:
    """Returns the rows of several requests as those of one."""
    if len(groups) == 1:
        return groups[0]
    return {name: np.concatenate([each[name] for each in groups]) for name in groups[0]}


def signatures_of(loaded: Any) -> dict[str, ServedSignature]:
    """Returns the signatures of what `tf.saved_model.load` returned, by name."""
    return {
        name: ServedSignature(
            name,
            dict(sorted(function.structured_input_signature[1].items())),
            dict(sorted(function.structured_outputs.items())),
            function,
        )
        for name, function in sorted(loaded.signatures.items())
        if not name.startswith("__")  # of TensorFlow's own, such as __saved_model_init_op
    }


def pick(signatures: Mapping[str, ServedSignature], name: Any) -> ServedSignature:
    """Returns the signature of that name; the default one if it is None or empty.

    Raises:
        InvalidRequestError: If there is none.
    """
    wanted = name or DEFAULT
    if not isinstance(wanted, str) or wanted not in signatures:
        hint = did_you_mean(str(wanted)[:100], signatures)
        raise InvalidRequestError(f"signature_name: no signature `{str(wanted)[:100]}`, {hint}")
    return signatures[wanted]
