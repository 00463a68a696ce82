"""Sentences with a tag a token."""
