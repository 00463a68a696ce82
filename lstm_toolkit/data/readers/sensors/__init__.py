"""Recordings of several channels, cut into windows, each with a label."""
