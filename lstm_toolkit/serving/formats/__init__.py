"""Exports for other run-times than TensorFlow: networks from numbers to numbers."""
