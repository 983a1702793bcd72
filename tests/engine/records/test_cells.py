"""A table's cells held against its description: refused where Frictionless refuses them, and where that is not to be had."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import frictionless
import pytest

from casefile.errors import BadRecord
from casefile.records import package
from casefile.records.cells import check_table

FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "^[a-z][a-z0-9_]*$"}},
    {"name": "day", "type": "date", "constraints": {"required": True}},
    {"name": "month", "type": "string", "constraints": {"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}},
    {"name": "crates", "type": "integer", "constraints": {"minimum": 1}},
    {"name": "weight", "type": "number", "constraints": {"minimum": 0, "maximum": 90}},
    {"name": "ripe", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    {"name": "kind", "type": "string", "constraints": {"enum": ["red", "green"]}},
    {"name": "tree", "type": "string", "constraints": {"required": True}},
]
HEADER = ",".join(field["name"] for field in FIELDS)
SOUND = "first,2024-09-01,2024-09,3,7.5,true,red,old"
TREES = "id\nold\nyoung\n"
FAULTS = {
    "second,2024-09-31,2024-09,3,7.5,true,red,old": ("day", "'2024-09-31'; expected a date such as 2024-06-04"),
    "second,,2024-09,3,7.5,true,red,old": ("day", "''; expected a value; this cell may not be empty"),
    "second,2024-09-01,in September,3,7.5,true,red,old": ("month", "'in September'; expected a date that exists: a year"),
    "second,2024-09-01,2024-09,3.5,7.5,true,red,old": ("crates", "'3.5'; expected a whole number"),
    "second,2024-09-01,2024-09,0,7.5,true,red,old": ("crates", "'0'; expected a value with minimum 1"),
    "second,2024-09-01,2024-09,3,much,true,red,old": ("weight", "'much'; expected a number"),
    "second,2024-09-01,2024-09,3,90.1,true,red,old": ("weight", "'90.1'; expected a value with maximum 90"),
    "second,2024-09-01,2024-09,3,7.5,yes,red,old": ("ripe", "'yes'; expected true or false"),
    "second,2024-09-01,2024-09,3,7.5,true,blue,old": ("kind", "'blue'; expected one of red, green"),
    "Second,2024-09-01,2024-09,3,7.5,true,red,old": ("id", "'Second'; expected an id: small letters, digits and underscores"),
    "first,2024-09-01,2024-09,3,7.5,true,red,old": ("id", "'first'; expected an id that no other row has"),
    "second,2024-09-01,2024-09,3,7.5,true,red,yong": ("tree", "'yong'; expected an entry of data/trees.csv; did you mean young?"),
}  # fmt: skip


def described(data: Path, *rows: str) -> dict[str, Any]:
    """A folder with a series of crates and a table of trees; its description."""
    schema = {"fields": FIELDS, "primaryKey": ["id"]}
    link = {"fields": ["tree"], "reference": {"resource": "trees", "fields": ["id"]}}
    crates = {"name": "crates", "path": "series/crates.csv", "schema": {**schema, "foreignKeys": [link]}}
    trees = {"name": "trees", "path": "trees.csv", "schema": {"fields": [FIELDS[0]]}}
    (data / "series").mkdir(parents=True)
    (data / "series" / "crates.csv").write_text("\n".join([HEADER, *rows, ""]))
    (data / "trees.csv").write_text(TREES)
    plain = {"name": "orchard", "resources": [crates, trees]}
    (data / "datapackage.json").write_text(json.dumps(plain))
    return plain


@pytest.mark.parametrize("row", FAULTS)
def test_a_cell_that_does_not_fit_is_refused_where_frictionless_refuses_it(row: str, tmp_path: Path) -> None:
    column, said = FAULTS[row]
    plain = described(tmp_path / "data", SOUND, row)
    with pytest.raises(BadRecord) as error:
        check_table(tmp_path / "data", plain["resources"][0], plain["resources"])
    assert str(error.value).startswith(f"data/series/crates.csv, row 3, column {column}: {said}")
    resource = frictionless.Package(str(tmp_path / "data" / "datapackage.json")).get_resource("crates")
    [fault, *_] = resource.validate().tasks[0].errors
    assert fault.row_number == 3
    named = getattr(fault, "field_name", "") or getattr(fault, "field_names", ["id"])[0]  # of a key that stands twice
    assert named == column


def test_what_fits_passes_with_cells_left_empty_where_they_may_be(tmp_path: Path) -> None:
    plain = described(tmp_path / "data", SOUND, "second,2024-09-02,,,,,,young")
    check_table(tmp_path / "data", plain["resources"][0], plain["resources"])


def test_a_browser_without_frictionless_refuses_in_the_words_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(tmp_path / "data", SOUND, next(iter(FAULTS)))
    lines = []
    for platform in ("linux", "emscripten"):
        monkeypatch.setattr(sys, "platform", platform)
        with pytest.raises(BadRecord) as error:
            package.check(tmp_path / "data")
        lines.append(str(error.value))
    assert lines[0] == lines[1]
    monkeypatch.setitem(sys.modules, "frictionless", None)  # as where it is not installed
    (tmp_path / "data" / "series" / "crates.csv").write_text(f"{HEADER}\n{SOUND}\n")
    package.check(tmp_path / "data")
