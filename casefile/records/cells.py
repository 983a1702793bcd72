"""Whether the cells of a table are what its description asks of them: types, bounds, keys.

This goes before Frictionless, which knows every type and constraint there is. In a reader's browser, which has no
Frictionless, it stands alone: what it refuses, it refuses in the same words as the command.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from casefile.errors import BadRecord, nearest
from casefile.records.columns import A_DATE, DATE_PATTERN, NUMBER, is_date, is_day
from casefile.records.tables import rows, unique

ASKED = {
    "number": "a number", "integer": "a whole number", "date": "a date such as 2024-06-04", "boolean": "true or false",
}  # fmt: skip
_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_IS: Mapping[str, Callable[[str], bool]] = {
    "number": lambda text: NUMBER.fullmatch(text) is not None,
    "integer": lambda text: re.fullmatch(r"[+-]?\d+", text, re.ASCII) is not None,
    "date": is_day,
}
_VALUE: Mapping[str, Callable[[str], Any]] = {"number": float, "integer": int}  # a day's text is in the order of days


def check_table(data: Path, table: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> None:
    """Raise BadRecord for the first row of a table in the folder `data` that its description, among those of all, refuses."""
    file, schema = f"data/{table['path']}", table["schema"]
    columns = schema["fields"]
    keys = [[column["name"]] for column in columns if column.get("constraints", {}).get("unique")]
    keys += [[*named]] if (named := _listed(schema.get("primaryKey", []))) and [*named] not in keys else []
    links = [(link, _led_to(data, link, tables)) for link in schema.get("foreignKeys", ())]
    seen: list[set[tuple[str, ...]]] = [set() for _ in keys]
    for number, cells in rows(data / table["path"]):
        for column in columns:
            text = cells[column["name"]]
            if expected := _fault(column, text):
                raise BadRecord(file, number, column["name"], text, expected)
        for names, before in zip(keys, seen, strict=True):
            key = tuple(cells[name] for name in names)
            if all(key) and key in before:
                columned, expected = unique(names)
                raise BadRecord(file, number, columned, " ".join(key), expected)
            before.add(key)
        for link, known in links:
            [name, *_] = names = _listed(link["fields"])
            key = tuple(cells[one] for one in names)
            if any(key) and key not in known:
                where = f"data/{link['reference']['resource']}.csv"
                expected = f"an entry of {where}; {nearest(key[0], [first for first, *_ in known])}"
                raise BadRecord(file, number, name, key[0], expected)


def _listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else [*names]


def _led_to(data: Path, link: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> set[tuple[str, ...]]:
    """The keys of the table that a link leads to; of a link that leads nowhere, Frictionless tells."""
    names = _listed(link["reference"]["fields"])
    path = next((table["path"] for table in tables if table.get("name") == link["reference"]["resource"]), None)
    return {tuple(cells.get(name, "") for name in names) for _, cells in rows(data / path)} if path else set()


def _fault(column: Mapping[str, Any], text: str) -> str:
    """What a column's description expects of a cell in place of `text`; empty where it will do."""
    kind, asked = column.get("type", "string"), column.get("constraints", {})
    if not text:
        return constraint(asked, text, "") if asked.get("required") else ""
    if kind == "boolean":
        return "" if text in (*column.get("trueValues", _TRUE), *column.get("falseValues", _FALSE)) else ASKED[kind]
    if kind in _IS and not _IS[kind](text):
        return ASKED[kind]
    for name, holds in (("pattern", _matches), ("enum", _among), ("minimum", _at_least), ("maximum", _at_most)):
        if name in asked and kind in ("string", *_IS) and not holds(kind, text, asked[name]):
            return constraint(asked, text, f'constraint "{name}" is "{asked[name]}"')
    if kind == "number" and not math.isfinite(float(text)):
        return "a finite number"
    return A_DATE if asked.get("pattern") == DATE_PATTERN and not is_date(text) else ""


def _matches(kind: str, text: str, pattern: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def _among(kind: str, text: str, choices: Sequence[Any]) -> bool:
    value = _VALUE.get(kind, str)
    return value(text) in [value(str(choice)) for choice in choices]


def _bounded(holds: Callable[[Any, Any], bool]) -> Callable[[str, str, Any], bool]:
    def within(kind: str, text: str, bound: Any) -> bool:
        value = _VALUE.get(kind, str)
        return holds(value(text), value(str(bound)))

    return within


_at_least, _at_most = _bounded(operator.ge), _bounded(operator.le)


def constraint(constraints: Mapping[str, Any], value: object, note: str) -> str:
    """What a column's constraints ask of a cell, in plain words; `note` is what Frictionless says of those without words here."""
    if not value:
        return "a value; this cell may not be empty"
    if "enum" in constraints:
        return "one of " + ", ".join(str(choice) for choice in constraints["enum"])
    if constraints.get("pattern") == DATE_PATTERN:
        return A_DATE
    if str(constraints.get("pattern", "")).startswith("^[a-z]"):
        return "an id: small letters, digits and underscores"
    return re.sub(r'^constraint "(\w+)" is "?(.*?)"?$', r"a value with \1 \2", note)
