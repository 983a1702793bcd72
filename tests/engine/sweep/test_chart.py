"""The chart of a sweep, where scenarios failed and along choices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casefile.sweep import chart, flips, table
from casefile.sweep.grid import Grid
from casefile.sweep.scenario import SCENARIO_NUMBER, ScenarioRow
from tests.support.small import declaration

SCENARIOS = Grid({"price": (1.0, 2.0, 3.0)})
ROWS: list[ScenarioRow] = [
    {SCENARIO_NUMBER: 2, "price": 3.0, "worth": 30.0, "verdict_dear": "supported", "error": None},
    {SCENARIO_NUMBER: 0, "price": 1.0, "worth": 10.0, "verdict_dear": "wrong", "error": None},
    {SCENARIO_NUMBER: 1, "price": 2.0, "error": "market.ipynb, cell 2: stopped"},
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
    lines = flips.chart_lines(SCENARIOS, declared, table.write(tmp_path, ROWS))
    assert (tmp_path / "scenarios.csv").read_text(encoding="utf-8").splitlines() == [
        '"scenario_number","price","worth","verdict_dear","error"', '0,1,10,"wrong",""',
        '1,2,,,"market.ipynb, cell 2: stopped"', '2,3,30,"supported",""',
    ]  # fmt: skip
    assert flips.write(tmp_path, lines) == [
        {"what": "verdict_dear", "parameter": "price", "before": 1.0, "after": 3.0, "from": "wrong", "to": "supported",
         "at": None},
    ]  # fmt: skip
    chart.draw(tmp_path, lines)
    assert marks(tmp_path) == {
        f"price (USD/apple): 1; Times its value near the default: {shares[0]}; figures: worth",
        f"price (USD/apple): 3; Times its value near the default: {shares[1]}; figures: worth",
        "price (USD/apple): 1; what: verdict dear; says: wrong",
        "price (USD/apple): 3; what: verdict dear; says: supported",
    }


def test_a_choice_that_turns_a_verdict_is_a_flip_and_its_marks_stand_apart_in_the_order_of_the_words(
    tmp_path: Path,
) -> None:
    declared = {"price": declaration(type="string", unit="", default="mid", choices=("low", "mid", "high"))}
    scenarios = Grid({"price": ("mid", "low", "high")})
    rows = [{**row, "price": value, "worth": 1.0 + place, "verdict_dear": said, "error": None} for place, (row, value, said)
            in enumerate(zip(sorted(ROWS, key=lambda row: int(row[SCENARIO_NUMBER])), scenarios.values["price"], ("wrong", "supported", "wrong"), strict=True))]  # fmt: skip
    (line,) = lines = flips.chart_lines(scenarios, declared, table.write(tmp_path, rows))
    assert line.told() == ["verdict_dear: wrong becomes supported with price=low"]
    chart.draw(tmp_path, lines)
    drawn = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert "mark-line" not in drawn
    labels = re.findall(r">(low|mid|high)</text>", drawn)
    assert labels[:3] == ["mid", "low", "high"]
