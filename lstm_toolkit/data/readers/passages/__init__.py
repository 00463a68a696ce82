"""Running text: files, folders and tables, cut into passages."""
