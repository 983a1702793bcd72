"""The table of a chart: its columns, and a cell in print."""

from __future__ import annotations

from casefile.content.content import Content
from casefile.figures import formats
from casefile.notebook.results import Chart
from casefile.system.plain import Scalar


def columns(drawn: Chart) -> list[tuple[str, str, str]]:
    """The columns of a chart's table: name, words, unit (empty for a text or a plain number)."""
    return [(name, *label.partition("|")[::2]) for name, label in drawn["columns"].items()]


def cell(content: Content, value: Scalar, unit: str) -> str:
    """A value in a chart's table, in a unit or as it is; the same as `formats.cell` of the page's script."""
    if value is None:
        return "–"
    if unit and isinstance(value, int | float):
        return formats.printed(float(value), content.records.units[unit])
    if isinstance(value, float):
        return formats.fixed(value, 4) if value >= 0 else formats.MINUS + formats.fixed(value, 4)
    return formats.day(str(value).removesuffix("T00:00:00.000"))
