"""Charts of what happened when: marks on a line of time, in the house's colours and shapes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from casefile.figures import formats
from casefile.figures.charts import COLOURS, GRID, INK, MUTED, PAPER, Layers

_ROOM_BESIDE, _ROOM_ABOVE, _BELOW = 18, 36, 9  # pixels of a row, and how far its line stands below a name above it
_LINE, _MORE, _WIDEST = 60, 11, 420  # signs in a line of a name above, pixels for a second one, pixels of a name beside
_BROKEN_AT = 190  # pixels from the top, where the words at a break meet neither the line nor a rank's
_BEFORE = 60  # pixels before a timeline's axis, for what came long before all else
_FEWEST = 6  # events that must be left for the axis
_EDGE, _DATE = 10, 84  # pixels after a timeline's last mark, and of a date beside its mark
_LISTED, _RAIL, _AFTER = (
    82,
    96,
    112,
)  # pixels from the left where a listed event's date ends, its mark stands, its words begin
_ROOM_LISTED = 24  # pixels of a listed event
_SPAN = 125  # pixels of two months with their years
_STEPS = (1, 2, 5, 10, 20, 50, 100)  # between ranks that an axis names
Styles = Mapping[str, tuple[str, str]]  # name → (shape, colour)


def _time(field: str, format: str = "%Y", ticks: int = 6) -> alt.X:
    return alt.X(f"{field}:T", title=None, axis=alt.Axis(format=format, tickCount=ticks, grid=True))


def months(ticks: int, grid: bool = True) -> alt.X:
    """An axis of days whose ticks have their month and, below the first and each January, the year: more of them find room."""
    year = "datum.index === 0 || utcmonth(datum.value) === 0 ? utcFormat(datum.value, '%Y') : ''"
    label = f"[utcFormat(datum.value, '%b'), {year}]"
    return alt.X("day:T", title=None, axis=alt.Axis(labelExpr=label, tickCount=ticks, grid=grid))


def _legend(field: str, styles: Styles, channel: type, part: int, columns: int = 1) -> alt.Shape | alt.Color:
    scale = alt.Scale(domain=list(styles), range=[style[part] for style in styles.values()])
    encoding: alt.Shape | alt.Color = channel(
        f"{field}:N", title=None, sort=list(styles), scale=scale, legend=alt.Legend(columns=columns)
    )
    return encoding


def joined(rows: pd.DataFrame, value: str, title: str, labelled: pd.DataFrame, levels: pd.DataFrame) -> Layers:
    """A quantity at the ends of months, in thousands: points joined by a line, hollow and dotted for a plan.

    `rows` have `day`, `held` (the first is what stood, the next the plan) and the quantity; `labelled` marks days (`day`,
    `text` and the height `at`), the earliest first, `levels` heights (`value`, `text`). A day's name stands before its line,
    the last one's after: so none crosses the line of another.
    """
    kinds = list(dict.fromkeys(rows["held"]))
    stood = rows[rows["held"] == kinds[0]]
    planned = pd.concat([stood.tail(1), rows[rows["held"] != kinds[0]]])  # the dots start where the full line ends
    x = months(6)
    y = alt.Y(f"{value}:Q", title=title, axis=alt.Axis(labelExpr="datum.value / 1000", tickCount=5))
    lines = [
        alt.Chart(part).mark_line(strokeWidth=2.5, color=COLOURS[0], strokeDash=dash).encode(x=x, y=y)
        for part, dash in ((stood, [1, 0]), (planned, [2, 4]))
    ]
    fills = alt.Scale(domain=kinds, range=[COLOURS[0], PAPER][: len(kinds)])
    legend = alt.Legend(symbolStrokeColor=COLOURS[0], symbolStrokeWidth=1.5)
    points = alt.Chart(rows).mark_point(size=55, opacity=1, stroke=COLOURS[0], strokeWidth=1.5)
    points = points.encode(x=x, y=y, fill=alt.Fill("held:N", title=None, sort=kinds, scale=fills, legend=legend))
    days = alt.Chart(labelled.assign(last=[*[False] * (len(labelled) - 1), True])).encode(x="day:T")
    side: dict[str, Any] = {"align": alt.expr("datum.last ? 'left' : 'right'"), "dx": alt.expr("datum.last ? 5 : -5")}
    named = days.mark_text(**side, baseline="top", color=INK).encode(text="text:N", y="at:Q")
    heights = alt.Chart(levels).encode(y="value:Q")
    labels = heights.mark_text(align="left", dx=4, dy=4, baseline="top", color=MUTED, fontSize=12, lineBreak="\n")
    return alt.layer(
        days.mark_rule(strokeDash=[4, 3], color=MUTED),
        heights.mark_rule(strokeDash=[1, 3], color=MUTED),
        *lines,
        points,
        named,
        labels.encode(text="text:N", x=alt.value(0)),
    )


def marks(rows: pd.DataFrame, value: str, title: str, styles: Styles, hollow: Sequence[str], axis: str) -> Layers:
    """Sums on their days: `kind` gives the mark, hollow for those in `hollow`; `label` stands beside.

    `axis` is the expression of the labels on the axis of values.
    """
    base = alt.Chart(rows).encode(
        x=_time("day", "%b %Y", 3),
        y=alt.Y(  # each sum stands beside its mark: lines across would run through the words
            f"{value}:Q",
            title=title,
            axis=alt.Axis(labelExpr=axis, tickCount=5, grid=False),
            scale=alt.Scale(zero=True),
        ),
    )
    points = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        shape=_legend("kind", styles, alt.Shape, 0),
        stroke=_legend("kind", styles, alt.Stroke, 1),
        fill=alt.Fill(
            "kind:N",
            legend=None,
            scale=alt.Scale(
                domain=list(styles), range=[PAPER if kind in hollow else style[1] for kind, style in styles.items()]
            ),
        ),
    )
    far = "scale('x', datum.day) > width / 2"
    names = base.mark_text(
        align=alt.expr(f"{far} ? 'right' : 'left'"), dx=alt.expr(f"{far} ? -11 : 11"), color=INK
    ).encode(text="label:N")
    return alt.layer(points, names)


def ranks(rows: pd.DataFrame, rank: str, title: str, styles: Styles, breaks: pd.DataFrame) -> Layers:
    """Ranks on their days, the first on top and named, a line for each `kind` so that none runs over a break (`day`, `text`)."""
    last = int(rows[rank].max())
    step = next((step for step in _STEPS if last <= 6 * step), last)
    axis = alt.Axis(values=[1, *range(max(step, 2), last + 1, step)], format="d")
    base = alt.Chart(rows).encode(
        x=months(8),
        y=alt.Y(f"{rank}:Q", title=title, axis=axis, scale=alt.Scale(reverse=True, domainMin=1)),
    )
    lines = base.mark_line(strokeWidth=2).encode(color=_legend("kind", styles, alt.Color, 1), detail="kind:N")
    points = base.mark_point(filled=True, size=34, opacity=1).encode(
        color=_legend("kind", styles, alt.Color, 1), shape=_legend("kind", styles, alt.Shape, 0)
    )
    broken = alt.Chart(breaks).encode(x="day:T")
    rule = broken.mark_rule(strokeDash=[4, 3], color=INK)
    labels = broken.mark_text(align="right", dx=-5, baseline="top", color=INK, lineBreak="\n")
    return alt.layer(rule, lines, points, labels.encode(text="text:N", y=alt.value(_BROKEN_AT)))


def spans(
    rows: pd.DataFrame, styles: Styles, today: str, above: bool = False, named: str = "", at: str = "due"
) -> Layers:
    """A line a row from `said` to `due`, the oldest on top, with the mark of its `outcome` on the day in the column `at`.

    `label` names it, before the line or, where there is no room beside, above, a long one in two lines; there the months
    stand at the line too, since the axis may be a screen away. `named` is what stands at the dashed line of `today`.
    """
    if above:
        rows = rows.assign(label=["\n".join(textwrap.wrap(label, _LINE)) for label in rows["label"]])
        rows = rows.assign(lines=rows["label"].str.count("\n") + 1, months=_months_of(rows))
    room = _ROOM_ABOVE + _MORE * rows["label"].str.contains("\n").any() if above else _ROOM_BESIDE
    present = {name: style for name, style in styles.items() if name in set(rows["outcome"])}
    names = json.dumps(dict(zip(rows["id"], rows["label"], strict=True)), ensure_ascii=False)
    axis = None if above else alt.Axis(labelExpr=f"{names}[datum.label]", labelLimit=_WIDEST, labelFontSize=11)
    down: dict[str, Any] = {"yOffset": _BELOW} if above else {}
    base = alt.Chart(rows).encode(y=alt.Y("id:N", title=None, sort=None, axis=axis))
    x = _time("said", ticks=3 if above else 2)
    lines = base.mark_rule(strokeWidth=1.5, color=INK, **down).encode(x=x, x2="due:T")
    ends = base.mark_point(filled=True, size=70, opacity=1, **down).encode(
        x=f"{at}:T", shape=_legend("outcome", present, alt.Shape, 0), color=_legend("outcome", present, alt.Color, 1)
    )
    day = alt.Chart(pd.DataFrame({"day": [today], "said": [named]})).encode(x="day:T")
    layers = [day.mark_rule(strokeDash=[4, 3], color=INK), lines, ends]
    if named:
        side = alt.expr("scale('x', datum.day) > width / 2 ? 'right' : 'left'")
        name = day.mark_text(align=side, baseline="bottom", color=INK)
        layers.append(name.encode(y=alt.value(-3), text="said:N"))
    if above:
        up = alt.expr("-14 * (datum.lines - 1)")  # further lines are drawn below the first
        words = base.mark_text(align="left", baseline="bottom", yOffset=2, dy=up, lineBreak="\n", color=INK)
        layers += [_beside_line(base, at), words.encode(x=alt.value(0), text="label:N")]
    return alt.layer(*layers).properties(height=alt.Step(int(room)))


def _months_of(rows: pd.DataFrame) -> list[str]:
    """From which month to which each row's line runs, as words."""
    ends = zip(rows["said"], rows["due"], strict=True)
    return [" – ".join(dict.fromkeys(formats.short_date(day[:7]) for day in both)) for both in ends]


