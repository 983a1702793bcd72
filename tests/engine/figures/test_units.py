"""Units: what adds, what does not, and the factors between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy

from casefile.errors import BadInput
from casefile.figures.units import Units
from tests.support.small import UNITS, symbols

price, count, months, days, share, more = symbols("price", "count", "months", "days", "share", "more")
OF = {
    "price": "USD/apple", "count": "apple", "months": "month", "days": "hour", "share": "fraction", "more": "USD",
}  # fmt: skip


@pytest.fixture(scope="module")
def units() -> Units:
    return Units(UNITS)


def test_dollars_and_months_do_not_add(units: Units) -> None:
    with pytest.raises(BadInput, match=r"cannot add or compare month and USD in months \+ more"):
        units.scaled(more + months, OF, "USD")


def test_dollars_and_months_do_not_compare(units: Units) -> None:
    with pytest.raises(BadInput, match="cannot add or compare"):
        units.conditioned(more > months, OF)


def test_a_product_must_come_out_in_the_unit_it_is_published_in(units: Units) -> None:
    assert units.scaled(price * count, OF, "USD") == price * count
    with pytest.raises(BadInput, match=r"gives .*USD.*; expected .*month"):
        units.scaled(price * count, OF, "month")


def test_hours_and_months_add_with_the_factor_between_them(units: Units) -> None:
    assert float(units.scaled(months, OF, "hour").subs({months: 1})) == 730.5
    mixed = units.scaled(days + months, OF, "hour")
    assert float(mixed.subs({days: 1, months: 2})) == pytest.approx(1 + 2 * 730.5)


def test_a_number_adds_to_a_share_but_not_to_dollars(units: Units) -> None:
    assert units.scaled(1 - share, OF, "fraction") == 1 - share
    with pytest.raises(BadInput, match=r"and USD in .*; expected one unit: a share, such as x/y - 1$"):
        units.scaled(1 + more, OF, "USD")


@pytest.mark.parametrize("function", [sympy.exp, sympy.log])
def test_exponentials_and_logarithms_take_plain_numbers_only(units: Units, function: Any) -> None:
    assert units.scaled(function(share), OF, "ratio") == function(share)
    with pytest.raises(BadInput, match="expected a plain number"):
        units.scaled(function(more), OF, "ratio")


def test_powers_carry_their_unit(units: Units) -> None:
    assert units.scaled(sympy.sqrt(more**2), OF, "USD") == sympy.Abs(more)
    with pytest.raises(BadInput, match="gives"):
        units.scaled(more**2, OF, "USD")


def test_an_exponent_must_be_a_plain_number(units: Units) -> None:
    assert units.scaled(share**share, OF, "ratio") == share**share
    with pytest.raises(BadInput, match="expected a plain number"):
        units.scaled(share**more, OF, "ratio")


def test_the_cases_of_a_formula_share_a_unit(units: Units) -> None:
    good = sympy.Piecewise((more, share > 0.5), (price * count, True))
    assert units.scaled(good, OF, "USD") == good
    with pytest.raises(BadInput, match="cannot add or compare"):
        units.scaled(sympy.Piecewise((more, share > 0.5), (months, True)), OF, "USD")
    with pytest.raises(BadInput, match="cannot add or compare"):
        units.scaled(sympy.Piecewise((more, months > more), (0 * more + more * 2, True)), OF, "USD")


def test_largest_and_smallest_compare_like_with_like(units: Units) -> None:
    assert units.scaled(sympy.Max(more, price * count), OF, "USD") == sympy.Max(more, price * count)
    with pytest.raises(BadInput, match="cannot add or compare"):
        units.scaled(sympy.Min(more, months), OF, "USD")


def test_an_unknown_function_is_refused_by_name(units: Units) -> None:
    with pytest.raises(BadInput, match="gamma is not a function that formulas may use"):
        units.scaled(sympy.gamma(share), OF, "ratio")


def test_an_unknown_unit_suggests_the_nearest(units: Units) -> None:
    with pytest.raises(BadInput, match=r"unknown unit 'appel'.*did you mean apple"):
        units.parse("appel")


def test_a_definition_that_pint_cannot_read_names_its_row() -> None:
    with pytest.raises(
        BadInput, match=r"data/units\.csv, column definition: 'apple'; expected a definition pint can read"
    ):
        Units({"apple": replace(UNITS["apple"], definition="apple")})


def test_a_unit_that_pint_does_not_know_names_its_row() -> None:
    units = Units({"bushel_of_pears": replace(UNITS["apple"], unit="bushel_of_pears", definition="")})
    with pytest.raises(BadInput, match=r"data/units\.csv, column unit: 'bushel_of_pears'; expected a unit pint knows"):
        units.parse("bushel_of_pears")
