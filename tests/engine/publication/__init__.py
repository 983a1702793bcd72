"""The book as files, and put up."""