def _beside_line(base: alt.Chart, at: str) -> alt.Chart:
    """The months of each line: after it where there is room, else before it and its mark, else upon its beginning."""
    said, due, mark = (f"scale('x', toDate(datum.{day}))" for day in ("said", "due", at))
    after, before = f"width - {due} > {_SPAN}", f"{said} > {_SPAN}"
    months = base.mark_text(
        yOffset=_BELOW, fontSize=11, color=MUTED, strokeWidth=8,  # a ground without gaps where the line runs behind
        align=alt.expr(f"{before} && !({after}) ? 'right' : 'left'"),
        dx=alt.expr(f"{after} ? 10 : ({before} ? min({said}, {mark} - 6) - 6 : {said} + 16) - {due}"),
    )  # fmt: skip
    named: alt.Chart = months.encode(x="due:T", text="months:N")
    return named


def early(days: pd.Series[Any]) -> int:
    """How many events, of days in order, stand before a timeline's axis: after each the wait was over a sixth of all that follows."""
    when = [int(day.value) for day in pd.to_datetime(days)]
    count = 0
    while len(when) - count > _FEWEST and when[count + 1] - when[count] > (when[-1] - when[count + 1]) / 6:
        count += 1
    return count


def timeline(rows: pd.DataFrame, styles: Styles, stressed: Sequence[str] = ()) -> Layers:
    """A mark an event, the oldest on top, with its `title` before it and its `date` beside; `thread` gives the mark.

    Those whose `id` is `stressed` stand out. A mark stands at `drawn` where the rows have it, else at `day`. The few long
    before all others stand before the axis, each with its year: to scale they would leave most of it empty.
    """
    present = {name: style for name, style in styles.items() if name in set(rows["thread"])}
    apart = early(rows["day"])
    rows = rows.assign(stressed=rows["id"].isin(stressed), dated=rows["date"].map(formats.short_date))
    rows = rows if "drawn" in rows else rows.assign(drawn=rows["day"])
    rows.loc[rows.index[:apart], "dated"] = rows["day"].str[:4]
    loud = f"indexof({json.dumps(list(rows['title'][rows['stressed']]), ensure_ascii=False)}, datum.value) >= 0"
    axis = alt.Axis(
        labelLimit=210, labelFontSize=11, grid=True,
        labelFontWeight=alt.condition(loud, alt.value("bold"), alt.value("normal")),
        labelColor=alt.condition(loud, alt.value(INK), alt.value(MUTED)),
    )  # fmt: skip
    y = alt.Y("title:N", sort=None, title=None, axis=axis)
    look = {
        "shape": _legend("thread", present, alt.Shape, 0), "color": _legend("thread", present, alt.Color, 1),
        "size": alt.condition("datum.stressed", alt.value(170), alt.value(64)),
    }  # fmt: skip
    x = _time("drawn", ticks=3).scale(range=[_BEFORE if apart else _EDGE, alt.expr(f"width - {_EDGE}")])
    after = alt.Chart(rows[apart:]).encode(x=x, y=y)
    marked = after.mark_point(filled=True, opacity=1).encode(**look)
    far = f"scale('x', datum.drawn) > width - {_DATE}"
    beside: dict[str, Any] = {"align": alt.expr(f"{far} ? 'right' : 'left'"), "dx": alt.expr(f"{far} ? -12 : 12")}
    quiet, loudly = (after.transform_filter(f"{sign}datum.stressed").encode(text="dated:N") for sign in ("!", ""))
    dates = [
        quiet.mark_text(fontSize=11, color=MUTED, **beside),
        loudly.mark_text(fontSize=11, color=INK, fontWeight="bold", **beside),
    ]
    if not apart:
        return alt.layer(marked, *dates)
    before = alt.Chart(rows[:apart]).encode(y=y)
    earlier = before.mark_point(filled=True, opacity=1).encode(x=alt.value(8), **look)
    years = before.mark_text(align="left", dx=8, color=MUTED).encode(x=alt.value(8), text="dated:N")
    edge = (
        alt.Chart(pd.DataFrame({"edge": [0]}))
        .mark_rule(strokeDash=[2, 3], color=MUTED)
        .encode(x=alt.value(_BEFORE - 10))
    )
    return alt.layer(earlier, years, edge, marked, *dates)


