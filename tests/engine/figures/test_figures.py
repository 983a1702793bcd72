"""The derivation graph: what a figure knows of where it comes from."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
import sympy

from casefile.errors import BadInput
from casefile.figures import stored
from casefile.figures.graph import Graph
from tests.support.small import UNITS, formula, graph, leaf, symbols

price, count, basket, half, total = symbols("price", "count", "basket", "half", "total")


@pytest.fixture
def orchard() -> Graph:
    made = graph(price=(2.5, "USD/apple"), count=(12.0, "apple"))
    made.derive(*formula("basket", price * count, "USD"))
    made.derive(*formula("half", basket / 2, "USD"))
    return made


def test_a_formula_has_the_value_of_its_inputs(orchard: Graph) -> None:
    assert orchard.value("basket") == 30
    assert orchard.value("half") == 15


def test_a_formula_in_another_unit_is_scaled() -> None:
    made = graph(months=(2.0, "month"))
    made.derive(*formula("hours", symbols("months")[0], "hour"))
    assert made.value("hours") == pytest.approx(2 * 730.5)
    assert made.evaluate({"months": 1})["hours"] == pytest.approx(730.5)


def test_adding_dollars_to_months_names_the_figure() -> None:
    made = graph(money=(1.0, "USD"), months=(1.0, "month"))
    with pytest.raises(BadInput, match="figure 'nonsense': cannot add or compare"):
        made.derive(*formula("nonsense", sum(symbols("money", "months")), "USD"))
    assert "nonsense" not in made


def test_a_formula_may_only_mention_figures_that_stand(orchard: Graph) -> None:
    with pytest.raises(
        BadInput, match=r"figure 'dear' names 'prise', which is no figure of orchard; did you mean price"
    ):
        orchard.derive(*formula("dear", symbols("prise")[0] * 2, "USD/apple"))


def test_an_id_is_given_once(orchard: Graph) -> None:
    with pytest.raises(BadInput, match="ids are given once"):
        orchard.derive(*formula("basket", price * count, "USD"))
    with pytest.raises(BadInput, match="stands already"):
        orchard.add(leaf("price", 3.0, "USD/apple"))


def test_the_same_fact_may_be_taken_twice_and_stays_published(orchard: Graph) -> None:
    fact = leaf("pears", 1.0, "ratio")
    orchard.add(leaf("pears", 1.0, "ratio", published=True))
    orchard.add(fact)
    assert orchard["pears"].published


def test_a_figure_knows_its_leaves_and_its_sources_through_every_step(orchard: Graph) -> None:
    assert orchard.leaves("half") == ("count", "price")
    assert orchard.sources("half") == ("source_of_count", "source_of_price")
    assert orchard.leaves("price") == ("price",)


def test_flat_writes_every_formula_out(orchard: Graph) -> None:
    assert sympy.simplify(orchard.flat("half") - price * count / 2) == 0


def test_a_compiled_figure_keeps_the_leaves_it_is_not_given(orchard: Graph) -> None:
    assert orchard.compile("half", ("price",))(10.0) == 60


def test_other_values_reach_what_rests_on_them_and_nothing_else(orchard: Graph) -> None:
    moved = orchard.evaluate({"price": 5.0})
    assert moved == {"price": 5.0, "count": 12.0, "basket": 60.0, "half": 30.0}
    assert orchard.value("basket") == 30


def test_an_override_of_a_formula_holds_for_what_follows(orchard: Graph) -> None:
    assert orchard.evaluate({"basket": 100.0})["half"] == 50


def test_arithmetic_and_trace_show_the_printed_values(orchard: Graph) -> None:
    assert orchard.trace("basket") in ("$30 = 12 × $2.5", "$30 = $2.5 × 12")
    assert orchard.arithmetic("price") == ""


def test_a_range_without_a_value_prints_as_a_range() -> None:
    made = Graph("orchard", UNITS)
    made.add(leaf("offer", None, "USD", low=3e9, high=4e9))
    assert made.printed("offer") == "$3 billion to $4 billion"
    assert math.isnan(made.value("offer"))
    assert (made.printed("offer", "low"), made.printed("offer", "high")) == ("$3 billion", "$4 billion")


def test_an_unknown_part_or_figure_is_refused(orchard: Graph) -> None:
    with pytest.raises(BadInput, match="expected value, low, high, range, size"):
        orchard.printed("price", "middle")
    with pytest.raises(BadInput, match="no figure 'baskt' in orchard; did you mean basket"):
        orchard.value("baskt")


def test_the_first_condition_that_holds_decides_the_word(orchard: Graph) -> None:
    unit = orchard.add(leaf("unit", 1.0, "USD/apple"))
    orchard.choose("verdict", [("dear", price > 3 * unit), ("fair", price > 2 * unit), ("cheap", True)])
    assert orchard.chosen("verdict") == "fair"
    choice = orchard.choices["verdict"]
    assert [choice.chosen({"price": value, "unit": 1.0}) for value in (3.5, 3.0, 2.0)] == ["dear", "fair", "cheap"]


def test_a_choice_must_always_decide(orchard: Graph) -> None:
    with pytest.raises(BadInput, match="the last condition must be True"):
        orchard.choose("verdict", [("dear", price > 3)])


def test_a_choice_is_made_once(orchard: Graph) -> None:
    orchard.choose("verdict", [("dear", price > 3 * price), ("cheap", True)])
    with pytest.raises(BadInput) as caught:
        orchard.choose("verdict", [("cheap", True)])
    assert str(caught.value) == "choice 'verdict' of orchard stands already; ids are given once"
    assert orchard.choices["verdict"].inputs == ("price",)


def test_a_choice_compares_like_with_like(orchard: Graph) -> None:
    with pytest.raises(BadInput, match="cannot add or compare"):
        orchard.choose("verdict", [("dear", price > count), ("cheap", True)])


def test_a_graph_comes_back_from_json_as_it_went(orchard: Graph) -> None:
    orchard.choose("verdict", [("dear", basket > half * 4), ("cheap", True)])
    orchard.update("half", low=10.0, high=20.0, band="5th to 95th percentile")
    back = stored.read("orchard", json.loads(json.dumps(stored.as_json(orchard))), UNITS)
    assert stored.as_json(back) == stored.as_json(orchard)
    assert back.evaluate({"price": 5.0}) == orchard.evaluate({"price": 5.0})
    assert back.printed("half", "range") == "$10 to $20"
    assert back.chosen("verdict") == "cheap"


def test_a_size_leaves_the_sign_to_the_words_around(orchard: Graph) -> None:
    name = next(name for name, figure in orchard.figures.items() if figure.value)
    orchard.figures[name] = replace(orchard[name], value=-abs(orchard.value(name)))
    assert orchard.printed(name).startswith("−")
    assert orchard.printed(name, "size") == orchard.printed(name).removeprefix("−")
