"""Small charts beside others: one idea each, labelled on the marks, no axis where the labels say it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from casefile.figures import charts

_HEIGHT = 120
_THOUSANDS = "format(datum.{}, ',.0f')"


def bars(rows: pd.DataFrame, name: str, hollow: Sequence[str] = ()) -> charts.Layers:
    """A bar a row with its `name` above and its value beside it; hollow where it was only promised."""
    table = rows.assign(at=0.0, hollow=rows[name].isin(hollow))
    across = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, float(rows["value"].max()) * 1.25]))
    base = alt.Chart(table).encode(y=alt.Y(f"{name}:N", sort=None, axis=None))
    bar = base.mark_bar(height=15, yOffset=7, stroke=charts.COLOURS[0], strokeWidth=1.5).encode(
        x=across, fill=alt.condition("datum.hollow", alt.value(charts.PAPER), alt.value(charts.COLOURS[0]))
    )
    named = base.mark_text(align="left", yOffset=-11, fontSize=13, color=charts.INK).encode(
        x=alt.X("at:Q"), text=f"{name}:N"
    )
    value = base.transform_calculate(said=_THOUSANDS.format("value")).mark_text(
        align="left", dx=6, yOffset=7, fontSize=13, fontWeight="bold", color=charts.INK
    )
    return alt.layer(bar, named, value.encode(x="value:Q", text="said:N")).properties(height=_HEIGHT)


def span(rows: pd.DataFrame, colour: str = charts.COLOURS[0]) -> charts.Layers:
    """A range in millions of dollars as a band, with the value that is assumed as a dot, as it is `told`, from zero on."""
    most = float(rows["high"].fillna(rows["value"]).max())
    across = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, most * 1.12]),
        axis=alt.Axis(tickCount=3, labelExpr="'$' + datum.value / 1e6 + 'm'", grid=True),
    )
    base = alt.Chart(rows)
    band = base.mark_bar(height=26, opacity=0.35, color=colour).encode(x=across, x2="high:Q")
    dot = base.mark_point(filled=True, size=220, opacity=1, color=colour).encode(x="value:Q")
    labels = base.mark_text(dy=-28, fontSize=15, fontWeight="bold", color=charts.INK)
    return alt.layer(band, dot, labels.encode(x="value:Q", text="told:N")).properties(height=_HEIGHT - 22)


def steps(rows: pd.DataFrame, value: str, labelled: Sequence[str]) -> charts.Layers:
    """A quantity by day: full where it is existing, dotted and named where it is planned, its value at days `labelled`."""
    across = alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=3, labelFlush=True))
    up = alt.Y(f"{value}:Q", axis=None, scale=alt.Scale(domain=[0, float(rows[value].max()) * 1.1]))
    joint = rows[rows["kind"] == "existing"].tail(1).assign(kind="planned")  # where the dotted part takes over
    base = alt.Chart(pd.concat([joint, rows])).encode(x=across, y=up)
    layers = [
        base.transform_filter(f"datum.kind == '{kind}'").mark_line(
            color=charts.COLOURS[0], strokeWidth=2.5, strokeDash=dash
        )
        for kind, dash in (("existing", [1, 0]), ("planned", [2, 4]))
    ]
    some = alt.Chart(rows[rows["day"].isin(labelled)]).encode(x="day:T", y=f"{value}:Q")
    dots = some.mark_point(size=60, opacity=1, stroke=charts.COLOURS[0], strokeWidth=1.8).encode(
        fill=alt.condition("datum.kind == 'planned'", alt.value(charts.PAPER), alt.value(charts.COLOURS[0]))
    )
    said = some.transform_calculate(said=_THOUSANDS.format(value)).mark_text(
        align="right", dx=4, dy=-12, fontSize=13, fontWeight="bold", color=charts.INK
    )  # the line climbs to the right of it
    last = alt.Chart(rows[rows["kind"] == "planned"].tail(1)).encode(x="day:T", y=f"{value}:Q", text="kind:N")
    planned = last.mark_text(align="right", dx=4, dy=14, fontSize=13, color=charts.INK)
    return alt.layer(*layers, dots, said.encode(text="said:N"), planned).properties(height=_HEIGHT)
