"""What is known: the tables of `data/`, read once and validated.

Every fact has one row. The tables are described by `data/datapackage.json` (Frictionless) and checked against it;
rules that a table schema cannot say are checked here.
"""

from __future__ import annotations

import csv
import datetime
import functools
import io
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from casefile.errors import BadInput, BadRecord, nearest, of_library, shown
from casefile.system import document

if TYPE_CHECKING:
    import pandas as pd  # imported where a series is read: much that reads records reads no series

SCENARIOS = Path("data") / "scenarios.yml"
ASSUMPTION = "assumption"
AT_LEAST, AT_MOST = "at least", "at most"


@dataclass(frozen=True)
class Origin:
    """The first place where a report was made; many sources may relay one origin."""

    id: str
    name: str
    date: str
    meaning: str


@dataclass(frozen=True)
class Source:
    """A publication that was read, or that is known through another (`grade`)."""

    id: str
    publisher: str
    title: str
    author: str
    published: str
    url: str
    accessed: str
    licence: str
    origin: str
    grade: str
    checked: str


@dataclass(frozen=True)
class Fact:
    """A number printed in a source: a value, a range, or both."""

    id: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str
    note: str


@dataclass(frozen=True)
class Event:
    """A dated fact."""

    id: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str
    note: str


@dataclass(frozen=True)
class Reply:
    """What someone accused or concerned answered, or that they did not."""

    id: str
    who: str
    date: str
    meaning: str
    printed: str
    source: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Claim:
    """One claim of the article, in own words, with its printed form and paragraph."""

    id: str
    paragraph: int
    claim: str
    printed: str
    allegation: bool
    finding: str
    chapter: str
    figures: tuple[str, ...]
    sources: tuple[str, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """How a unit is defined (pint) and how its values are printed."""

    unit: str
    definition: str
    style: str
    prefix: str
    suffix: str
    digits: int
    meaning: str


Bound = float | str | None  # of what a parameter takes: a number, for a date a day; None where there is none


@dataclass(frozen=True)
class Declaration:
    """A parameter: its type, unit, bounds or choices, default, and what the default rests on.

    `chapter` is its home, which publishes its figure; the chapters of `read_by` take it too, always with the same value.
    """

    chapter: str
    name: str
    read_by: tuple[str, ...]
    figure: str
    type: str
    unit: str
    default: str
    minimum: Bound
    maximum: Bound
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    meaning: str
    basis: str
    note: str

    @property
    def readers(self) -> tuple[str, ...]:
        """The chapters that take it, its home first."""
        return (self.chapter, *self.read_by)


@dataclass(frozen=True)
class Correction:
    """What this book said and no longer says: a `correction` of an error, or an `update` of data that others changed."""

    id: str
    kind: str
    date: str
    wrong: str
    right: str
    since: str
    figures: tuple[str, ...]
    sections: tuple[str, ...]
    claims: tuple[str, ...]
    owed_to: str
    note: str


@dataclass(frozen=True)
class Measure:
    """What a long run of the project's own checks measured, in `unit`; `bound` says what the goal is to the value."""

    id: str
    part: str
    meaning: str
    value: float | None
    unit: str
    bound: str
    goal: float | None
    date: str
    command: str

    @property
    def met(self) -> bool | None:
        """Whether the value keeps to the goal; None without one."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.bound == AT_LEAST else self.value <= self.goal


Row = TypeVar("Row")


MOST_BYTES = 1 << 26  # of one table
MOST_CELL = 100_000  # characters of one cell
_ID = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DIGITS = 15  # decimals that a number can have
# What no line of text needs: control characters, line and paragraph separators, signs that turn the direction of what
# follows, and what is no character of XML.
UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


_CONVERT: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "float | None": lambda text: _number(text) if text else None,
    "Bound": lambda text: text if _is_day(text) else _number(text) if text else None,
    "int": lambda text: int(text) if text else 0,
    "bool": lambda text: text == "true",
    "tuple[str, ...]": lambda text: tuple(text.split()),
}


_ONE_OF = {
    ("parameters", "type"): ("integer", "number", "string", "date", "boolean"),
    ("units", "style"): ("number", "money", "percent", "scientific", "date", "text"),
    ("corrections", "kind"): ("correction", "update"),
    ("measures", "bound"): ("", AT_LEAST, AT_MOST),
}
_DATE_PATTERN = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_A_DATE = "a date that exists: a year, a month or a day such as 2024-06-04"


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(_DATE_PATTERN, text, re.ASCII)) and bool(
            datetime.date(*[*map(int, text.split("-")), 1, 1][:3])
        )
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    return len(text) == 10 and _is_date(text)


def _refusal(table: str, column: str, value: Any) -> str:
    """What is expected of a cell that is used as more than text: as a name, an address, a count; empty where it is that."""
    if column == "id" or (table, column) == ("parameters", "name"):
        return "" if _ID.fullmatch(value) else "an id: small letters, digits and underscores"
    if table == "parameters" and column in ("chapter", "read_by"):
        chapters = value if column == "read_by" else (value,)
        return "" if all(re.fullmatch(r"\w[\w-]*", name) for name in chapters) else "the name of a chapter"
    if (table, column) in _ONE_OF:
        return "" if value in _ONE_OF[table, column] else "one of " + ", ".join(_ONE_OF[table, column])
    if column in ("date", "published", "since") and value:
        return "" if (_is_day if table == "corrections" else _is_date)(value) else _A_DATE
    if column == "url" and value:
        return (
            "" if re.fullmatch(r"https?://[^\s\"'<>\\]+", value) else "an address that begins with http:// or https://"
        )
    if column == "digits":
        return "" if 0 <= value <= _DIGITS else f"a whole number from 0 to {_DIGITS}"
    return ""


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with their line numbers, every cell a line of plain text. Raises BadRecord for any other."""
    file = f"data/{path.parent.name + '/' if path.parent.name == 'series' else ''}{path.name}"
    if path.stat().st_size > MOST_BYTES:
        raise BadRecord(file, None, None, None, f"a table of at most {MOST_BYTES:,} bytes")
    number, lines = 1, io.StringIO(document.text(path, file, "CSV"), newline="")
    try:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            cells = {key: value or "" for key, value in row.items() if key is not None}
            for column, text in cells.items():
                if len(text) > MOST_CELL:
                    raise BadRecord(file, number, column, text, f"at most {MOST_CELL:,} characters")
                if UNPRINTED.search(text):
                    raise BadRecord(file, number, column, text, "one line of text without control characters")
            yield number, cells
    except csv.Error as error:
        raise BadRecord(file, number, None, None, f"CSV in UTF-8 ({of_library(error)})") from None


def _unique(keys: Sequence[str]) -> tuple[str, str]:
    """The columns that tell the rows of a table apart, in words, and what is expected of them."""
    column = " and ".join(keys)
    return column, f"{'an' if column == 'id' else 'a'} {column} that no other row has"


def _table(data: Path, name: str, kind: type[Row], *keys: str) -> dict[Any, Row]:
    path, key = data / f"{name}.csv", operator.attrgetter(*keys)
    if not path.is_file():
        raise BadRecord(f"data/{name}.csv", None, None, None, "this table to exist")
    table: dict[Any, Row] = {}
    for number, row in rows(path):
        values = {}
        for column in fields(kind):  # type: ignore[arg-type]
            if column.name not in row:
                raise BadRecord(f"data/{name}.csv", 1, column.name, None, "this column in the header")
            try:
                values[column.name] = _CONVERT[str(column.type)](row[column.name])
            except ValueError:
                raise BadRecord(f"data/{name}.csv", number, column.name, row[column.name], "a number") from None
            if expected := _refusal(name, column.name, values[column.name]):
                raise BadRecord(f"data/{name}.csv", number, column.name, row[column.name], expected)
        record = kind(**values)
        if key(record) in table:
            named, expected = _unique(keys)
            raise BadRecord(f"data/{name}.csv", number, named, " ".join(row[part] for part in keys), expected)
        table[key(record)] = record
    return table


@dataclass(frozen=True)
class Records:
    """All tables of one story's `data/` folder, each a mapping from id to row, in file order."""

    root: Path
    origins: dict[str, Origin]
    sources: dict[str, Source]
    figures: dict[str, Fact]
    events: dict[str, Event]
    replies: dict[str, Reply]
    claims: dict[str, Claim]
    units: dict[str, Unit]
    declarations: dict[tuple[str, str], Declaration]
    corrections: dict[str, Correction]
    measures: dict[str, Measure]
    _series: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def data(self) -> Path:
        return self.root / "data"

    def series_names(self) -> list[str]:
        """The names of the series, from the files in `data/series/`."""
        return sorted(path.stem for path in (self.data / "series").glob("*.csv"))

    def series(self, name: str) -> pd.DataFrame:
        """One series as a table, a row an observation, indexed by nothing; a fresh copy each time.

        Raises BadInput when there is no such series.
        """
        if name not in self._series:
            path = self.data / "series" / f"{name}.csv"
            if not path.is_file():
                raise BadInput(f"no series {shown(name)} in data/series; {nearest(name, self.series_names())}")
            import pandas as pd

            for _ in rows(path):
                pass  # a cell that is no line of text is told as such
            try:
                lines = io.StringIO(document.text(path))
                self._series[name] = pd.read_csv(lines, keep_default_na=False, na_values=[""])
            except ValueError as error:  # pandas' own errors are ValueErrors
                raise BadInput(f"data/series/{name}.csv: {of_library(error)}; expected a table with a header") from None
        return self._series[name].copy()

    def series_of_sources(self) -> dict[str, list[str]]:
        """The names of the series whose rows name each source, by source id."""
        found: dict[str, dict[str, None]] = {}
        for name in self.series_names():
            for _, cells in rows(self.data / "series" / f"{name}.csv"):
                found.setdefault(cells.get("source", ""), {})[name] = None
        return {source: list(names) for source, names in found.items() if source}

    def series_read(self) -> list[str]:
        """The names of the series that were asked for so far."""
        return sorted(self._series)

    def declared(self, chapter: str) -> dict[str, Declaration]:
        """The parameters that a chapter takes, by name: those of its own and those of others that it reads."""
        return {name: row for (_, name), row in self.declarations.items() if chapter in row.readers}

    def takers(self) -> list[str]:
        """The chapters that take parameters."""
        return list(dict.fromkeys(chapter for row in self.declarations.values() for chapter in row.readers))

    def values_for(self, chapter: str, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The values of the parameters that a chapter takes, by name, among those `given` by their homes."""
        return {
            name: given[row.chapter][name]
            for name, row in self.declared(chapter).items()
            if name in given.get(row.chapter, {})
        }

    def scenarios(self) -> dict[str, dict[str, Any]]:
        """The named scenarios of `data/scenarios.yml`: name → `title`, `meaning` and `parameters`, their values as written."""
        path, expected = self.data / "scenarios.yml", "NAME: {title, meaning, parameters: {CHAPTER: {NAME: VALUE}}}"
        if not path.is_file():
            return {}
        plain = document.read(path, "data/scenarios.yml", expected, as_written=True) or {}
        if not isinstance(plain, dict):
            raise BadInput(f"data/scenarios.yml: {shown(plain)}; expected {expected}")
        for name, scenario in plain.items():
            sound = isinstance(name, str) and _ID.fullmatch(name) and isinstance(scenario, dict)
            texts = [scenario.get(key) for key in ("title", "meaning")] if sound else []
            if not sound or not all(isinstance(text, str) and not UNPRINTED.search(text) for text in texts):
                raise BadInput(f"data/scenarios.yml: {shown(name)}: {shown(scenario)}; expected {expected}")
            values = scenario.get("parameters")
            if not isinstance(values, dict) or not all(isinstance(of, dict) for of in values.values()):
                raise BadInput(f"data/scenarios.yml: {name}: {shown(values)}; expected {expected}")
        return plain

    def names(self) -> list[str]:
        """Names that hold digits and are no quantity (a model, a rule, a form), from `data/names.csv`; none without it."""
        path = self.data / "names.csv"
        return [row.get("name", "") for _, row in rows(path)] if path.is_file() else []

    def origin_of(self, source: str) -> str:
        """The origin a source relays, or the source's own id when it relays none."""
        return self.sources[source].origin or source


def load(root: Path) -> Records:
    """Read every table of `root/data`. Raises BadRecord at the first row that cannot be read."""
    data = root / "data"
    if not data.is_dir():
        raise BadInput(f"{root}: no data/ folder here; expected the root of a casefile story")
    return Records(
        root=root,
        origins=_table(data, "origins", Origin, "id"),
        sources=_table(data, "sources", Source, "id"),
        figures=_table(data, "figures", Fact, "id"),
        events=_table(data, "events", Event, "id"),
        replies=_table(data, "replies", Reply, "id"),
        claims=_table(data, "claims", Claim, "id"),
        units=_table(data, "units", Unit, "unit"),
        declarations=_table(data, "parameters", Declaration, "chapter", "name"),
        corrections=_table(data, "corrections", Correction, "id"),
        measures=_table(data, "measures", Measure, "id"),
    )


def load_once(root: Path) -> Records:
    """`load`, remembered until a file of data/ is another: what lives long, as a kernel does, never reads old facts."""
    return _loaded(root, _stamps(root))


@functools.lru_cache(maxsize=4)
def _loaded(root: Path, stamps: tuple[tuple[str, int, int], ...]) -> Records:
    return load(root)


def _stamps(root: Path) -> tuple[tuple[str, int, int], ...]:
    """The name, time and size of every file of data/."""
    files = sorted(path for path in (root / "data").rglob("*") if path.is_file())
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)


# ---------------------------------------------------------------------------------------------------------------- check


def check(root: Path, sound: bool = False) -> Records:
    """Validate `root/data` whole and return it; what is known to be `sound` is only read.

    First the data package (types, patterns, enumerations, keys), by Frictionless; then what a table schema cannot say:
    lists of ids, ranges that hold their value, dates that exist, allegations with their reply.
    Raises BadRecord for the first fault found.
    """
    keep_inside(root, "data")
    if sound:
        return load(root)
    _check_package(root / "data")
    records = load(root)
    _check_lists(records)
    _check_ranges(records)
    _check_defaults(records)
    _check_units(records)
    _check_used(records)
    return records


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
    described = _description(root / "data" / "datapackage.json")
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


def _texts_of_licences(described: Mapping[str, Any]) -> list[str]:
    licences = described.get("licenses", ())
    paths = (
        [licence.get("path") for licence in licences if isinstance(licence, dict)] if isinstance(licences, list) else []
    )
    return [path for path in paths if isinstance(path, str) and "://" not in path]


def _check_package(data: Path) -> None:
    from frictionless import FrictionlessException, Package

    description = data / "datapackage.json"
    if not description.is_file():
        raise BadRecord("data/datapackage.json", None, None, None, "the description of the tables to exist")
    described = _description(description)
    _check_shape(data, described)
    try:
        package = Package.from_descriptor(
            {**described, "resources": [{**table, "dialect": _CSV} for table in described["resources"]]},
            basepath=str(data),
        )
        checked = list(zip(package.resources, package.validate().tasks, strict=True))
    except Exception as error:  # Frictionless trips over what is not of the kind that it awaits
        why = error.to_errors()[0].note if isinstance(error, FrictionlessException) else error
        raise BadRecord(
            "data/datapackage.json", None, None, None, f"a Frictionless data package ({of_library(why)})"
        ) from None
    for resource, task in checked:
        for fault in task.errors:
            raise _bad_record(data, resource, fault)
        _check_cells(f"data/{resource.path}", data / str(resource.path), resource.schema)


# What describes a table, and nothing that would fetch, unpack or read it in another way.
_DESCRIBES = frozenset(
    ("name", "path", "title", "description", "profile", "format", "mediatype", "encoding", "schema", "licenses", "sources")
)  # fmt: skip
_CSV = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}  # else Frictionless guesses
_PLAIN = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}


