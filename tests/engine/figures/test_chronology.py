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


def test_a_plan_is_dotted_and_what_stands_is_not() -> None:
    rows = pd.DataFrame({"day": ["2024-01-31", "2024-02-29"], "kind": ["existing", "planned"], "trees": [1, 2]})
    named = pd.DataFrame({"day": ["2024-01-15"], "text": ["memo"], "at": [2]})
    plain = charts.specification(
        chronology.steps(rows, "trees", "Trees", named, pd.DataFrame({"value": [2], "text": ["plan"]}))
    )
    dashes = {
        layer["transform"][0]["filter"]: layer["mark"]["strokeDash"] for layer in plain["layer"] if "transform" in layer
    }
    assert dashes == {"datum.kind == 'existing'": [1, 0], "datum.kind == 'planned'": [2, 4]}


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
