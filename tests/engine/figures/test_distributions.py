"""Distributions from outside, against what can be worked out on paper."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from casefile.errors import BadInput
from casefile.figures import distributions, uncertainty
from casefile.figures.distributions import Distribution
from casefile.notebook import drawing

SHARES = np.linspace(0.001, 0.999, 999)


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        ("2:4:9", stats.triang(2 / 7, 2, 7)),
        ("triangular(2, 4, 9)", stats.triang(2 / 7, 2, 7)),
        ("uniform(2, 9)", stats.uniform(2, 7)),
        ("normal(4, 1)", stats.norm(4, 1)),
        ("normal(4, 3)", stats.truncnorm(-4 / 3, 20 / 3, 4, 3)),
    ],
)
def test_the_quantiles_are_those_that_scipy_has(text: str, theirs: stats.rv_continuous) -> None:
    bounds = (None, None) if text == "normal(4, 1)" else (0, 24)
    assert distributions.parsed(text, bounds).quantile(SHARES) == pytest.approx(theirs.ppf(SHARES), rel=1e-9)


def test_the_value_that_stands_for_each_and_its_range_are_in_its_own_terms() -> None:
    def ends(text: str) -> tuple[float, float, float, str]:
        drawn = distributions.parsed(text)
        return drawn.mode, drawn.low, drawn.high, drawn.band

    assert ends("2:4:9") == (4, 2, 9, "range asked for")
    assert ends("uniform(2, 9)") == (5.5, 2, 9, "range asked for")
    assert ends("observed(7, 2, 4, 3)") == (3.5, 2, 7, "5th to 95th percentile")
    deviation = NormalDist().inv_cdf(0.95)
    assert ends("normal(4, 1)")[:3] == pytest.approx((4, 4 - deviation, 4 + deviation))


def test_observed_values_are_drawn_as_often_as_they_were_observed() -> None:
    drawn = uncertainty.monte_carlo_draws({"delay": distributions.parsed("observed(1, 1, 1, 5)")}, 100_000, 1)["delay"]
    assert set(drawn) == {1, 5}
    assert (drawn == 1).mean() == pytest.approx(0.75, abs=0.01)


def test_a_normal_distribution_ends_at_the_bounds_of_what_is_possible() -> None:
    drawn = distributions.parsed("normal(1, 3)", (0, 24)).quantile(SHARES)
    assert drawn.min() >= 0


@pytest.mark.parametrize("rank", [-1.0, -0.6, 0.0, 0.3, 0.9, 1.0])
def test_draws_have_the_rank_correlation_asked_for_and_keep_their_values(rank: float) -> None:
    spreads: dict[str, Distribution] = {
        "delay": distributions.parsed("2:4:9"), "rent": distributions.parsed("normal(3, 1)"),
        "other": distributions.parsed("uniform(0, 1)"),
    }  # fmt: skip
    alone = uncertainty.monte_carlo_draws(spreads, 40_000, 7)
    together = uncertainty.monte_carlo_draws(spreads, 40_000, 7, {("delay", "rent"): rank})
    assert stats.spearmanr(together["delay"], together["rent"]).statistic == pytest.approx(rank, abs=0.015)
    assert np.array_equal(together["other"], alone["other"])
    for name in ("delay", "rent"):
        assert np.array_equal(np.sort(together[name]), np.sort(alone[name]))


def test_correlations_that_cannot_hold_at_once_are_refused() -> None:
    draws = uncertainty.monte_carlo_draws({name: distributions.parsed("uniform(0, 1)") for name in "abc"}, 10, 1)
    with pytest.raises(BadInput, match="between a, b, c contradict each other"):
        distributions.correlated(draws, {("a", "b"): 0.9, ("a", "c"): 0.9, ("b", "c"): -0.9}, 1)
    with pytest.raises(BadInput, match="one number for each two parameters"):
        distributions.pairs({"a": [("b", 0.5)], "b": [("a", 0.4)]})
    assert distributions.pairs({"a": [("b", 0.5)], "b": [("a", 0.5)]}) == {("a", "b"): 0.5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2:9:4", "low, most plausible and high in this order"),
        ("2:4:x", "LO:MODE:HI"),
        ("uniform(9, 2)", "low and high in this order"),
        ("normal(4, 0)", "a standard deviation above 0"),
        ("normal(4)", "LO:MODE:HI"),
        ("norml(4, 1)", "LO:MODE:HI"),
        ("normal(1e999, 1)", "LO:MODE:HI"),
        ("normal(-900, 1)", "some of it within the parameter's bounds"),
        ("observed(1)", "2 to 1,000 values"),
        ("observed(__import__('os'))", "LO:MODE:HI"),
        ("2:4:9 ~ rent", "~ NAME R behind it"),
        ("2:4:9 ~ rent 1.1", "~ NAME R behind it"),
        ("2:٤:9", "LO:MODE:HI"),
    ],
)
def test_a_text_that_names_no_distribution_is_told_what_was_expected(text: str, expected: str) -> None:
    assert drawing.is_one(text)
    with pytest.raises(ValueError) as error:
        distributions.parsed(text, (0, 24))
    assert str(error.value).startswith(expected)
