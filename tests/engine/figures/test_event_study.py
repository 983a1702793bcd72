"""The event study, against another way to the same numbers: a regression with a variable for each tested day.

A variable that is one on one day and else zero takes up the whole of that day's abnormal return, and its standard error is
that of a forecast: the market model's test, without its equations.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from casefile.errors import BadInput
from casefile.figures import event_study
from casefile.figures.event_study import Windows

DAYS = [str(day.date()) for day in pd.bdate_range("2024-01-01", periods=60)]


@pytest.fixture
def rows() -> pd.DataFrame:
    """Sixty days of returns of an asset that follows its market, and of the market."""
    random = np.random.default_rng(5)
    market = random.normal(0.001, 0.01, 60)
    return pd.DataFrame({"asset": 0.002 + 1.3 * market + random.normal(0, 0.02, 60), "market": market}, index=DAYS)


def with_dummies(rows: pd.DataFrame, fitted: slice, tested: list[int]) -> tuple[float, float, int]:
    """The sum of the abnormal returns of the tested days and its standard error, by one regression over all days."""
    used = [*range(fitted.start, fitted.stop), *tested]
    asset, market = rows["asset"].to_numpy()[used], rows["market"].to_numpy()[used]
    dummies = [[float(place == day) for place in used] for day in tested]
    design = np.column_stack([np.ones(len(used)), market, *dummies])
    solution = np.linalg.lstsq(design, asset, rcond=None)[0]
    left = asset - design @ solution
    freedom = len(used) - design.shape[1]
    covariance = left @ left / freedom * np.linalg.inv(design.T @ design)
    pick = np.array([0.0, 0.0, *(1.0 for _ in tested)])
    return float(pick @ solution), float(np.sqrt(pick @ covariance @ pick)), freedom


def test_returns_are_from_close_to_close() -> None:
    prices = pd.DataFrame({"a": [100.0, 110.0, 99.0]}, index=DAYS[:3])
    assert event_study.returns(prices)["a"].tolist() == pytest.approx([0.1, -0.1])
    assert list(event_study.returns(prices).index) == DAYS[1:3]


@pytest.mark.parametrize("tested", [[50], [49, 50, 51], [50, 51]])
def test_a_sum_of_abnormal_returns_is_tested_as_a_regression_with_dummies_tests_it(
    rows: pd.DataFrame, tested: list[int]
) -> None:
    line = event_study.model(rows, "asset", "market", DAYS[50], Windows(30, 5, 2, 1))
    value, error, freedom = with_dummies(rows, slice(50 - 2 - 5 - 30, 50 - 2 - 5), tested)
    found = line.test(rows.iloc[tested])
    assert (found.value, found.error) == pytest.approx((value, error), rel=1e-9)
    reach = t.ppf(0.975, freedom) * error
    assert (found.low, found.high, found.detectable) == pytest.approx((value - reach, value + reach, reach), rel=1e-9)
    assert found.p_value == pytest.approx(2 * (1 - t.cdf(abs(value) / error, freedom)), rel=1e-7)


def test_the_line_is_least_squares_over_the_estimation_window_alone(rows: pd.DataFrame) -> None:
    line = event_study.model(rows, "asset", "market", DAYS[50], Windows(30, 5, 2, 1))
    fitted = rows.iloc[13:43]
    slope, intercept = np.polyfit(fitted["market"], fitted["asset"], 1)
    assert (line.alpha, line.beta) == pytest.approx((intercept, slope), rel=1e-9)
    assert line.r_squared == pytest.approx(np.corrcoef(fitted["market"], fitted["asset"])[0, 1] ** 2, rel=1e-9)
    assert (line.first, line.last) == (DAYS[13], DAYS[42])
    expected = rows["asset"] - intercept - slope * rows["market"]
    assert line.abnormal(rows).tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def test_the_line_is_the_same_to_the_last_digit_in_whatever_order_its_days_come(rows: pd.DataFrame) -> None:
    line = event_study.MarketModel(rows, "asset", "market")
    for seed in range(20):
        other = event_study.MarketModel(rows.sample(frac=1, random_state=seed), "asset", "market")
        for name in ("alpha", "beta", "residual_variance", "r_squared"):
            assert getattr(other, name) == getattr(line, name)
        assert other.test(rows.iloc[[7, 50, 3]]) == line.test(rows.iloc[[3, 7, 50]])


@pytest.mark.parametrize(
    ("x", "y", "refused"),
    [
        (
            [0.01, 0.02],
            [0.03, 0.01],
            "no line through 2 days; expected three or more, on which the market moves unevenly",
        ),
        ([0.25] * 9, [0.5, 0.25, 0.75] * 3, "no line through 9 days; expected three or more"),
        ([0.25, 0.5, 0.75], [0.5, 1.0, 1.5], "a line through 3 days leaves nothing to chance; expected an asset that"),
        ([0.25, 0.5, 0.75], [0.5, 0.5, 0.5], "a line through 3 days leaves nothing to chance"),
    ],
)
def test_days_that_determine_no_line_or_leave_nothing_to_chance_are_refused(
    x: list[float], y: list[float], refused: str
) -> None:
    with pytest.raises(BadInput, match=refused):
        event_study.Line(x, y)


def test_three_days_are_enough_for_a_line() -> None:
    line = event_study.Line([0.0, 1.0, 2.0], [0.0, 2.0, 1.0])
    assert (line.alpha, line.beta, line.degrees_of_freedom, line.residual_variance, line.r_squared) == (
        0.5,
        0.5,
        1,
        1.5,
        0.25,
    )


@pytest.mark.parametrize("freedom", [1, 2, 3, 28, 98, 1000])
def test_student_is_that_of_scipy(freedom: int) -> None:
    for distance in (0.0, 0.001, 0.5, 1.7, 3.2, 9.0, 80.0):
        expected = 2 * t.sf(distance, freedom)
        assert event_study.student_p(distance, freedom) == pytest.approx(expected, rel=1e-12)
        assert event_study.student_p(-distance, freedom) == event_study.student_p(distance, freedom)
    assert event_study.student_quantile(freedom) == pytest.approx(t.ppf(0.975, freedom), rel=1e-13)


def test_a_position_is_that_of_the_trading_day() -> None:
    assert [event_study.position(DAYS, day) for day in (DAYS[0], DAYS[7], DAYS[-1])] == [0, 7, 59]


@pytest.mark.parametrize(
    ("day", "nearest"),
    [("2024-01-06", "2024-01-05 and 2024-01-08"), ("2023-12-25", "2024-01-01"), ("2025-01-01", DAYS[-1])],
)
def test_a_day_that_is_no_trading_day_is_refused_with_its_neighbours(day: str, nearest: str) -> None:
    with pytest.raises(BadInput) as refused:
        event_study.position(DAYS, day)
    said = (
        f"event date {day} is no trading day of the sample, {DAYS[0]} to {DAYS[-1]}; expected one, nearest: {nearest}"
    )
    assert str(refused.value) == said


def test_the_market_answers_on_the_first_trading_day_from_then() -> None:
    assert event_study.first_from(DAYS, "2024-01-06") == "2024-01-08"
    assert event_study.first_from(DAYS, DAYS[3]) == DAYS[3]
    assert event_study.first_from(DAYS, DAYS[-1]) == DAYS[-1]
    with pytest.raises(BadInput, match=f"2025-01-01 lies after the sample, {DAYS[0]} to {DAYS[-1]}; expected a day"):
        event_study.first_from(DAYS, "2025-01-01")


def test_windows_must_fit_into_the_sample(rows: pd.DataFrame) -> None:
    windows = Windows(30, 5, 2, 1)
    assert event_study.model(rows, "asset", "market", DAYS[37], windows).first == DAYS[0]
    assert event_study.model(rows, "asset", "market", DAYS[58], windows).last == DAYS[50]
    for day in (DAYS[36], DAYS[59]):
        with pytest.raises(BadInput) as refused:
            event_study.model(rows, "asset", "market", day, windows)
        assert str(refused.value) == (
            f"event date {day} leaves too few days for its windows; expected a trading day from {DAYS[37]} to {DAYS[58]}, "
            "or shorter windows"
        )
    with pytest.raises(BadInput, match=f"expected a trading day from {DAYS[58]} to {DAYS[58]}, or shorter windows"):
        event_study.model(rows, "asset", "market", DAYS[30], Windows(100, 5, 2, 1))


def test_a_window_is_cut_at_the_ends_of_the_sample(rows: pd.DataFrame) -> None:
    assert list(event_study.window(rows, DAYS[10], 2, 3).index) == DAYS[8:14]
    assert list(event_study.window(rows, DAYS[1], 5, 0).index) == DAYS[:2]
    assert list(event_study.window(rows, DAYS[58], 0, 5).index) == DAYS[58:]


def test_placebos_are_every_day_that_can_be_tested_but_those_left_out(rows: pd.DataFrame) -> None:
    windows = Windows(30, 5, 2, 4)
    found = event_study.placebo(rows, "asset", "market", windows, {DAYS[40]})
    assert list(found.index) == [day for day in DAYS[37:] if day != DAYS[40]]
    assert found.name == "abnormal"
    assert found.index.name == "date"
    for place in (37, 50, 59):
        value, _, _ = with_dummies(rows, slice(place - 37, place - 7), [place])
        assert found[DAYS[place]] == pytest.approx(value, rel=1e-9)