def timeline_list(rows: pd.DataFrame, styles: Styles, stressed: Sequence[str] = ()) -> Layers:
    """A timeline for a narrow screen: an event a line, the oldest on top, its date first, then its mark and its `title`.

    No scale: a line parts the years. Those whose `id` is `stressed` stand out.
    """
    present = {name: style for name, style in styles.items() if name in set(rows["thread"])}
    years = rows["day"].str[:4]
    rows = rows.assign(
        stressed=rows["id"].isin(stressed), dated=rows["date"].map(formats.short_date),
        parted=years != years.shift(fill_value=years.iloc[0]),
    )  # fmt: skip
    base = alt.Chart(rows).encode(y=alt.Y("id:N", sort=list(rows["id"]), title=None, axis=None))
    parting = base.transform_filter("datum.parted").mark_rule(color=GRID, yOffset=-_ROOM_LISTED // 2)
    rail = alt.Chart(pd.DataFrame({"rail": [0]})).mark_rule(color=GRID, strokeWidth=2)
    rail = rail.encode(x=alt.value(_RAIL), y=alt.value(0), y2=alt.value("height"))
    marked = base.mark_point(filled=True, opacity=1).encode(
        x=alt.value(_RAIL), shape=_legend("thread", present, alt.Shape, 0, 2), color=_legend("thread", present, alt.Color, 1, 2),
        size=alt.condition("datum.stressed", alt.value(170), alt.value(64)),
    )  # fmt: skip
    quiet, loudly = (base.transform_filter(f"{sign}datum.stressed") for sign in ("!", ""))
    looks: list[tuple[alt.Chart, dict[str, Any], str]] = [
        (quiet, {"fontSize": 13}, MUTED), (loudly, {"fontSize": 13, "fontWeight": "bold"}, INK),
    ]  # fmt: skip
    words = [
        layer
        for some, look, ink in looks
        for layer in (
            some.mark_text(align="right", color=ink, **look).encode(x=alt.value(_LISTED), text="dated:N"),
            some.mark_text(align="left", color=INK, **look).encode(x=alt.value(_AFTER), text="title:N"),
        )
    ]
    parted = parting.encode(x=alt.value(0), x2=alt.value("width"))
    return alt.layer(parted, rail, marked, *words).properties(height=alt.Step(_ROOM_LISTED))


def timeline_words(rows: Sequence[Mapping[str, Any]], stressed: Sequence[str] = ()) -> str:
    """A timeline in words: between what its events lie, and which stand out."""
    loud = "; ".join(
        f"“{row['title']}”, {formats.short_date(str(row['date']))}" for row in rows if row["id"] in stressed
    )
    return (
        f"A mark for each of the story's events, the oldest on top, from “{rows[0]['title']}” to “{rows[-1]['title']}”. "
        + (f"Larger than the others: {loud}. " if loud else "")
        + "The list has them all."
    )


def timeline_note(rows: Sequence[Mapping[str, Any]], stressed: Sequence[str] = ()) -> str:
    """What must be said of a timeline's marks."""
    said = ["What is dated to a month stands in its middle, to a year at its end."]
    if early(pd.Series([str(row["day"]) for row in rows])):
        said.append("What came long before the rest stands left of the axis, with its year.")
    said.append("On a narrow screen the events are a list, not to scale.")
    if any(row["id"] in stressed for row in rows):
        said.append("Large marks: the events this page turns on.")
    return " ".join(said)
