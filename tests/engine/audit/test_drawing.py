"""The audit of drawn charts: each tick says what stands there, each label a cell, and the page's drawing is the rows' own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
from lxml import etree

from casefile.audit.accounts import Accounts
from casefile.audit.drawing import Drawing
from casefile.figures import binding, charts, pictures
from tests.support import machines
from tests.support.small import known

ACCOUNTS = Accounts(known())
DRAWER = pictures.Pictures()


def judged(
    chart: Any, width: int = pictures.WIDE, change: tuple[str, str] = ("", "")
) -> tuple[list[str], Counter[str]]:
    """The faults of a chart's drawing, in which something was changed, and what is accounted for."""
    spec, counted = charts.specification(chart), Counter[str]()
    drawn = pictures.element(spec, width, "one", DRAWER.svg)
    changed = re.sub(*change, drawn, count=1) if change[0] else drawn
    assert (changed != drawn) == bool(change[0])
    (svg,) = etree.HTML(changed).iterfind(".//svg")
    return list(Drawing(spec, DRAWER).faults(svg, width, ACCOUNTS, counted)), counted


def days(count: int, step: str = "D", first: str = "2024-06-03") -> pd.DataFrame:
    """A row a day, or a row a month, or another step."""
    dates = pd.date_range(first, periods=count, freq=step)
    return pd.DataFrame({"x": dates, "v": [float(number) for number in range(1, count + 1)]})


def numbers(*cells: float, name: str = "v") -> pd.DataFrame:
    return pd.DataFrame({name: cells, "name": [f"row {'abcdefghij'[place]}" for place in range(len(cells))]})


def along(scale: str, *cells: float, **axis: Any) -> alt.Chart:
    """Points along an axis of one type of scale."""
    x = alt.X("v:Q", scale=alt.Scale(type=scale), axis=alt.Axis(**axis))  # type: ignore[arg-type]
    chart: alt.Chart = alt.Chart(numbers(*cells)).mark_point().encode(x=x, y=alt.Y("name:N"))
    return chart


MONTHS, BINNED = days(5, "MS"), numbers(1, 2, 2, 3, 3, 3, 4, 9, 12, 15)
READ: dict[str, Any] = {
    "a logarithmic axis, most labels of which are blank": along("log", 1, 10, 1000),
    "a logarithmic axis below one": along("log", 0.002, 0.3, 70),
    "a logarithmic axis upwards": alt.Chart(numbers(1, 1000)).mark_point().encode(x="name:N", y=alt.Y("v:Q", scale=alt.Scale(type="log"))),
    "an axis logarithmic both ways": along("symlog", -100, 10, 1000),
    "an axis of roots": along("sqrt", 0, 10, 1000),
    "three weeks": alt.Chart(days(21)).mark_line().encode(x="x:T", y="v:Q"),
    "three days": alt.Chart(days(3)).mark_line().encode(x="x:T", y="v:Q"),
    "three days, a tick a day": alt.Chart(days(3)).mark_line().encode(x=alt.X("x:T", axis=alt.Axis(tickCount="day")), y="v:Q"),
    "hours": alt.Chart(days(9, "h", "2024-06-03T04:00")).mark_line().encode(x="x:T", y="v:Q"),
    "thirty years": alt.Chart(days(30, "YS", "1990-01-01")).mark_line().encode(x="x:T", y="v:Q"),
    "bars of months, which are of different length": alt.Chart(MONTHS).mark_bar().encode(x="yearmonth(x):O", y="v:Q"),
    "bars of months along time": alt.Chart(MONTHS).mark_bar().encode(x="yearmonth(x):T", y="v:Q"),
    "bars of quarters": alt.Chart(MONTHS).mark_bar().encode(x="yearquarter(x):O", y="v:Q"),
    "counts by bins": alt.Chart(BINNED).mark_bar().encode(x=alt.X("v:Q", bin=True), y="count()"),
    "counts by bins as names": alt.Chart(BINNED).mark_bar().encode(x=alt.X("v:O", bin=True), y="count()"),
    "a text of days": alt.Chart(days(3)).mark_text().encode(x="v:Q", text=alt.Text("x:T", format="%d %b %Y")),
    "parts by months": alt.Chart(MONTHS).mark_point().encode(x="v:Q", row="yearmonth(x):T"),
    "legends of numbers": alt.Chart(numbers(10, 20, 45)).mark_point().encode(x="v:Q", color="v:Q", size="v:Q"),
    "labels within the frame": along("linear", 0, 10, labelFlush=True, tickCount=3),
    "an axis counted in thousands": along("linear", 0, 9000, title="Thousand apples", labelExpr="datum.value / 1000"),
    "an axis shortened": along("linear", 0, 3.5e6, format="~s"),
    "days without leading zeros": alt.Chart(days(9)).mark_line().encode(x=alt.X("x:T", axis=alt.Axis(format="%-d/%m/%y")), y="v:Q"),
    "quarters of time": alt.Chart(days(9, "MS")).mark_line().encode(x=alt.X("x:T", axis=alt.Axis(format="Q%q %Y")), y="v:Q"),
    "words for numbers": along("linear", 0, 1, values=[0, 1], labelExpr="datum.value == 1 ? 'much' : 'little'"),
}  # fmt: skip


