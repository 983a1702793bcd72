"""Charts: one drawing for light and dark, safe in any page, with its rows inside."""

from __future__ import annotations

import datetime
import decimal
import json
import re
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from altair.utils import schemapi

from casefile.errors import BadInput
from casefile.figures import altair_schema, charts, pictures

TABLE = pd.DataFrame({"fruit": ["apple", "pear"], "count": [3, 5], "day": pd.to_datetime(["2024-06-04", "2024-06-05"])})


def bars() -> alt.Chart:
    made: alt.Chart = alt.Chart(TABLE).mark_bar().encode(x=alt.X("count:Q"), y=alt.Y("fruit:N")).properties(height=80)
    return made


def test_a_specification_holds_its_rows_and_the_house_style() -> None:
    spec = charts.specification(bars())
    (rows,) = spec["datasets"].values()
    assert [row["count"] for row in rows] == [3, 5]
    assert spec["config"]["background"] == "transparent"


def test_colours_follow_the_page() -> None:
    drawn = pictures.element(charts.specification(bars()), pictures.WIDE, "one")
    assert "var(--chart-1)" in drawn
    assert not re.search(r"(fill|stroke)=\"#[0-9a-f]{3,6}\"", drawn)


def test_a_drawing_scales_with_its_column_and_asks_nothing_of_anyone() -> None:
    drawn = pictures.element(charts.specification(bars()), pictures.NARROW, "one")
    head = drawn[: drawn.index(">")]
    assert "viewBox" in head
    assert "width=" not in head
    assert not re.search(r"(?:href|src)=\"https?:", drawn)
    assert "<script" not in drawn


def test_words_of_a_chart_stand_on_a_ground_of_the_pages_colour_and_those_on_bars_on_the_bar() -> None:
    table = pd.DataFrame({"kind": ["early", "late"], "apples": [3, 4]})
    beside = charts.words(table, "kind:N", "apples:Q", charts.rows_of("kind"))
    bar = charts.bars(table, charts.amounts("apples", "Apples"), charts.rows_of("kind"), 20)
    drawn = pictures.svg(charts.specification(beside + charts.inside(bar, "kind")))
    grounds = [
        (re.search(r' fill="([^"]+)"', text)[1], 'paint-order="stroke"' in text and 'stroke-width="4"' in text)  # type: ignore[index]
        for text in re.findall(r"<text[^>]*>(?=early|late)", drawn)
        if charts.MUTED not in text
    ]
    assert grounds == [(charts.INK, True)] * 2 + [(charts.PAPER, False)] * 2


def test_words_of_a_chart_have_the_apostrophes_of_print_and_what_names_them_still_does() -> None:
    table = pd.DataFrame({"whose": ["Tesla's", "owners' own"], "apples": [3, 4]})
    named = alt.condition("datum.whose == 'Tesla\\'s' && 'n' != 'b'", alt.value("red"), alt.value("blue"))
    chart = charts.words(
        table, "whose:N", charts.amounts("apples", "Pears' weight"), charts.rows_of("whose", ["owners' own", "Tesla's"])
    )
    drawn = pictures.svg(charts.specification(chart.encode(color=named)))
    texts = re.findall(r"<text[^>]*>([^<]+)<", drawn)
    assert {text for text in texts if text[0].isalpha()} == {"owners’ own", "Tesla’s", "Pears’ weight"}
    assert re.findall(r'fill="(red|blue)"', drawn) == ["red", "blue"]


def test_two_drawings_on_a_page_share_no_id() -> None:
    spec = charts.specification(bars())
    ids = [set(re.findall(r'id="([^"]+)"', pictures.element(spec, pictures.WIDE, prefix))) for prefix in ("one", "two")]
    assert not ids[0] & ids[1]
    for prefix in ("one", "two"):
        drawn = pictures.element(spec, pictures.WIDE, prefix)
        assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= set(re.findall(r'id="([^"]+)"', drawn))


