"""Measures under one another: each fills its own lane, from its own zero."""

from __future__ import annotations

import pandas as pd
import pytest

from casefile.figures import multiples

TABLE = pd.DataFrame({"period": ["a", "b", "c"], "sold": [10.0, 20.0, 40.0], "left": [3.0, -1.0, 1.0]})
ROWS = multiples.in_lanes(TABLE, {"sold": "Sold", "left": "Left"})


def test_the_largest_value_of_a_measure_reaches_across_its_lane_and_the_rest_in_proportion() -> None:
    sold = ROWS[ROWS["measure"] == "Sold"]
    assert (sold["end"] - sold["start"]).tolist() == [0.25, 0.5, 1.0]
    assert sold["sold"].tolist() == [10.0, 20.0, 40.0]


def test_a_value_below_zero_hangs_from_the_line_that_others_stand_on() -> None:
    left = ROWS[ROWS["measure"] == "Left"]
    assert left["zero"].nunique() == 1
    assert (left["end"] - left["zero"]).tolist() == pytest.approx([0.75, -0.25, 0.25])


def test_lanes_do_not_meet() -> None:
    spans = ROWS.groupby("measure", sort=False)[["start", "end"]]
    (_, upper), (_, lower) = ((name, rows.to_numpy().ravel()) for name, rows in spans)
    assert lower.max() < upper.min()
