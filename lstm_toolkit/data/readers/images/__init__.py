"""Images with labels, from whatever form they come in."""
