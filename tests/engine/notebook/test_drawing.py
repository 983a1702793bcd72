"""Ranges in place of values: kept as text, read from files, refused where nothing can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.notebook import drawing, parameters
from tests.support.small import declaration

PRICE = declaration(low=1.0, high=6.0)


def test_a_range_is_a_value_and_is_kept_as_its_text() -> None:
    assert parameters.from_text(PRICE, "1:2.5:6") == "1:2.5:6"
    assert parameters.validate(PRICE, " normal(3,  1) ~ rent 0.5") == "normal(3, 1) ~ rent 0.5"
    drawn = drawing.asked({"price": PRICE}, {"price": "1:2.5:6"})["price"]
    assert (drawn.low, drawn.mode, drawn.high) == (1, 2.5, 6)
    assert drawing.asked({"price": PRICE}, {"price": 2.5}) == {}


def test_observed_values_of_a_file_stand_in_the_text(tmp_path: Path) -> None:
    alone, table = tmp_path / "alone.csv", tmp_path / "table.csv"
    alone.write_text("2\n3\n3.5\n")
    table.write_text("who,price\na,2\nb,3\n")
    assert parameters.from_text(PRICE, f"observed({alone})") == "observed(2, 3, 3.5)"
    assert parameters.from_text(PRICE, f"observed({table}, price) ~ rent 0.5") == "observed(2, 3) ~ rent 0.5"
    table.write_text("who,price\na,2\nb,dear\n")
    for text, line in (
        (f"observed({table}, price)", f"{table}, row 3, column price: 'dear'; expected a number"),
        (f"observed({table}, prize)", f"{table}: no column 'prize'; did you mean price?"),
        (f"observed({table})", f"{table}: has 2 columns; expected observed({table}, COLUMN), known: price, who"),
        (f"observed({tmp_path}/none.csv)", f"observed({tmp_path}/none.csv): no such file; expected a CSV with a column of numbers"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as error:
            parameters.from_text(PRICE, text)
        assert str(error.value) == line


def test_a_range_beyond_the_bounds_or_out_of_order_is_refused_with_its_parameter() -> None:
    for text, expected in (
        ("1:2:11", "a range within 0 to 10 (USD/apple)"),
        ("-1:2:3", "a range within 0 to 10 (USD/apple)"),
        ("2:9:4", "low, most plausible and high in this order"),
    ):
        with pytest.raises(BadInput) as error:
            parameters.from_text(PRICE, text)
        assert str(error.value) == f"orchard: parameter 'price' is {text!r}; expected {expected}"


def test_only_numbers_take_ranges() -> None:
    for row in (declaration(type="string", default="a", choices=("a", "b")), declaration(type="date", default="2024-01-01", minimum=None, maximum=None)):  # fmt: skip
        with pytest.raises(BadInput):
            parameters.from_text(row, "1:2:3")


def test_what_code_reads_takes_no_range() -> None:
    with pytest.raises(BadInput, match="orchard: its code reads 'price' besides its formulas, so it takes no range"):
        drawing.check("orchard", {"price": PRICE}, {"price": "1:2:3"}, frozenset({"price"}))
