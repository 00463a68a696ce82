"""Notebooks, and the command that executes them."""