def _description(path: Path) -> dict[str, Any]:
    """What `datapackage.json` says, when its tables are CSV files of this folder, described in full and plainly."""

    def refuse(expected: str, value: Any = None) -> BadRecord:
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


def _check_shape(data: Path, described: Mapping[str, Any]) -> None:
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


_ASKED = {
    "number": "a number", "integer": "a whole number", "date": "a date such as 2024-06-04", "boolean": "true or false",
}  # fmt: skip


def _bad_record(data: Path, resource: Any, fault: Any) -> BadRecord:
    """A Frictionless error as one line: file, row, column, value, and what was expected in plain words."""
    column, value = getattr(fault, "field_name", None), getattr(fault, "cell", None)
    asked = resource.schema.get_field(column) if column and resource.schema.has_field(column) else None
    expected = " ".join(str(fault.note or fault.message).split()).rstrip(".")
    if fault.type == "foreign-key":
        column, value = fault.field_names[0], fault.field_cells[0]
        known = [row[fault.reference_field_names[0]] for _, row in rows(data / f"{fault.reference_name}.csv")]
        expected = f"an entry of data/{fault.reference_name}.csv; {nearest(value, known)}"
    elif fault.type == "unique-error":
        column, expected = _unique([str(column)])
    elif fault.type == "primary-key":
        cells = dict(zip(resource.schema.field_names, fault.cells, strict=False))
        value = " ".join(cells[key] for key in resource.schema.primary_key)
        column, expected = _unique(resource.schema.primary_key)
    elif fault.type == "type-error" and asked is not None:
        expected = _ASKED.get(asked.type, f"a {asked.type}")
    elif fault.type == "constraint-error" and asked is not None:
        expected = _constraint(asked.constraints, value, expected)
    return BadRecord(f"data/{resource.path}", getattr(fault, "row_number", None), column, value, expected)


