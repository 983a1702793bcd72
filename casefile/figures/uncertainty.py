"""Ranges: a seeded Monte Carlo through the formulas.

Method: propagation of distributions by Monte Carlo, JCGM 101:2008 (GUM Supplement 1), section 7. Each assumption is drawn
from a triangular distribution between its low and its high with its default as mode (JCGM 101:2008, 6.4.5 for bounded
quantities), or from the distribution that an analyst gives in its place; draws are independent unless ranks are given that
correlate.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from casefile.errors import BadInput
from casefile.figures.distributions import Distribution, Draws, correlated
from casefile.figures.graph import Graph


@dataclass(frozen=True)
class Triangular:
    """An assumption's plausible range: its low, its most plausible value, its high, in its unit."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high:
            raise BadInput(
                f"range {self.low:g} to {self.high:g} with most plausible {self.mode:g}; expected low ≤ mode ≤ high"
            )


Assumptions = Mapping[str, Triangular | Distribution]
Ranks = Mapping[tuple[str, str], float]  # rank correlations by pairs of names


def monte_carlo_draws(
    spreads: Assumptions, count: int, seed: int, ranks: Ranks = MappingProxyType({})
) -> dict[str, Draws]:
    """`count` draws of each assumption, the same for the same seed whatever the order of the names."""
    return correlated({name: _draw(name, spreads[name], count, seed) for name in sorted(spreads)}, ranks, seed)


@functools.lru_cache(maxsize=32)  # several figures rest on the same draws
def _draw(name: str, spread: Triangular | Distribution, count: int, seed: int) -> Draws:
    random = np.random.default_rng([seed, *name.encode()])
    if isinstance(spread, Distribution):
        drawn = spread.quantile(random.random(count))
    elif spread.low == spread.high:
        drawn = np.full(count, spread.mode)
    else:
        drawn = random.triangular(spread.low, spread.mode, spread.high, count)
    drawn.flags.writeable = False
    return drawn


def percentiles(
    graph: Graph, figure: str, spreads: Assumptions, count: int, seed: int, ranks: Ranks = MappingProxyType({})
) -> tuple[float, float, float]:
    """The 5th, 50th and 95th percentiles of a figure when its assumptions are drawn from their ranges."""
    draws = monte_carlo_draws(spreads, count, seed, ranks)
    names = tuple(sorted(set(spreads) & set(graph.leaves(figure))))
    if not names:
        value = graph.value(figure)
        return value, value, value
    outcomes = np.broadcast_to(graph.compile(figure, names)(*(draws[name] for name in names)), (count,))
    low, middle, high = np.percentile(outcomes, [5, 50, 95])
    return float(low), float(middle), float(high)
