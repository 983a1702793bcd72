"""Plain statistics, against what can be counted on the fingers."""

from __future__ import annotations

import pandas as pd
import pytest

from casefile.figures import statistics

TABLE = pd.DataFrame(
    {
        "tree": ["a", "a", "b", "b", "c", "a"],
        "year": [1, 1, 1, 2, 1, 2],
        "apples": [5, 6, 7, 7, 5, 5],
    }
)


def test_a_count_is_of_rows_or_values() -> None:
    assert statistics.count(TABLE) == 6
    assert statistics.count([]) == 0


@pytest.mark.parametrize(
    ("values", "middle"),
    [([3], 3), ([9, 1, 4], 4), ([9, 1, 4, 6], 5), ([1, 2, 3, 4, 100, 5], 3.5), ([8, 1], 4.5), ([5, 3, 1, 9, 7], 5)],
)
def test_a_median_is_the_middle_or_the_mean_of_the_two_middle_ones(values: list[float], middle: float) -> None:
    assert statistics.median(values) == middle


def test_without_values_there_is_no_median_and_no_largest() -> None:
    assert statistics.median([]) is None
    assert statistics.largest([]) is None


def test_the_largest_is_the_largest() -> None:
    assert statistics.largest([3, 11, -20, 7]) == 11


def test_days_are_counted_from_the_first_to_the_second() -> None:
    assert statistics.days_between(["2024-02-28", "2023-12-31"], ["2024-03-01", "2023-12-30"]) == [2, -1]
    with pytest.raises(ValueError, match="shorter"):
        statistics.days_between(["2024-02-28", "2024-02-29"], ["2024-03-01"])


@pytest.mark.parametrize(
    ("day", "found"),
    [("2024-05-01", "2024-05-01"), ("2024-05-31", "2024-05-01"), ("2024-06-19", "2024-06-19"), ("2025-01-01", "2024-06-19"), ("2023-01-01", "2024-04-01")],
)  # fmt: skip
def test_the_latest_date_is_not_after_the_day_unless_all_are(day: str, found: str) -> None:
    assert statistics.latest(["2024-06-19", "2024-04-01", "2024-05-01", "2024-04-01"], day) == found


def test_no_dates_have_no_latest() -> None:
    with pytest.raises(ValueError, match="no dates; expected at least one"):
        statistics.latest([], "2024-01-01")


def test_rows_that_agree_are_all_found_the_first_included() -> None:
    assert list(statistics.repeated(TABLE, ["tree", "year"]).index) == [0, 1]
    assert list(statistics.repeated(TABLE, ["tree"]).index) == [0, 1, 2, 3, 5]


def test_rows_that_agree_conflict_when_a_value_differs() -> None:
    assert list(statistics.conflicting(TABLE, ["tree", "year"], "apples").index) == [0, 1]
    assert list(statistics.conflicting(TABLE, ["tree"], "apples").index) == [0, 1, 5]


@pytest.mark.parametrize(
    ("day", "status", "came", "stood"),
    [
        ("2019-12-31", "lapsed", None, "not yet made"),
        ("2020-01-01", "lapsed", None, "still open"),  # said that day
        ("2020-12-31", "lapsed", None, "still open"),  # due that day
        ("2021-01-01", "lapsed", None, "lapsed"),
        ("2021-01-01", "lapsed", "2021-03-01", "lapsed"),
        ("2021-01-01", "partly", "2020-06-01", "met in part"),
        ("2021-01-01", "partly", "2021-06-01", "lapsed"),  # what came later is not known yet
        ("2021-06-01", "partly", "2021-06-01", "met in part"),  # known on the day it came
        ("2020-06-01", "met", "2020-06-01", "met"),
        ("2020-06-02", "met", "2020-06-01", "met"),
        ("2020-05-31", "met", "2020-06-01", "still open"),
        ("2021-01-01", "open", None, "not followed"),
    ],
)
def test_a_promise_stands_by_its_dates_and_by_what_had_come(
    day: str, status: str, came: str | None, stood: str
) -> None:
    promise = {"said": "2020-01-01", "target_latest": "2020-12-31", "status": status, "came": came or float("nan")}
    assert statistics.outcome(promise, day) == stood
