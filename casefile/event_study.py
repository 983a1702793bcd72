"""Event studies: did a price move on a day more than the market explains, and more than chance would move it?

Method: the market model of A. Craig MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature
35 (1997), 13-39. An ordinary least squares line of the asset's return on the market's is fitted over an estimation
window that ends before the event window; the abnormal return is what the line does not explain. Its variance holds
the disturbance and the sampling error of the line (MacKinlay, eq. 8); sums over several days use the full covariance
(eqs. 9-11). Tests are two-sided Student t tests with as many degrees of freedom as the line has left.
"""

from __future__ import annotations

import bisect
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from casefile.errors import BadInput


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


@dataclass(frozen=True)
class Tested:
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


class MarketModel:
    """The line `asset = alpha + beta × market`, by ordinary least squares over the rows it is given."""

    def __init__(self, rows: pd.DataFrame, asset: str, market: str) -> None:
        self.asset, self.market = asset, market
        self.first, self.last = str(rows.index[0]), str(rows.index[-1])
        returned = rows[asset].to_numpy(dtype=float)
        regressors = np.column_stack([np.ones(len(rows)), rows[market].to_numpy(dtype=float)])
        line = np.linalg.lstsq(regressors, returned)[0]
        left = returned - regressors @ line
        self.alpha, self.beta = (float(value) for value in line)
        self.freedom = len(rows) - len(line)
        self.disturbance = float(left @ left) / self.freedom
        self.covariance = self.disturbance * np.linalg.inv(regressors.T @ regressors)
        self.r_squared = 1 - float(left @ left) / float(np.sum((returned - returned.mean()) ** 2))

    def abnormal(self, rows: pd.DataFrame) -> pd.Series[float]:
        """The abnormal return of each row: the asset's return less what the line expects from the market's."""
        return rows[self.asset] - (self.alpha + self.beta * rows[self.market])

    def test(self, rows: pd.DataFrame) -> Tested:
        """The sum of the rows' abnormal returns, tested against zero (MacKinlay, eqs. 8 and 10); one row is one day."""
        from scipy.special import stdtr, stdtrit  # Student's t; `scipy.stats` is slow to load

        value = float(self.abnormal(rows).sum())
        regressors = np.array([len(rows), rows[self.market].sum()])
        variance = len(rows) * self.disturbance + regressors @ self.covariance @ regressors
        error = float(np.sqrt(variance))
        detectable = float(stdtrit(self.freedom, 0.975)) * error
        p_value = float(2 * stdtr(self.freedom, -abs(value) / error))
        return Tested(value, error, value - detectable, value + detectable, p_value, detectable)


def model(rows: pd.DataFrame, asset: str, market: str, event: str, windows: Windows) -> MarketModel:
    """The market model for an event, fitted over its estimation window.

    `rows` are returns, as `returns` gives them. Raises BadInput when the event is no trading day or when the sample
    holds too few days before or after it.
    """
    days = list(rows.index)
    place = position(days, event)
    end = place - windows.before - windows.gap
    first, last = windows.estimation + windows.before + windows.gap, len(days) - 1 - windows.after
    if not first <= place <= last:
        raise BadInput(
            f"event date {event} leaves too few days for its windows; expected a trading day from {days[min(first, last)]} "
            f"to {days[last]}, or shorter windows"
        )
    return MarketModel(rows.iloc[end - windows.estimation : end], asset, market)


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
    days = list(rows.index)
    start = windows.estimation + windows.gap + windows.before
    alone = Windows(windows.estimation, windows.gap, windows.before, 0)
    chosen = [day for day in days[start:] if day not in without]
    found = [float(model(rows, asset, market, day, alone).abnormal(window(rows, day, 0, 0)).iloc[0]) for day in chosen]
    return pd.Series(found, index=pd.Index(chosen, name="date"), name="abnormal", dtype=float)
