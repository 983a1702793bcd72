"""Mutants of the data: each holds one cell, or one default, changed by as little as it can be changed."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

DATA, FORMULAS = "data", "formulas"

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Mutant:
    """One small change. `judges` are the tests that should see it, by the beginning of their ids, the likeliest first.

    `change` gives the new text of each file that changes, by its path from the root; `line` is the line of code it changes.
    """

    part: str
    file: str
    place: str
    before: str
    after: str
    judges: tuple[str, ...]
    change: Callable[[], Texts]
    line: str = ""

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.before!r} became {self.after!r}"


# Columns in own words, or names that others point to: they hold no source value. An id is checked by what points to it.
OWN_WORDS = {"id", "meaning", "note", "locator", "claim", "finding", "promise", "checked"}
TRANSCRIPTION = "tests/story/test_transcription.py::"

# What is mutated of each table beside the series, and the test of the transcription that holds it.
TABLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "figures": (("value", "low", "high", "unit", "date", "printed", "source", "grade"), "test_a_fact_is_what_its_source_prints[{key}]"),
    "events": (("date", "printed", "source", "grade"), "test_an_event_is_what_its_source_prints"),
    "replies": (("who", "date", "printed", "source", "grade"), "test_a_reply_is_what_its_source_prints"),
    "claims": (
        ("paragraph", "printed", "allegation", "chapter", "figures", "sources", "replies"),
        "test_a_claim_stands_where_the_article_makes_it_and_rests_on_what_the_dossier_names",
    ),
    "sources": (
        ("publisher", "title", "author", "published", "url", "licence", "origin", "grade"),
        "test_every_source_is_where_it_was_read",
    ),
    "origins": (("date",), "test_every_origin_has_its_date"),
    "units": (("definition", "style", "prefix", "suffix", "digits"), "test_every_unit_is_defined_and_printed_as_agreed"),
    "parameters": (
        ("read_by", "figure", "type", "unit", "default", "minimum", "maximum", "choices", "low", "high", "basis"),
        "test_every_assumption_is_the_one_agreed",
    ),
}  # fmt: skip

LISTS = {"figures", "sources", "replies", "choices", "read_by"}


class Table:
    """One CSV file as text, record by record, so that one cell can change and every other byte stay."""

    def __init__(self, root: Path, path: str) -> None:
        self.path = path
        text = (root / path).read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        reader = csv.reader(lines)
        self.records, self.raw, last = [], [], 0
        for record in reader:
            self.records.append(record)
            self.raw.append("".join(lines[last : reader.line_num]))
            last = reader.line_num
        self.header = self.records[0]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows after the header, with their place."""
        for place, record in enumerate(self.records[1:], start=1):
            yield place, dict(zip(self.header, record, strict=True))

    def distinct(self, column: str) -> list[str]:
        """The values of a column, each once, without the empty one."""
        place = self.header.index(column)
        return sorted({record[place] for record in self.records[1:]} - {""})

    def changed(self, row: int, column: str, after: str) -> str:
        """The whole file with one cell changed."""
        record = list(self.records[row])
        record[self.header.index(column)] = after
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(record)
        return "".join([*self.raw[:row], line.getvalue(), *self.raw[row + 1 :]])


def _next(value: str, values: Sequence[str]) -> str:
    """The value after this one in a list, round the end."""
    return values[(values.index(value) + 1) % len(values)]


_DATE = re.compile(r"^\d{4}(-\d{2}){0,2}$")


def nudged(text: str) -> str | None:
    """A number one unit higher in its last digit, a date one day (month, year) later; None for what is neither.

    The last day of a month goes one back, so that the date still exists.
    """
    if _DATE.match(text) and ("-" in text or text.startswith(("19", "20"))) and len(text) in (7, 10):
        parts = text.split("-")
        last = int(parts[-1])
        top = 28 if len(parts) == 3 else 12
        return "-".join([*parts[:-1], f"{last + 1 if last < top else last - 1:02d}"])
    mantissa, mark, exponent = text.partition("e")
    try:
        number = Decimal(mantissa)
    except ArithmeticError:
        return None
    if not number.is_finite():
        return None
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return f"{number + step}{mark}{exponent}"


def changes(column: str, text: str, known: Sequence[str]) -> Iterator[str]:
    """What a cell may become: its number or date nudged, its word another of the column's, its list one shorter."""
    if text in ("true", "false"):
        yield "false" if text == "true" else "true"
    elif column in LISTS and " " in text:
        names = text.split()
        yield from (" ".join(names[:place] + names[place + 1 :]) for place in range(len(names)))
    elif (moved := nudged(text)) is not None and column not in ("title", "printed"):
        yield moved
    elif len(known) > 1:
        yield _next(text, known)
    else:
        yield text + text[-1]


