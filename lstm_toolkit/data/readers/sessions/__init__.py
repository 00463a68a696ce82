"""Sessions of clicks from tables and files with a session a line."""
