"""Clips from files of any form."""