def _constraint(constraints: Mapping[str, Any], value: object, note: str) -> str:
    if not value:
        return "a value; this cell may not be empty"
    if "enum" in constraints:
        return "one of " + ", ".join(str(choice) for choice in constraints["enum"])
    if constraints.get("pattern") == _DATE_PATTERN:
        return _A_DATE
    if str(constraints.get("pattern", "")).startswith("^[a-z]"):
        return "an id: small letters, digits and underscores"
    return re.sub(r'^constraint "(\w+)" is "?(.*?)"?$', r"a value with \1 \2", note)


def _check_cells(file: str, path: Path, schema: Any) -> None:
    """What Frictionless lets through: numbers that are not finite, days that do not exist."""
    numbers = [column.name for column in schema.fields if column.type == "number"]
    dates = [column.name for column in schema.fields if column.constraints.get("pattern") == _DATE_PATTERN]
    for row, cells in rows(path):
        for column in numbers:
            if cells[column] and not math.isfinite(float(cells[column])):
                raise BadRecord(file, row, column, cells[column], "a finite number")
        for column in dates:
            if cells[column] and not _is_date(cells[column]):
                raise BadRecord(file, row, column, cells[column], _A_DATE)


def _line_of(records: Records, table: str, **key: str) -> int | None:
    found = (
        number
        for number, row in rows(records.data / f"{table}.csv")
        if all(row.get(column) == value for column, value in key.items())
    )
    return next(found, None)


