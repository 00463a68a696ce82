"""Dataclasses as configuration: fields, what is checked, and what a search may try."""
