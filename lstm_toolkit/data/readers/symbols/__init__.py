"""Sequences of letters: DNA, RNA and proteins, in tables, FASTA and FASTQ."""