def _check_lists(records: Records) -> None:
    def demand(table: str, row: str, column: str, ids: tuple[str, ...], known: Iterable[str], of: str) -> None:
        for name in ids:
            if name not in known:
                line = _line_of(records, table, id=row)
                raise BadRecord(f"data/{table}.csv", line, column, name, f"the id of a {of}; {nearest(name, known)}")

    for claim in records.claims.values():
        facts = {**records.figures, **records.events}
        demand("claims", claim.id, "figures", claim.figures, facts, "figure or event")
        demand("claims", claim.id, "sources", claim.sources, records.sources, "source")
        demand("claims", claim.id, "replies", claim.replies, records.replies, "reply")
        if claim.allegation and not claim.replies:
            line = _line_of(records, "claims", id=claim.id)
            raise BadRecord("data/claims.csv", line, "replies", "", "a reply beside every allegation")
    for row in records.declarations.values():
        if row.basis not in records.figures and row.basis not in records.events and row.basis != ASSUMPTION:
            line = _line_of(records, "parameters", chapter=row.chapter, name=row.name)
            known = [*records.figures, *records.events, ASSUMPTION]
            raise BadRecord(
                "data/parameters.csv",
                line,
                "basis",
                row.basis,
                f"a figure's id or 'assumption'; {nearest(row.basis, known)}",
            )
    _check_declared_once(records)
    public = _public_ids(records)
    for correction in records.corrections.values():
        demand("corrections", correction.id, "claims", correction.claims, records.claims, "claim")
        for column in ("figures", "sections") if public else ():
            demand("corrections", correction.id, column, getattr(correction, column), public, "figure or section")
        if not (correction.figures or correction.sections or correction.claims):
            line = _line_of(records, "corrections", id=correction.id)
            raise BadRecord("data/corrections.csv", line, "figures", "", "a figure, section or claim that it touched")


