"""What is to be answered: rows of files in their order, none left out."""
