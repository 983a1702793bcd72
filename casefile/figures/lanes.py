"""A picture of things that change hands: two lanes over time, one square for so many of them.

Solid squares are documented, hollow ones promised or reported. A block stands at a moment, or is spread over a span where
nobody has said when its parts came. Each lane has the colour of its holder. Time runs to the right, or, upright, down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import pandas as pd

from casefile.figures import charts

_HEIGHT, UPRIGHT_HEIGHT = 290, 400
_STEP, _UPRIGHT_STEP = 8.6, 6.9  # from one square to the next, in pixels
_FROM, _TO = -0.06, 1.24  # of the scale of lanes: room beyond the upper one


@dataclass(frozen=True)
class Block:
    """`squares` at `day`, in `columns`, in the first lane or the second; spread evenly until `until` where one is given."""

    squares: int
    day: str
    first: bool
    columns: int
    solid: bool
    until: str = ""


@dataclass(frozen=True)
class Words:
    """A text at a day and a height between the lanes (0 the second lane, 1 the first)."""

    day: str
    height: float
    text: str
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Way:
    """A passage between the lanes on a day, to the second or back; dashed where it is not documented."""

    day: str
    over: bool
    solid: bool


def squares(blocks: Sequence[Block]) -> pd.DataFrame:
    """One row a square: its day, its lane, its column and row within its block, whether it is solid."""
    placed = []
    for block in blocks:
        rows = math.ceil(block.squares / block.columns)
        begin, end = pd.Timestamp(block.day), pd.Timestamp(block.until or block.day)
        for place in range(block.squares):
            column, row = divmod(place, rows)
            day = (begin + (end - begin) * (column / max(1, block.columns - 1))).round("min")
            shift = 0.0 if block.until else column - (block.columns - 1) / 2
            placed.append(
                {
                    "day": day.date().isoformat() if day == day.normalize() else f"{day.isoformat()}Z",
                    "lane": float(block.first),
                    "shift": shift,
                    "row": row,
                    "solid": block.solid,
                }
            )
    return pd.DataFrame(placed)


@dataclass(frozen=True)
class _Frame:
    """Which way the picture lies: the channels of time and of the lanes, and how far apart squares stand."""

    upright: bool
    first: str
    last: str

    @property
    def step(self) -> float:
        return _UPRIGHT_STEP if self.upright else _STEP

    def time(self) -> Any:
        """The channel of days: to the right, or down with its labels at the left."""
        scale = alt.Scale(domain=[self.first, self.last], reverse=self.upright)
        axis = alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": 3}, labelFlush=False, labelOverlap=True, domain=False, ticks=not self.upright, grid=False)  # fmt: skip
        return (alt.Y if self.upright else alt.X)("day:T", title=None, scale=scale, axis=axis)

    def across(self, field: str = "lane") -> Any:
        """The channel of the lanes; upright, the first is at the left."""
        scale = alt.Scale(domain=[_FROM, _TO] if not self.upright else [-0.62, 1.06], nice=False, reverse=self.upright)
        return (alt.X if self.upright else alt.Y)(f"{field}:Q", title=None, scale=scale, axis=None)

    def end(self, field: str) -> dict[str, str]:
        return {"x2" if self.upright else "y2": f"{field}:Q"}

    def place(self, layer: alt.Chart, field: str = "lane", **more: Any) -> alt.Chart:
        """A layer with both channels."""
        time, lanes = self.time(), self.across(field)
        return layer.encode(y=time, x=lanes, **more) if self.upright else layer.encode(x=time, y=lanes, **more)

    def offsets(self) -> charts.Keywords:
        """How far a square stands from its day and its lane, upright beside the lane."""
        along, beside = alt.expr(f"{self.step} * datum.shift"), f"{self.step} * (datum.row + 0.9)"
        if self.upright:
            return {"yOffset": along, "xOffset": alt.expr(beside)}
        return {"xOffset": along, "yOffset": alt.expr(f"-{beside}")}


def drawn(
    names: tuple[str, str], first: str, last: str,
    blocks: Sequence[Block], ways: Sequence[Way], words: Sequence[Words], upright: bool = False,
) -> charts.Layers:  # fmt: skip
    """The picture, from the day `first` to `last`: `names` of the two lanes, the first above or, upright, at the left."""
    frame, colours = _Frame(upright, first, last), {1.0: charts.COLOURS[0], 0.0: charts.COLOURS[1]}
    layers = [
        layer for lane, name in zip((1.0, 0.0), names, strict=True) for layer in _lane(frame, lane, name, colours[lane])
    ]
    layers += [_way(frame, way, colours[0.0 if way.over else 1.0]) for way in ways]
    layers.append(_heads(frame, ways))
    held = squares(blocks)
    for (on, whole), some in held.groupby(["lane", "solid"]):
        lane, solid = float(str(on)), bool(whole)
        mark = alt.Chart(some).mark_square(
            filled=solid, size=(frame.step * 0.76) ** 2, opacity=1, color=colours[lane], strokeWidth=0 if solid else 1.1, **frame.offsets()
        )  # fmt: skip
        layers.append(frame.place(mark))
    for word in words:
        table = pd.DataFrame([{"day": word.day, "lane": word.height, "text": word.text}])
        labels = alt.Chart(table).mark_text(
            align=word.align, baseline="middle", lineBreak="\n", lineHeight=15 if upright else 16,
            fontSize=14 if word.bold else 12.5, fontWeight="bold" if word.bold else "normal", color=charts.INK,
        )  # fmt: skip
        layers.append(frame.place(labels, text="text:N"))
    return alt.layer(*layers).properties(height=UPRIGHT_HEIGHT if upright else _HEIGHT)


def _lane(frame: _Frame, lane: float, name: str, colour: str) -> list[alt.Chart]:
    """A lane's line and name."""
    line = pd.DataFrame([{"day": frame.first, "until": frame.last, "lane": lane, "name": name}])
    rule = frame.place(alt.Chart(line).mark_rule(color=colour, strokeWidth=2))
    rule = rule.encode(**{"y2" if frame.upright else "x2": "until:T"})
    labels = alt.Chart(line).mark_text(
        align="left", baseline="bottom", color=colour, fontSize=17, fontWeight="bold",
        dx=0, dy=-6 if not frame.upright else -4,
    )  # fmt: skip
    return [rule, frame.place(labels, text="name:N")]


