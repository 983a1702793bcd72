"""The leaves of a chapter's graph: figures that are a fact, an end of one, a parameter, a cell, or another chapter's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from casefile import records
from casefile.errors import BadInput, nearest
from casefile.figures import formats
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook import drawing, parameters
from casefile.records import Declaration, Event, Fact, Records

pd.options.mode.string_storage = "python"  # as in a reader's browser, which has no Arrow; small tables are faster so


def parameter(tables: Records, row: Declaration, value: parameters.Value, publish: bool) -> Figure:
    """A numeric or date parameter, under the public id of its declaration, with its basis as source.

    It has the range of its assumption at the declared default alone: one that was set to another value is that value, and one
    that was given a range has that.
    """
    basis = tables.figures.get(row.basis) or tables.events.get(row.basis)
    low: float | None
    high: float | None
    if asked := drawing.distribution_drawn(row, value):
        number, low, high, band = asked.mode, asked.low, asked.high, asked.band
    else:
        number = float(formats.day_number(str(value))) if row.type == "date" else float(value)
        low, high = (row.low, row.high) if value == parameters.default(row) else (None, None)
        band = "range of the assumption" if low is not None else ""
    return Figure(
        id=row.figure or row.name, kind="parameter", unit=row.unit, meaning=row.meaning, value=number,
        low=low, high=high, band=band,
        sources=(basis.source,) if basis else (), printed_form=basis.printed if basis else "",
        locator=basis.locator if basis else "", date=basis.date if basis else "",
        grade=basis.grade if basis else records.ASSUMPTION, note=row.note, record=row.basis if basis else "",
        parameter=row.name, chapter=row.chapter, published=publish,
    )  # fmt: skip


def fact(records: Records, chapter: str, name: str) -> Figure:
    """A fact with its value and range, or the day of an event. Raises BadInput when there is neither."""
    if name in records.events:
        event = records.events[name]
        return _read(chapter, event, "date", float(formats.day_number(event.date)))
    if name not in records.figures:
        names = [*records.figures, *records.events]
        raise BadInput(f"{chapter}: no fact {name!r} in data/figures.csv or data/events.csv; {nearest(name, names)}")
    row = records.figures[name]
    return _read(chapter, row, row.unit, row.value, row.low, row.high)


def end(records: Records, chapter: str, name: str, which: str) -> Figure:
    """The `low` or `high` end of a fact's printed range, as a figure of its own. Raises BadInput where it has none."""
    if name not in records.figures:
        raise BadInput(f"{chapter}: no fact {name!r} in data/figures.csv; {nearest(name, records.figures)}")
    row = records.figures[name]
    value = getattr(row, which)
    if value is None:
        raise BadInput(f"{chapter}: fact {name!r} prints no {which} end; take its value with source({name!r})")
    # What the source prints beside a middle value is that value's form, not its ends'.
    printed = "" if row.value is not None else row.printed
    figure = _read(chapter, row, row.unit, value)
    return replace(figure, id=f"{name}_{which}", meaning=f"{row.meaning} ({which} end)", printed_form=printed)


def _read(
    chapter: str, row: Fact | Event, unit: str, value: float | None, low: float | None = None, high: float | None = None
) -> Figure:
    return Figure(
        id=row.id, kind="source", unit=unit, meaning=row.meaning, value=value, low=low, high=high,
        band="range in the source" if low is not None or high is not None else "", sources=(row.source,),
        printed_form=row.printed, locator=row.locator, date=row.date, grade=row.grade, note=getattr(row, "note", ""),
        record=row.id, chapter=chapter,
    )  # fmt: skip


def series_cell(
    records: Records, chapter: str, series: str, row: str, column: str, key: str, unit: str, meaning: str
) -> Figure:  # fmt: skip
    """One cell of a series: in `column`, of the row whose `key` column is `row`. Raises BadInput when there is no such row."""
    table = records.series(series)
    places = [place for place, value in enumerate(table[key].to_list()) if value == row]
    if len(places) != 1:
        raise BadInput(f"{chapter}: no row {row!r} in data/series/{series}.csv; {nearest(row, table[key].astype(str))}")
    record: dict[str, Any] = {str(name): table[name].iat[places[0]] for name in table.columns}
    text = {name: "" if pd.isna(value) else str(value) for name, value in record.items()}
    unit = unit or text.get("unit", "")
    value = record[column]
    number = float(formats.day_number(str(value))) if unit == "date" else float(value)
    return Figure(
        id=row, kind="source", unit=unit,
        meaning=meaning or f"{text.get('metric', column).replace('_', ' ')}, {text.get('period', row)}",
        value=number, sources=(text["source"],), locator=text["locator"],
        printed_form="" if column != "value" and "value" in text else text.get("printed", ""),
        date=text.get("period_end", text.get("date", "")), grade=text.get("verification", "read"),
        note=text.get("note", ""), record=f"series/{series}:{row}:{column}", chapter=chapter,
    )  # fmt: skip


def imported(theirs: Graph, chapter: str, name: str) -> Figure:
    """A figure of another chapter's graph, with the sources of all that it was made from."""
    figure = theirs[name]
    return replace(
        figure, kind="computed" if figure.formula is not None else figure.kind, formula=None,
        inputs=(), low_figure="", high_figure="", sources=theirs.sources(name), function=figure.function or "formula",
        rows=figure.rows or f"chapter {chapter}", published=False,
    )  # fmt: skip
