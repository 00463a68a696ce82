"""A loop that trains LSTM layers faster on CPUs."""
