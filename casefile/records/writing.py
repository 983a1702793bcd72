"""Rows that a command writes: a line is put under the others, which stay as they were typed, in their order and quoting."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casefile.errors import BadInput, nearest, shown
from casefile.records import cells, package, tables
from casefile.records.rows import TABLES
from casefile.system import document, scratch


def fields(data: Path, table: str) -> dict[str, dict[str, Any]]:
    """The columns of a table as `datapackage.json` describes them, by name. Raises BadInput for a table that it does not name."""
    described = package.description(data / "datapackage.json")["resources"]
    of_table = {Path(one["path"]).stem: one for one in described if "/" not in one["path"]}
    if table not in of_table:
        raise BadInput(f"data/datapackage.json: describes no {table}.csv; {nearest(table, of_table)}")
    return {column["name"]: column for column in of_table[table]["schema"]["fields"]}


def fault(table: str, column: Mapping[str, Any], text: str) -> str:
    """What is expected of a cell in place of `text`, by the description of its column; empty where it will do."""
    constraints = column.get("constraints", {})
    if tables.UNPRINTED.search(text) or tables.FORMULA.match(text):
        return "one line of text that no spreadsheet runs as a formula"
    wrong = (constraints.get("required") and not text) or (text and text not in constraints.get("enum", (text,)))
    pattern = constraints.get("pattern")
    if wrong or (text and pattern and not re.fullmatch(pattern, text)):
        return cells.constraint(constraints, text, f"a text of the form {pattern}")
    ours = next((ours.columns for ours in TABLES if ours.name == table), {})
    return ours[column["name"]][1].fault(text) if column["name"] in ours else ""


def add(data: Path, table: str, row: Mapping[str, str], named: str = "{}") -> None:
    """Put a row under the others of a table, each cell held against its column's description and rules.

    `named` says what a message calls a column: `--{}` where it is an option. Raises BadInput for a cell that will not do and
    for an id that stands already; the table is then as it was.
    """
    for name, column in fields(data, table).items():
        if expected := fault(table, column, row.get(name, "")):
            raise BadInput(f"{named.format(name)} {shown(row.get(name, ''))}; expected {expected}")
    path = data / f"{table}.csv"
    ids = [cells.get("id") for _, cells in tables.rows(path)]
    if row.get("id") in ids:
        raise BadInput(
            f"{named.format('id')} {shown(row['id'])}: stands in data/{table}.csv; expected an id that no other row has"
        )
    content = path.read_bytes()
    scratch.write(path, appended(content, row, f"data/{table}.csv").decode())


def appended(content: bytes, row: Mapping[str, str], where: str) -> bytes:
    """A table with one row more, in the order of its header, its lines ended as the others are; those stay to the byte."""
    lines = document.decoded(content, where, "CSV")
    header: Sequence[str] = next(csv.reader(io.StringIO(lines)), ())
    end = "\r\n" if b"\r\n" in content else "\n"
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=end).writerow([row.get(name, "") for name in header])
    between = b"" if content.endswith((b"\n", b"\r")) else end.encode()
    return content + between + written.getvalue().encode()