@pytest.mark.parametrize("width", [pictures.WIDE, pictures.NARROW])
@pytest.mark.parametrize("what", READ)
def test_an_axis_as_vega_draws_it_is_read(what: str, width: int) -> None:
    faults, counted = judged(READ[what], width)
    assert faults == []
    assert what == "words for numbers" or sum(counted.values()) > 2


@pytest.mark.skipif(machines.LOCALEDEF is None, reason="this system makes no locales")
def test_days_and_hours_are_read_as_vega_writes_them_whatever_language_the_process_speaks(tmp_path: Path) -> None:
    with machines.speaking_french(tmp_path):
        assert judged(READ["three days"])[0] == []


SILENT = "axis of x has no two ticks to read it by; set its values=, format= or tickCount="
EXPECTED = "expected that value: set the axis' format= or values="
FALSE: dict[str, tuple[Any, list[str]]] = {
    "another unit than is said": (
        along("linear", 0, 10, values=[0, 10], labelExpr="datum.value / 1000"), [f"ticks 0 · 0.01: 0.01 stands at 10; {EXPECTED}"]),
    "another day than stands there": (
        alt.Chart(days(3)).mark_line().encode(x=alt.X("x:T", axis=alt.Axis(values=["2024-06-04"], labelExpr="'5 June'")), y="v:Q"),
        [f"ticks 5 June: 5 June stands at 2024-06-04T00:00:00; {EXPECTED}", SILENT]),
    "what no one can read": (
        along("linear", 0, 10, values=[0, 10], labelExpr="'No ' + datum.value + 'ABCDE'"),
        [f"ticks No 0ABCDE · No 10ABCDE: No 0ABCDE stands at 0; {EXPECTED}"]),
    "one text for two numbers": (
        along("linear", 1, 1.2, values=[1, 1.1, 1.2], format=".0f"),
        ["ticks 1 · 1 · 1 cannot be told apart; set the axis' format= or values=", SILENT]),
    "one tick alone": (along("linear", 0, 10, values=[10]), [SILENT]),
    "no tick": (along("linear", 0, 10, values=[]), [SILENT]),
    "ticks that say nothing": (along("linear", 0, 10, labels=False), [SILENT]),
    "zero on a logarithmic axis, past a filter": (
        alt.Chart(numbers(0, 10)).mark_point().transform_filter("datum.v >= 0").encode(x=alt.X("v:Q", scale=alt.Scale(type="log"))),
        [f"{SILENT}, and see that no value is zero or less"]),
    "a name of another row": (
        alt.Chart(pd.DataFrame({"v": ["2022Q1", "2022Q2"]})).mark_point().encode(y=alt.Y("v:N", axis=alt.Axis(labelExpr="'Q1 2022'"))),
        ["label Q1 2022 stands at 2022Q2, and says neither that nor a cell of its row"]),
    "a name that no row has": (
        alt.Chart(pd.DataFrame({"v": ["FY22"]})).mark_point().encode(y=alt.Y("v:N", scale=alt.Scale(domain=["FY22", "FY23"]))),
        ["label FY23 stands at FY23, and says neither that nor a cell of its row"]),
    "a label that is no cell": (
        alt.Chart(numbers(1, 2)).mark_text().encode(x="v:Q", text=alt.value("44 apples")), ["label that is no cell of the chart's rows: 44 apples"] * 2),
}  # fmt: skip


