"""Measures under one another on one axis of periods, each drawn to its own scale from zero, the one period marked in all."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from casefile.figures import charts
from casefile.figures.charts import Layers

LANE = 62  # pixels for a measure: its name, its bars
_FAR = "scale('x', datum.period) > width / 2"
_PITCH, _TOP = 2, 1.56  # from one measure to the next, in the height of its bars


def in_lanes(table: pd.DataFrame, measures: dict[str, str]) -> pd.DataFrame:
    """A row for each measure and period of a table with a `period` and a column for each of `measures`, which it names.

    `start` and `end` are the ends of its bar, `zero` and `top` the line it stands on and the room of its lane.
    """
    lanes = []
    for place, (column, name) in enumerate(measures.items()):
        values = table[column]
        low, high = min(0.0, float(values.min())), float(values.max())
        zero = -place * _PITCH - low / (high - low)
        lane = table[["period", column]].assign(measure=name, start=zero, end=zero + values / (high - low), zero=zero)
        lanes.append(lane.assign(top=_TOP - place * _PITCH))
    return pd.concat(lanes, ignore_index=True)


def lanes(rows: pd.DataFrame, axis: alt.Axis, colour: str, strong: list[str], marked: str) -> Layers:
    """The picture of placed rows: `strong` periods in full colour, `marked` on a ground; what is `said` stands at its bar."""
    across = alt.X("period:N", sort=list(dict.fromkeys(rows["period"])), axis=axis)
    up: Any = {"axis": None, "scale": alt.Scale(nice=False)}
    measures = rows["measure"].nunique()
    place: Any = {"y": alt.Y("start:Q", **up), "y2": "end:Q"}
    base = alt.Chart(rows).encode(x=across)
    ground = alt.Chart(rows[rows["period"] == marked].head(1)).encode(x=across)
    ground = ground.mark_bar(color=charts.GRID, opacity=0.4).encode(y=charts.edge(), y2=alt.value("height"))
    chosen: Any = alt.FieldOneOfPredicate(field="period", oneOf=strong)
    full = base.transform_filter(chosen).mark_bar(color=colour).encode(**place)
    rest: Any = {"not": chosen}
    bars = base.transform_filter(rest).mark_bar(color=colour, opacity=0.38).encode(**place) + full
    first = alt.Chart(rows.drop_duplicates("measure"))
    line = first.mark_rule(color=charts.MUTED).encode(y=alt.Y("zero:Q", **up))
    name = first.mark_text(align="left", fontSize=13, fontWeight="bold", color=charts.INK)
    last: dict[str, Any] = {  # what stands in the right half ends with its bar: it runs neither on to the next nor out
        "align": alt.expr(f"{_FAR} ? 'right' : 'center'"), "dx": alt.expr(f"{_FAR} ? bandwidth('x') / 2 : 0"),
    }  # fmt: skip
    said = base.transform_calculate(above="max(datum.start, datum.end)")
    said = said.mark_text(**last, dy=-8, fontSize=12, color=charts.INK)
    words = said.encode(y=alt.Y("above:Q", **up), text="said:N")
    named = name.encode(x=charts.edge(), y=alt.Y("top:Q", **up), text="measure:N")
    return alt.layer(ground, bars, line, named, words).properties(height=LANE * measures * _PITCH / 1.4)
