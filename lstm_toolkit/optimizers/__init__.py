"""Optimizers, learning rates, and gradients of embeddings."""