def _check_declared_once(records: Records) -> None:
    """No chapter takes two parameters of one name, and no figure is the value of two parameters."""
    taken: dict[tuple[str, str], str] = {}
    for row in records.declarations.values():
        keys = [("chapter" if chapter == row.chapter else "read_by", chapter, row.name) for chapter in row.readers]
        for column, value, name in [*keys, *([("figure", row.figure, "")] if row.figure else [])]:
            if (value, name) in taken:
                line = _line_of(records, "parameters", chapter=row.chapter, name=row.name)
                expected = f"a parameter declared once: {taken[value, name]} has it, and read_by names who takes it too"
                raise BadRecord("data/parameters.csv", line, column, value, expected)
            taken[value, name] = row.chapter


def _public_ids(records: Records) -> list[str]:
    """What a correction may name: the ids that the book gave out, and its facts; empty without `data/ids.csv`."""
    path = records.data / "ids.csv"
    return sorted({row.get("id", "") for _, row in rows(path)} | records.figures.keys()) if path.is_file() else []


def _check_ranges(records: Records) -> None:
    def fail(fact: Fact, column: str, value: object, expected: str) -> None:
        raise BadRecord("data/figures.csv", _line_of(records, "figures", id=fact.id), column, value, expected)

    for fact in records.figures.values():
        if fact.value is None and fact.low is None and fact.high is None:
            fail(fact, "value", "", "a value, a low or a high")
        if fact.low is not None and fact.high is not None and fact.low > fact.high:
            fail(fact, "low", fact.low, f"no more than the high, {fact.high:g}")
        if fact.value is not None and fact.low is not None and fact.value < fact.low:
            fail(fact, "value", fact.value, f"at least the low, {fact.low:g}")
        if fact.value is not None and fact.high is not None and fact.value > fact.high:
            fail(fact, "value", fact.value, f"at most the high, {fact.high:g}")


