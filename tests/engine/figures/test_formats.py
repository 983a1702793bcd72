"""How numbers are printed."""

from __future__ import annotations

import dataclasses
import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casefile.figures import formats
from casefile.figures.formats import MINUS
from tests.support.small import UNITS

USD, SHARE, RATIO, DATE, FLOP, APPLE = (UNITS[name] for name in ("USD", "fraction", "ratio", "date", "FLOP", "apple"))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "3"), (0.125, 2, "0.13"), (0.375, 2, "0.38"),
        (2.675, 2, "2.67"),  # its binary value lies below the half
        (1234567, 0, "1,234,567"), (1.50, 2, "1.5"), (3.0, 2, "3"), (0.0, 2, "0"), (999.999, 2, "1,000"),
    ],
)  # fmt: skip
def test_halves_round_away_from_zero_on_the_exact_binary_value(value: float, digits: int, text: str) -> None:
    assert formats.fixed(value, digits) == text


def test_a_negative_number_has_a_true_minus_sign_before_its_currency() -> None:
    assert formats.printed(-2_531e6, USD) == f"{MINUS}$2.53 billion"
    assert formats.printed(-0.0086, SHARE) == f"{MINUS}0.9%"


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert formats.printed(-0.0001, SHARE) == "0%"
    assert formats.printed(-0.2, APPLE) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (41_666.67, "$41,667"), (999_999, "$999,999"), (999_999.9, "$1 million"), (1e6, "$1 million"),
        (500e6, "$500 million"), (999.999e6, "$1 billion"), (1.25e12, "$1.25 trillion"), (198.3e6, "$198.3 million"),
        (0, "$0"),
    ],
)  # fmt: skip
def test_money_is_told_in_millions_billions_and_trillions(value: float, text: str) -> None:
    got = formats.printed(value, USD)
    if value == 999.999e6:
        assert got in ("$1 billion", "$1,000 million")
    else:
        assert got == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (107_070_600, -2, "$110 million"), (50_160_000, -2, "$50 million"), (1_250_000, -2, "$1.3 million"), (94.9, -1, "$90"),
        (9_960_000, -2, "$10 million"), (0.0, -2, "$0"), (-107.3, -2, f"{MINUS}$110"), (0.5449, -2, "$0.54"),
    ],
)  # fmt: skip
def test_digits_below_zero_say_how_many_are_worth_printing(value: float, digits: int, text: str) -> None:
    assert formats.printed(value, USD, digits) == text


def test_a_power_of_ten_counts_its_digits_too() -> None:
    assert formats.printed(4.449e25, FLOP, -2) == "4.4 × 10²⁵ FLOP"


@pytest.mark.parametrize(
    ("value", "part", "text"),
    [
        (-0.5507, "change", "down 55.1%"), (2.62, "change", "up 262%"), (-0.0002, "change", "unchanged"),
        (-0.051, "lead", "5.1% behind"), (0.09, "lead", "9% ahead"), (0.0, "lead", "level"), (-0.04, "against", "4% below"), (-0.051, "size", "5.1%"),
        (math.nan, "change", "not known"),
    ],
)  # fmt: skip
def test_a_size_has_its_direction_in_words(value: float, part: str, text: str) -> None:
    assert formats.directed(value, SHARE, part) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "three"), (0.0, "zero"), (9.0, "nine"), (10.0, "10"), (-3.0, f"{MINUS}3"), (12_500.0, "12,500")],
)
def test_a_count_below_ten_is_spelled_in_prose(value: float, text: str) -> None:
    assert formats.directed(value, APPLE, formats.SPELLED) == text


def test_a_multiple_is_told_in_words_where_its_sign_would_be_read_aloud() -> None:
    unit = dataclasses.replace(RATIO, suffix=formats.MULTIPLE)
    assert formats.printed(4.16, unit, 1) == "4.2×"
    assert formats.multiple(4.16, unit, formats.TIMES, 1) == "4.2 times"
    assert formats.multiple(4.16, unit, formats.BARE, 1) == "4.2"
    assert formats.multiple(None, unit, formats.TIMES) == "not known"


