"""Exponentials, logarithms and powers, against decimal arithmetic with sixty digits."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pytest

from casefile.figures import elementary

EXACT = Context(prec=60)
RANDOM = random.Random(7)
NUMBERS = [RANDOM.uniform(-30, 30) for _ in range(150)]
POSITIVE = [math.exp(number) for number in NUMBERS]
CASES: list[tuple[Callable[..., Any], Callable[..., Decimal], tuple[list[float], ...]]] = [
    (elementary.exp, EXACT.exp, (NUMBERS,)),
    (elementary.log, EXACT.ln, (POSITIVE,)),
    (elementary.power, lambda base, exponent: EXACT.exp(EXACT.multiply(exponent, EXACT.ln(base))), (POSITIVE, NUMBERS[::-1])),
]  # fmt: skip


@pytest.mark.parametrize(("function", "exact", "columns"), CASES, ids=["exp", "log", "power"])
def test_the_nearest_double_is_found_for_a_number_and_for_each_in_a_column(
    function: Callable[..., Any], exact: Callable[..., Decimal], columns: tuple[list[float], ...]
) -> None:
    rows = list(zip(*columns, strict=True))
    expected = [float(exact(*map(Decimal, row))) for row in rows]
    assert [float(function(*row)) for row in rows] == expected
    assert function(*map(np.array, columns)).tolist() == expected


@pytest.mark.parametrize(
    ("function", "columns", "expected"),
    [
        (elementary.exp, [[800.0, -800.0, 0.0, -math.inf]], [math.inf, 0.0, 1.0, 0.0]),
        (elementary.log, [[0.0, 1.0, math.inf]], [-math.inf, 0.0, math.inf]),
        (elementary.power, [[-2.0, 0.0, 10.0, 1e300], [3.0, 2.5, 9.0, 2.0]], [-8.0, 0.0, 1e9, math.inf]),
        (elementary.whole_power, [np.array([3, 4_000_000_000]), 3], [27.0, 6.4e28]),
        (elementary.whole_power, [7, 1], 7.0),
    ],
)
def test_ends_and_whole_numbers(
    function: Callable[..., Any], columns: list[Any], expected: list[float] | float
) -> None:
    with np.errstate(all="ignore"):
        assert np.array_equal(function(*columns), expected)


def test_what_has_no_value_is_no_number() -> None:
    with np.errstate(all="ignore"):
        assert np.isnan(elementary.log(-1.0))
        assert np.isnan(elementary.power(-8.0, 1 / 3))
        assert np.isnan(elementary.exp(np.array([math.nan, 1.0]))).tolist() == [True, False]


def test_one_base_has_many_exponents() -> None:
    assert np.asarray(elementary.power(10, np.array([[1.0, 2.0], [-1.0, 0.5]]))).tolist() == [
        [10.0, 100.0],
        [0.1, math.sqrt(10)],
    ]
