"""How well what is drawn is established: solid is documented, hollow promised or reported, hatched estimated.

A table has a row a bar: its `name`, `start` and `end`, its `standing`, the `actor` whose colour it has, and what is `said` of
it. Bars of one name lie on one line, the name and what is said of the first of them above. A `floor` is an open arrow.
"""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from casefile.figures import charts
from casefile.figures.charts import Layers

KEY = "Solid: documented. Hollow: promised or reported. Hatched: estimated."
ROOM = 44  # pixels of a line: its words, and the bar below them
_BAR, _DOWN, _UP = 15, 9, -10
_STROKE = "M-0.35,1L0.35,-1"  # one stroke of a hatching, as high as its bar
_ARROW = "M-1,-0.12L0.4,-0.12L0.4,-0.5L1,0L0.4,0.5L0.4,0.12L-1,0.12Z"
_LONG, _SOLID = "datum.start != datum.end", "datum.standing == 'documented'"


def _bars(table: pd.DataFrame, across: alt.X, actors: Mapping[str, str], hatch: float, y: alt.Y) -> Layers:
    """A bar a row, drawn as well as it is established; a point where it ends where it starts.

    `across` is the channel of `start`; `actors` gives each of the column `actor` its colour; `hatch` is from one stroke of a
    hatching to the next, in the unit of the bars.
    """
    inks = alt.Scale(domain=list(actors), range=list(actors.values()))
    fill, edge = (channel("actor:N", scale=inks, legend=None) for channel in (alt.Fill, alt.Stroke))
    base, across_end = alt.Chart(table).encode(y=y, x=across), {"x2": "end:Q"}
    solid = base.transform_filter(f"{_LONG} && {_SOLID}").mark_bar(height=_BAR, yOffset=_DOWN)
    hollow = base.transform_filter(f"{_LONG} && !({_SOLID})").mark_bar(
        height=_BAR - 1.5, yOffset=_DOWN, fill=charts.PAPER, strokeWidth=1.5
    )
    hatched = base.transform_filter(f"{_LONG} && datum.standing == 'estimated'")
    strokes = (
        hatched.transform_calculate(stroke=f"sequence(datum.start + {hatch / 2}, datum.end - {hatch / 4}, {hatch})")
        .transform_flatten(["stroke"])
        .mark_point(shape=_STROKE, filled=False, size=(_BAR - 1.5) ** 2, strokeWidth=1.3, opacity=1, yOffset=_DOWN)
    )
    spots = base.transform_filter(f"!({_LONG}) && datum.standing != 'floor'").mark_point(
        size=130, strokeWidth=2, opacity=1, yOffset=_DOWN
    )
    floors = base.transform_filter("datum.standing == 'floor'").mark_point(
        shape=_ARROW, size=900, xOffset=16, yOffset=_DOWN, filled=True, fill=charts.PAPER, strokeWidth=1.3, opacity=1
    )
    return alt.layer(
        solid.encode(fill=fill, **across_end), hollow.encode(stroke=edge, **across_end),
        strokes.encode(x=alt.X("stroke:Q"), stroke=edge),
        spots.encode(fill=alt.condition(_SOLID, fill, alt.value(charts.PAPER)), stroke=edge), floors.encode(stroke=edge),
    )  # fmt: skip


def _line(table: pd.DataFrame) -> alt.Y:
    return alt.Y("name:N", sort=list(dict.fromkeys(table["name"])), axis=None)


def lines(table: pd.DataFrame, across: alt.X, actors: Mapping[str, str], hatch: float = 1, room: int = ROOM) -> Layers:
    """The bars of a table, each line with its name at the left above it and what is said of it at the right."""
    line = _line(table)
    heads = alt.Chart(table.drop_duplicates("name")).encode(y=line)
    name = heads.mark_text(align="left", yOffset=_UP, fontSize=13, color=charts.MUTED)
    said = heads.mark_text(align="right", yOffset=_UP, fontSize=13, fontWeight="bold", color=charts.INK)
    words = name.encode(x=charts.edge(), text="name:N") + said.encode(x=alt.value("width"), text="said:N")
    drawn: Layers = (_bars(table, across, actors, hatch, line) + words).properties(height=alt.Step(room))
    return drawn


def within(table: pd.DataFrame, text: str) -> alt.Chart:
    """Words at the start of solid bars, within them."""
    base = alt.Chart(table).transform_filter(_SOLID)
    said = base.mark_text(align="left", dx=6, yOffset=_DOWN, fontSize=12, color=charts.PAPER, strokeWidth=0)
    drawn: alt.Chart = said.encode(x="start:Q", y=_line(table), text=f"{text}:N")
    return drawn


def held_against(table: pd.DataFrame, at: str = "value") -> alt.Chart:
    """A stroke across the bar of each line, at an amount that all are held against."""
    base = alt.Chart(table).mark_tick(thickness=2, height=_BAR + 10, color=charts.INK, yOffset=_DOWN)
    drawn: alt.Chart = base.encode(x=f"{at}:Q", y=_line(table))
    return drawn


def mark_named(table: pd.DataFrame, text: str, at: str = "value") -> Layers:
    """A dashed line down all lines of a table, at an amount that all are held against, named above it by the column `text`."""
    base = alt.Chart(table.head(1)).encode(x=f"{at}:Q")
    rule = base.mark_rule(strokeDash=[2, 3], color=charts.MUTED)
    far = f"scale('x', datum.{at}) > width / 2"
    name = base.mark_text(
        align=alt.expr(f"{far} ? 'right' : 'left'"), baseline="bottom", dx=alt.expr(f"{far} ? 4 : -4")
    )
    return alt.layer(rule, name.encode(y=alt.value(-4), text=f"{text}:N"))


def ranges(table: pd.DataFrame) -> alt.Chart:
    """A thin line from `low` to `high` across each bar that has a range."""
    drawn: alt.Chart = (
        alt.Chart(table)
        .transform_filter("isValid(datum.high) && datum.standing == 'estimated'")
        .mark_rule(strokeWidth=2.5, color=charts.INK, yOffset=_DOWN)
        .encode(x="low:Q", x2="high:Q", y=_line(table))
    )
    return drawn


def spot(table: pd.DataFrame, names: list[str]) -> alt.Chart:
    """A dot within the bar of a line, at a `start`: the one of its amounts that is meant. `names` are those of all lines."""
    base = alt.Chart(table).mark_point(
        filled=True, size=70, opacity=1, color=charts.INK, stroke=charts.PAPER, strokeWidth=1.5, yOffset=_DOWN
    )
    drawn: alt.Chart = base.encode(x="start:Q", y=alt.Y("name:N", sort=names, axis=None))
    return drawn