def test_a_share_is_printed_in_per_cent() -> None:
    assert formats.printed(0.121, SHARE) == "12.1%"
    assert formats.printed(2.62, SHARE) == "262%"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.1e25, "2.1 × 10²⁵ FLOP"), (9.99e24, "1 × 10²⁵ FLOP"), (0, "0 FLOP"), (1e-3, "1 × 10⁻³ FLOP"),
        (-2.1e25, f"{MINUS}2.1 × 10²⁵ FLOP"),
    ],
)  # fmt: skip
def test_large_numbers_are_printed_in_powers_of_ten(value: float, text: str) -> None:
    assert formats.printed(value, FLOP) == text


def test_a_date_is_printed_as_day_month_year() -> None:
    assert formats.printed(formats.day_number("2023-11-03"), DATE) == "3 November 2023"
    assert formats.printed(formats.day_number("1969-12-31"), DATE) == "31 December 1969"


@pytest.mark.parametrize("text", ["2024-13-45", "0000-00-00", "2023-02-29", "2024-00"])
def test_what_only_looks_like_a_day_is_printed_as_it_is_written(text: str) -> None:
    assert formats.day(text) == text
    assert formats.in_words(f"by {text}, closing_prices") == f"by {text}, closing prices"


def test_a_month_or_a_year_alone_stands_for_its_first_day() -> None:
    assert formats.day_number("2023-12") == formats.day_number("2023-12-01")
    assert formats.day_number("2024") == formats.day_number("2024-01-01")
    assert formats.day_number("1970-01-01") == 0


@given(some.dates(min_value=datetime.date(1000, 1, 1)))
def test_any_day_prints_as_itself(day: datetime.date) -> None:
    assert formats.printed(formats.day_number(day.isoformat()), DATE) == f"{day.day} {day:%B} {day.year}"


def test_what_is_not_known_says_so() -> None:
    assert formats.printed(None, USD) == "not known"
    assert formats.printed(math.nan, USD) == "not known"
    assert formats.printed(math.inf, USD) == "without limit"


def test_a_range_says_whether_it_is_open() -> None:
    assert formats.printed_range(3e9, 4e9, USD) == "$3 billion to $4 billion"
    assert formats.printed_range(3e9, None, USD) == "at least $3 billion"
    assert formats.printed_range(None, 4e9, USD) == "at most $4 billion"
    assert formats.printed_range(None, None, USD) == "not known"


def test_a_range_whose_ends_print_alike_is_printed_once() -> None:
    assert formats.printed_range(0.0, 0.0, USD) == "$0"
    assert formats.printed_range(3e9, 3.001e9, USD) == "$3 billion"


@pytest.mark.parametrize(
    ("printed", "low", "high", "qualifier"),
    [
        ("more than $500 million", 500.0, None, "more than"), ("Roughly 500", None, None, "about"), ("nearly 500", None, 500.0, "nearly"),
        ("probably 500 or thereabouts", None, None, "probably about"), ("500 miles", 500.0, None, "at least"), ("500", None, 500.0, "at most"),
        ("overall 500", None, None, ""), ("500", 400.0, None, ""), ("500", 400.0, 600.0, ""), ("", None, None, ""),
    ],
)  # fmt: skip
def test_what_a_source_puts_before_a_number_is_read_of_its_words_and_of_its_one_bound(
    printed: str, low: float | None, high: float | None, qualifier: str
) -> None:
    assert formats.qualifier(printed, 500.0, low, high) == qualifier


def test_a_figure_may_ask_for_its_own_decimals() -> None:
    assert formats.printed(1.23456, RATIO, 4) == "1.2346 times"


@given(some.floats(min_value=-1e15, max_value=1e15), some.integers(0, 6))
def test_a_printed_number_is_within_half_a_unit_of_its_last_decimal(value: float, digits: int) -> None:
    read = float(formats.fixed(value, digits).replace(",", ""))
    assert abs(read - abs(value)) <= 0.5 * 10**-digits * (1 + 1e-9) + abs(value) * 1e-15


@pytest.mark.parametrize(
    ("iso", "words"), [("2024-06-04", "4 June 2024"), ("2023-12", "December 2023"), ("2024", "2024")]
)
def test_a_date_is_said_as_exactly_as_it_is_known(iso: str, words: str) -> None:
    assert formats.date(iso) == words


@pytest.mark.parametrize(
    ("iso", "words"),
    [("2024-06-04", "4 Jun 2024"), ("2023-12", "Dec 2023"), ("2024", "2024"), ("2026-05-20", "20 May 2026")],
)
def test_a_date_in_a_chart_is_as_exact_and_short(iso: str, words: str) -> None:
    assert formats.short_date(iso) == words
