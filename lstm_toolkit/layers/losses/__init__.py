"""Losses and metrics of tokens."""