def _check_defaults(records: Records) -> None:
    def fail(row: Declaration, expected: str, column: str = "default") -> None:
        line = _line_of(records, "parameters", chapter=row.chapter, name=row.name)
        raise BadRecord("data/parameters.csv", line, column, getattr(row, column), expected)

    for row in records.declarations.values():
        if row.choices and row.default not in row.choices:
            fail(row, "one of " + ", ".join(row.choices))
        if row.type == "boolean" and row.default not in ("true", "false"):
            fail(row, _ASKED["boolean"])
        if row.type == "date" and not _is_day(row.default):
            fail(row, _ASKED["date"])
        for column in ("minimum", "maximum"):
            bound, bounded = getattr(row, column), row.type in ("integer", "number", "date")
            if bound is not None and (not bounded or isinstance(bound, str) != (row.type == "date")):
                fail(row, _ASKED[row.type] if bounded else "no bound: numbers and dates alone have bounds", column)
        default: Any = row.default
        if row.type in ("integer", "number"):
            try:
                default = float(row.default)
            except ValueError:
                default = math.nan
            if not math.isfinite(default) or (row.type == "integer" and not default.is_integer()):
                fail(row, _ASKED[row.type])
        if row.minimum is not None and default < row.minimum:
            fail(row, f"at least the minimum, {_said(row.minimum)}")
        if row.maximum is not None and default > row.maximum:
            fail(row, f"at most the maximum, {_said(row.maximum)}")
        if row.type not in ("integer", "number"):
            continue
        if (row.low is None) != (row.high is None):
            fail(row, "a low and a high, or neither", "low")
        if row.low is not None and row.high is not None and not row.low <= default <= row.high:
            fail(row, f"one from the low to the high, {row.low:g} to {row.high:g}")
        if row.basis in records.figures:
            fact = records.figures[row.basis]
            known = [number for number in (fact.value, fact.low, fact.high) if number is not None]
            if default not in known:
                fail(row, f"the value of {fact.id}, {known[0]:g}, {_wherever_it_stands(records, fact, known)}")


