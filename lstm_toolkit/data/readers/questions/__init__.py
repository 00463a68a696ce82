"""Tables of questions and their answers."""
