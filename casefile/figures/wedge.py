"""A wedge: what grows with a quantity, between the ends of its price, with a dot where the assumptions stand."""

from __future__ import annotations

import altair as alt
import pandas as pd

from casefile.figures import charts

_HEIGHT = 300
_MONEY = "datum.value >= 1e9 ? '$' + datum.value / 1e9 + 'bn' : datum.value ? '$' + datum.value / 1e6 + 'm' : '$0'"
_BEYOND = 1.5  # how far an axis goes past a dot that has come near its end: a hand that drags it there can go on


def drawn(
    rates: pd.DataFrame,
    dot: pd.DataFrame,
    marked: pd.DataFrame,
    titles: tuple[str, str],
    plausible: tuple[float, float],
) -> charts.Layers:
    """The picture, in dollars.

    `rates` have a row at each end of the quantity, `along`, with what one unit of it costs: `low`, `value`, `high`. `reach` is
    the quantity itself in the second: the axis goes well past it. `dot` has one row: `along`, `value`, `told`. `marked` names places of the quantity (`along`, `text`). `titles` are those of the axes.
    """
    scale = alt.Scale(domainMin=0, nice=False)
    along = alt.X("along:Q", title=titles[0], scale=scale, axis=alt.Axis(tickCount=6, grid=False))
    labels = alt.Axis(tickCount=5, labelExpr=_MONEY, grid=True)
    up: charts.Keywords = {"title": titles[1], "scale": alt.Scale(domainMin=0), "axis": labels}
    shade = pd.DataFrame({"along": [plausible[0]], "until": [plausible[1]]})
    band = alt.Chart(shade).mark_rect(color=charts.GRID, opacity=0.4).encode(x=along, x2="until:Q")
    base = alt.Chart(rates).transform_calculate(there=f"max(datum.along, {_BEYOND} * datum.reach)")
    base = base.encode(x=alt.X("there:Q", title=titles[0], scale=scale))
    for end in ("low", "value", "high"):
        base = base.transform_calculate(**{f"{end}_there": f"datum.there * datum.{end}"})
    cone = base.mark_area(color=charts.COLOURS[0], opacity=0.28).encode(y=alt.Y("low_there:Q", **up), y2="high_there:Q")
    middle = base.mark_line(color=charts.COLOURS[0], strokeWidth=2.5).encode(y=alt.Y("value_there:Q", **up))
    places = alt.Chart(marked).encode(x=along)
    rules = places.mark_rule(strokeDash=[3, 4], color=charts.MUTED)
    named = [  # one below the other: near places would lie over each other on a narrow screen
        alt.Chart(marked.iloc[[place]])
        .mark_text(align="left", baseline="top", dx=5, fontSize=13, color=charts.INK, lineBreak="\n")
        .encode(x=along, text="text:N", y=alt.value(4 + 36 * place))
        for place in range(len(marked))
    ]
    here = alt.Chart(dot).encode(x=along, y=alt.Y("value:Q", **up))
    point = here.mark_point(
        filled=True, size=240, opacity=1, color=charts.COLOURS[0], stroke=charts.PAPER, strokeWidth=2
    )
    far, low = "scale('x', datum.along) > width * 0.6", "scale('y', datum.value) > height - 30"
    side: charts.Keywords = {"align": alt.expr(f"{far} ? 'right' : 'left'"), "dx": alt.expr(f"{far} ? -14 : 13")}
    caption = here.mark_text(
        **side, dy=alt.expr(f"{far} ? -18 : {low} ? -14 : 13"), fontSize=16, fontWeight="bold", color=charts.INK
    )
    layers = (band, cone, middle, rules, *named, point, caption.encode(text="told:N"))
    return alt.layer(*layers).properties(height=_HEIGHT)
