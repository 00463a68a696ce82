"""Scores of what was predicted."""
