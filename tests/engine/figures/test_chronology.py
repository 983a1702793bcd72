"""Charts of what happened when: what they draw, and that a picture can be made of it."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

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
    rows = events(days)
    assert chronology.early(rows["day"]) == 2
    plain = charts.specification(chronology.timeline(rows, STYLES))
    words = next(layer for layer in plain["layer"] if layer["mark"]["type"] == "text")
    assert [row["dated"] for row in plain["datasets"][words["data"]["name"]]] == ["2013", "2019"]
    drawing = pictures.svg(pictures.sized(plain, pictures.WIDE))
    assert ">2013<" in drawing and ">2016<" not in drawing  # no tick of an empty decade
    evenly = rows[2:].reset_index(drop=True)
    assert chronology.early(evenly["day"]) == 0
    drawing = pictures.svg(pictures.sized(charts.specification(chronology.timeline(evenly, STYLES)), pictures.WIDE))
    assert ">2013<" not in drawing


def events(days: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [f"tree_{day[:7].replace('-', '_')}" for day in days],
            "day": days,
            "date": days,
            "title": [f"Tree {day}" for day in days],
            "thread": "picked",
        }
    )


def look_of(svg: str, words: str) -> dict[str, str]:
    """The attributes of a text in a drawing."""
    found = next(node for node in BeautifulSoup(svg, "lxml").find_all("text") if node.text == words)
    return {name: str(value) for name, value in found.attrs.items()}


@pytest.mark.parametrize("width", [pictures.WIDE, pictures.NARROW])
def test_each_event_has_its_date_within_the_picture_and_one_that_matters_stands_out(width: int) -> None:
    rows = events([f"2024-{month:02}-01" for month in range(1, 13)])
    plain = charts.specification(chronology.timeline(rows, STYLES, ["tree_2024_06"]))
    drawing = pictures.svg(pictures.sized(plain, width))
    for month in ("Jan", "Jun", "Dec"):
        look = look_of(drawing, f"1 {month} 2024")
        assert ("bold" in look.get("font-weight", "")) is (month == "Jun")
        assert look["text-anchor"] == ("end" if month == "Dec" else "start")  # none runs over the edge
    assert look_of(drawing, "Tree 2024-06-01")["font-weight"] == "bold"
    assert look_of(drawing, "Tree 2024-07-01").get("font-weight", "normal") == "normal"
    marks = [layer for layer in plain["layer"] if layer["mark"]["type"] == "point"]
    sizes = [mark["encoding"]["size"] for mark in marks]
    assert sizes == [{"condition": {"test": "datum.stressed", "value": 170}, "value": 64}]
    assert marks[0]["encoding"]["x"]["scale"]["range"] == [10, {"expr": "width - 10"}]  # no mark on the edge


def test_a_timeline_says_in_words_which_events_stand_out_and_what_is_large() -> None:
    table = events([f"2024-{month:02}-01" for month in range(1, 13)]).to_dict("records")
    rows: list[dict[str, str]] = [{str(name): str(cell) for name, cell in row.items()} for row in table]
    assert chronology.timeline_words(rows, ["tree_2024_06"]) == (
        "A mark for each of the story's events, the oldest on top, from “Tree 2024-01-01” to “Tree 2024-12-01”. "
        "Larger than the others: “Tree 2024-06-01”, 1 Jun 2024. The list has them all."
    )
    assert "Larger" not in chronology.timeline_words(rows)
    assert chronology.timeline_note(rows, ["tree_2024_06"]).endswith("Large marks: the events this page turns on.")
    assert chronology.timeline_note(rows) == (
        "What is dated to a month stands in its middle, to a year at its end. On a narrow screen the events are a list, not to scale."
    )


def placed(svg: str, words: str) -> tuple[float, float]:
    """Where a text stands in a drawing, from the left and from the top."""
    across, down = re.findall(r"-?[\d.]+", look_of(svg, words)["transform"].split(")")[0])
    return float(across), float(down)


def test_on_a_narrow_screen_events_are_a_list_in_order_each_with_its_date_before_it() -> None:
    days = ["2013-09-18", "2023-12-31", *(f"2024-{month:02}-01" for month in range(1, 13))]
    rows = events(days)
    rows.loc[1, "date"] = "2023-12"
    plain = charts.specification(chronology.timeline_list(rows, STYLES, ["tree_2024_06"]))
    drawing = pictures.svg(pictures.sized(plain, pictures.NARROW))
    assert "role-axis" not in drawing  # no year that stands a screen away from what it dates
    dates = ["18 Sep 2013", "Dec 2023", *(f"1 {month} 2024" for month in ("Jan", "Jun", "Dec"))]
    titles = [f"Tree {day}" for day in ("2013-09-18", "2023-12-31", "2024-01-01", "2024-06-01", "2024-12-01")]
    heights = [placed(drawing, date)[1] for date in dates]
    assert heights == sorted(heights) == [placed(drawing, title)[1] for title in titles]
    assert {look_of(drawing, date)["text-anchor"] for date in dates} == {"end"}
    assert all(
        placed(drawing, date)[0] < placed(drawing, title)[0] - 20 for date, title in zip(dates, titles, strict=True)
    )
    assert "bold" in look_of(drawing, "1 Jun 2024")["font-weight"]
    parted = next(layer for layer in plain["layer"] if "transform" in layer and layer["mark"]["type"] == "rule")
    table = plain["datasets"][parted["data"]["name"]]
    assert [row["day"] for row in table if row["parted"]] == ["2023-12-31", "2024-01-01"]  # a line between years


def test_a_narrow_list_says_at_each_line_from_which_month_to_which_it_runs() -> None:
    spans = {"a": ("2024-01-05", "2024-03-31"), "b": ("2023-11-01", "2026-12-31"), "c": ("2026-10-01", "2026-12-31")}
    rows = pd.DataFrame([
        {"id": id, "said": said, "due": due, "outcome": "picked", "label": f"Apples {id}"} for id, (said, due) in spans.items()
    ])  # fmt: skip
    plain = charts.specification(chronology.spans(rows, STYLES, "2026-05-01", above=True))
    drawing = pictures.svg(pictures.sized(plain, pictures.NARROW))
    after, upon, before = (
        look_of(drawing, months) for months in ("Jan 2024 – Mar 2024", "Nov 2023 – Dec 2026", "Oct 2026 – Dec 2026")
    )
    assert [one.get("text-anchor", "start") for one in (after, upon, before)] == ["start", "start", "end"]
    assert "Jan 2024" not in pictures.svg(
        pictures.sized(charts.specification(chronology.spans(rows, STYLES, "2026-05-01")), pictures.WIDE)
    )


def test_a_mark_stands_on_the_day_of_the_column_that_is_named() -> None:
    rows = pd.DataFrame(
        {"id": ["a"], "said": ["2024-01-01"], "due": ["2024-12-31"], "outcome": ["picked"], "label": ["Apples"]}
    )
    for at, stands in (("due", "2024-12-31"), ("said", "2024-01-01"), ("settled", "2024-06-30")):
        plain = charts.specification(chronology.spans(rows.assign(settled="2024-06-30"), STYLES, "2024-10-09", at=at))
        mark = next(layer for layer in plain["layer"] if layer["mark"]["type"] == "point")
        (row,) = plain["datasets"][mark["data"]["name"]]
        assert row[mark["encoding"]["x"]["field"]] == stands


def test_the_first_rank_is_named_whatever_the_last_is() -> None:
    for last, ranks in (
        (26, ["1", "5", "10", "15", "20", "25"]),
        (4, ["1", "2", "3", "4"]),
        (100, ["1", "20", "40", "60", "80", "100"]),
    ):
        rows = pd.DataFrame({"day": ["2024-01-01", "2024-06-01"], "kind": "picked", "rank": [1, last]})
        plain = charts.specification(
            chronology.ranks(rows, "rank", "Rank", STYLES, pd.DataFrame({"day": [], "text": []}))
        )
        drawing = pictures.svg(pictures.sized(plain, pictures.NARROW))
        assert re.findall(r">(\d{1,3})</text>", drawing) == ranks


def test_a_line_turns_without_a_spike() -> None:
    rows = pd.DataFrame({"day": ["2024-01-01", "2024-01-02", "2024-01-03"], "kind": "picked", "rank": [20, 1, 20]})
    plain = charts.specification(chronology.ranks(rows, "rank", "Rank", STYLES, pd.DataFrame({"day": [], "text": []})))
    drawing = BeautifulSoup(pictures.svg(pictures.sized(plain, pictures.WIDE)), "lxml")
    (line,) = drawing.select(".mark-line.role-mark path")
    assert line["stroke-linejoin"] == "round"


def test_no_name_of_a_day_crosses_another_days_line_and_months_are_named_to_the_end() -> None:
    months = pd.date_range("2023-06-30", "2024-12-31", freq="ME").strftime("%Y-%m-%d")
    rows = pd.DataFrame({"day": months, "held": "grown", "trees": range(1000, 1000 * len(months) + 1, 1000)})
    days = {"memo": "2023-12-15", "call": "2024-04-23", "report": "2024-06-04"}
    named = pd.DataFrame({"day": list(days.values()), "text": list(days), "at": [15_000] * 3})
    plain = charts.specification(
        chronology.joined(rows, "trees", "Trees", named, pd.DataFrame({"value": [2000], "text": ["plan"]}))
    )
    drawing = pictures.svg(pictures.sized(plain, pictures.NARROW))
    assert [look_of(drawing, name).get("text-anchor", "start") for name in days] == ["end", "end", "start"]
    assert len({placed(drawing, name)[1] for name in days}) == 1
    labels = [text.get_text(" ") for text in BeautifulSoup(drawing, "lxml").select(".role-axis-label text")]
    assert [label.strip() for label in labels if label[0].isalpha()] == [
        "Jul 2023",
        "Oct",
        "Jan 2024",
        "Apr",
        "Jul",
        "Oct",
    ]


def test_the_dashed_line_of_the_day_of_judgement_has_its_name_above_it_on_the_side_with_room() -> None:
    rows = pd.DataFrame(
        {"id": ["a"], "said": ["2024-01-01"], "due": ["2024-03-01"], "outcome": ["picked"], "label": ["Apples"]}
    )
    for today, side in (("2024-05-01", "end"), ("2023-12-01", "start")):
        plain = charts.specification(chronology.spans(rows, STYLES, today, above=True, named="the end"))
        drawing = pictures.svg(pictures.sized(plain, pictures.NARROW))
        assert look_of(drawing, "the end").get("text-anchor") == side
