"""What a sweep leaves to read, where some of its scenarios failed or there are very many."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from casefile import outcome
from casefile.grid import Grid
from casefile.scenario import NUMBER, Row
from tests.small import declaration

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
