"""One line of the table: what was measured, against what, and whether the goal was met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ours` and `rival` in `unit`; `ratio` is what the goal speaks of, with `at_most` or `at_least` as its bound."""

    what: str
    against: str
    unit: str
    ours: float
    rival: float | None
    ratio: float
    bound: float
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether the ratio keeps to its bound."""
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound

    @property
    def goal(self) -> str:
        """The bound in print."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:,.10g}"
