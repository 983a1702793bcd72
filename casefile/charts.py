"""Charts: Vega-Lite from Altair, in the page's own colours.

Colours are CSS variables, so one drawing follows light and dark.
"""

from __future__ import annotations

import json
import math
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

MEDIA_TYPE = "application/vnd.vegalite.v6+json"

INK, MUTED, GRID, PAPER = "var(--chart-ink)", "var(--chart-muted)", "var(--chart-grid)", "var(--chart-paper)"
COLOURS = tuple(f"var(--chart-{number})" for number in range(1, 7))
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is drawn with, and as wide as the next two

CONFIG: dict[str, Any] = {
    # A chart is one picture with one alternative text: Vega would name axes, and each mark by its raw cells.
    "aria": False,
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
    "mark": {"aria": False, "color": COLOURS[0]},
    "rule": {"color": MUTED},
    "range": {"category": list(COLOURS), "ordinal": list(COLOURS)},
}  # fmt: skip


def specification(chart: alt.TopLevelMixin, validate: bool = True) -> dict[str, Any]:
    """The Vega-Lite specification of an Altair chart, with the house configuration and its data inside.

    Held to Vega-Lite's schema unless not `validate`, for a chart that nobody will draw.

    Its tables are called `table-1`, `table-2` and so on, whatever they hold. Its days are the same days wherever it is drawn.
    """
    with alt.data_transformers.enable("default", max_rows=None):
        plain: dict[str, Any] = chart.to_dict(validate=validate)
    plain["config"] = {**CONFIG, **{key: value for key, value in plain.get("config", {}).items() if key != "view"}}
    plain.pop("usermeta", None)
    _in_universal_time(plain)
    text = json.dumps(plain)
    for position, name in enumerate(plain.get("datasets", {}), 1):
        text = text.replace(json.dumps(name), f'"table-{position}"')
    return json.loads(text)  # type: ignore[no-any-return]


def _in_universal_time(plain: Any) -> None:
    """Have every scale of time count in UTC: a day, written without an hour, is read as its midnight in UTC."""
    if isinstance(plain, list):
        for part in plain:
            _in_universal_time(part)
    elif isinstance(plain, dict):
        for channel in plain.get("encoding", {}).values():
            if isinstance(channel, dict) and channel.get("type") == "temporal":
                channel["scale"] = {"type": "utc", **(channel.get("scale") or {})}
        for name in ("layer", "hconcat", "vconcat", "concat", "spec"):
            _in_universal_time(plain.get(name))


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain rows: numbers, texts, nulls; dates as ISO texts."""
    return [{str(column): _plain(cell) for column, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Any:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.isoformat(timespec="milliseconds")
    return cell.item() if isinstance(cell, np.generic) else cell
