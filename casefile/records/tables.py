"""The tables of `data/` as they are read: every cell a line of plain text, then of its column's kind."""

from __future__ import annotations

import csv
import functools
import io
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from casefile.errors import BadInput, BadRecord, nearest, of_library, shown
from casefile.records.columns import NUMBER, Schema, is_day
from casefile.records.rows import (
    TABLES,
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
from casefile.system import cache, document

if TYPE_CHECKING:
    import pandas as pd  # imported where a series is read: much that reads records reads no series

NEEDED = ("sources", "figures", "units")  # the tables that every story has
SCENARIOS = Path("data") / "scenarios.yml"
SAVED = "scenarios"

_READ_ELSEWHERE = ("names", "ids")

_Row = TypeVar("_Row")
Value = int | float | str | bool  # of a parameter
Overrides = Mapping[str, Mapping[str, Value]]  # parameters other than the declared: their home → name → value


class WrittenScenario(TypedDict):
    """A named scenario as `data/scenarios.yml` has it: parameters by the chapter that takes them, each as it is written."""

    title: str
    meaning: str
    parameters: dict[str, dict[str, str]]


class Scenario(TypedDict):
    """A named scenario as it is run: parameters by their homes, each in its declared type."""

    title: str
    meaning: str
    parameters: dict[str, dict[str, Value]]


MOST_BYTES = 1 << 26  # of one table
MOST_CELL = 100_000  # characters of one cell
_ID = re.compile(r"[a-z][a-z0-9_]*")
# How a cell begins that spreadsheets take for a formula, and run; a number with its sign is none.
FORMULA = re.compile(r"[=@]|[+-](?![0-9.])")
# What no line of text needs: control characters, line and paragraph separators, signs that turn the direction of what
# follows, and what is no character of XML.
UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


_CONVERT: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    float | None: lambda text: _number(text) if text else None,
    Bound: lambda text: text if is_day(text) else _number(text) if text else None,
    int: lambda text: int(text) if text else 0,
    bool: lambda text: text == "true",
    tuple[str, ...]: lambda text: tuple(text.split()),
}


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
                if FORMULA.match(text):
                    raise BadRecord(file, number, column, text, "a text that no spreadsheet runs as a formula")
            yield number, cells
    except csv.Error as error:
        raise BadRecord(file, number, None, None, f"CSV in UTF-8 ({of_library(error)})") from None


def unique(keys: Sequence[str]) -> tuple[str, str]:
    """The columns that tell the rows of a table apart, in words, and what is expected of them."""
    column = " and ".join(keys)
    return column, f"{'an' if column == 'id' else 'a'} {column} that no other row has"


def _table(data: Path, table: Schema) -> dict[Any, Any]:
    """The rows of a table by its key, each cell of its column's kind; none where a story need not have it, and has not."""
    path, key, file = data / f"{table.name}.csv", operator.attrgetter(*table.key), f"data/{table.name}.csv"
    if not path.is_file():
        if table.name not in NEEDED:
            return {}
        raise BadRecord(file, None, None, None, "this table to exist")
    by_key: dict[Any, Any] = {}
    for number, cells in rows(path):
        values = {}
        for name, (kind, column) in table.columns.items():
            if name not in cells:
                raise BadRecord(file, 1, name, None, "this column in the header")
            try:
                values[name] = _CONVERT[kind](cells[name])
            except ValueError:
                raise BadRecord(file, number, name, cells[name], "a number") from None
            if expected := column.fault(cells[name]):
                raise BadRecord(file, number, name, cells[name], expected)
        record = table.row(**values)
        if key(record) in by_key:
            named, expected = unique(table.key)
            raise BadRecord(file, number, named, " ".join(cells[part] for part in table.key), expected)
        by_key[key(record)] = record
    return by_key


class Noted(Mapping[str, _Row]):
    """A table that notes which of its rows are asked for, there or not; whoever goes through it asks for all."""

    def __init__(self, name: str, table: Mapping[str, _Row], asked: set[str]) -> None:
        self._name, self._table, self._asked = name, table, asked

    def __getitem__(self, id: str) -> _Row:
        self._asked.add(f"{self._name}/{id}")
        return self._table[id]

    def __iter__(self) -> Iterator[str]:
        self._asked.add(f"{self._name}/")
        return iter(self._table)

    def __len__(self) -> int:
        self._asked.add(f"{self._name}/")
        return len(self._table)


