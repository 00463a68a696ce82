"""One application a file; the folder is the registry (see `lstm_toolkit.task`)."""
