"""Layers on numbers of letters."""
