"""One line of the table: what was measured, against what, and whether the goal was met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ours` and `rival` in `unit`; `ratio` is what the goal speaks of, with `at_most` or `at_least` as its bound.

    `spread` are the least and the most of the runs whose median `ours` is; None where one run was made.
    """

    what: str
    against: str
    unit: str
    ours: float
    rival: float | None
    ratio: float
    bound: float
    at_most: bool = True
    spread: tuple[float, float] | None = None

    @property
    def met(self) -> bool:
        """Whether the ratio keeps to its bound."""
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound

    @property
    def range(self) -> str:
        """The spread in print; empty where there is none."""
        return "" if self.spread is None else f"{self.spread[0]:,.3g} to {self.spread[1]:,.3g} {self.unit}"

    @property
    def goal(self) -> str:
        """The bound in print."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:,.10g}"


def against(
    what: str, rival: str, unit: str, ours: Sequence[float], rivals: Sequence[float], bound: float, at_most: bool = True
) -> Row:
    """A line from several runs of ours and of the rival's: medians, their ratio, the spread of ours.

    Where the bound is one from below, the ratio says how many times as much the rival needs.
    """
    middle, other = statistics.median(ours), statistics.median(rivals)
    ratio = middle / other if at_most else other / middle
    return Row(what, rival, unit, middle, other, ratio, bound, at_most, (min(ours), max(ours)))
