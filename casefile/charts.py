"""Charts: Vega-Lite from Altair, in the page's own colours.

Colours are CSS variables, so one drawing follows light and dark. The rows of a chart say themselves which figures they
draw: a column `NAME_figure` holds the id of the figure whose value stands in the column `NAME`, a column `NAME_template` the
text with `{figure}` from which the text in `NAME` was made; a column `figure` alone speaks of the column `value`.
"""

from __future__ import annotations

import json
import math
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

MEDIA_TYPE = "application/vnd.vegalite.v6+json"

INK, MUTED, GRID, PAPER = "var(--chart-ink)", "var(--chart-muted)", "var(--chart-grid)", "var(--chart-paper)"
COLOURS = tuple(f"var(--chart-{number})" for number in range(1, 7))
FONT = "var(--chart-font)"

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "padding": {"left": 2, "right": 8, "top": 6, "bottom": 2},
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "domainColor": GRID, "tickColor": GRID, "gridColor": GRID,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 220, "labelPadding": 6,
        "titlePadding": 8,
    },
    "axisY": {"domain": False, "ticks": False},
    "axisX": {"grid": False},
    "legend": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12,
               "titleFontWeight": "normal", "orient": "top", "labelLimit": 260, "symbolStrokeWidth": 2},
    "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12},
    "title": {"color": INK, "anchor": "start"},
    "text": {"color": INK, "fontSize": 12},
    "mark": {"color": COLOURS[0]},
    "rule": {"color": MUTED},
    "range": {"category": list(COLOURS), "ordinal": list(COLOURS)},
}  # fmt: skip


FIGURE, TEMPLATE = "_figure", "_template"


@dataclass(frozen=True)
class Binding:
    """What one cell of a row shows: a figure's value, or a text made from a template."""

    column: str
    figure: str = ""
    template: str = ""

    @property
    def figures(self) -> frozenset[str]:
        """The figures and words that the cell rests on."""
        return named(self.template) | {self.figure} if self.figure else named(self.template)


def bindings(row: Mapping[str, Any]) -> Iterator[Binding]:
    """The cells of a row that figures decide."""
    for column, cell in row.items():
        if not isinstance(cell, str):
            continue
        if column == "figure" and "value" in row:
            yield Binding("value", figure=cell)
        elif column.endswith(FIGURE):
            yield Binding(column.removesuffix(FIGURE), figure=cell)
        elif column.endswith(TEMPLATE):
            yield Binding(column.removesuffix(TEMPLATE), template=cell)


def named(template: str) -> frozenset[str]:
    """The figures and words that a text with `{figure}` in it names."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of an Altair chart, with the house configuration and its data inside.

    Its tables are called `table-1`, `table-2` and so on, whatever they hold.
    """
    with alt.data_transformers.enable("default", max_rows=None):
        plain: dict[str, Any] = chart.to_dict()
    plain["config"] = {**CONFIG, **{key: value for key, value in plain.get("config", {}).items() if key != "view"}}
    plain.pop("usermeta", None)
    text = json.dumps(plain)
    for position, name in enumerate(plain.get("datasets", {}), 1):
        text = text.replace(json.dumps(name), f'"table-{position}"')
    return json.loads(text)  # type: ignore[no-any-return]


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain rows: numbers, texts, nulls; dates as ISO texts."""
    return [{str(column): _plain(cell) for column, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Any:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.isoformat(timespec="milliseconds")
    return cell.item() if isinstance(cell, np.generic) else cell
