"""Whole books: built and published, run again, compared."""
