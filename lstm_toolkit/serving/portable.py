"""Networks that run anywhere: in float32, and without cuDNN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def portable(model: keras.Model) -> keras.Model:
    """Returns the same network in float32 without cuDNN, so that its graph runs anywhere.

    Where no GPU is in sight, a network in float32 is so already, and is returned itself.
    """
    from lstm_toolkit.builders import without_cudnn
    from lstm_toolkit.system.runtime import gpus

    policies = {layer.dtype_policy.name for layer in model._flatten_layers()}
    if policies == {"float32"} and not gpus():
        return model
    config = _in_float32(model.get_config())
    copy = without_cudnn(type(model).from_config(config))
    copy.set_weights(model.get_weights())
    return copy


def _in_float32(config: Any) -> Any:
    """Replaces every dtype policy in a network's configuration."""
    if isinstance(config, list | tuple):
        return type(config)(_in_float32(item) for item in config)
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return {**config, "config": {"name": "float32"}}
    return {name: _in_float32(value) for name, value in config.items()}