def test_the_same_specification_draws_the_same_bytes() -> None:
    spec = charts.specification(bars())
    assert pictures.element(spec, pictures.WIDE, "one") == pictures.element(spec, pictures.WIDE, "one")


def test_sizing_leaves_the_stored_specification_alone() -> None:
    spec = charts.specification(bars())
    assert pictures.sized(spec, 340)["width"] == 340
    assert "width" not in spec


def test_tables_have_names_that_do_not_depend_on_what_they_hold() -> None:
    other = bars().properties(data=TABLE.assign(count=[1, 2]))
    assert [list(charts.specification(chart)["datasets"]) for chart in (bars(), other)] == [["table-1"], ["table-1"]]


def test_the_bundle_is_the_same_each_time_and_needs_no_other_host() -> None:
    script = pictures.bundle()
    assert script == pictures.bundle()
    assert script.startswith("(() => {")
    assert not re.search(r"\b(import|export)\s*[({*]|import\s+\w|sourceMappingURL", script)


def test_rows_are_plain_numbers_texts_and_nulls() -> None:
    table = pd.DataFrame({"number": [1.5, None], "text": ["a", None], "whole": [1, 2], "true": [True, False]})
    assert charts.plain_rows(table) == [
        {"number": 1.5, "text": "a", "whole": 1, "true": True},
        {"number": None, "text": None, "whole": 2, "true": False},
    ]
    assert charts.plain_rows(TABLE[["day"]])[0] == {"day": "2024-06-04T00:00:00.000"}


def test_rows_keep_every_digit() -> None:
    numbers = [0.1 + 0.2, 1.971805803158144e-05, 2.1e25, 41666.666666666664]
    assert [row["n"] for row in json.loads(json.dumps(charts.plain_rows(pd.DataFrame({"n": numbers}))))] == numbers


# ------------------------------------------------------------------------------------------------------------------ cells


def test_cells_of_every_usual_kind_are_plain_in_table_and_picture() -> None:
    table = pd.DataFrame({
        "day": [datetime.date(2024, 6, 4), None],
        "price": [decimal.Decimal("2.5"), decimal.Decimal("3")],
        "number": pd.Series([np.float64(1.5), np.int64(2)], dtype=object),
        "kind": pd.Categorical(["pear", "apple"]),
        "ripe": [np.True_, np.False_],
        "gone": [pd.NA, pd.NaT],
    })  # fmt: skip
    expected = [
        {"day": "2024-06-04", "price": 2.5, "number": 1.5, "kind": "pear", "ripe": True, "gone": None},
        {"day": None, "price": 3.0, "number": 2, "kind": "apple", "ripe": False, "gone": None},
    ]
    chart = alt.Chart(table).mark_point(invalid="filter").encode(x="day:T", y="price:Q", color="kind:N", shape="ripe:N")
    (drawn,) = charts.specification(chart)["datasets"].values()
    assert json.dumps(charts.plain_rows(table)) == json.dumps(drawn) == json.dumps(expected)


def test_times_are_drawn_in_universal_time_and_written_so() -> None:
    times = [
        pd.Timestamp("2024-06-04"),
        pd.Timestamp("2024-06-04T12:30"),
        pd.Timestamp("2024-06-04T12:30", tz="Europe/Berlin"),
    ]
    table = pd.DataFrame(
        {"at": pd.Series([*times, times[1].to_pydatetime(), np.datetime64("2024-06-04T12:30")], dtype=object)}
    )
    (drawn,) = charts.specification(alt.Chart(table).mark_point().encode(x="at:T"))["datasets"].values()
    noon = "2024-06-04T12:30:00Z"
    assert [row["at"] for row in drawn] == ["2024-06-04", noon, "2024-06-04T10:30:00Z", noon, noon]


