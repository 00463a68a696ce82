"""The arithmetic that is chosen for a machine."""

from __future__ import annotations

import pytest
import tensorflow as tf

from lstm_toolkit.system import runtime


@pytest.mark.parametrize(
    ("capabilities", "policy"),
    [
        ([], "float32"),
        ([(6, 1)], "float32"),
        ([(7, 0)], "mixed_float16"),
        ([(7, 5)], "mixed_float16"),
        ([(8, 0)], "float32"),
        ([(9, 0), (9, 0)], "float32"),
    ],
)
def test_auto_is_16_bits_where_tensor_cores_know_no_others(
    monkeypatch: pytest.MonkeyPatch, capabilities: list[tuple[int, int]], policy: str
) -> None:
    monkeypatch.setattr(runtime, "gpus", lambda: [("GPU", each) for each in capabilities])
    assert runtime.resolve_precision("auto") == policy
    assert runtime.resolve_precision("mixed_bfloat16") == "mixed_bfloat16"


@pytest.mark.parametrize("before", [True, False])
def test_exact_products_put_back_what_was_set(before: bool) -> None:
    enabled = tf.config.experimental.tensor_float_32_execution_enabled
    found = enabled()
    tf.config.experimental.enable_tensor_float_32_execution(before)
    try:
        with pytest.raises(ValueError, match=r"^stop$"), runtime.exact_products():
            assert not enabled()
            raise ValueError("stop")
        assert enabled() == before
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(found)