def _wherever_it_stands(records: Records, fact: Fact, values: Sequence[float]) -> str:
    """Every place that holds a fact's value as a default and has another: to be told at once."""
    rows = [
        row for row in records.declarations.values()
        if row.basis == fact.id and not (NUMBER.fullmatch(row.default) and float(row.default) in values)
    ]  # fmt: skip
    lines = [_line_of(records, "parameters", chapter=row.chapter, name=row.name) for row in rows]
    others = "".join(f", in row {line}" for line in lines[1:])
    cells = [f"{row.name} of {chapter}" for row in rows for chapter in row.readers]
    return f"here{others} and in the notebooks: {', '.join(cells)}"


def _said(bound: float | str) -> str:
    return bound if isinstance(bound, str) else f"{bound:g}"


def _check_units(records: Records) -> None:
    """Every unit is one pint can read: its own, or defined here."""
    from casefile.figures.units import Units

    try:
        units = Units(records.units)
        for name in records.units:
            units.parse(name)
    except BadRecord as fault:
        line = _line_of(records, "units", **{str(fault.column): str(fault.value)})
        raise BadRecord(fault.file, line, fault.column, fault.value, fault.expected) from None


def _check_used(records: Records) -> None:
    """A source that no record names is a fault: either it backs something, or it does not belong."""
    used = {fact.source for fact in records.figures.values()}
    used |= {event.source for event in records.events.values()}
    used |= {reply.source for reply in records.replies.values()}
    used |= {source for claim in records.claims.values() for source in claim.sources}
    for name in records.series_names():
        for row, cells in rows(records.data / "series" / f"{name}.csv"):
            if "source" not in cells:
                raise BadRecord(f"data/series/{name}.csv", 1, "source", None, "a source on every row")
            named = cells["source"]
            if named and named not in records.sources:
                expected = f"a source; {nearest(named, records.sources)}"
                raise BadRecord(f"data/series/{name}.csv", row, "source", named, expected)
            used.add(named)
    for source in records.sources.values():
        if source.id not in used:
            raise BadRecord(
                "data/sources.csv",
                _line_of(records, "sources", id=source.id),
                "id",
                source.id,
                "a source that some record names",
            )
