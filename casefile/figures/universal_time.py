"""Times of charts, counted in UTC wherever one is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.errors import BadInput
from casefile.figures import encodings
from casefile.figures.encodings import Node

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


def outside_tables(node: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a specification with its place, `encoding.x.axis.format`; those of its rows left out."""
    yield place, node
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("datasets", "$schema"):
                yield from outside_tables(value, f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for value in node:
            yield from outside_tables(value, place)


def in_universal_time(plain: Node) -> None:
    """Have a chart count time in UTC wherever it is drawn: scales, units of time, formats, times written without a zone.

    A day, written without an hour, is read as its midnight in UTC already. Raises BadInput for what follows the reader's
    clock and has no other reading.
    """
    columns = set()
    for place, node in list(outside_tables(plain)):
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


def _channel(one: Node, place: str) -> None:
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


def _facets(node: Node, place: str) -> None:
    """Refuse parts of a chart by times as they are: their titles would follow the reader's clock."""
    for name in _FACETS:
        one = node.get(name)
        if isinstance(one, dict) and one.get("type") == "temporal" and "timeUnit" not in one:
            where = f"{place}.{name}".lstrip(".")
            raise BadInput(
                f"{where} titles its parts by the reader's clock; write utcyearmonthdate({one.get('field')}):T"
            )


def _universal(unit: str | Node) -> str | Node:
    """A unit of time, counted in UTC: `yearmonth` as `utcyearmonth`."""
    if isinstance(unit, dict):
        return {**unit, "unit": _universal(unit["unit"])} if "unit" in unit else {**unit, "utc": True}
    return unit if "utc" in unit else re.sub(r"^(binned)?", r"\1utc", unit, count=1)


def _zoned(cell: object) -> object:
    """A time written without a zone as the same time in UTC; anything else as it is."""
    match = encodings.DAY_OR_TIME.fullmatch(cell) if isinstance(cell, str) else None
    return f"{match['day']}T{match['time']}Z" if match and match["time"] and not match["zone"] else cell


def _refuse_clocks(text: str, place: str) -> None:
    if place.rpartition(".")[2] in _EXPRESSIONS and (call := _CALL.search(_QUOTED.sub("''", text))):
        name = call[1]
        if name in _UNSTEADY:
            raise BadInput(
                f"{place} calls {name}(), which differs each time the chart is drawn; expected what the rows give"
            )
        raise BadInput(f"{place} calls {name}(), which follows the reader's clock; write {_ELSEWHERE[name]}()")
