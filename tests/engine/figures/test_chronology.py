"""Charts of what happened when: what they draw, and that a picture can be made of it."""

from __future__ import annotations

import json

import pandas as pd

from casefile.figures import charts, chronology, pictures

STYLES = {"picked": ("circle", charts.COLOURS[0]), "sold": ("square", charts.COLOURS[1])}


def test_promises_of_one_name_have_a_line_each() -> None:
    rows = pd.DataFrame({
        "id": ["a", "b"], "said": ["2024-01-01", "2024-02-01"], "due": ["2024-03-01", "2024-04-01"], "outcome": ["picked", "picked"],
        "label": ["Apples", "Apples"],
    })  # fmt: skip
    plain = charts.specification(chronology.spans(rows, STYLES, "2024-05-01"))
    fields = [layer["encoding"]["y"]["field"] for layer in plain["layer"] if "y" in layer["encoding"]]
    assert fields == ["id", "id"]
    assert '"sold"' not in json.dumps(plain)  # no mark in the legend that nothing has


def test_a_name_stands_before_its_line_or_whole_above_it_where_there_is_no_room_beside() -> None:
    label = "A long promise of apples for each and every one of us"
    rows = pd.DataFrame(
        {"id": ["a"], "said": ["2024-01-01"], "due": ["2024-03-01"], "outcome": ["picked"], "label": [label]}
    )
    beside, above = (
        charts.specification(chronology.spans(rows, STYLES, "2024-05-01", above=up)) for up in (False, True)
    )
    assert label in json.dumps(beside["layer"][1]["encoding"]["y"]["axis"])
    assert [layer["mark"]["type"] for layer in above["layer"]][-1] == "text"
    assert label in pictures.svg(pictures.sized(above, pictures.NARROW))


def test_a_plan_is_hollow_and_dotted_and_what_stood_rises_from_month_end_to_month_end() -> None:
    rows = pd.DataFrame({
        "day": ["2024-01-31", "2024-02-29", "2024-03-31"], "held": ["grown", "grown", "planned"], "trees": [1, 2, 3],
    })  # fmt: skip
    named = pd.DataFrame({"day": ["2024-01-15"], "text": ["memo"], "at": [2]})
    plain = charts.specification(
        chronology.joined(rows, "trees", "Trees", named, pd.DataFrame({"value": [2], "text": ["plan"]}))
    )
    lines = [layer for layer in plain["layer"] if layer["mark"]["type"] == "line"]
    assert [line["mark"]["strokeDash"] for line in lines] == [[1, 0], [2, 4]]
    assert not any("interpolate" in line["mark"] for line in lines)  # a step would put a rise a month late
    assert [[row["trees"] for row in plain["datasets"][line["data"]["name"]]] for line in lines] == [[1, 2], [2, 3]]
    fill = next(layer["encoding"]["fill"] for layer in plain["layer"] if "fill" in layer["encoding"])
    assert fill["scale"]["range"] == [charts.COLOURS[0], charts.PAPER]


def test_a_price_that_no_outsider_paid_is_hollow() -> None:
    rows = pd.DataFrame({
        "day": ["2024-01-01", "2024-02-01"], "kind": ["picked", "sold"], "value": [1, 2], "label": ["a", "b"], "least": [None, 1], "most": [None, 3],
    })  # fmt: skip
    plain = charts.specification(chronology.marks(rows, "value", "Worth", STYLES, ["sold"], "datum.label"))
    fill = next(layer["encoding"]["fill"] for layer in plain["layer"] if "fill" in layer["encoding"])
    assert dict(zip(fill["scale"]["domain"], fill["scale"]["range"], strict=True)) == {
        "picked": charts.COLOURS[0],
        "sold": charts.PAPER,
    }


def test_events_years_before_all_others_stand_before_the_axis_each_with_its_year() -> None:
    days = ["2013-09-18", "2019-04-22", *(f"2024-{month:02}-01" for month in range(1, 13))]
    rows = pd.DataFrame({"day": days, "title": [f"Tree {day}" for day in days], "thread": "picked"})
    assert chronology.early(rows["day"]) == 2
    plain = charts.specification(chronology.timeline(rows, STYLES))
    words = next(layer for layer in plain["layer"] if layer["mark"]["type"] == "text")
    assert [row["year"] for row in plain["datasets"][words["data"]["name"]]] == ["2013", "2019"]
    drawing = pictures.svg(pictures.sized(plain, pictures.WIDE))
    assert ">2013<" in drawing and ">2016<" not in drawing  # no tick of an empty decade
    evenly = rows[2:].reset_index(drop=True)
    assert chronology.early(evenly["day"]) == 0
    assert all(
        layer["mark"]["type"] != "text" for layer in charts.specification(chronology.timeline(evenly, STYLES))["layer"]
    )
