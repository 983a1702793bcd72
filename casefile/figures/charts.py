"""Charts: Vega-Lite from Altair, in the page's own colours, in universal time, with all that they draw inside.

Colours are CSS variables, so one drawing follows light and dark. A specification that would be drawn otherwise than it reads
is refused when it is taken: one that follows the reader's clock, asks for a file, or holds what Vega cannot draw.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd
from altair.utils import schemapi

from casefile.errors import BadInput, shown
from casefile.figures import altair_schema, encodings
from casefile.figures.encodings import Node, PlainRow
from casefile.figures.universal_time import in_universal_time, outside_tables
from casefile.system.plain import JSONObject, Scalar

VEGA_LITE_MEDIA_TYPE = "application/vnd.vegalite.v6+json"

INK, MUTED, GRID, PAPER = "var(--chart-ink)", "var(--chart-muted)", "var(--chart-grid)", "var(--chart-paper)"
COLOURS = tuple(f"var(--chart-{number})" for number in range(1, 7))
Layers = alt.LayerChart | alt.FacetChart  # what Altair says that it layers charts into
FONT_STACK = "Casefile Sans, Liberation Sans, Arial, Helvetica, sans-serif"  # the first is drawn with, on pages too

CONFIG: JSONObject = {
    # A chart is one picture with one alternative text: Vega would name axes, and each mark by its raw cells.
    "aria": False,
    "background": "transparent",
    "font": FONT_STACK,
    "padding": {"left": 2, "right": 8, "top": 6, "bottom": 2},
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "domainColor": GRID, "tickColor": GRID, "gridColor": GRID,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 220, "labelPadding": 6,
        "titlePadding": 8, "labelSeparation": 5,
    },
    "axisY": {"domain": False, "ticks": False},
    "axisX": {"grid": False},
    "legend": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12,
               "titleFontWeight": "normal", "orient": "top", "labelLimit": 260, "symbolStrokeWidth": 2},
    "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12},
    "title": {"color": INK, "anchor": "start"},
    # Words stand on a ground of their own, so that a grid line or a rule behind them does not run through them.
    "text": {"color": INK, "fontSize": 12, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"},
    "mark": {"aria": False, "color": COLOURS[0]},
    "rule": {"color": MUTED},
    "line": {"strokeJoin": "round"},  # a sharp turn would end in a spike, past the value it stands for
    "range": {"category": list(COLOURS), "ordinal": list(COLOURS)},
}  # fmt: skip

# Within a word, or after one's plural: in an expression no quote stands so, and one that is escaped there is no end of a text.
_APOSTROPHE = re.compile(r"(?<=\w)(?<!\\[bfnrt])(?:\\\\)?'(?=\w)|(?<=\ws)'(?= [a-z])")


def specification(chart: alt.TopLevelMixin) -> Node:
    """The Vega-Lite specification of an Altair chart, with the house configuration and its data inside.

    Held to Vega-Lite's schema, and to what Vega draws as it reads.

    Its tables are called `table-1`, `table-2` and so on, whatever they hold. Its days are the same days wherever it is drawn,
    and its words have the apostrophes of print.
    Raises BadInput that names the place in the specification, or column and row.
    """
    with alt.data_transformers.enable("casefile"):
        try:
            plain: Node = altair_schema.held_to_schema(chart)
        except (ValueError, TypeError, schemapi.SchemaValidationError) as error:  # Altair's own, over many lines
            raise BadInput(" ".join(str(error).split())) from None
    plain["config"] = {**CONFIG, **{key: value for key, value in plain.get("config", {}).items() if key != "view"}}
    plain.pop("usermeta", None)
    _refuse_addresses(plain)
    in_universal_time(plain)
    text = _APOSTROPHE.sub("’", json.dumps(plain))
    for position, name in enumerate(plain.get("datasets", {}), 1):
        text = text.replace(json.dumps(name), f'"table-{position}"')
    plain = json.loads(text)
    encodings.check(plain)
    return plain


def _refuse_addresses(plain: Node) -> None:
    """Raise BadInput for what would be fetched from an address when the chart is drawn, or leads to one."""
    for place, value in outside_tables(plain):
        name = place.rpartition(".")[2]
        if name in ("url", "href") or (isinstance(value, str) and re.search(r"\burl\(", value)):
            raise BadInput(
                f"{place} holds an address, {shown(value)}; expected all data inside: pages and charts ask nothing of other hosts"
            )
        if value == "image" and (name == "mark" or place.endswith("mark.type")):
            raise BadInput(
                f"{place} is an image; expected marks drawn from rows, and pictures in the text beside the chart"
            )


# ----------------------------------------------------------------------------------------------------------------- rows


def plain_rows(table: pd.DataFrame) -> list[PlainRow]:
    """A table as plain rows: numbers, texts, true and false, nulls; days as ISO texts. Raises BadInput for anything else."""
    return _rows(table, lambda instant: instant.isoformat(timespec="milliseconds"))


def _inside(data: object) -> object:
    """What Altair puts into a specification for a table: plain rows, times in UTC and written so."""
    if isinstance(data, dict | alt.SchemaBase):
        return data
    if not isinstance(data, pd.DataFrame):
        raise BadInput(f"its data are a {type(data).__name__}; expected a pandas table")
    return {"values": _rows(data, _in_utc)}


alt.data_transformers.register("casefile", _inside)


def _in_utc(instant: pd.Timestamp) -> str:
    plain = instant if instant.tzinfo is None else instant.tz_convert("UTC").tz_localize(None)
    return plain.date().isoformat() if plain == plain.normalize() else f"{plain.isoformat()}Z"


def _rows(table: pd.DataFrame, write: Callable[[pd.Timestamp], str]) -> list[PlainRow]:
    plain: list[PlainRow] = []
    for number, row in enumerate(table.to_dict("records"), start=1):
        plain.append({})
        for column, cell in row.items():
            try:
                plain[-1][str(column)] = _plain(cell, write)
            except TypeError as error:
                raise BadInput(f"column {str(column)!r}, row {number}: {shown(cell)}; expected {error}") from None
    return plain


def _plain(cell: object, write: Callable[[pd.Timestamp], str]) -> Scalar:
    """A cell as JSON holds it. Raises TypeError, which says what was expected, for what no chart draws."""
    if isinstance(cell, np.generic):
        cell = pd.Timestamp(cell) if isinstance(cell, np.datetime64) else cell.item()
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return None
    if isinstance(cell, datetime.datetime):
        return write(pd.Timestamp(cell))
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, decimal.Decimal):
        cell = float(cell)
    if isinstance(cell, float) and math.isinf(cell):
        raise TypeError("a number that ends")
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if not isinstance(cell, str | int | float):
        raise TypeError("a number, a text, a day or a time, true or false")
    return cell


# ---------------------------------------------------------------------------------------------------------------- verbs
#
# What a chapter draws with, so that its cells read as sentences. Each gives ordinary Altair: layers are put together with
# `+`, and whatever no verb says is said with Altair itself.

Keywords = dict[str, Any]  # what Altair takes by name
_NOTHING: Keywords = {}


def amounts(
    column: str, title: str, form: str = "", written: str = "", ticks: int | None = None, at: Sequence[float] = (),
    grid: bool | None = None, least: float | None = None, scale: Keywords = _NOTHING,
) -> alt.X:  # fmt: skip
    """Amounts along the bottom: those of a column, named in words.

    `form` is a d3 format, `written` a Vega expression for each label; there are about so many `ticks`, or they stand `at`
    these, and `least` apart.
    """
    options: Keywords = {
        "format": form,
        "labelExpr": written,
        "tickCount": ticks,
        "values": list(at),
        "grid": grid,
        "tickMinStep": least,
    }
    axis = alt.Axis(**{name: value for name, value in options.items() if value not in ("", None, [])})
    more: Keywords = {"scale": alt.Scale(**scale)} if scale else {}
    return alt.X(f"{column}:Q", title=title, axis=axis, **more)


def rows_of(column: str, order: Sequence[str] | None = None, parted_at: str = "", room: int | None = None) -> alt.Y:
    """A row for each name of a column, in the order of the table unless one is given.

    Names are broken into lines at `parted_at`, and cut at so many pixels of `room`.
    """
    axis: Keywords = {"labelExpr": f"split(datum.label, '{parted_at}')"} if parted_at else {}
    axis |= {"labelLimit": room} if room else {}
    more: Keywords = {"axis": alt.Axis(**axis)} if axis else {}
    return alt.Y(f"{column}:N", title=None, sort=order, **more)


def at(amount: float) -> Any:
    """A place at an amount, the same in each row."""
    return alt.datum(amount)


def edge(pixels: int = 0) -> Any:
    """A place so many pixels from the edge of the picture."""
    return alt.value(pixels)


def colours(
    column: str, *inks: str, legend: Keywords | None = None, named: Sequence[Scalar] = (), **more: Any
) -> alt.Color:
    """A colour for each value of a column: of those `named`, in that order, else as they come; a legend where one is given."""
    domain: Keywords = {"domain": list(named)} if named else {}
    scale = alt.Scale(**domain, range=list(inks))
    shown: Keywords = {"legend": None} if legend is None else {"title": None}
    shown |= {"legend": alt.Legend(**legend)} if legend else {}
    return alt.Color(f"{column}:N", scale=scale, **{**shown, **more})


def marked(column: str, marks: Mapping[str, tuple[str, str]], **more: Any) -> Keywords:
    """Shape and colour of points by the values of a column, `{"paid": ("circle", COLOURS[0])}`: never colour alone."""
    shapes, inks = zip(*marks.values(), strict=True)
    more = {"title": None, **more}
    return {
        "shape": alt.Shape(f"{column}:N", scale=alt.Scale(domain=list(marks), range=list(shapes)), **more),
        "color": alt.Color(f"{column}:N", scale=alt.Scale(domain=list(marks), range=list(inks)), **more),
    }


def told_apart(where: str, one: Any, others: Any) -> Keywords:
    """The colour, or the shape and colour, of what meets a condition and of all else."""
    names = ("shape", "color") if isinstance(one, tuple) else ("color",)
    pairs = zip(one, others, strict=True) if isinstance(one, tuple) else [(one, others)]
    return {
        name: alt.condition(where, alt.value(here), alt.value(there))
        for name, (here, there) in zip(names, pairs, strict=True)
    }


def bars(
    table: pd.DataFrame, x: Any, y: Any, height: int, colour: str = "", yOffset: int | None = None, **encoding: Any
) -> alt.Chart:
    """A bar a row: from nothing to an amount, or from one to another, `x2`."""
    asked = {"height": height, "color": colour, "yOffset": yOffset}
    mark: Keywords = {name: value for name, value in asked.items() if value}
    drawn: alt.Chart = alt.Chart(table).mark_bar(**mark).encode(x=x, y=y, **encoding)
    return drawn


def tornado(table: pd.DataFrame, x: Any, y: Any, height: int) -> alt.Chart:
    """How far each assumption alone moves a figure: a bar a row from `low` to `high`."""
    return bars(table, x, y, height, COLOURS[5], x2="high:Q")


def spans(
    table: pd.DataFrame, x: Any, x2: str, y: Any, width: int = 5, colour: str = COLOURS[5], **mark: Any
) -> alt.Chart:  # fmt: skip
    """A line a row from one amount to another: an interval behind a dot, or what lies between two."""
    drawn: alt.Chart = alt.Chart(table).mark_rule(strokeWidth=width, color=colour, **mark).encode(x=x, x2=x2, y=y)
    return drawn


_OF_A_MARK = ("invalid", "stroke", "strokeWidth")


def dots(table: pd.DataFrame, x: Any, y: Any, size: int = 90, colour: str = "", **more: Any) -> alt.Chart:
    """A point a row; `marked` gives shapes and colours."""
    mark: Keywords = {name: more.pop(name) for name in _OF_A_MARK if name in more} | (
        {"color": colour} if colour else {}
    )
    drawn: alt.Chart = alt.Chart(table).mark_point(filled=True, size=size, opacity=1, **mark).encode(x=x, y=y, **more)
    return drawn


def dumbbells(table: pd.DataFrame, x: alt.X, y: alt.Y, of: str, marks: Mapping[str, tuple[str, str]]) -> alt.LayerChart:
    """Points of one thing as it was and as it became, joined; the column `of` tells them apart."""
    joined = alt.Chart(table).mark_line(color=MUTED).encode(x=x.shorthand, y=y, detail=y.shorthand)
    legend = alt.Legend(
        columns=alt.expr("width < 400 ? 2 : 0")
    )  # on a narrow page more than three do not stand in a row
    more = {"legend": legend} if len(marks) > 3 else {}
    drawn: alt.LayerChart = joined + dots(table, x, y, **marked(of, marks, **more))
    return drawn


def ticks(table: pd.DataFrame, x: Any, y: Any, height: int) -> alt.Chart:
    """A short stroke across a row, at an amount."""
    drawn: alt.Chart = alt.Chart(table).mark_tick(thickness=3, height=height, color=INK).encode(x=x, y=y)
    return drawn


def limit(table: pd.DataFrame, **mark: Any) -> alt.Chart:
    """A dashed line across all rows, at a `value`."""
    drawn: alt.Chart = alt.Chart(table).mark_rule(color=INK, strokeDash=[4, 3], **mark).encode(x="value:Q")
    return drawn


def zero() -> alt.Chart:
    """The line at nothing, for amounts that lie on both sides of it."""
    drawn: alt.Chart = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK).encode(x="x:Q")
    return drawn


def words(
    table: pd.DataFrame,
    text: Any,
    x: Any,
    y: Any,
    colour: str = INK,
    align: Literal["left", "right"] = "left",
    **mark: Any,
) -> alt.Chart:
    """Words in each row, that begin at `x` or end there; those in the page's own colour stand on bars, without a ground."""
    mark |= {"strokeWidth": 0} if colour == PAPER else {}
    drawn: alt.Chart = alt.Chart(table).mark_text(align=align, color=colour, **mark).encode(x=x, y=y, text=text)
    return drawn