@pytest.mark.parametrize(
    "cell",
    [pd.Timedelta(days=1), pd.Period("2024-06"), pd.Interval(0, 1), ["a", "b"], {"a": 1}, 1j, b"a", datetime.time(12)],
)
def test_a_cell_of_another_kind_is_refused_by_column_and_row(cell: Any) -> None:
    table = pd.DataFrame({"odd": pd.Series(["a", cell], dtype=object), "even": [1, 2]})
    said = re.escape(f"column 'odd', row 2: {cell!r}; expected a number, a text, a day or a time, true or false")
    with pytest.raises(BadInput, match=said):
        charts.plain_rows(table)
    with pytest.raises(BadInput, match=said):
        charts.specification(alt.Chart(table).mark_point().encode(x="even:Q"))


def test_what_altair_refuses_is_told_in_one_line() -> None:
    with pytest.raises(BadInput, match='Unable to determine data type for the field "cuont"') as caught:
        charts.specification(alt.Chart(TABLE).mark_point().encode(x="cuont"))
    assert "\n" not in str(caught.value)


# -------------------------------------------------------------------------------------------------------------- addresses

ELSEWHERE = "https://example.org/pears.csv"
ADDRESSES: dict[str, tuple[Any, str]] = {
    "data": (alt.Chart(ELSEWHERE).mark_point().encode(x="a:Q"), "data.url"),
    "data of a layer": (bars() + alt.Chart(alt.UrlData(ELSEWHERE)).mark_point().encode(x="a:Q"), "layer.data.url"),
    "data to look up": (
        bars().transform_lookup("fruit", alt.LookupData(alt.UrlData(ELSEWHERE), "fruit", ["price"])), "transform.from.data.url"),
    "a picture of each row": (bars().encode(url="fruit:N"), "encoding.url"),
    "a link": (bars().encode(href="fruit:N"), "encoding.href"),
    "a link of all marks": (bars().mark_bar(href=ELSEWHERE), "mark.href"),
    "a link of the house's own": (bars().configure_mark(href=ELSEWHERE), "config.mark.href"),
    "a colour": (bars().mark_bar(color="url(https://example.org/p.svg#p)"), "mark.color"),
    "a colour of an expression": (bars().encode(color=alt.value(alt.expr("'url(' + datum.fruit + ')'"))), "encoding.color.value.expr"),
}  # fmt: skip


@pytest.mark.parametrize("what", ADDRESSES)
def test_a_chart_that_asks_for_an_address_is_refused_by_its_place(what: str) -> None:
    chart, place = ADDRESSES[what]
    with pytest.raises(BadInput, match=f"^{re.escape(place)} holds an address, .*; expected all data inside"):
        charts.specification(chart)


@pytest.mark.parametrize("looks", [{"width": 10}, {"url": ELSEWHERE}])
def test_an_image_mark_is_refused(looks: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"^mark\.type is an image; expected marks drawn from rows"):
        charts.specification(bars().mark_image(**looks))


def test_an_address_among_words_is_no_address() -> None:
    table = TABLE.assign(fruit=["https://example.org/apple", "url(pear)"])
    assert charts.specification(bars().properties(data=table, title="After https://example.org"))


def test_drawing_asks_nothing_of_anyone() -> None:
    spec = {**charts.specification(bars()), "data": {"url": "http://127.0.0.1:9/pears.csv"}}
    with pytest.raises(ValueError, match="not allowed"):
        pictures.svg(spec)


# ------------------------------------------------------------------------------------------------------------------- time

MONTHS = pd.DataFrame({"x": ["2024-01-01", "2024-02-01", "2024-03-01"], "v": [1, 2, 3], "name": list("abc")})
STAMPS = MONTHS.assign(x=pd.to_datetime(MONTHS["x"]))
NOON = MONTHS.assign(x=MONTHS["x"] + "T12:30")


def months(x: Any, table: pd.DataFrame = MONTHS, mark: str = "bar", **more: Any) -> alt.Chart:
    drawn: alt.Chart = getattr(alt.Chart(table), f"mark_{mark}")().encode(
        x=alt.X(x) if isinstance(x, str) else x, y=alt.Y("v:Q"), **more
    )
    return drawn


