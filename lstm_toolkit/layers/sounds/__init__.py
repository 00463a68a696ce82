"""Spectrograms in networks, and tokens that they are read as without being aligned."""
