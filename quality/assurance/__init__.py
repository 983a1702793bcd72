"""Whether the project can be trusted: long runs that try to prove it wrong, each writing down what it found.

Each is run as `python -m quality.assurance.NAME` or by `make assurance`, and leaves its figures in `data/measures.csv`.
"""