@pytest.mark.parametrize("what", FALSE)
def test_what_an_axis_does_not_say_is_named_with_the_setting_that_would_let_it(what: str) -> None:
    chart, said = FALSE[what]
    assert judged(chart)[0] == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((">10<", ">11<"), "drawing has the text “11” at translate(620,20); drawn from the chart's rows, it has the text “10” at translate(620,20)"),
        ((r"translate\(620,20", "translate(520,20"),
         "drawing has the text “10” at translate(520,20); drawn from the chart's rows, it has the text “10” at translate(620,20)"),
        (("(<text[^>]*>)v<", r"\1<"), "drawing has the text “” at translate(310,39); drawn from the chart's rows, it has the text “v” at translate(310,39)"),
        (("<text[^>]*>v</text>", ""), "drawing has no text there; drawn from the chart's rows, it has the text “v” at translate(310,39)"),
        (("(<text[^>]*>v</text>)", r"\1\1"), "drawing has the text “v” at translate(310,39); drawn from the chart's rows, it has no text there"),
    ],
)  # fmt: skip
def test_a_drawing_that_is_not_that_of_the_rows_is_named(change: tuple[str, str], said: str) -> None:
    bare = alt.Chart(numbers(0, 10)).mark_point().encode(x=alt.X("v:Q", axis=alt.Axis(values=[0, 10])))
    assert judged(bare, change=change)[0] == [said]


def test_what_is_told_to_whoever_measures_does_not_stand_on_the_page() -> None:
    chart = alt.Chart(numbers(10, 20)).mark_point().encode(x="v:Q", y="name:N", color="v:Q", shape="name:N")
    spec = pictures.sized(charts.specification(chart), pictures.WIDE)
    assert pictures.DESCRIPTION_PREFIX in DRAWER.told(spec)
    assert pictures.DESCRIPTION_PREFIX not in pictures.svg(spec)


def test_a_drawing_is_the_one_that_vega_lite_makes_but_for_the_ground_of_its_words() -> None:
    import vl_convert

    for chart in READ.values():
        spec = charts.specification(chart)
        drawn = pictures.svg(spec)
        assert drawn.replace(' paint-order="stroke"', "") == pictures.renumbered(
            vl_convert.vegalite_to_svg(spec, vl_version=pictures.VEGA_LITE)
        )


@pytest.mark.parametrize(("said", "faults"), [("Oct 2024 – Dec 2026", 0), ("Oct 2024 – Dec 2027", 1)])
def test_a_label_of_the_form_for_narrow_screens_is_a_cell_of_that_forms_rows(said: str, faults: int) -> None:
    """The form has rows of its own, in words that the wide one does not draw."""
    wide = alt.Chart(numbers(1, 2)).mark_point().encode(x="v:Q", y="name:N")
    words = numbers(1, 2).assign(told=["Oct 2024 – Dec 2026", "no year"])
    narrow = alt.Chart(words).mark_text().encode(x="v:Q", y="name:N", text="told:N")
    spec = charts.specification(wide)
    spec["usermeta"] = {binding.NARROW_FORM: charts.specification(narrow)}
    drawn = pictures.element(spec, pictures.NARROW, "one", DRAWER.svg).replace("Oct 2024 – Dec 2026", said)
    (svg,) = etree.HTML(drawn).iterfind(".//svg")
    found = list(Drawing(spec, DRAWER).faults(svg, pictures.NARROW, ACCOUNTS, Counter[str]()))
    assert len(found) == faults
