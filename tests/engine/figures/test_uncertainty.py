"""Ranges, against what can be worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from casefile.errors import BadInput
from casefile.figures import uncertainty
from casefile.figures.graph import Graph
from casefile.figures.uncertainty import Triangular, monte_carlo_draws, percentiles
from tests.support.small import formula, graph, symbols

price, count = symbols("price", "count")
PRICE, COUNT = Triangular(1, 2.5, 6), Triangular(10, 12, 20)


def quantile(spread: Triangular, share: float) -> float:
    """The quantile of a triangular distribution, in closed form."""
    width, rise = spread.high - spread.low, spread.mode - spread.low
    if share < rise / width:
        return spread.low + math.sqrt(share * width * rise)
    return spread.high - math.sqrt((1 - share) * width * (spread.high - spread.mode))


@pytest.fixture
def orchard() -> Graph:
    made = graph(price=(2.5, "USD/apple"), count=(12.0, "apple"), other=(1.0, "USD"))
    made.derive(*formula("basket", price * count, "USD"))
    return made


def test_draws_have_the_mean_and_variance_of_a_triangle() -> None:
    drawn = monte_carlo_draws({"price": PRICE}, 400_000, 1)["price"]
    low, mode, high = PRICE.low, PRICE.mode, PRICE.high
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    assert drawn.mean() == pytest.approx((low + mode + high) / 3, rel=3e-3)
    assert drawn.var() == pytest.approx(variance, rel=1e-2)
    assert drawn.min() >= low
    assert drawn.max() <= high


def test_percentiles_of_one_assumption_are_those_of_the_triangle(orchard: Graph) -> None:
    found = percentiles(orchard, "basket", {"price": PRICE}, 400_000, 1)
    exact = tuple(12 * quantile(PRICE, share) for share in (0.05, 0.5, 0.95))
    assert found == pytest.approx(exact, rel=2e-3)


def test_the_mean_of_a_product_of_independent_draws_is_the_product_of_their_means() -> None:
    drawn = monte_carlo_draws({"price": PRICE, "count": COUNT}, 400_000, 1)
    expected = (1 + 2.5 + 6) / 3 * (10 + 12 + 20) / 3
    assert (drawn["price"] * drawn["count"]).mean() == pytest.approx(expected, rel=3e-3)
    assert abs(np.corrcoef(drawn["price"], drawn["count"])[0, 1]) < 0.01


def test_the_same_seed_gives_the_same_draws_whatever_stands_beside() -> None:
    alone = monte_carlo_draws({"price": PRICE}, 100, 7)["price"]
    beside = monte_carlo_draws({"count": COUNT, "price": PRICE}, 100, 7)["price"]
    assert (alone == beside).all()
    assert not (alone == monte_carlo_draws({"price": PRICE}, 100, 8)["price"]).any()


def test_a_range_of_one_point_is_that_point(orchard: Graph) -> None:
    assert percentiles(orchard, "basket", {"price": Triangular(2, 2, 2)}, 100, 1) == (24, 24, 24)


def test_a_figure_that_rests_on_no_assumption_does_not_move(orchard: Graph) -> None:
    assert percentiles(orchard, "other", {"price": PRICE}, 100, 1) == (1, 1, 1)


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (math.nan, 1, 2)])
def test_a_range_must_hold_its_most_plausible_value(ends: tuple[float, float, float]) -> None:
    with pytest.raises(BadInput, match="expected low ≤ mode ≤ high"):
        uncertainty.Triangular(*ends)
