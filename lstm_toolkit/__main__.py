"""Lets `python -m lstm_toolkit` stand for the `lstm-toolkit` command."""

from lstm_toolkit.cli.commands import main

if __name__ == "__main__":
    main()
