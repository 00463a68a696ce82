"""Two texts held against each other."""
