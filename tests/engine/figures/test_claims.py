"""Verdicts: the rule, its margin, what would flip it; against algebra."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casefile.errors import BadInput
from casefile.figures import claims
from casefile.figures.graph import Graph
from tests.support.small import formula, graph, known, leaf, symbols

price, count, basket, said = symbols("price", "count", "basket", "said")


def judged(rule: Any, over: list[str] | None = None, **leaves: tuple[float | None, str]) -> claims.Verdict:
    made: Graph = graph(**leaves)
    return claims.judge(made, known(), "dear", made.choose("claim_dear", rule), over, "")


def test_the_flip_point_of_a_comparison_is_the_other_side() -> None:
    verdict = judged([("supported", price > 2), ("wrong", True)], price=(2.5, "ratio"))
    assert verdict.verdict == "supported"
    (flip,) = verdict.flips
    assert (flip.figure, flip.becomes) == ("price", "wrong")
    assert flip.value == pytest.approx(2.0, rel=1e-12)
    assert verdict.margin == pytest.approx(0.2, rel=1e-12)


def test_each_figure_has_its_own_flip_point_the_nearest_first() -> None:
    verdict = judged(
        [("supported", price * count > said), ("wrong", True)], None,
        price=(2.5, "USD/apple"), count=(12.0, "apple"), said=(24.0, "USD"),
    )  # fmt: skip
    found = {flip.figure: flip for flip in verdict.flips}
    assert found["price"].value == pytest.approx(24 / 12, rel=1e-9)
    assert found["count"].value == 9  # the bound is 24 / 2.5
    assert found["said"].value == pytest.approx(30, rel=1e-9)
    distances = [flip.distance for flip in verdict.flips if flip.distance is not None]
    assert verdict.margin == distances[0]
    assert all(near <= far for near, far in pairwise(distances))
    assert distances[0] == pytest.approx(0.2, rel=1e-9)


def test_a_verdict_on_a_few_things_counted_turns_at_a_whole_number_beyond_the_bound() -> None:
    rule = [("supported", count >= said), ("wrong", True)]
    (few,) = judged(rule, ["count"], count=(8.0, "apple"), said=(8.0, "apple")).flips
    assert (few.value, few.becomes, few.distance) == (7, "wrong", 0.125)
    (none,) = judged(
        [("supported", 5 * said - count >= 2 * said), ("wrong", True)],
        ["count"],
        count=(0.0, "apple"),
        said=(1.0, "apple"),
    ).flips
    assert (none.value, none.becomes, none.distance) == (4, "wrong", None)
    (many,) = judged(rule, ["count"], count=(12_000.0, "apple"), said=(11_400.5, "apple")).flips
    assert many.value == pytest.approx(11_400.5)


@given(some.floats(0.01, 100), some.floats(0.02, 50))
def test_the_flip_point_of_a_ratio_is_where_algebra_puts_it(limit: float, start: float) -> None:
    verdict = judged(
        [("supported", price / said >= limit), ("wrong", True)], ["price"], price=(start, "ratio"), said=(3.0, "ratio")
    )
    edge = 3 * limit
    reach = abs(edge - start) / start
    if verdict.flips:
        assert verdict.flips[0].value == pytest.approx(edge, rel=1e-9)
        assert verdict.flips[0].distance == pytest.approx(reach, rel=1e-6, abs=1e-9)
    else:
        assert reach > 900


def test_the_nearer_of_two_ways_to_flip_counts() -> None:
    verdict = judged([("wrong", price < 1), ("imprecise", price > 4), ("supported", True)], price=(2.0, "ratio"))
    assert verdict.verdict == "supported"
    (flip,) = verdict.flips
    assert flip.becomes == "wrong"
    assert flip.value == pytest.approx(1.0, rel=1e-9)


def test_a_flip_through_zero_is_found() -> None:
    verdict = judged([("supported", price > -1), ("wrong", True)], price=(2.0, "fraction"))
    assert verdict.flips[0].value == pytest.approx(-1, rel=1e-9)


def test_a_figure_at_zero_can_still_flip() -> None:
    verdict = judged([("supported", price < 0.5), ("wrong", True)], price=(0.0, "ratio"))
    assert verdict.flips[0].value == pytest.approx(0.5, rel=1e-9)


def test_a_verdict_that_nothing_changes_has_no_margin() -> None:
    far = price * count < 1e9  # with both moved it is another, with one it is not
    verdict = judged([("supported", far), ("wrong", True)], price=(100.0, "ratio"), count=(100.0, "ratio"))
    assert (verdict.verdict, verdict.margin, verdict.flips) == ("supported", None, ())


def test_a_figure_without_a_value_flips_nothing() -> None:
    verdict = judged([("supported", price < said), ("wrong", True)], price=(None, "ratio"), said=(2.0, "ratio"))
    assert (verdict.verdict, verdict.inputs, verdict.margin, verdict.flips) == ("wrong", ("price", "said"), None, ())


def test_only_the_figures_named_may_flip_it() -> None:
    verdict = judged(
        [("supported", price > said), ("wrong", True)], ["said"], price=(2.5, "ratio"), said=(2.0, "ratio")
    )
    assert [flip.figure for flip in verdict.flips] == ["said"]


def test_a_rule_over_a_formula_flips_at_that_formulas_value() -> None:
    made = graph(price=(2.5, "USD/apple"), count=(12.0, "apple"), said=(20.0, "USD"))
    made.derive(*formula("basket", price * count, "USD"))
    choice = made.choose("claim_dear", [("supported", basket > said), ("wrong", True)])
    found = {flip.figure: flip.value for flip in claims.flips(made, choice, choice.inputs)}
    assert found == {"basket": pytest.approx(20, rel=1e-9), "said": pytest.approx(30, rel=1e-9)}


def test_relays_of_one_report_count_as_one_origin() -> None:
    verdict = judged([("supported", price > 2), ("wrong", True)], price=(2.5, "ratio"))
    assert verdict.origins == ("filing", "memo")


def test_the_rule_is_told_in_words() -> None:
    verdict = judged([("supported", price > 2), ("wrong", True)], price=(2.5, "ratio"))
    assert verdict.rule == (("supported", "price > 2"), ("wrong", "otherwise"))


def test_a_rule_with_a_verdict_that_no_figures_lead_to_is_refused_in_one_line() -> None:
    line = r"^claim 'dear': no values of its figures lead to 'imprecise'; expected a rule that can give each verdict it names$"
    rules: list[list[tuple[str, Any]]] = [
        [("supported", price > 2), ("imprecise", price > 3), ("wrong", True)],
        [("supported", price > said), ("wrong", price <= said), ("imprecise", True)],
        [("wrong", price**2 >= 0), ("imprecise", True)],
        [("imprecise", count < 0), ("supported", count * price > 0), ("wrong", True)],
    ]
    for rule in rules:
        with pytest.raises(BadInput, match=line):
            judged(rule, price=(2.5, "ratio"), said=(2.0, "ratio"), count=(3.0, "ratio"))


def test_a_verdict_that_only_another_bound_allows_is_not_reached() -> None:
    made = graph(price=(2.5, "ratio"))
    made.add(replace(leaf("limit", -1.0, "ratio"), kind="parameter", chapter="orchard"))
    (limit,) = symbols("limit")
    choice = made.choose("claim_dear", [("supported", price < limit), ("wrong", True)])
    assert set(claims.reached(made, choice)) == {"wrong"}
    made.figures["limit"] = replace(made["limit"], value=1.0)
    assert set(claims.reached(made, choice)) == {"supported", "wrong"}


@given(some.floats(0.01, 100), some.floats(0.02, 50))
def test_what_leads_to_a_verdict_does_lead_to_it(limit: float, start: float) -> None:
    made = graph(price=(start, "ratio"), count=(12.0, "ratio"), said=(20.0, "ratio"))
    made.derive(*formula("basket", price * count, "ratio"))
    rule = [("wrong", abs(basket - said) > 0.1 * said), ("imprecise", price > limit), ("supported", True)]
    choice = made.choose("claim_dear", rule)
    for label, values in claims.reached(made, choice).items():
        assert choice.chosen({**values, "basket": values["price"] * values["count"]}) == label


def test_an_unknown_claim_suggests_the_nearest() -> None:
    made = graph(price=(2.5, "ratio"))
    choice = made.choose("claim_deer", [("supported", True)])
    with pytest.raises(BadInput, match=r"no claim 'deer' in data/claims\.csv; did you mean dear"):
        claims.judge(made, known(), "deer", choice, None, "")


def test_a_word_that_is_no_verdict_is_refused() -> None:
    with pytest.raises(BadInput, match="verdict 'true'; expected one of supported, imprecise"):
        judged([("true", price > 2), ("wrong", True)], price=(2.5, "ratio"))
    with pytest.raises(BadInput, match="verdict 'maybe'; expected one of"):
        claims.undecided(known(), "dear", "maybe", "who knows")


def test_a_claim_that_figures_cannot_decide_says_why() -> None:
    verdict = claims.undecided(known(), "dear", "unverifiable", "no count was made")
    assert (verdict.reason, verdict.margin, verdict.origins) == ("no count was made", None, ("filing", "memo"))
