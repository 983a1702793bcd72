"""What no schema of a table can say: lists of ids, ranges that hold their value, allegations with their reply."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from casefile.errors import BadRecord, nearest
from casefile.records import package
from casefile.records.cells import ASKED
from casefile.records.columns import NUMBER, is_day
from casefile.records.rows import ASSUMPTION, Declaration, Fact
from casefile.records.tables import Records, load, rows


def check(root: Path, sound: bool = False) -> Records:
    """Validate `root/data` whole and return it; what is known to be `sound` is only read.

    First the data package (types, patterns, enumerations, keys), by Frictionless; then what a table schema cannot say:
    lists of ids, ranges that hold their value, dates that exist, allegations with their reply.
    Raises BadRecord for the first fault found.
    """
    package.keep_inside(root, "data")
    if sound:
        return load(root)
    package.check(root / "data")
    records = load(root)
    _check_lists(records)
    _check_ranges(records)
    _check_defaults(records)
    _check_used(records)
    return records


def line_of(records: Records, table: str, **key: str) -> int | None:
    """The line of the first row of a table whose cells are these, by column; None without one."""
    numbers = (
        number
        for number, row in rows(records.data / f"{table}.csv")
        if all(row.get(column) == value for column, value in key.items())
    )
    return next(numbers, None)


def _check_lists(records: Records) -> None:
    def demand(table: str, row: str, column: str, ids: tuple[str, ...], allowed: Iterable[str], of: str) -> None:
        for name in ids:
            if name not in allowed:
                line = line_of(records, table, id=row)
                raise BadRecord(f"data/{table}.csv", line, column, name, f"the id of a {of}; {nearest(name, allowed)}")

    for table, sourced in (("figures", records.figures), ("events", records.events), ("replies", records.replies)):
        for record in sourced.values():
            demand(table, record.id, "source", (record.source,), records.sources, "source")
    for claim in records.claims.values():
        facts = {**records.figures, **records.events}
        demand("claims", claim.id, "figures", claim.figures, facts, "figure or event")
        demand("claims", claim.id, "sources", claim.sources, records.sources, "source")
        demand("claims", claim.id, "replies", claim.replies, records.replies, "reply")
        if claim.allegation and not claim.replies:
            line = line_of(records, "claims", id=claim.id)
            raise BadRecord("data/claims.csv", line, "replies", "", "a reply beside every allegation")
    for row in records.declarations.values():
        if row.basis not in records.figures and row.basis not in records.events and row.basis != ASSUMPTION:
            line = line_of(records, "parameters", chapter=row.chapter, name=row.name)
            allowed = [*records.figures, *records.events, ASSUMPTION]
            raise BadRecord(
                "data/parameters.csv",
                line,
                "basis",
                row.basis,
                f"a figure's id or 'assumption'; {nearest(row.basis, allowed)}",
            )
    _check_declared_once(records)
    public = _public_ids(records)
    for correction in records.corrections.values():
        demand("corrections", correction.id, "claims", correction.claims, records.claims, "claim")
        for column in ("figures", "sections") if public else ():
            demand("corrections", correction.id, column, getattr(correction, column), public, "figure or section")
        if not (correction.figures or correction.sections or correction.claims):
            line = line_of(records, "corrections", id=correction.id)
            raise BadRecord("data/corrections.csv", line, "figures", "", "a figure, section or claim that it touched")


def _check_declared_once(records: Records) -> None:
    """No chapter takes two parameters of one name, and no figure is the value of two parameters."""
    taken: dict[tuple[str, str], str] = {}
    for row in records.declarations.values():
        keys = [("chapter" if chapter == row.chapter else "read_by", chapter, row.name) for chapter in row.readers]
        for column, value, name in [*keys, *([("figure", row.figure, "")] if row.figure else [])]:
            if (value, name) in taken:
                line = line_of(records, "parameters", chapter=row.chapter, name=row.name)
                expected = f"a parameter declared once: {taken[value, name]} has it, and read_by names who takes it too"
                raise BadRecord("data/parameters.csv", line, column, value, expected)
            taken[value, name] = row.chapter


def _public_ids(records: Records) -> list[str]:
    """What a correction may name: the ids that the book gave out, and its facts; empty without `data/ids.csv`."""
    path = records.data / "ids.csv"
    return sorted({row.get("id", "") for _, row in rows(path)} | records.figures.keys()) if path.is_file() else []


def _check_ranges(records: Records) -> None:
    def fail(fact: Fact, column: str, value: object, expected: str) -> None:
        raise BadRecord("data/figures.csv", line_of(records, "figures", id=fact.id), column, value, expected)

    for fact in records.figures.values():
        if fact.value is None and fact.low is None and fact.high is None:
            fail(fact, "value", "", "a value, a low or a high")
        if fact.low is not None and fact.high is not None and fact.low > fact.high:
            fail(fact, "low", fact.low, f"no more than the high, {fact.high:g}")
        if fact.value is not None and fact.low is not None and fact.value < fact.low:
            fail(fact, "value", fact.value, f"at least the low, {fact.low:g}")
        if fact.value is not None and fact.high is not None and fact.value > fact.high:
            fail(fact, "value", fact.value, f"at most the high, {fact.high:g}")


_NUMERIC = ("integer", "number")


def _check_defaults(records: Records) -> None:
    for row in records.declarations.values():
        if (wrong := _wrong_default(records, row)) is not None:
            column, expected = wrong
            line = line_of(records, "parameters", chapter=row.chapter, name=row.name)
            raise BadRecord("data/parameters.csv", line, column, getattr(row, column), expected)


def _wrong_default(records: Records, row: Declaration) -> tuple[str, str] | None:
    """The first column of a parameter that is wrong, and what was expected of it; None where all is right."""
    if row.choices and row.default not in row.choices:
        return "default", "one of " + ", ".join(row.choices)
    if len(list(filter(str.strip, row.labels.split(";")))) != len(row.choices):
        return "labels", f"{len(row.choices)}, one for each choice, with a semicolon between two"
    if row.type == "boolean" and row.default not in ("true", "false"):
        return "default", ASKED["boolean"]
    if row.type == "date" and not is_day(row.default):
        return "default", ASKED["date"]
    for column in ("minimum", "maximum"):
        bound, bounded = getattr(row, column), row.type in (*_NUMERIC, "date")
        if bound is not None and (not bounded or isinstance(bound, str) != (row.type == "date")):
            return column, ASKED[row.type] if bounded else "no bound: numbers and dates alone have bounds"
    default = _number(row) if row.type in _NUMERIC else row.default
    if default is None:
        return "default", ASKED[row.type]
    if row.minimum is not None and default < row.minimum:  # type: ignore[operator]  # a bound is of its parameter's type
        return "default", f"at least the minimum, {_said(row.minimum)}"
    if row.maximum is not None and default > row.maximum:  # type: ignore[operator]
        return "default", f"at most the maximum, {_said(row.maximum)}"
    return _wrong_range(records, row, default) if isinstance(default, float) else None


def _number(row: Declaration) -> float | None:
    """The default of a numeric parameter; None for what is no number of its type."""
    try:
        default = float(row.default)
    except ValueError:
        return None
    whole = row.type == "number" or default.is_integer()
    return default if math.isfinite(default) and whole else None


def _wrong_range(records: Records, row: Declaration, default: float) -> tuple[str, str] | None:
    """What is wrong between a number and its plausible range, or the fact it starts from."""
    if (row.low is None) != (row.high is None):
        return "low", "a low and a high, or neither"
    if row.low is not None and row.high is not None and not row.low <= default <= row.high:
        return "default", f"one from the low to the high, {row.low:g} to {row.high:g}"
    fact = records.figures.get(row.basis)
    values = [number for number in (fact.value, fact.low, fact.high) if number is not None] if fact else []
    if fact is not None and default not in values:
        return "default", f"the value of {fact.id}, {values[0]:g}, {_wherever_it_stands(records, fact, values)}"
    return None


def _wherever_it_stands(records: Records, fact: Fact, values: Sequence[float]) -> str:
    """Every place that holds a fact's value as a default and has another: to be told at once."""
    rows = [
        row for row in records.declarations.values()
        if row.basis == fact.id and not (NUMBER.fullmatch(row.default) and float(row.default) in values)
    ]  # fmt: skip
    lines = [line_of(records, "parameters", chapter=row.chapter, name=row.name) for row in rows]
    others = "".join(f", in row {line}" for line in lines[1:])
    cells = [f"{row.name} of {chapter}" for row in rows for chapter in row.readers]
    return f"here{others} and in the notebooks: {', '.join(cells)}"


def _said(bound: float | str) -> str:
    return bound if isinstance(bound, str) else f"{bound:g}"


def _check_used(records: Records) -> None:
    """A source that no record names is a fault, and a reply beside no claim: either it backs something, or it does not belong."""
    answering = {reply for claim in records.claims.values() for reply in claim.replies}
    for reply in records.replies.values():
        if reply.id not in answering:
            line = line_of(records, "replies", id=reply.id)
            raise BadRecord("data/replies.csv", line, "id", reply.id, "a reply that some claim names")
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
                line_of(records, "sources", id=source.id),
                "id",
                source.id,
                "a source that some record names",
            )