# Drawn in four zones by `test_charts_live`.
TIMES: dict[str, Any] = {
    "months": months("yearmonth(x):T"),
    "months as names": months("yearmonth(x):O"),
    "months by name alone": months("month(x):O"),
    "days of a week": months("day(x):O"),
    "weeks, binned": months(alt.X("x:T", timeUnit="binnedyearweek")).encode(x2="x2:T").transform_calculate(x2="datum.x + 6e8"),
    "two months each": months(alt.X("x:T", timeUnit=alt.TimeUnitParams(unit="yearmonth", step=2))),
    "timestamps": months("x:T", STAMPS, "point"),
    "timestamps as names": months("x:O", STAMPS, "point"),
    "times without a zone": months("x:T", NOON, "point"),
    "times with a space": months("x:T", NOON.assign(x=NOON["x"].str.replace("T", " ")), "point"),
    "days": months("x:T", mark="point"),
    "a scale of local time": months(alt.X("x:T", scale=alt.Scale(type="time")), mark="point"),
    "an axis of local time": months(alt.X("x:T", axis=alt.Axis(format="%d %b", formatType="time", tickCount=3)), mark="point"),
    "a text of times": months("v:Q", mark="text", text=alt.Text("x:T", format="%d %b %Y")),
    "a text under a condition": months("v:Q", mark="text", text=alt.condition("datum.v > 1", "x:T", alt.value(""))),
    "a legend of times": months("v:Q", mark="point", color="x:T"),
    "parts by months": months("v:Q", mark="point", row="yearmonth(x):T"),
    "parts by months, below": months("v:Q", mark="point").facet("yearmonth(x):O"),
    "months by a transform": months("m:T").transform_timeunit(m="yearmonth(x)"),
    "a domain by parts": months(alt.X("x:T", scale=alt.Scale(domain=[{"year": 2024, "month": 1}, {"year": 2024, "month": 4}])), mark="point"),
    "a domain by times": months(alt.X("x:T", scale=alt.Scale(domain=["2024-01-01T00:00", "2024-04-01T00:00"])), mark="point"),
    "ticks by parts": months(alt.X("x:T", axis=alt.Axis(values=[alt.DateTime(year=2024, month=2), alt.DateTime(year=2024, month=3)])), mark="point"),
    "a rule at a day": months("x:T", mark="point") + alt.Chart().mark_rule().encode(x=alt.datum(alt.DateTime(year=2024, month=2, date=3))),
    "those since a day": months("x:T", mark="point").transform_filter(alt.FieldGTEPredicate(field="x", gte=alt.DateTime(year=2024, month=2))),
    "days as one writes them at home": alt.Chart(alt.Data(values=[{"x": "01.02.2024"}, {"x": "01.03.2024"}], format=alt.DataFormat(
        parse={"x": "date:'%d.%m.%Y'"}))).mark_point().encode(x="x:T"),
    "what says itself to be universal": months(alt.X("utcyearmonth(x):T", scale=alt.Scale(type="utc"))),
    "a label by an expression": months(alt.X("yearmonth(x):O", axis=alt.Axis(labelExpr="utcFormat(datum.value, '%b %Y')"))),
}  # fmt: skip

