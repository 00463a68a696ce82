"""Recordings of sound: files, folders, tables, arrays, and made ones."""
