"""The data package: what `data/datapackage.json` says of the tables, and whether they keep to it, by Frictionless."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casefile.errors import BadInput, BadRecord, nearest, of_library
from casefile.records.cells import ASKED, check_table, constraint
from casefile.records.columns import Description
from casefile.records.rows import TABLES
from casefile.records.tables import SCENARIOS, rows, unique
from casefile.system import document, scratch


def keep_inside(root: Path, folder: str) -> None:
    """Raise BadInput when a link in a folder that is published whole leads out of it."""
    home = (root / folder).resolve()
    for path in sorted((root / folder).rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise BadInput(f"{path.relative_to(root)}: leads out of {folder}/; expected a file that lies in it")


def published(root: Path) -> list[str]:
    """The files of `root/data` that a site holds, as paths within it: the package's description and what that names, scenarios.

    A package names its tables, and texts of licences by a path of its own. Raises BadInput for a description that is none.
    """
    described = description(root / "data" / "datapackage.json")
    paths = ["datapackage.json", *(table["path"] for table in described["resources"]), *_texts_of_licences(described)]
    if (root / SCENARIOS).is_file():
        paths.append(SCENARIOS.name)
    return list(dict.fromkeys(paths))


def left_out(root: Path) -> list[str]:
    """A line for each file of `root/data` that is not published, hidden ones apart."""
    data, named = root / "data", set(published(root))
    paths = [path.relative_to(data) for path in sorted(data.rglob("*")) if path.is_file()]
    return [
        f"data/{path.as_posix()} is left out of the site: data/datapackage.json does not name it"
        for path in paths
        if path.as_posix() not in named and not any(part.startswith(".") for part in path.parts)
    ]


def _texts_of_licences(described: Description) -> list[str]:
    licences = described.get("licenses", ())
    paths = (
        [licence.get("path") for licence in licences if isinstance(licence, dict)] if isinstance(licences, list) else []
    )
    return [path for path in paths if isinstance(path, str) and "://" not in path]


def write_description(data: Path) -> bool:
    """Write into `datapackage.json` what the kinds of rows say of their tables; returns whether it said so already.

    Tables that stand and were not described are added. What is the story's stays: series, titles, columns of its own bounds.
    """
    path, by_name = data / "datapackage.json", {table.name: table for table in TABLES}
    plain, before = description(path), document.text(path)
    own = {str(table["path"]).removesuffix(".csv"): table for table in plain["resources"]}
    names = [*own, *(name for name in by_name if name not in own and (data / f"{name}.csv").is_file())]
    resources = [by_name[name].described(own.get(name)) if name in by_name else own[name] for name in names]
    text = json.dumps({**plain, "resources": resources}, indent=1, ensure_ascii=False) + "\n"
    if text != before:
        scratch.write(path, text)
    return text == before


def check(data: Path) -> None:
    """Validate the tables of `data` against its data package. Raises BadRecord for the first fault."""
    path = data / "datapackage.json"
    if not path.is_file():
        raise BadRecord("data/datapackage.json", None, None, None, "the description of the tables to exist")
    described = description(path)
    _check_shape(data, described)
    for table in described["resources"]:
        with contextlib.suppress(LookupError, TypeError, AttributeError, ValueError, re.error):
            if _state(data, table, described["resources"]) not in _SOUND:
                check_table(data, table, described["resources"])  # what describes no table, Frictionless tells
    if sys.platform != _BROWSER:
        _by_frictionless(data, described)


def _by_frictionless(data: Path, described: Description) -> None:
    """What else a description may ask: every type and constraint of the specification."""
    from frictionless import FrictionlessException, Package

    try:
        package = Package.from_descriptor(
            {**described, "resources": [{**table, "dialect": _CSV} for table in described["resources"]]},
            basepath=str(data),
        )
        states = [_state(data, table, described["resources"]) for table in described["resources"]]
        checked = [
            (resource, resource.validate().tasks[0].errors, state)
            for resource, state in zip(package.resources, states, strict=True)
            if state not in _SOUND
        ]
    except Exception as error:  # Frictionless trips over what is not of the kind that it awaits
        why = error.to_errors()[0].note if isinstance(error, FrictionlessException) else error
        raise BadRecord(
            "data/datapackage.json", None, None, None, f"a Frictionless data package ({of_library(why)})"
        ) from None
    for resource, faults, state in checked:
        for fault in faults:
            raise _bad_record(data, resource, fault)
        _SOUND.add(state)


_BROWSER = "emscripten"  # which has no Frictionless
_SOUND: set[str] = set()  # states of tables that this process has validated: validating one takes Frictionless long


def _state(data: Path, table: Description, tables: Sequence[Description]) -> str:
    """A hash of all that a table's soundness hangs on: its description, its bytes, those of the tables that its keys lead to."""
    keys = table["schema"].get("foreignKeys", ())
    led_to = {key["reference"]["resource"] for key in keys}
    state = hashlib.sha256(json.dumps(table, sort_keys=True).encode())
    for other in [table, *(other for other in tables if other.get("name") in led_to)]:
        state.update(hashlib.sha256((data / other["path"]).read_bytes()).digest())
    return state.hexdigest()


