"""Columns of a table as vectors, any of which may be missing."""
