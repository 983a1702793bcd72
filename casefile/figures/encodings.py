"""What a chart's marks stand for: each column on its scale, and what of it Vega would leave out or draw in a wrong place.

Vega draws whatever it is given: zero on a logarithmic scale stands at the axis' end, a text that is no date at 1970, a value
beyond the domain outside of the frame. A specification is read here as Vega-Lite reads it, and such a cell is refused.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casefile.errors import BadInput, nearest, shown
from casefile.system.plain import Scalar

Node = dict[str, Any]  # a part of a specification, whatever Vega-Lite has there
Specification = Mapping[str, Any]  # a whole one
PlainRow = dict[str, Scalar]
Row = Mapping[str, Scalar]
PARTS = ("layer", "hconcat", "vconcat", "concat", "spec")
DAY_OR_TIME = re.compile(
    r"(?P<day>\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<zone>Z|[+-]\d\d:\d\d)?)?"
)
_SCALED = frozenset((
    "x", "y", "theta", "radius", "color", "fill", "stroke", "opacity", "fillOpacity", "strokeOpacity", "strokeWidth", "size",
    "angle", "xOffset", "yOffset", "latitude", "longitude",
))  # fmt: skip
_LEAVES_OUT = ("filter", "break-paths-filter-domains", "break-paths-show-domains", "break-paths-show-path-domains")
_ABOVE_ZERO = ("log",)
_FROM_ZERO = ("sqrt", "pow")
# Transforms whose columns cannot be told from the specification alone.
_MAKE_COLUMNS = ("pivot", "lookup", "fold", "flatten", "density", "quantile", "regression", "loess", "extent")


def of_channel(channel: object) -> Iterator[Node]:
    """The definitions of one channel: its own, those under its conditions, each of a list."""
    for one in channel if isinstance(channel, list) else [channel]:
        if isinstance(one, dict):
            yield one
            yield from of_channel(one.get("condition"))


@dataclass
class EncodedMarks:
    """The marks of one part of a chart: what they look like, what they stand for, the rows they are drawn from.

    `scales` maps a channel to what sets its scale, in this part or in another layer. `made` holds the columns that
    transforms make, None where that cannot be told. `filtered`: some rows may not be drawn.
    """

    mark: Node
    encoding: Node
    rows: Sequence[Row] | None
    scales: dict[str, Node]
    made: frozenset[str] | None
    filtered: bool


def parts(spec: Specification) -> list[EncodedMarks]:
    """Every part of a specification that has marks of its own."""
    return list(_parts(spec, spec.get("datasets", {}), _Around()))


@dataclass(frozen=True)
class _Around:
    """What a part takes from those around it."""

    rows: Sequence[Row] | None = None
    encoding: Node = field(default_factory=dict)
    scales: dict[str, Node] | None = None
    made: frozenset[str] | None = frozenset()
    filtered: bool = False


def _parts(node: Specification, tables: Mapping[str, Sequence[Row]], around: _Around) -> Iterator[EncodedMarks]:
    data, transforms = node.get("data"), node.get("transform", [])
    rows = around.rows
    if isinstance(data, dict):
        rows = tables.get(data["name"]) if "name" in data else data.get("values")
    columns = around.made
    if any(name in transform for transform in transforms for name in _MAKE_COLUMNS):
        columns = None
    elif columns is not None:
        columns |= frozenset(_named_as(transforms)) | _parsed(data)
    filtered = around.filtered or any("filter" in transform or "sample" in transform for transform in transforms)
    encoding = {**around.encoding}
    for name, channel in node.get("encoding", {}).items():
        both = isinstance(channel, dict) and isinstance(encoding.get(name), dict)
        encoding[name] = {**encoding[name], **channel} if both else channel
    scales = around.scales if around.scales is not None else {}
    if "mark" in node:
        mark = node["mark"] if isinstance(node["mark"], dict) else {"type": node["mark"]}
        for name, channel in encoding.items():
            for one in of_channel(channel):
                if isinstance(one.get("scale"), dict):
                    scales.setdefault(name.rstrip("2"), {}).update(one["scale"])
        yield EncodedMarks(mark, encoding, rows, scales, columns, filtered)
    resolved = node.get("resolve", {}).get("scale", {})
    apart = {channel for channel, how in resolved.items() if how == "independent"}
    for name in PARTS:
        inner = node.get(name, [])
        for part in inner if isinstance(inner, list) else [inner]:
            shared = (
                {channel: scales.setdefault(channel, {}) for channel in _SCALED - apart} if name == "layer" else None
            )
            yield from _parts(part, tables, _Around(rows, encoding, shared, columns, filtered))


def _parsed(data: object) -> frozenset[str]:
    """The columns that the data say how to read."""
    parsed = (data.get("format") or {}).get("parse") if isinstance(data, dict) else None
    return frozenset(parsed) if isinstance(parsed, dict) else frozenset()


def _named_as(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "as":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from _named_as(value)
    elif isinstance(node, list):
        for value in node:
            yield from _named_as(value)


def check(spec: Specification) -> None:
    """Raise BadInput, which names column and row, for what Vega would leave out or draw in a wrong place."""
    for marks in parts(spec):
        for name, scale in marks.scales.items():
            if scale.get("type") in _ABOVE_ZERO and any(end is not None and end <= 0 for end in _domain(scale)):
                raise BadInput(
                    f"{name}: a domain that holds zero, on a scale of type {scale['type']!r}; expected one above zero"
                )
        _check_bars(marks)
        for name, channel in marks.encoding.items():
            for one in of_channel(channel):
                if isinstance(one.get("field"), str):
                    _check_column(marks, name, one)


def _check_column(marks: EncodedMarks, channel: str, one: Node) -> None:
    column = _column(marks, one["field"])
    of = marks.encoding.get(channel.rstrip("2"))  # whose kind and scale the other end of a range has too
    kind, scaled = one.get("type") or (of.get("type") if isinstance(of, dict) else ""), channel.rstrip("2") in _SCALED
    whole = not marks.filtered and marks.made is not None and column not in marks.made
    if not (marks.rows and whole) or kind not in ("quantitative", "temporal") or one.get("aggregate"):
        return
    scale = marks.scales.get(channel.rstrip("2"), {})
    for number, row in enumerate(marks.rows, start=1):
        where, cell = f"column {column!r}, row {number}", row.get(column)
        if cell is None:
            if scaled and not _left_out(marks, channel, row):
                raise BadInput(
                    f"{where}: no value; expected one: drop the row, or say mark_{marks.mark['type']}(invalid='filter')"
                )
        elif kind == "temporal":
            if not isinstance(cell, str) or instant(cell) is None:
                raise BadInput(
                    f"{where}: {shown(cell)}; expected a day such as 2024-06-04, or a time 2024-06-04T12:30Z"
                )
        elif scaled:
            _check_number(cell, where, "" if one.get("bin") else scale.get("type", ""))
        if cell is not None and scaled and not (one.get("bin") or one.get("timeUnit")):
            _check_domain(cell, where, scale, marks)


def _column(marks: EncodedMarks, name: str) -> str:
    """The column that a field names. Raises BadInput when the rows have no such column and no transform makes it."""
    columns = {column for row in marks.rows or () for column in row}
    plain = re.sub(r"\\(.)", r"\1", name)
    reached = re.split(r"(?<!\\)[.\[]", name)[0] == name  # else Vega looks for a column within a column
    if not columns or marks.made is None or plain in marks.made or (reached and plain in columns):
        return plain
    if plain in columns:
        raise BadInput(f"column {plain!r} is not reached; write " + repr(re.sub(r"([.\[\]])", r"\\\1", plain)))
    raise BadInput(f"no column {plain!r} in its table; {nearest(plain, columns | marks.made)}")


def _left_out(marks: EncodedMarks, channel: str, row: Row) -> bool:
    """Whether a mark without a value is left out on purpose: the mark says so, or both ends of a range have none."""
    start = channel.rstrip("2")
    ends = [marks.encoding[name] for name in (start, f"{start}2") if name in marks.encoding]
    empty = [isinstance(end, dict) and row.get(end.get("field", "")) is None for end in ends]
    return marks.mark.get("invalid") in _LEAVES_OUT or (len(ends) == 2 and all(empty))


def _check_number(cell: object, where: str, scale: str) -> None:
    expected = "a number"
    if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
        if not (scale in _ABOVE_ZERO and cell <= 0) and not (scale in _FROM_ZERO and cell < 0):
            return
        expected = (
            f"a number {'above zero' if scale in _ABOVE_ZERO else 'of at least zero'} on a scale of type {scale!r}"
        )
    raise BadInput(f"{where}: {shown(cell)}; expected {expected}")


def _check_domain(cell: object, where: str, scale: Node, marks: EncodedMarks) -> None:
    low, high = _domain(scale)
    value = _measure(cell)
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return
    if marks.mark.get("clip") is not True or scale.get("clamp"):
        raise BadInput(
            f"{where}: {shown(cell)} lies outside of the domain; expected a wider one, or clip=True on the mark"
        )


def _domain(scale: Node) -> tuple[float | None, float | None]:
    """The least and the most that a scale is told to show; None for an end that the rows decide."""
    ends = scale.get("domain")
    measured = [_measure(end) for end in ends] if isinstance(ends, list) else []
    numbers = [end for end in measured if end is not None]
    low, high = (min(numbers), max(numbers)) if len(numbers) > 1 and len(numbers) == len(measured) else (None, None)
    least, most = _measure(scale.get("domainMin")), _measure(scale.get("domainMax"))
    return (least if least is not None else low), (most if most is not None else high)


def _check_bars(marks: EncodedMarks) -> None:
    """A bar's length, an area's height, says its value from zero on: a scale that does not show zero makes it say another."""
    kind, channel = marks.mark.get("type"), _measuring(marks)
    if kind not in ("bar", "area") or not channel or f"{channel}2" in marks.encoding or marks.mark.get("clip") is True:
        return
    scale, one = marks.scales.get(channel, {}), marks.encoding[channel]
    column, (low, high) = one.get("field") or one.get("aggregate"), _domain(scale)
    if scale.get("type") in _ABOVE_ZERO:
        raise BadInput(
            f"column {column!r}: {kind}s on a scale of type {scale['type']!r}, which has no zero to start from; "
            f"expected points, or {kind}s from {channel} to {channel}2"
        )
    if (scale.get("zero") is False and low is None) or (low or 0) > 0 or (high or 0) < 0:
        raise BadInput(
            f"column {column!r}: {kind}s on a scale without zero, from where they start; "
            f"expected a scale from zero, or {kind}s from {channel} to {channel}2"
        )


def _measuring(marks: EncodedMarks) -> str:
    """The channel along which bars or areas start from zero; none where both run over names, dates or bins."""
    measures = [
        name
        for name in ("x", "y")
        if isinstance(one := marks.encoding.get(name), dict)
        and one.get("type") == "quantitative" and not one.get("bin") and ("field" in one or "aggregate" in one)
        and one.get("stack") not in ("normalize", "center")
    ]  # fmt: skip
    if len(measures) == 2:
        return "x" if marks.mark.get("orient") == "horizontal" else "y"
    return measures[0] if measures else ""


def _measure(cell: object) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    return instant(cell)


def instant(cell: object) -> float | None:
    """Milliseconds from 1970 on to a day or time: an ISO text, a number of them, or parts by name; None for anything else."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, dict) and isinstance(cell.get("year"), int):
        month, day = cell.get("month", 1), cell.get("date", 1)
        if not (isinstance(month, int) and isinstance(day, int)):
            return None
        cell = f"{cell['year']:04}-{month:02}-{day:02}"
    match = DAY_OR_TIME.fullmatch(cell) if isinstance(cell, str) else None
    if match is None:
        return None
    day = match["day"] + "-01" * ((10 - len(match["day"])) // 3)
    zone = (match["zone"] or "Z").replace("Z", "+00:00")
    try:
        return datetime.datetime.fromisoformat(f"{day}T{match['time'] or '00:00'}{zone}").timestamp() * 1000
    except ValueError:
        return None
