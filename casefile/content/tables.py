"""The table of a chart: its columns, and a cell in print.

A cell that draws a figure is printed with the figure's own digits, so that a table says what its page says and no finer.
"""

from __future__ import annotations

from casefile.content.content import Content
from casefile.figures import formats
from casefile.figures.binding import FIGURE_IN_TEXT
from casefile.figures.encodings import Row
from casefile.figures.graph import Graph
from casefile.notebook.results import Chart


def columns(drawn: Chart) -> list[tuple[str, str, str]]:
    """The columns of a chart's table: name, words, unit (empty for a text or a plain number)."""
    return [(name, *label.partition("|")[::2]) for name, label in drawn["columns"].items()]


def cell(content: Content, graph: Graph, row: Row, column: str, unit: str) -> str:
    """A cell in a chart's table, in a unit or as it is; the same as `graph.cell` of the page's script."""
    value = row[column]
    if value is None:
        return "–"
    if unit and isinstance(value, int | float):
        figure = graph.figures.get(_drawn(row, column))
        digits = figure.digits if figure and figure.unit == unit else None
        return formats.printed(float(value), content.records.units[unit], digits)
    if isinstance(value, float):
        return formats.fixed(value, 4) if value >= 0 else formats.MINUS + formats.fixed(value, 4)
    return formats.day(str(value).removesuffix("T00:00:00.000"))


def _drawn(row: Row, column: str) -> str:
    """The id of the figure that a cell draws, or an end of whose range it is; empty for any other."""
    own = row.get("figure") if column in ("value", "low", "high") else None
    return str(own or row.get(f"{column}{FIGURE_IN_TEXT}") or "")
