"""A picture of things that change hands: two lanes over time, one square for so many of them.

Solid squares are documented, hollow ones promised or reported. A block stands at a moment, or is spread over a span where
nobody has said when its parts came. Squares keep one size, so areas can be compared; the picture fits any width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import pandas as pd

from casefile.figures import charts

_STEP = "(width > 400 ? 7.6 : 3.5)"  # from one square to the next, in pixels
_SIDE = "(width > 400 ? 34 : 7)"  # a square's area
_WIDE = "width > 400 ? 1 : 0"
HEIGHT = 300


@dataclass(frozen=True)
class Block:
    """`squares` at `day`, in `columns`, in the upper lane or the lower; spread evenly until `until` where one is given."""

    squares: int
    day: str
    upper: bool
    columns: int
    solid: bool
    until: str = ""


@dataclass(frozen=True)
class Words:
    """A text at a day and height (0 the lower lane, 1 the upper); `always` also where there is little room."""

    day: str
    height: float
    text: str
    always: bool = True
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Way:
    """A passage between the lanes on a day, down or up; dashed where it is not documented."""

    day: str
    down: bool
    solid: bool


def squares(blocks: Sequence[Block]) -> pd.DataFrame:
    """One row a square: its day, its lane, its column and row within its block, whether it is solid."""
    found = []
    for block in blocks:
        rows = -(-block.squares // block.columns)
        begin, end = pd.Timestamp(block.day), pd.Timestamp(block.until or block.day)
        for place in range(block.squares):
            column, row = divmod(place, rows)
            day = begin + (end - begin) * (column / max(1, block.columns - 1))
            shift = 0.0 if block.until else column - (block.columns - 1) / 2
            found.append(
                {"day": day.date().isoformat(), "upper": block.upper, "shift": shift, "row": row, "solid": block.solid}
            )
    return pd.DataFrame(found)


def drawn(
    names: tuple[str, str], first: str, last: str, blocks: Sequence[Block], ways: Sequence[Way], words: Sequence[Words]
) -> Any:
    """The picture: `names` of the upper and the lower lane, from the day `first` to `last`."""
    upper, lower = names
    days = alt.X(
        "day:T", title=None, scale=alt.Scale(domain=[first, last]),
        axis=alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": 3}, labelFlush=False, labelOverlap=True),
    )  # fmt: skip
    lane = alt.Y(
        "lane:Q", title=None, scale=alt.Scale(domain=[-0.12, 1.12], nice=False),
        axis=alt.Axis(values=[0, 1], labelExpr=f"datum.value == 1 ? '{upper}' : '{lower}'", ticks=False, domain=False, labelFontSize=14, labelFontWeight="bold", labelColor=charts.INK, gridColor=charts.MUTED, grid=True),
    )  # fmt: skip
    held = squares(blocks)
    held["lane"] = held["upper"].astype(float)
    above = alt.expr(f"-({_STEP}) * (datum.row + 0.8)")
    layers: list[alt.Chart] = []
    if ways:
        moved = pd.DataFrame(
            [
                {
                    "day": way.day,
                    "lane": 0.93 if way.down else 0.42,
                    "end": 0.42 if way.down else 0.93,
                    "solid": way.solid,
                    "down": way.down,
                }
                for way in ways
            ]
        )
        for solid in (True, False):
            some = moved[moved["solid"] == solid]
            if len(some):
                line = alt.Chart(some).mark_rule(
                    strokeWidth=3 if solid else 2,
                    strokeDash=[1, 0] if solid else [4, 4],
                    color=charts.COLOURS[0],
                )
                layers.append(line.encode(x=days, y=lane, y2="end:Q"))
        heads = alt.Chart(moved).mark_point(filled=True, size=110, opacity=1, color=charts.INK)
        shape = alt.Shape(
            "down:N", scale=alt.Scale(domain=[True, False], range=["triangle-down", "triangle-up"]), legend=None
        )
        layers.append(heads.encode(x=days, y=alt.Y("end:Q", scale=alt.Scale(domain=[-0.12, 1.12])), shape=shape))
    for solid in (True, False):
        some = held[held["solid"] == solid]
        if len(some):
            mark = alt.Chart(some).mark_square(
                filled=solid, size=alt.expr(_SIDE), opacity=1, color=charts.COLOURS[0],
                strokeWidth=0 if solid else 1, xOffset=alt.expr(f"({_STEP}) * datum.shift"), yOffset=above,
            )  # fmt: skip
            layers.append(mark.encode(x=days, y=lane))
    for word in words:
        table = pd.DataFrame([{"day": word.day, "lane": word.height, "text": word.text}])
        text = alt.Chart(table).mark_text(
            align=word.align, baseline="middle", lineBreak="\n", fontSize=13 if word.bold else 12, fontWeight="bold" if word.bold else "normal",
            color=charts.INK, opacity=1 if word.always else alt.expr(_WIDE),
        )  # fmt: skip
        layers.append(text.encode(x=days, y=lane, text="text:N"))
    return alt.layer(*layers).properties(height=HEIGHT)
