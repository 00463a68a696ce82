"""Training, validation and test rows that never mix."""
