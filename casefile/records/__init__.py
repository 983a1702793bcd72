"""What is known: the tables of `data/`, read once and validated.

Every fact has one row. The tables are described by `data/datapackage.json` (Frictionless) and checked against it;
rules that a table schema cannot say are checked besides.
"""

from casefile.records.checks import check, line_of
from casefile.records.package import keep_inside, left_out, published
from casefile.records.rows import (
    ASSUMPTION,
    AT_LEAST,
    AT_MOST,
    Bound,
    Claim,
    Correction,
    Declaration,
    Event,
    Fact,
    Measure,
    Origin,
    Reply,
    Source,
    Unit,
)
from casefile.records.tables import (
    MOST_BYTES,
    MOST_CELL,
    NUMBER,
    SCENARIOS,
    UNPRINTED,
    Records,
    load,
    load_once,
    rows,
)

__all__ = [
    "ASSUMPTION", "AT_LEAST", "AT_MOST", "MOST_BYTES", "MOST_CELL", "NUMBER", "SCENARIOS", "UNPRINTED", "Bound", "Claim", "Correction", "Declaration",
    "Event", "Fact", "Measure", "Origin", "Records", "Reply", "Source", "Unit", "check", "keep_inside", "left_out", "line_of", "load", "load_once",
    "published", "rows",
]  # fmt: skip
