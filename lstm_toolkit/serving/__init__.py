"""Exports, and answers from runs and exports."""
