"""A chart with all that belongs to it: its rows, its texts, the figures it draws and the sources it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from casefile.errors import BadInput, nearest
from casefile.figures import binding, charts, chronology
from casefile.figures.encodings import PlainRow
from casefile.figures.graph import Graph
from casefile.notebook import results
from casefile.notebook.results import Chart
from casefile.records import Records, dating

_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")


class Drawn:
    """A chart as a cell's output: Vega-Lite in a notebook, a figure with its table on the page."""

    def __init__(self, drawn: Chart, graph: Graph) -> None:
        self.drawn, self.graph = drawn, graph

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        drawn = {results.CHART_MEDIA_TYPE: {"chart": self.drawn["id"]}, charts.VEGA_LITE_MEDIA_TYPE: self.drawn["spec"]}
        return {**(drawn if results.is_printed() else {}), "text/plain": self.graph.fill(self.drawn["alt"])}


def of_chapter(
    graph: Graph, records: Records, chapter: str, id: str, picture: alt.TopLevelMixin, title: str, alt_text: str,
    data: pd.DataFrame, columns: Mapping[str, str], figures: list[str], sources: Iterable[str], note: str,
    form: str, narrow: alt.TopLevelMixin | None,
) -> tuple[Chart, set[str]]:  # fmt: skip
    """A chart as results hold it, and the figures and words it was made from.

    In a sweep, which draws nothing, its specification is left out. Raises BadInput without alternative text or source, for
    a source or column that is not there, and for what cannot be drawn.
    """
    here = f"chart {id!r} of {chapter}"
    try:
        rows, spec = charts.plain_rows(data), charts.specification(picture) if results.is_printed() else {}
        if spec and narrow is not None:
            spec["usermeta"] = {binding.NARROW_FORM: charts.specification(narrow)}
    except BadInput as error:
        raise BadInput(f"{here}: {error}") from None
    bound = [cell for row in rows for cell in binding.bindings(row)]
    layers = [row for table in spec.get("datasets", {}).values() for row in table]
    named = {*figures, *(name for row in [*rows, *layers] for cell in binding.bindings(row) for name in cell.figures)}
    credited = set(sources)
    for name in {*figures, *(cell.figure for cell in bound if cell.figure)}:
        credited |= set(graph.sources(name))
    if "source" in data.columns:
        credited |= set(data["source"].dropna())
    if not alt_text.strip():
        raise BadInput(f"{here} has no alternative text; expected the finding with its numbers")
    if not credited:
        raise BadInput(f"{here} has no source; expected figures, or a table with a source on each row")
    for name in sorted(credited):
        if name in records.sources:
            continue
        raise BadInput(f"{here} names source {name!r}; {nearest(name, records.sources)}")
    for column in columns:
        if column not in data.columns:
            raise BadInput(f"{here}: no column {column!r} in its table; {nearest(column, data.columns)}")
    for template in (title, alt_text, note):
        graph.fill(template)
        named |= binding.names_in_text(template)
    drawn: Chart = {
        "id": id, "title": title, "alt": alt_text, "note": note, "spec": spec, "columns": dict(columns),
        "order": list(columns), "rows": rows, "figures": figures, "sources": sorted(credited),
    }  # fmt: skip
    if form:
        drawn["form"] = form
    return drawn, named


def timeline(
    records: Records, chapter: str, series: str, day: str, stressed: Sequence[str]
) -> tuple[list[PlainRow], alt.TopLevelMixin, alt.TopLevelMixin]:
    """The rows of a story's timeline up to an ISO day, the oldest first, and their pictures, in which some stand out.

    The second picture is the one for narrow screens.

    A row without a date is the event of that id. Raises BadInput for a day before the first of them, or one stressed that
    is no row.
    """
    dated: list[PlainRow] = []
    for cells in records.series(series).to_dict("records"):
        row = {str(name): cell for name, cell in cells.items()}
        event = records.events.get(str(row["id"]))
        date = event.date if event else str(row["date"])
        meaning = event.meaning if event else row["title"]
        publisher = records.sources[str(row["source"])].publisher
        dated.append(
            {
                **row,
                "date": date,
                "day": dating.last_day(date),
                "drawn": dating.drawn_at(date),
                "meaning": meaning,
                "publisher": publisher,
            }
        )
    for name in stressed:
        if name not in (ids := [str(row["id"]) for row in dated]):
            raise BadInput(f"{chapter}: no row {name!r} in series {series!r} to stress; {nearest(name, ids)}")
    shown = sorted((row for row in dated if str(row["day"]) <= day), key=lambda row: str(row["day"]))
    if not shown:
        first = min(str(row["day"]) for row in dated)
        raise BadInput(f"{chapter}: nothing had happened by {day}; expected a day from {first}")
    names = dict.fromkeys(str(row["thread"]) for row in shown)
    threads = dict(zip(names, zip(_SHAPES, charts.COLOURS, strict=False), strict=False))
    table = pd.DataFrame(shown)
    wide = chronology.timeline(table, threads, stressed).properties(height=alt.Step(18))
    return shown, wide, chronology.timeline_list(table, threads, stressed)
