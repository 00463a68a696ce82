"""Tables that are read a part at a time, a form a file."""
