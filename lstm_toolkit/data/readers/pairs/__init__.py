"""Pairs of sentences that translate each other."""