CLOCKS: dict[str, tuple[Any, str]] = {
    "a computed month": (
        months("m:O").transform_calculate(m="month(datum.x)"),
        "transform.calculate calls month(), which follows the reader's clock; write utcmonth()"),
    "a computed day": (
        months("m:T").transform_calculate(m="datetime(2024, 1, 1)"),
        "transform.calculate calls datetime(), which follows the reader's clock; write utc()"),
    "a label": (
        months(alt.X("x:T", axis=alt.Axis(labelExpr="timeFormat(datum.value, '%b')"))),
        "encoding.x.axis.labelExpr calls timeFormat(), which follows the reader's clock; write utcFormat()"),
    "a condition": (
        months("x:T", color=alt.condition("hours(datum.x) > 12", alt.value("red"), alt.value("blue"))),
        "encoding.color.condition.test calls hours(), which follows the reader's clock; write utchours()"),
    "a filter within others": (
        months("x:T").transform_filter({"not": {"and": ["datum.v > 1", "date(datum.x) == 1"]}}),  # type: ignore[arg-type]
        "transform.filter.not.and calls date(), which follows the reader's clock; write utcdate()"),
    "today": (
        months("x:T").transform_filter("datum.x < now()"),
        "transform.filter calls now(), which differs each time the chart is drawn; expected what the rows give"),
    "chance": (
        months("r:Q").transform_calculate(r="random()"),
        "transform.calculate calls random(), which differs each time the chart is drawn; expected what the rows give"),
    "a filter by units of time": (
        months("x:T").transform_filter(alt.FieldEqualPredicate(field="x", equal=alt.DateTime(month=2), timeUnit="month")),
        "transform.filter compares by timeUnit, which follows the reader's clock; compare with days themselves"),
    "parts by times as they are": (
        months("v:Q", mark="point", row="x:T"),
        "encoding.row titles its parts by the reader's clock; write utcyearmonthdate(x):T"),
    "parts below each other": (
        months("v:Q", mark="point").facet("x:T"),
        "facet titles its parts by the reader's clock; write utcyearmonthdate(x):T"),
    "names formatted as times": (
        months(alt.X("x:O", axis=alt.Axis(format="%b", formatType="time"))),
        "encoding.x formats times by the reader's clock; write utcyearmonthdate(x):O"),
}  # fmt: skip


@pytest.mark.parametrize("what", CLOCKS)
def test_what_follows_the_readers_clock_is_refused_with_what_to_write(what: str) -> None:
    chart, said = CLOCKS[what]
    with pytest.raises(BadInput) as caught:
        charts.specification(chart)
    assert str(caught.value) == said


def test_words_that_name_times_are_no_clocks() -> None:
    assert charts.specification(months(alt.X("x:T", title="Sold by month (2024), now (so far)")))
    assert charts.specification(months("m:N").transform_calculate(m="datum.v + ' a month (so far)'"))


def test_altair_makes_of_plain_data_what_it_makes_with_its_schemas_hashed_anew() -> None:
    plain = {
        "field": "fruit",
        "type": "nominal",
        "axis": {"labelLimit": 3},
        "scale": {"domain": ["a", "b"]},
        "sort": "-x",
    }
    anew: Any = schemapi._FromDict(alt.VegaLiteSchema._default_wrapper_classes()).from_dict(plain, alt.Y)
    kept = alt.Y.from_dict(plain)
    assert type(kept) is type(anew)
    assert type(kept.axis) is type(anew.axis)
    assert kept.to_dict() == anew.to_dict() == plain
    with pytest.raises(Exception, match="nonsense"):
        alt.Y.from_dict({"field": "fruit", "nonsense": 1})


def scaled(kind: str, table: pd.DataFrame = TABLE) -> alt.Chart:
    made: alt.Chart = alt.Chart(table).mark_point().encode(x=alt.X("count:Q", scale=alt.Scale(type=kind), title="held"))  # type: ignore[arg-type]
    return made


def test_a_chart_is_held_to_the_schema_once_whatever_its_rows_and_another_again() -> None:
    before = len(altair_schema._held)
    for table in (TABLE, TABLE.assign(count=[7, 8])):
        (rows,) = charts.specification(scaled("linear", table))["datasets"].values()
        assert [row["count"] for row in rows] == list(table["count"])
    assert len(altair_schema._held) == before + 1
    for _ in range(2):
        with schemapi.debug_mode(False), pytest.raises(BadInput, match="nonsense"):
            charts.specification(scaled("nonsense"))


def test_a_chart_is_copied_as_altair_copies_it_and_shares_no_part() -> None:
    one = bars() + scaled("linear")
    copy, theirs = one.copy(), altair_schema._copied_by_altair(one, set())
    assert copy.to_dict() == theirs.to_dict() == one.to_dict()
    copy.layer[1].encoding.x["scale"]["type"] = "log"
    assert one.layer[1].encoding.x["scale"]["type"] == "linear"
