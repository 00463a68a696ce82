"""Texts to numbers of tokens, and back."""
