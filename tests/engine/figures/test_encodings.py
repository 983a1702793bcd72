"""What a chart's marks stand for: Vega draws whatever it is given, so what it would draw wrong is refused by column and row."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import pytest

from casefile.errors import BadInput
from casefile.figures import charts, encodings

LOG, SQRT = alt.Scale(type="log"), alt.Scale(type="sqrt")
DAYS = ["2024-06-04", "2024-06-05", "2024-06-06"]
ABOVE = "; expected a number above zero on a scale of type 'log'"
NONE = "; expected one: drop the row, or say mark_point(invalid='filter')"
DAY = "; expected a day such as 2024-06-04, or a time 2024-06-04T12:30Z"


def chart(*cells: Any, mark: str = "point", x: Any = "v:Q", more: Any = None, **looks: Any) -> alt.Chart:
    """Marks along a column `v`, one below the other."""
    table = pd.DataFrame(
        {"v": list(cells), "w": [1.0] * len(cells), "name": [f"row {number}" for number in range(len(cells))]}
    )
    bare = alt.Chart(table) if more is None else more(alt.Chart(table))
    drawn: alt.Chart = getattr(bare, f"mark_{mark}")(**looks).encode(
        x=alt.X(x) if isinstance(x, str) else x, y=alt.Y("name:N")
    )
    return drawn


def scaled(scale: alt.Scale, kind: str = "Q", **more: Any) -> alt.X:
    return alt.X(f"v:{kind}", scale=scale, **more)


# What is drawn → what it is told.
WRONG: dict[str, tuple[Any, str]] = {
    "zero on a log scale": (chart(1, 0, 1000, x=scaled(LOG)), f"column 'v', row 2: 0{ABOVE}"),
    "less than zero on a log scale": (chart(-5.0, 1000.0, x=scaled(LOG)), f"column 'v', row 1: -5.0{ABOVE}"),
    "less than zero under a root": (
        chart(4, -4, x=scaled(SQRT)), "column 'v', row 2: -4; expected a number of at least zero on a scale of type 'sqrt'"),
    "zero on a log scale of sizes": (
        chart(1, 0).encode(size=alt.Size("v:Q", scale=LOG)), f"column 'v', row 2: 0{ABOVE}"),
    "zero on the log scale of another layer": (
        chart(1, 10, x=scaled(LOG)) + chart(0, 10), f"column 'v', row 1: 0{ABOVE}"),
    "zero at the other end of a range": (
        chart(0, 0, mark="rule", x=alt.X("w:Q", scale=LOG)).encode(x2="v:Q"), f"column 'v', row 1: 0{ABOVE}"),
    "no value": (chart(1.5, None), f"column 'v', row 2: no value{NONE}"),
    "a value that is no number": (chart(1.5, float("nan")), f"column 'v', row 2: no value{NONE}"),
    "no value at one end of a range": (
        chart(None, 2.0, mark="point", x="w:Q").encode(x2="v:Q"), f"column 'v', row 1: no value{NONE}"),
    "no value for a colour": (chart(1.0, None, x="w:Q").encode(color="v:Q"), f"column 'v', row 2: no value{NONE}"),
    "a value without end": (chart(1.5, float("inf")), "column 'v', row 2: inf; expected a number that ends"),
    "a text for a number": (chart("3", "about 4"), "column 'v', row 1: '3'; expected a number"),
    "true for a number": (chart(True, False), "column 'v', row 1: True; expected a number"),
    "a text that is no day": (chart(*DAYS, "soon", x="v:T"), f"column 'v', row 4: 'soon'{DAY}"),
    "a day that no month has": (chart("2024-02-30", x="v:T"), f"column 'v', row 1: '2024-02-30'{DAY}"),
    "a day as one writes it at home": (chart("4/6/2024", x="v:T"), f"column 'v', row 1: '4/6/2024'{DAY}"),
    "a year as a number": (chart(2023, 2024, x="v:T"), f"column 'v', row 1: 2023{DAY}"),
    "a bar on a log scale": (
        chart(1, 1000, mark="bar", x=scaled(LOG)),
        "column 'v': bars on a scale of type 'log', which has no zero to start from; expected points, or bars from x to x2"),
    "an area on a log scale": (
        alt.Chart(pd.DataFrame({"v": [1, 9], "w": [1, 2]})).mark_area().encode(x="w:Q", y=alt.Y("v:Q", scale=LOG)),
        "column 'v': areas on a scale of type 'log', which has no zero to start from; expected points, or areas from y to y2"),
    "a bar without its zero": (
        chart(4, 5, mark="bar", x=scaled(alt.Scale(zero=False))),
        "column 'v': bars on a scale without zero, from where they start; expected a scale from zero, or bars from x to x2"),
    "a bar from three on": (
        chart(4, 5, mark="bar", x=scaled(alt.Scale(domainMin=3))),
        "column 'v': bars on a scale without zero, from where they start; expected a scale from zero, or bars from x to x2"),
    "a value beyond the domain": (
        chart(1, 50, x=scaled(alt.Scale(domain=[0, 10]))),
        "column 'v', row 2: 50 lies outside of the domain; expected a wider one, or clip=True on the mark"),
    "a value that the domain's end would move": (
        chart(1, 50, x=scaled(alt.Scale(domain=[0, 10], clamp=True)), clip=True),
        "column 'v', row 2: 50 lies outside of the domain; expected a wider one, or clip=True on the mark"),
    "a domain from zero on a log scale": (
        chart(1, 10, x=scaled(alt.Scale(type="log", domain=[0, 10]))),
        "x: a domain that holds zero, on a scale of type 'log'; expected one above zero"),
    "a day before the domain": (
        chart(*DAYS, x=scaled(alt.Scale(domain=["2024-06-05", "2024-07-01"]), "T")),
        "column 'v', row 1: '2024-06-04' lies outside of the domain; expected a wider one, or clip=True on the mark"),
    "a column that is none": (chart(1, x="vlaue:Q"), "no column 'vlaue' in its table; known: name, v, w"),
    "a column that is none, in a text": (chart(1).encode(text="nmae:N"), "no column 'nmae' in its table; did you mean name?"),
    "a column that is none, under a condition": (
        chart(1).encode(color=alt.condition("datum.v > 1", "nmae:N", alt.value("red"))),
        "no column 'nmae' in its table; did you mean name?"),
    "a column that Vega looks for within a column": (
        alt.Chart(pd.DataFrame({"a.b": [1]})).mark_point().encode(x="a.b:Q"), r"column 'a.b' is not reached; write 'a\\.b'"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_vega_would_draw_wrong_is_refused_by_column_and_row(what: str) -> None:
    drawn, said = WRONG[what]
    with pytest.raises(BadInput) as caught:
        charts.specification(drawn)
    assert str(caught.value) == said


SOUND: dict[str, Any] = {
    "a log scale of numbers above zero": chart(0.001, 1000, x=scaled(LOG)),
    "a log scale both ways": chart(-100, 0, 1000, x=scaled(alt.Scale(type="symlog"))),
    "a bar between two values on a log scale": chart(10, 100, mark="bar", x=alt.X("w:Q", scale=LOG)).encode(x2="v:Q"),
    "an area along a log scale": alt.Chart(pd.DataFrame({"v": [1, 9], "w": [1, 2]})).mark_area().encode(x=scaled(LOG), y="w:Q"),
    "zero on another scale of one chart": chart(0, 1) | chart(1, 10, x=scaled(LOG)),
    "zero on a layer's own scale": (chart(1, 10, x=scaled(LOG)) + chart(0, 10)).resolve_scale(x="independent"),
    "no value, left out on purpose": chart(1.5, None, invalid="filter"),
    "no range at all": chart(1.5, None, mark="rule").encode(x2="v:Q"),
    "no value beside what is drawn": chart(1.5, None, x="w:Q"),
    "a value beyond the domain, cut off on purpose": chart(1, 50, x=scaled(alt.Scale(domain=[0, 10])), clip=True),
    "bins of numbers without zero": chart(*range(5, 9), mark="bar", x=alt.X("v:Q", bin=True)).encode(y="count()"),
    "days, months, years, times": chart("2024-06-04", "2024-06", "2024", "2024-06-04T12:30Z", "2024-06-04T12:30:15.5+02:00", x="v:T"),
    "a column that a transform makes": chart(1, x="twice:Q", more=lambda bare: bare.transform_calculate(twice="datum.v * 2")),
    "a column that a fold makes": chart(1, x="value:Q", more=lambda bare: bare.transform_fold(["v", "w"])),
    "a row that a filter may drop": chart(0, 1, x=scaled(LOG), more=lambda bare: bare.transform_filter("datum.v > 0")),
    "a mean above zero": chart(0, 1, x=alt.X("mean(v):Q", scale=LOG)),
    "a column whose name holds a dot": alt.Chart(pd.DataFrame({"a.b": [1]})).mark_point().encode(x=r"a\.b:Q"),
    "a value of the notebook's own": chart(1, x=alt.value(4)),
    "a table without rows": chart(),
}  # fmt: skip


@pytest.mark.parametrize("what", SOUND)
def test_what_vega_draws_as_it_reads_is_taken(what: str) -> None:
    encodings.check(charts.specification(SOUND[what]))
