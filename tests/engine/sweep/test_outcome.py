"""What a sweep leaves to read, where some of its scenarios failed or there are very many."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from casefile.figures import expressions
from casefile.figures.graph import Figure
from casefile.sweep import numeric, outcome
from casefile.sweep.grid import Grid, grid
from casefile.sweep.scenario import NUMBER, Row
from tests.support.small import declaration, graph

SCENARIOS = Grid({"price": (1.0, 2.0, 3.0)})
ROWS: list[Row] = [
    {NUMBER: 2, "price": 3.0, "worth": 30.0, "verdict_dear": "supported", "error": None},
    {NUMBER: 0, "price": 1.0, "worth": 10.0, "verdict_dear": "wrong", "error": None},
    {NUMBER: 1, "price": 2.0, "error": "market.ipynb, cell 2: stopped"},
]


def marks(output: Path) -> set[str]:
    """What the chart's marks say of themselves."""
    drawn = (output / "chart.svg").read_text(encoding="utf-8")
    return {said for said in re.findall(r'aria-label="([^"]*)"', drawn) if said.startswith("price (USD/apple): ")}


@pytest.mark.parametrize(("default", "shares"), [("1", (1, 3)), ("2.5", (0.333333333, 1))])
def test_a_scenario_that_failed_is_an_empty_row_and_no_mark_and_its_neighbours_stand(
    default: str, shares: tuple[float, float], tmp_path: Path
) -> None:
    declared = {"price": declaration(default=default)}
    lines = outcome.lines(SCENARIOS, declared, outcome.tables(tmp_path, ROWS))
    assert (tmp_path / "scenarios.csv").read_text(encoding="utf-8").splitlines() == [
        '"scenario_number","price","worth","verdict_dear","error"', '0,1,10,"wrong",""',
        '1,2,,,"market.ipynb, cell 2: stopped"', '2,3,30,"supported",""',
    ]  # fmt: skip
    assert outcome.write_flips(tmp_path, lines) == [
        {"what": "verdict_dear", "parameter": "price", "before": 1.0, "after": 3.0, "from": "wrong", "to": "supported",
         "at": None},
    ]  # fmt: skip
    outcome.draw(tmp_path, lines)
    assert marks(tmp_path) == {
        f"price (USD/apple): 1; Times its value near the default: {shares[0]}; figures: worth",
        f"price (USD/apple): 3; Times its value near the default: {shares[1]}; figures: worth",
        "price (USD/apple): 1; what: verdict dear; says: wrong",
        "price (USD/apple): 3; what: verdict dear; says: supported",
    }


@pytest.mark.parametrize(("count", "written"), [(1_000_000, True), (1_000_001, False)])
def test_a_table_that_no_reader_could_open_is_left_in_parquet_alone(count: int, written: bool, tmp_path: Path) -> None:
    (tmp_path / "scenarios.parquet").mkdir()
    pd.DataFrame({NUMBER: [0], "worth": [1.5]}).to_parquet(tmp_path / "scenarios.parquet" / "part-00000.parquet")
    outcome.csv_of_parts(tmp_path, count)
    path = tmp_path / "scenarios.csv"
    assert (path.read_text(encoding="utf-8") if path.exists() else "") == (
        '"scenario_number","worth"\n0,1.5\n' if written else ""
    )


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
        return pd.DataFrame({NUMBER: places, "price": price, "worth": worth, "verdict_dear": dear})

    (line,) = outcome.lines(scenarios, declared, read)
    kept = set(line.table[NUMBER])
    assert {0, 123_457, 250_000, 500_000, 500_001, 765_433, 1_000_000} <= kept  # 2.5 is the default
    assert len(kept) == len(line.table) < 1000
    assert max(asked) <= numeric.BLOCK + 1
    assert [(flip["before"], flip["after"]) for flip in line.flips] == [(5.0, pytest.approx(5.00001))]


def test_words_that_turn_without_end_are_told_so_often_and_no_more() -> None:
    declared = {"price": declaration()}
    scenarios = grid(declared, "orchard", ["price=0:10:100001"], 10**7)

    def read(numbers: range) -> Any:
        odd = np.where(np.asarray(numbers) % 2, "odd", "even")
        return pd.DataFrame({NUMBER: np.asarray(numbers), **scenarios.block(numbers), "parity": odd})

    (line,) = outcome.lines(scenarios, declared, read)
    assert len(line.flips) == outcome.MOST_FLIPS
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
    compiled = numeric.formulas(made, "orchard", ["price"])
    scenarios = grid({"price": row}, "orchard", [f"price={vary}"], 100)
    (line,) = outcome.lines(scenarios, {"price": row}, outcome.by_formula(compiled, scenarios), compiled)
    assert [(flip["from"], flip["to"], flip["at"]) for flip in line.flips] == [("early", "late", at)]
    assert line.told() == [f"word: early becomes late at {told} of price"]


def test_a_choice_that_turns_a_verdict_is_a_flip_and_its_marks_stand_apart_in_the_order_of_the_words(
    tmp_path: Path,
) -> None:
    declared = {"price": declaration(type="string", unit="", default="mid", choices=("low", "mid", "high"))}
    scenarios = Grid({"price": ("mid", "low", "high")})
    rows = [{**row, "price": value, "worth": 1.0 + place, "verdict_dear": said, "error": None} for place, (row, value, said)
            in enumerate(zip(sorted(ROWS, key=lambda row: int(row[NUMBER])), scenarios.values["price"], ("wrong", "supported", "wrong"), strict=True))]  # fmt: skip
    (line,) = lines = outcome.lines(scenarios, declared, outcome.tables(tmp_path, rows))
    assert line.told() == ["verdict_dear: wrong becomes supported with price=low"]
    outcome.draw(tmp_path, lines)
    drawn = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert "mark-line" not in drawn
    labels = re.findall(r">(low|mid|high)</text>", drawn)
    assert labels[:3] == ["mid", "low", "high"]
