"""The table of a sweep: a row a scenario as Parquet and CSV, what reads it, and what each of its columns is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from casefile.figures.nodes import Figure
from casefile.notebook import results
from casefile.records import Declaration, Records
from casefile.sweep import flips, folder, scenario
from casefile.sweep.grid import Grid
from casefile.sweep.numeric import BLOCK, VectorisedChapter
from casefile.sweep.scenario import SCENARIO_NUMBER, ScenarioRow

MOST_CSV_ROWS = 1_000_000

Read = Callable[[range], Any]  # the rows of some scenarios, by number and in their order, as a DataFrame


def write(output: Path, rows: Iterable[ScenarioRow]) -> Read:
    """Write the rows of a sweep of notebooks as Parquet and CSV; returns what reads them."""
    import pandas as pd
    import pyarrow as pa

    whole = pd.DataFrame(
        [{**row, "error": row["error"] or ""} for row in sorted(rows, key=lambda row: int(row[SCENARIO_NUMBER]))]
    )
    whole["error"] = whole.pop("error")
    whole.to_parquet(output / folder.TABLE, index=False)
    table = pa.Table.from_pandas(whole, preserve_index=False)
    _csv(output, table.schema, [table])
    return lambda numbers: whole.iloc[numbers.start : numbers.stop : numbers.step]


def csv_of_parts(output: Path, count: int) -> None:
    """Write the Parquet files of `count` scenarios as CSV too, where a reader could open it."""
    import pyarrow.parquet as pq

    if count <= MOST_CSV_ROWS:
        parts = [pq.ParquetFile(path) for path in sorted((output / folder.TABLE).glob("*.parquet"))]
        _csv(output, parts[0].schema_arrow, itertools.chain.from_iterable(part.iter_batches(BLOCK) for part in parts))


def _csv(output: Path, schema: Any, tables: Iterable[Any]) -> None:
    """Write tables, one after the other, as one CSV: words in quotation marks, numbers by their shortest digits."""
    from pyarrow import csv

    with csv.CSVWriter(str(output / "scenarios.csv"), schema) as writer:
        for table in tables:
            writer.write(table)


def by_formula(formulas: VectorisedChapter, scenarios: Grid) -> Read:
    """What gives the rows of a large table by working them out again, which is faster than reading them."""
    import pyarrow as pa

    return lambda numbers: pa.table(scenario.formula_rows(formulas, scenarios, numbers)).to_pandas()


_FIXED = {
    SCENARIO_NUMBER: "Number of the scenario, from 0; the last parameter varies fastest",
    "error": "What stopped the scenario; empty where nothing did",
}


def describe_sweep(
    output: Path,
    chapter: str,
    scenarios: Grid,
    declared: Mapping[str, Declaration],
    figures: Mapping[str, Figure],
    story_records: Records,
) -> None:
    """Write `datapackage.json`, which says of each column what it means and in which unit it is.

    `figures` are those that its columns stand for; one that is not among them is named and no more.
    """
    import pyarrow.parquet as pq

    table = output / folder.TABLE
    parts = sorted(table.glob("*.parquet")) if table.is_dir() else [table]

    def field(column: Any) -> dict[str, Any]:
        name, _, end = str(column.name).partition(":")
        row, claim = (
            declared.get(name) if name in scenarios.values else None,
            story_records.claims.get(name.removeprefix("verdict_")),
        )
        described = {"name": column.name, "type": row.type if row else _kind(column.type)}
        if row:
            return {**described, "description": row.meaning, "unit": row.unit}
        if figure := figures.get(name):
            meaning = f"{figure.meaning}: {end} end, {figure.band or 'range'}" if end else figure.meaning
            return {**described, "description": meaning, "unit": figure.unit}
        if name.startswith("verdict_") and claim:
            return {**described, "description": f"Verdict on the claim: {claim.claim}"}
        return {**described, "description": _FIXED.get(name, "Word of the chapter's prose")}

    fields = [field(column) for column in pq.read_schema(parts[0])]
    written: dict[str, Any] = {"path": "scenarios.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    if not (output / "scenarios.csv").is_file():
        paths = [path.relative_to(output).as_posix() for path in parts]
        written = {"path": paths if len(paths) > 1 else paths[0], "format": "parquet"}
    package = {
        "name": f"sweep-of-{chapter or 'the-book'}".lower(),
        "resources": [
            {"name": "scenarios", **written, "schema": {"fields": fields, "primaryKey": SCENARIO_NUMBER}},
            {"name": "flips", "path": "flips.csv", "schema": {
                "fields": [{"name": name, "type": "any", "description": text} for name, text in flips.COLUMNS.items()],
            }},
        ],
    }  # fmt: skip
    (output / "datapackage.json").write_text(results.dumps(package, indent=1), encoding="utf-8")


def _kind(type: Any) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(type):
        return "boolean"
    if pa.types.is_integer(type):
        return "integer"
    return "number" if pa.types.is_floating(type) else "string"
