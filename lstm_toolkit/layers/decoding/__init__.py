"""Greedy, sampled and beam search decoding."""
