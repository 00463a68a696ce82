"""Whole files, locks, and how TensorFlow is started."""