def _moved(ways: Sequence[Way], upright: bool) -> pd.DataFrame:
    """From where to where each passage runs between the lanes, so that heads and squares do not meet."""
    high, low = (0.66, 0.06) if upright else (0.93, 0.5)
    return pd.DataFrame(
        {"day": way.day, "lane": high if way.over else low, "end": low if way.over else high, "over": way.over}
        for way in ways
    )


def _way(frame: _Frame, way: Way, colour: str) -> alt.Chart:
    line = alt.Chart(_moved([way], frame.upright)).mark_rule(
        strokeWidth=3.5 if way.solid else 2, strokeDash=[1, 0] if way.solid else [3, 4], color=colour
    )
    return frame.place(line, **frame.end("end"))


def _heads(frame: _Frame, ways: Sequence[Way]) -> alt.Chart:
    """The heads of the passages' arrows."""
    there, back = ("triangle-right", "triangle-left") if frame.upright else ("triangle-down", "triangle-up")
    shape = alt.Shape("over:N", scale=alt.Scale(domain=[True, False], range=[there, back]), legend=None)
    colour = alt.Color(
        "over:N", scale=alt.Scale(domain=[True, False], range=[charts.COLOURS[1], charts.COLOURS[0]]), legend=None
    )
    heads = alt.Chart(_moved(ways, frame.upright)).mark_point(filled=True, size=120, opacity=1)
    return frame.place(heads, "end", shape=shape, color=colour)
