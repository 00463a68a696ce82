"""Readers of sequences of letters."""
