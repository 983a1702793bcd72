"""The tests' own double entry: facts typed from the sources and the article, never read from `data/`."""
