"""Attention mechanisms, and decoders that attend."""
