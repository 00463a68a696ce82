"""Whole applications in a file each, dropped in among those of the package."""