def inside(of: alt.Chart, text: str) -> alt.Chart:
    """Words at the end of bars, within them."""
    labels = of.mark_text(align="right", dx=-8, fontSize=12, color=PAPER, strokeWidth=0)
    drawn: alt.Chart = labels.encode(text=f"{text}:N", color=alt.value(PAPER))
    return drawn


def inside_parts(of: alt.Chart, amount: str) -> alt.Chart:
    """The amount of each part of bars, in its middle; nothing where the part is nothing."""
    place = alt.X(f"{amount}:Q", stack="zero", bandPosition=0.5)
    labels = of.mark_text(color=PAPER, fontSize=12, strokeWidth=0).encode(
        x=place, text=f"{amount}:Q", color=alt.value(PAPER)
    )
    drawn: alt.Chart = labels.transform_filter(f"datum.{amount} > 0")
    return drawn


def beside(table: pd.DataFrame, text: str, x: str, y: Any) -> alt.Chart:
    """Words beside points, on the side that has more room: a narrow page leaves the scale as it is."""
    far = f"scale('x', datum.{x}) > width / 2"
    side: Keywords = {"align": alt.expr(f"{far} ? 'right' : 'left'"), "dx": alt.expr(f"{far} ? -11 : 11")}
    drawn: alt.Chart = alt.Chart(table).mark_text(**side, color=INK).encode(x=f"{x}:Q", y=y, text=text)
    return drawn