# What describes a table, and nothing that would fetch, unpack or read it in another way.
_DESCRIBES = frozenset(
    ("name", "path", "title", "description", "profile", "format", "mediatype", "encoding", "schema", "licenses", "sources")
)  # fmt: skip
_CSV = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}  # else Frictionless guesses
_PLAIN = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}


def description(path: Path) -> Description:
    """What `datapackage.json` says, when its tables are CSV files of this folder, described in full and plainly."""

    def refuse(expected: str, value: object = None) -> BadRecord:
        return BadRecord("data/datapackage.json", None, None, value, expected)

    plain = document.read(path, "data/datapackage.json", "a Frictionless data package")
    if not isinstance(plain, dict) or not isinstance(plain.get("resources"), list):
        raise refuse("a Frictionless data package, with a list of resources")
    if plain.get("profile", "tabular-data-package") not in ("tabular-data-package", "data-package"):
        raise refuse("the profile tabular-data-package", plain["profile"])
    for table in plain["resources"]:
        if not isinstance(table, dict) or not table.keys() <= _DESCRIBES:
            raise refuse(f"tables described by {', '.join(sorted(_DESCRIBES))} alone", table)
        if not re.fullmatch(r"(\w+/)?\w+\.csv", str(table.get("path"))):
            raise refuse("the path of a CSV file in data/", table.get("path"))
        for key, value in _PLAIN.items():
            if table.get(key, value) != value:
                raise refuse(f"the {key} {value} of every table", table[key])
        schema = table.get("schema")
        columns = schema.get("fields") if isinstance(schema, dict) else None
        if not isinstance(columns, list) or not all(
            isinstance(column, dict) and isinstance(column.get("name"), str) for column in columns
        ):
            raise refuse(f"a schema with the fields of {table['path']}")
    return plain


def _check_shape(data: Path, described: Description) -> None:
    """Every table stands, is text, and has the columns described in every row: said before Frictionless counts positions."""
    for path in _texts_of_licences(described):
        if not re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)*", path) or not (data / path).is_file():
            raise BadRecord(
                "data/datapackage.json", None, None, path, "a licence's address, or its text as a file in data/"
            )
    for table in described["resources"]:
        path, expected = table["path"], [column["name"] for column in table["schema"]["fields"]]
        if not (data / path).is_file():
            raise BadRecord(f"data/{path}", None, None, None, "this table to exist")
        for _ in rows(data / path):
            pass  # a row that is no text is told as such
        header, *others = [*csv.reader(io.StringIO(document.text(data / path), newline=""))] or [[]]
        has = f"it has {', '.join(header)}"
        for column in expected:
            if column not in header:
                raise BadRecord(f"data/{path}", 1, column, None, f"this column in the header; {has}")
        if header != expected:
            raise BadRecord(f"data/{path}", 1, None, None, f"the columns {', '.join(expected)} in this order; {has}")
        for number, cells in enumerate(others, start=2):
            if len(cells) != len(header):
                raise BadRecord(
                    f"data/{path}", number, None, None, f"{len(header)} cells, as in the header; it has {len(cells)}"
                )


def _bad_record(data: Path, resource: Any, fault: Any) -> BadRecord:
    """A Frictionless error as one line: file, row, column, value, and what was expected in plain words."""
    column, value = getattr(fault, "field_name", None), getattr(fault, "cell", None)
    asked = resource.schema.get_field(column) if column and resource.schema.has_field(column) else None
    expected = " ".join(str(fault.note or fault.message).split()).rstrip(".")
    if fault.type == "foreign-key":
        column, value = fault.field_names[0], fault.field_cells[0]
        ids = [row[fault.reference_field_names[0]] for _, row in rows(data / f"{fault.reference_name}.csv")]
        expected = f"an entry of data/{fault.reference_name}.csv; {nearest(value, ids)}"
    elif fault.type == "unique-error":
        column, expected = unique([str(column)])
    elif fault.type == "primary-key":
        cells = dict(zip(resource.schema.field_names, fault.cells, strict=False))
        value = " ".join(cells[key] for key in resource.schema.primary_key)
        column, expected = unique(resource.schema.primary_key)
    elif fault.type == "type-error" and asked is not None:
        expected = ASKED.get(asked.type, f"a {asked.type}")
    elif fault.type == "constraint-error" and asked is not None:
        expected = constraint(asked.constraints, value, expected)
    return BadRecord(f"data/{resource.path}", getattr(fault, "row_number", None), column, value, expected)
