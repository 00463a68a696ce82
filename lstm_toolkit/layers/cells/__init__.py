"""Recurrent cells that Keras lacks."""
