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
from collections.abc import Callable, Iterator
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from casefile.errors import BadInput, shown
from casefile.figures import encodings

MEDIA_TYPE = "application/vnd.vegalite.v6+json"

INK, MUTED, GRID, PAPER = "var(--chart-ink)", "var(--chart-muted)", "var(--chart-grid)", "var(--chart-paper)"
COLOURS = tuple(f"var(--chart-{number})" for number in range(1, 7))
FONT = "Casefile Sans, Liberation Sans, Arial, Helvetica, sans-serif"  # the first is drawn with, on pages too

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


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of an Altair chart, with the house configuration and its data inside.

    Held to Vega-Lite's schema, and to what Vega draws as it reads.

    Its tables are called `table-1`, `table-2` and so on, whatever they hold. Its days are the same days wherever it is drawn.
    Raises BadInput that names the place in the specification, or column and row.
    """
    with alt.data_transformers.enable("casefile"):
        try:
            plain: dict[str, Any] = chart.to_dict()
        except (ValueError, TypeError) as error:  # Altair's own, with what it expected, over many lines
            raise BadInput(" ".join(str(error).split())) from None
    plain["config"] = {**CONFIG, **{key: value for key, value in plain.get("config", {}).items() if key != "view"}}
    plain.pop("usermeta", None)
    _refuse_addresses(plain)
    _in_universal_time(plain)
    text = json.dumps(plain)
    for position, name in enumerate(plain.get("datasets", {}), 1):
        text = text.replace(json.dumps(name), f'"table-{position}"')
    plain = json.loads(text)
    encodings.check(plain)
    return plain


def _outside_tables(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a specification with its place, `encoding.x.axis.format`; those of its rows left out."""
    yield place, node
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("datasets", "$schema"):
                yield from _outside_tables(value, f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for value in node:
            yield from _outside_tables(value, place)


def _refuse_addresses(plain: dict[str, Any]) -> None:
    """Raise BadInput for what would be fetched from an address when the chart is drawn, or leads to one."""
    for place, value in _outside_tables(plain):
        name = place.rpartition(".")[2]
        if name in ("url", "href") or (isinstance(value, str) and re.search(r"\burl\(", value)):
            raise BadInput(
                f"{place} holds an address, {shown(value)}; expected all data inside: pages and charts ask nothing of other hosts"
            )
        if value == "image" and (name == "mark" or place.endswith("mark.type")):
            raise BadInput(
                f"{place} is an image; expected marks drawn from rows, and pictures in the text beside the chart"
            )


# ------------------------------------------------------------------------------------------------------- universal time

_FORMATS = {
    "timeFormat": "utcFormat",
    "timeParse": "utcParse",
    "timeOffset": "utcOffset",
    "timeSequence": "utcSequence",
}
_OF_TIMES = (
    "year", "quarter", "month", "week", "day", "dayofyear", "date", "hours", "minutes", "seconds", "milliseconds",
)  # fmt: skip
_ELSEWHERE = {**{part: f"utc{part}" for part in _OF_TIMES}, **_FORMATS, "datetime": "utc"}
_UNSTEADY = ("now", "random", "timezoneoffset", "sampleUniform", "sampleNormal", "sampleLogNormal")
_CALL = re.compile(rf"(?<![\w.])({'|'.join([*_ELSEWHERE, *_UNSTEADY])})\s*\(")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_EXPRESSIONS = ("expr", "calculate", "labelExpr", "test", "filter", "signal", "update", "and", "or", "not")
_COMPARED = ("equal", "lt", "lte", "gt", "gte", "range", "oneOf")


def _in_universal_time(plain: dict[str, Any]) -> None:
    """Have a chart count time in UTC wherever it is drawn: scales, units of time, formats, times written without a zone.

    A day, written without an hour, is read as its midnight in UTC already. Raises BadInput for what follows the reader's
    clock and has no other reading.
    """
    columns = set()
    for place, node in list(_outside_tables(plain)):
        if isinstance(node, str):
            _refuse_clocks(node, place)
        if not isinstance(node, dict):
            continue
        if "timeUnit" in node:
            if any(name in node for name in _COMPARED):
                raise BadInput(
                    f"{place} compares by timeUnit, which follows the reader's clock; compare with days themselves"
                )
            node["timeUnit"] = _universal(node["timeUnit"])
        if isinstance(node.get("field"), str) and (node.get("type") == "temporal" or "timeUnit" in node):
            columns.add(re.sub(r"\\(.)", r"\1", node["field"]))
        if node and set(node) <= {*_OF_TIMES, "utc"} and place.rpartition(".")[2] not in ("timeUnit", "tickCount"):
            node["utc"] = True
        if isinstance(parsed := node.get("parse"), dict):
            node["parse"] = {
                name: re.sub(r"^date:", "utc:", kind) if isinstance(kind, str) else kind
                for name, kind in parsed.items()
            }
            columns |= {name for name, kind in parsed.items() if kind == "date"}
        for key, value in node.items():
            node[key] = [*map(_zoned, value)] if isinstance(value, list) else value if key in _SAID else _zoned(value)
        _facets(node, place)
        for name, channel in (node.get("encoding") or {}).items() if isinstance(node.get("encoding"), dict) else ():
            for one in encodings.of_channel(channel):
                _channel(one, f"{place}.encoding.{name}".lstrip("."))
    for table in plain.get("datasets", {}).values():
        for row in table:
            row.update({name: _zoned(row[name]) for name in columns & row.keys()})


def _channel(one: dict[str, Any], place: str) -> None:
    if one.get("type") == "temporal" and place.rpartition(".")[2] not in _FACETS:
        scale = one.get("scale") or {}
        named = {"type": "utc", **scale, **({"type": "utc"} if scale.get("type") == "time" else {})}
        scale.clear()
        scale.update(named)
        one["scale"] = scale  # the same object: what is in it is still to be visited
    for shown_by in (one, one.get("axis"), one.get("legend"), one.get("header")):
        if isinstance(shown_by, dict) and shown_by.get("formatType") == "time":
            if one.get("type") != "temporal" and "timeUnit" not in one:
                raise BadInput(
                    f"{place} formats times by the reader's clock; write utcyearmonthdate({one.get('field')}):O"
                )
            del shown_by["formatType"]


_FACETS = ("row", "column", "facet")
_SAID = ("title", "subtitle", "text", "description", "name", "field")


def _facets(node: dict[str, Any], place: str) -> None:
    """Refuse parts of a chart by times as they are: their titles would follow the reader's clock."""
    for name in _FACETS:
        one = node.get(name)
        if isinstance(one, dict) and one.get("type") == "temporal" and "timeUnit" not in one:
            where = f"{place}.{name}".lstrip(".")
            raise BadInput(
                f"{where} titles its parts by the reader's clock; write utcyearmonthdate({one.get('field')}):T"
            )


def _universal(unit: Any) -> Any:
    """A unit of time, counted in UTC: `yearmonth` as `utcyearmonth`."""
    if isinstance(unit, dict):
        return {**unit, "unit": _universal(unit["unit"])} if "unit" in unit else {**unit, "utc": True}
    return unit if "utc" in unit else re.sub(r"^(binned)?", r"\1utc", unit, count=1)


def _zoned(cell: Any) -> Any:
    """A time written without a zone as the same time in UTC; anything else as it is."""
    found = encodings.DAY_OR_TIME.fullmatch(cell) if isinstance(cell, str) else None
    return f"{found['day']}T{found['time']}Z" if found and found["time"] and not found["zone"] else cell


def _refuse_clocks(text: str, place: str) -> None:
    if place.rpartition(".")[2] in _EXPRESSIONS and (call := _CALL.search(_QUOTED.sub("''", text))):
        name = call[1]
        if name in _UNSTEADY:
            raise BadInput(
                f"{place} calls {name}(), which differs each time the chart is drawn; expected what the rows give"
            )
        raise BadInput(f"{place} calls {name}(), which follows the reader's clock; write {_ELSEWHERE[name]}()")


# ----------------------------------------------------------------------------------------------------------------- rows


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain rows: numbers, texts, true and false, nulls; days as ISO texts. Raises BadInput for anything else."""
    return _rows(table, lambda instant: instant.isoformat(timespec="milliseconds"))


def _inside(data: Any) -> Any:
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


def _rows(table: pd.DataFrame, write: Callable[[pd.Timestamp], str]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = []
    for number, row in enumerate(table.to_dict("records"), start=1):
        plain.append({})
        for column, cell in row.items():
            try:
                plain[-1][str(column)] = _plain(cell, write)
            except TypeError as error:
                raise BadInput(f"column {str(column)!r}, row {number}: {shown(cell)}; expected {error}") from None
    return plain


def _plain(cell: Any, write: Callable[[pd.Timestamp], str]) -> Any:
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
