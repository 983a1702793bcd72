"""Charts: one drawing for light and dark, safe in any page, with its rows inside."""

from __future__ import annotations

import json
import re

import altair as alt
import pandas as pd

from casefile import charts, pictures

TABLE = pd.DataFrame({"fruit": ["apple", "pear"], "count": [3, 5], "day": pd.to_datetime(["2024-06-04", "2024-06-05"])})


def bars() -> alt.Chart:
    made: alt.Chart = alt.Chart(TABLE).mark_bar().encode(x="count:Q", y="fruit:N").properties(height=80)
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
    assert charts.rows(table) == [
        {"number": 1.5, "text": "a", "whole": 1, "true": True},
        {"number": None, "text": None, "whole": 2, "true": False},
    ]
    assert charts.rows(TABLE[["day"]])[0] == {"day": "2024-06-04T00:00:00.000"}


def test_rows_keep_every_digit() -> None:
    numbers = [0.1 + 0.2, 1.971805803158144e-05, 2.1e25, 41666.666666666664]
    assert [row["n"] for row in json.loads(json.dumps(charts.rows(pd.DataFrame({"n": numbers}))))] == numbers
