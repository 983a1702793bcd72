"""Where words and verdicts turn along a parameter, in lines of any length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from casefile.figures import expressions
from casefile.figures.nodes import Figure
from casefile.sweep import flips, numeric, table
from casefile.sweep.grid import grid
from casefile.sweep.scenario import SCENARIO_NUMBER
from tests.support.small import declaration, graph


def test_a_line_of_a_million_is_thinned_to_what_a_chart_shows_with_its_extremes_and_both_sides_of_each_flip() -> None:
    declared = {"price": declaration()}
    scenarios = grid(declared, "orchard", ["price=0:10:1000001"], 10**7)
    asked: list[int] = []

    def read(numbers: range) -> Any:
        asked.append(len(numbers))
        places = np.asarray(numbers)
        worth = np.where(places == 123_457, 9.0, np.where(places == 765_433, -9.0, 1.0))
        dear = np.where(places < 500_001, "wrong", "supported")
        price = scenarios.block(numbers)["price"]
        return pd.DataFrame({SCENARIO_NUMBER: places, "price": price, "worth": worth, "verdict_dear": dear})

    (line,) = flips.chart_lines(scenarios, declared, read)
    kept = set(line.table[SCENARIO_NUMBER])
    assert {0, 123_457, 250_000, 500_000, 500_001, 765_433, 1_000_000} <= kept  # 2.5 is the default
    assert len(kept) == len(line.table) < 1000
    assert max(asked) <= numeric.BLOCK + 1
    assert [(flip["before"], flip["after"]) for flip in line.flips] == [(5.0, pytest.approx(5.00001))]


def test_words_that_turn_without_end_are_told_so_often_and_no_more() -> None:
    declared = {"price": declaration()}
    scenarios = grid(declared, "orchard", ["price=0:10:100001"], 10**7)

    def read(numbers: range) -> Any:
        odd = np.where(np.asarray(numbers) % 2, "odd", "even")
        return pd.DataFrame({SCENARIO_NUMBER: np.asarray(numbers), **scenarios.block(numbers), "parity": odd})

    (line,) = flips.chart_lines(scenarios, declared, read)
    assert len(line.flips) == flips.MOST_FLIPS
    assert len(line.table) < 5000


@pytest.mark.parametrize(
    ("kind", "unit", "vary", "bound", "at", "told"),
    [
        ("number", "USD", "0:10:3", 6.1, 6.1, "6.1"),
        ("integer", "apple", "0:10:3", 6.1, 7, "7"),
        ("date", "date", "2024-06-01:2024-06-11:3", 19880.5, "2024-06-07", "2024-06-07"),
    ],
)
def test_a_flip_is_found_to_the_number_the_whole_number_and_the_day(
    kind: str, unit: str, vary: str, bound: float, at: Any, told: str
) -> None:
    row = declaration(type=kind, unit=unit, minimum=None, maximum=None, default="2024-06-01" if kind == "date" else "1")
    made = graph(limit=(bound, unit))
    made.add(Figure("price", "parameter", unit, "price", 1.0, parameter="price"))
    made.choose("word", [("late", expressions.symbol("price") >= expressions.symbol("limit")), ("early", True)])
    compiled = numeric.vectorised(made, "orchard", ["price"])
    scenarios = grid({"price": row}, "orchard", [f"price={vary}"], 100)
    (line,) = flips.chart_lines(scenarios, {"price": row}, table.by_formula(compiled, scenarios), compiled)
    assert [(flip["from"], flip["to"], flip["at"]) for flip in line.flips] == [("early", "late", at)]
    assert line.told() == [f"word: early becomes late at {told} of price"]
