"""What is known: the tables of `data/`, read once and validated.

Every fact has one row. `rows` says what each table holds; `data/datapackage.json` (Frictionless) is made of that, and
what is the story's own, and the tables are checked against it; rules that a table schema cannot say are checked besides.
"""

from casefile.records.checks import check, line_of
from casefile.records.columns import NUMBER
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
    SCENARIOS,
    UNPRINTED,
    Overrides,
    Records,
    Scenario,
    Value,
    load,
    load_once,
    rows,
)

__all__ = [
    "ASSUMPTION", "AT_LEAST", "AT_MOST", "MOST_BYTES", "MOST_CELL", "NUMBER", "SCENARIOS", "UNPRINTED", "Bound", "Claim", "Correction", "Declaration",
    "Event", "Fact", "Measure", "Origin", "Overrides", "Records", "Reply", "Scenario", "Source", "Unit", "Value", "check", "keep_inside", "left_out", "line_of", "load", "load_once",
    "published", "rows",
]  # fmt: skip
