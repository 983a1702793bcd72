"""Event studies: did a price move on a day more than the market explains, and more than chance would move it?

Method: the market model of A. Craig MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature
35 (1997), 13-39. An ordinary least squares line of the asset's return on the market's is fitted over an estimation
window that ends before the event window (eqs. 3 to 6); the abnormal return is what the line does not explain (eq. 7). Its
variance holds the disturbance and the sampling error of the line (eq. 8); a sum over several days (eq. 10) has what the
one line brings into all of them besides. Tests are two-sided Student t tests with as many degrees of freedom as the line
has left.

A line in two variables needs no matrix. Sums are rounded once, whatever the order of their terms, and Student's t is
worked out in whole numbers by mpmath: every processor finds the same to the last digit.
"""

from __future__ import annotations

import bisect
import functools
import math
import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import mpmath
import pandas as pd

from casefile.errors import BadInput

_DIGITS = 30  # worked out before a result is rounded, once, to the sixteen of a double


@dataclass(frozen=True)
class Windows:
    """How far from the event the days lie, in trading days.

    The event window runs from `before` days ahead of the event to `after` days behind it; `gap` days lie between it
    and the `estimation` days ahead of it.
    """

    estimation: int
    gap: int
    before: int
    after: int

    def fitted(self, place: int) -> slice:
        """The places of the days that the line of an event at `place` is fitted over."""
        end = place - self.before - self.gap
        return slice(end - self.estimation, end)


@dataclass(frozen=True)
class TestResult:
    """A sum of abnormal returns with its standard error, its 95% interval, and a two-sided p value against zero.

    `detectable` is the smallest sum, up or down, that the same test would have told from zero at 5%.
    """

    value: float
    error: float
    low: float
    high: float
    p_value: float
    detectable: float


def returns(prices: pd.DataFrame) -> pd.DataFrame:
    """Close-to-close returns, `price / price of the row before − 1`.

    `prices` has a row a trading day, in order, its ISO date as index, a column an asset; the result lacks the first row.
    """
    return prices.pct_change().iloc[1:]


def position(days: Sequence[str], day: str) -> int:
    """The place of a trading day among ISO dates in order. Raises BadInput for another day, naming the nearest two."""
    place = bisect.bisect_left(days, day)
    if place < len(days) and days[place] == day:
        return place
    around = " and ".join(days[max(place - 1, 0) : place + 1])
    raise BadInput(
        f"event date {day} is no trading day of the sample, {days[0]} to {days[-1]}; expected one, nearest: {around}"
    )


def first_from(days: Sequence[str], day: str) -> str:
    """The first trading day on or after an ISO date: when the market could first answer. Raises BadInput past the end."""
    place = bisect.bisect_left(days, day)
    if place == len(days):
        raise BadInput(f"{day} lies after the sample, {days[0]} to {days[-1]}; expected a day within it")
    return days[place]


class Line:
    """The line `y = alpha + beta × x` by ordinary least squares (MacKinlay, eqs. 3 to 6).

    `residual_variance` is that of what it leaves unexplained, over its `degrees_of_freedom`: the points less two. Raises
    BadInput for points that determine no line, or leave nothing to chance.
    """

    def __init__(self, x: Sequence[float], y: Sequence[float]) -> None:
        self.points, self.degrees_of_freedom = len(x), len(x) - 2
        self.mean, mean = math.fsum(x) / len(x), math.fsum(y) / len(y)
        across, up = [value - self.mean for value in x], [value - mean for value in y]
        self.squares = _product(across, across)
        if self.degrees_of_freedom < 1 or self.squares == 0:
            raise BadInput(
                f"no line through {self.points} days; expected three or more, on which the market moves unevenly"
            )
        self.beta = _product(across, up) / self.squares
        self.alpha = mean - self.beta * self.mean
        left = [high - self.beta * wide for wide, high in zip(across, up, strict=True)]
        unexplained = _product(left, left)
        if unexplained == 0:
            raise BadInput(
                f"a line through {self.points} days leaves nothing to chance; expected an asset that the market does not "
                "wholly explain"
            )
        self.residual_variance = unexplained / self.degrees_of_freedom
        self.r_squared = 1 - unexplained / _product(up, up)

    def variance(self, x: Sequence[float]) -> float:
        """The variance of the sum of what some new points stray from the line (MacKinlay, eq. 8, for one of them)."""
        count, off = len(x), math.fsum(x) - len(x) * self.mean
        return self.residual_variance * (count + count * count / self.points + off * off / self.squares)


