"""Signals to be cleaned: tables and arrays, with or without their clean form."""
