"""Columns of tables of several kinds, each of which a row may lack."""