@dataclass(frozen=True)
class Records:
    """All tables of one story's `data/` folder, each a mapping from id to row, in file order."""

    root: Path
    origins: Mapping[str, Origin]
    sources: Mapping[str, Source]
    figures: Mapping[str, Fact]
    events: Mapping[str, Event]
    replies: Mapping[str, Reply]
    claims: Mapping[str, Claim]
    units: dict[str, Unit]
    declarations: dict[tuple[str, str], Declaration]
    corrections: Mapping[str, Correction]
    measures: Mapping[str, Measure]
    _series: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _asked: set[str] = field(default_factory=set, repr=False)

    @property
    def data(self) -> Path:
        """The folder of the tables."""
        return self.root / "data"

    def series_names(self) -> list[str]:
        """The names of the series, from the files in `data/series/`."""
        return sorted(path.stem for path in (self.data / "series").glob("*.csv"))

    def series(self, name: str) -> pd.DataFrame:
        """One series as a table, a row an observation, indexed by nothing; a fresh copy each time.

        Raises BadInput when there is no such series.
        """
        if name not in self._series:
            path = self._path_of_series(name)
            import pandas as pd

            for _ in rows(path):
                pass  # a cell that is no line of text is told as such
            try:
                lines = io.StringIO(document.text(path))
                self._series[name] = pd.read_csv(lines, keep_default_na=False, na_values=[""])
            except ValueError as error:  # pandas' own errors are ValueErrors
                raise BadInput(f"data/series/{name}.csv: {of_library(error)}; expected a table with a header") from None
        self._asked.add(f"series/{name}")
        return self._series[name].copy()

    def series_rows(self, name: str) -> list[dict[str, str]]:
        """The rows of one series, each cell as it is written; pages read it so, without a library for tables.

        Raises BadInput when there is no such series.
        """
        lines = [cells for _, cells in rows(self._path_of_series(name))]
        self._asked.add(f"series/{name}")
        return lines

    def _path_of_series(self, name: str) -> Path:
        path = self.data / "series" / f"{name}.csv"
        if not path.is_file():
            raise BadInput(f"no series {shown(name)} in data/series; {nearest(name, self.series_names())}")
        return path

    def series_of_sources(self) -> dict[str, list[str]]:
        """The names of the series whose rows name each source, by source id."""
        names_by_source: dict[str, dict[str, None]] = {}
        for name in self.series_names():
            for _, cells in rows(self.data / "series" / f"{name}.csv"):
                names_by_source.setdefault(cells.get("source", ""), {})[name] = None
        return {source: list(names) for source, names in names_by_source.items() if source}

    def noted(self) -> Records:
        """The same for one chapter alone, which note what of them it reads."""
        asked: set[str] = set()
        by_row = {name: Noted(name, getattr(self, name), asked) for name in cache.BY_ROW}
        return replace(self, _asked=asked, **by_row)  # type: ignore[arg-type]

    def read(self) -> list[str]:
        """What was asked for so far: `series/NAME`, a row as `TABLE/ID`, and a table of which all was asked for as `TABLE/`."""
        return sorted(self._asked)

    def states(self, names: Iterable[str]) -> dict[str, str]:
        """The hash of each thing that `read` names, as it stands now, by its name in words."""
        states: dict[str, str] = {}
        for name in names:
            table, _, id = name.partition("/")
            if table == "series" or not id:
                states |= cache.file_parts(self.root, [self.data / f"{name.rstrip('/')}.csv"])
            else:
                states[f"{id} in data/{table}.csv"] = cache.digest(repr(getattr(self, table).get(id)))
        return states

    def declared(self, chapter: str) -> dict[str, Declaration]:
        """The parameters that a chapter takes, by name: those of its own and those of others that it reads."""
        return {name: row for (_, name), row in self.declarations.items() if chapter in row.readers}

    def takers(self) -> list[str]:
        """The chapters that take parameters."""
        return list(dict.fromkeys(chapter for row in self.declarations.values() for chapter in row.readers))

    def values_for(self, chapter: str, overrides: Overrides) -> dict[str, Value]:
        """The values of the parameters that a chapter takes, by name, among those `given` by their homes."""
        return {
            name: overrides[row.chapter][name]
            for name, row in self.declared(chapter).items()
            if name in overrides.get(row.chapter, {})
        }

    def scenarios(self) -> dict[str, WrittenScenario]:
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

    def saved_scenarios(self) -> dict[str, Path]:
        """The scenarios that whoever works with a story has saved beside its data, by name: no part of the story."""
        return {path.stem: path for path in sorted((self.root / SAVED).glob("*.yml"))}

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
    tables = {table.name: _table(data, table) for table in TABLES if table.name not in _READ_ELSEWHERE}
    return Records(
        root, tables["origins"], tables["sources"], tables["figures"], tables["events"], tables["replies"], tables["claims"],
        tables["units"], tables["parameters"], tables["corrections"], tables["measures"],
    )  # fmt: skip


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