def _product(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, left, right))


class MarketModel(Line):
    """The line `asset = alpha + beta × market` over the rows it is given."""

    def __init__(self, rows: pd.DataFrame, asset: str, market: str) -> None:
        self.asset, self.market = asset, market
        self.first, self.last = str(rows.index[0]), str(rows.index[-1])
        super().__init__(rows[market].tolist(), rows[asset].tolist())

    def abnormal(self, rows: pd.DataFrame) -> pd.Series[float]:
        """The abnormal return of each row: the asset's return less what the line expects from the market's (eq. 7)."""
        return rows[self.asset] - (self.alpha + self.beta * rows[self.market])

    def test(self, rows: pd.DataFrame) -> TestResult:
        """The sum of the rows' abnormal returns (MacKinlay, eq. 10), tested against zero; one row is one day."""
        value = math.fsum(self.abnormal(rows))
        error = math.sqrt(self.variance(rows[self.market].tolist()))
        detectable = student_quantile(self.degrees_of_freedom) * error
        p_value = student_p(value / error, self.degrees_of_freedom)
        return TestResult(value, error, value - detectable, value + detectable, p_value, detectable)


def student_p(t: float, degrees_of_freedom: int) -> float:
    """The chance that Student's t with some degrees of freedom lies at least as far from zero as `t`.

    By the incomplete beta function: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.1 and 26.5.27.
    """
    with mpmath.workdps(_DIGITS):
        return float(_beyond(mpmath.mpf(t), degrees_of_freedom))


@functools.lru_cache(maxsize=64)
def student_quantile(degrees_of_freedom: int) -> float:
    """What Student's t with some degrees of freedom exceeds, up or down, with a chance of 5%."""
    with mpmath.workdps(_DIGITS):
        bracket = (mpmath.mpf("1.9"), mpmath.mpf(13))  # of the bell curve, and of one degree of freedom
        return float(
            mpmath.findroot(lambda t: _beyond(t, degrees_of_freedom) - mpmath.mpf("0.05"), bracket, solver="anderson")
        )


def _beyond(t: mpmath.mpf, degrees_of_freedom: int) -> mpmath.mpf:
    below = degrees_of_freedom / (degrees_of_freedom + t * t)
    return mpmath.betainc(mpmath.mpf(degrees_of_freedom) / 2, mpmath.mpf(1) / 2, 0, below, regularized=True)


def model(rows: pd.DataFrame, asset: str, market: str, event: str, windows: Windows) -> MarketModel:
    """The market model for an event, fitted over its estimation window.

    `rows` are returns, as `returns` gives them. Raises BadInput when the event is no trading day or when the sample
    holds too few days before or after it.
    """
    days = list(rows.index)
    place = position(days, event)
    first, last = windows.estimation + windows.before + windows.gap, len(days) - 1 - windows.after
    if not first <= place <= last:
        raise BadInput(
            f"event date {event} leaves too few days for its windows; expected a trading day from {days[min(first, last)]} "
            f"to {days[last]}, or shorter windows"
        )
    return MarketModel(rows.iloc[windows.fitted(place)], asset, market)


def window(rows: pd.DataFrame, event: str, before: int, after: int) -> pd.DataFrame:
    """The rows from `before` trading days ahead of an event to `after` behind it, cut at the sample's ends."""
    place = position(list(rows.index), event)
    return rows.iloc[max(place - before, 0) : place + after + 1]


def placebo(
    rows: pd.DataFrame, asset: str, market: str, windows: Windows, without: Collection[str]
) -> pd.Series[float]:
    """The abnormal return of every day that can be tested, each by a line fitted over its own estimation window.

    The days named in `without` (the true events) are left out. What ordinary days show is what chance does, with no
    assumption on the shape of its distribution.
    """
    days, x, y = list(rows.index), rows[market].tolist(), rows[asset].tolist()
    statistics: dict[str, float] = {}
    for place in range(windows.estimation + windows.gap + windows.before, len(days)):
        if days[place] not in without:
            line = Line(x[windows.fitted(place)], y[windows.fitted(place)])
            statistics[days[place]] = y[place] - (line.alpha + line.beta * x[place])
    return pd.Series(statistics.values(), index=pd.Index(statistics, name="date"), name="abnormal", dtype=float)
