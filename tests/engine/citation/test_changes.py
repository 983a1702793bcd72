"""What changed since an edition: which numbers say something else, and which say the same in other digits."""

from __future__ import annotations

import pytest

from casefile.citation import changes
from casefile.citation.citable import CitableItem
from casefile.citation.editions import Edition
from casefile.records import Correction


def number(text: str, value: float | None, unit: str = "USD") -> CitableItem:
    return CitableItem("rent", "number", "delay", "figure-rent", "Rent", text, "h", value, unit)


def correction(name: str) -> Correction:
    return Correction(name, "correction", "2021-03-01", "Wrong.", "Right.", "", ("rent",), (), (), "", "")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (number("$107.08 million", 107_076_690.0), number("$110 million", 107_076_690.0)),
        (number("66.7%", 0.6667, "fraction"), number("66.7%", 2 / 3, "fraction")),
        (number("$3.33 billion", 3.3335e9), number("$3.3 billion", 10e9 / 3)),
        (number("0", 0.0, "GPU"), number("0", 0.0, "GPU")),
        (number("4 June 2024", 19878.0, "date"), number("4 June 2024", 19878.0, "date")),
    ],
)
def test_a_number_in_other_digits_says_the_same(before: CitableItem, now: CitableItem) -> None:
    assert not changes.said_otherwise(before, now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (number("480,126", 480_126.0, "vehicle"), number("480,200", 480_200.0, "vehicle")),
        (number("3", 3.0, "score"), number("8", 8.0, "score")),
        (number("1", 1.0, "claim"), number("0", 0.0, "claim")),
        (
            number("5.1 points", 0.051, "percentage_point"),
            number("\N{MINUS SIGN}5.1 points", -0.051, "percentage_point"),
        ),
        (number("4 June 2024", 19878.0, "date"), number("5 June 2024", 19879.0, "date")),
        (number("$110 million", 107e6), number("at least $50 million", None)),
        (number("3.5", 3.5, "month"), number("3.5", 3.5, "year")),
    ],
)
def test_another_value_direction_day_or_unit_says_something_else(before: CitableItem, now: CitableItem) -> None:
    assert changes.said_otherwise(before, now)


def test_a_number_is_marked_for_the_latest_correction_that_changed_what_it_says() -> None:
    said = [
        number("$100 million", 100e6),
        number("$107.08 million", 107_076_690.0),
        number("$110 million", 107_076_690.0),
    ]
    editions = [
        Edition(f"0.{at}.0", "2021-01-01", names, {"rent": item})
        for at, (names, item) in enumerate(zip(((), ("value",), ("value", "digits")), said, strict=True))
    ]
    rows = [correction("value"), correction("digits")]
    assert changes.restated(rows, {"rent": said[-1]}, editions)["rent"].id == "value"
    assert changes.restated(rows[1:], {"rent": said[-1]}, editions) == {}
    later = {"rent": number("$370 million", 367e6)}  # by a correction that no edition has yet
    assert changes.restated([*rows[1:], correction("later")], later, editions)["rent"].id == "later"


def test_a_correction_of_what_no_edition_tells_of_is_believed() -> None:
    assert changes.restated([correction("value")], {}, []) == {"rent": correction("value")}