def of_data(root: Path) -> Iterator[Mutant]:
    """Every mutant of the data: single facts, links, sources, units, parameters, scenarios, and all cells of the series."""
    for name in TABLES:
        yield from _of_table(root, name)
    yield from _of_defaults(root)
    yield from _of_scenarios(root)
    for path in sorted((root / "data" / "series").glob("*.csv")):
        yield from _of_series(root, path.stem)


def _cell(table: Table, row: int, column: str, key: str, before: str, after: str, judges: tuple[str, ...]) -> Mutant:
    place = f"row {row + 1} ({key}), {column}"
    return Mutant(
        DATA, table.path, place, before, after, judges, lambda: {table.path: table.changed(row, column, after)}
    )


def _of_table(root: Path, name: str) -> Iterator[Mutant]:
    table = Table(root, f"data/{name}.csv")
    columns, judge = TABLES[name]
    for column in columns:
        known = table.distinct(column)
        for row, cells in table.rows():
            key = cells.get("id") or cells.get("unit") or cells["name"]
            if name == "parameters":
                key = f"{cells['chapter']}.{cells['name']}"
            judges = (TRANSCRIPTION + judge.format(key=key),)
            if cells[column]:
                for after in changes(column, cells[column], known):
                    yield _cell(table, row, column, key, cells[column], after, judges)


def _of_series(root: Path, series: str) -> Iterator[Mutant]:
    table = Table(root, f"data/series/{series}.csv")
    for column in table.header:
        if column in OWN_WORDS:
            continue
        known = table.distinct(column)
        judges = (f"{TRANSCRIPTION}test_a_column_of_a_series_is_the_dossiers[{series}-{column}]",)
        for row, cells in table.rows():
            if cells[column]:
                for after in changes(column, cells[column], known):
                    yield _cell(table, row, column, cells.get("id") or cells["date"], cells[column], after, judges)


def _of_defaults(root: Path) -> Iterator[Mutant]:
    """Each default changed in the notebook's own cell alone, and there and in the table together."""
    table = Table(root, "data/parameters.csv")
    for row, cells in table.rows():
        name, choices = cells["name"], cells["choices"].split()
        known = choices if choices else [cells["default"], cells["default"] + "x"]
        after = next(changes("default", cells["default"], known))
        agreed = f"{TRANSCRIPTION}test_every_assumption_is_the_one_agreed"
        place = f"default of {name}"
        both = {table.path: table.changed(row, "default", after)}
        for chapter in (cells["chapter"], *cells["read_by"].split()):
            path = f"chapters/{chapter}.ipynb"
            text, before, written = _notebook_default(root, path, name, after)
            declared = f"tests/story/test_notebooks.py::test_a_notebooks_parameters_are_those_declared[{chapter}]"
            yield Mutant(DATA, path, place, before, written, (declared,), lambda path=path, text=text: {path: text})  # type: ignore[misc]
            both[path] = text
        yield Mutant(
            DATA, f"{' and '.join(both)}", place, before, written, (agreed,), lambda both=both: both  # type: ignore[misc]
        )  # fmt: skip


def _notebook_default(root: Path, path: str, name: str, after: str) -> tuple[str, str, str]:
    """The notebook with another default in its parameters cell; with the literals before and after."""
    notebook = json.loads((root / path).read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", []))
    for place, line in enumerate(cell["source"]):
        found = re.match(rf"({name}(?:: \w+)? = )([^#\n]*?)(\s*(?:#.*)?\n?)$", line)
        if found:
            before = found[2]
            written = (
                f'"{after}"' if before.startswith('"') else after.capitalize() if after in ("true", "false") else after
            )
            cell["source"][place] = found[1] + written + found[3]
            return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", before, written
    raise ValueError(f"{path}: no default of {name} in its parameters cell")


_VALUE = re.compile(r"(\w+): ([^,{}\n]+)(?=[,}])")


def _of_scenarios(root: Path) -> Iterator[Mutant]:
    """Each value that a named scenario gives a parameter."""
    path = "data/scenarios.yml"
    text = (root / path).read_text(encoding="utf-8")
    judges = (f"{TRANSCRIPTION}test_every_scenario_is_the_one_agreed",)
    for found in _VALUE.finditer(text):
        name, before = found[1], found[2]
        if name in ("title", "meaning"):
            continue
        after = next(changes("", before, [before, before + "x"]))
        whole = text[: found.start(2)] + after + text[found.end(2) :]
        line = text.count("\n", 0, found.start()) + 1
        yield Mutant(DATA, path, f"line {line}, {name}", before, after, judges, lambda whole=whole: {path: whole})  # type: ignore[misc]


def spread(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` mutants drawn evenly over the files, the same for the same seed."""
    import random

    drawn = random.Random(seed)
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    for group in by_file.values():
        drawn.shuffle(group)
    in_turn = itertools.zip_longest(*by_file.values())
    return [mutant for group in in_turn for mutant in group if mutant is not None][:count]
