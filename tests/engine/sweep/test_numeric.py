"""A chapter's formulas over columns: which of its figures they can say, and which not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from casefile.errors import BadInput
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.sweep import numeric
from tests.support.small import UNITS, formula, graph, leaf, symbols

price, count, basket, guessed = symbols("price", "count", "basket", "guessed")


@pytest.fixture
def orchard() -> Graph:
    """A price that varies, what a formula and what a function make of it, and what is made of both."""
    made = graph(count=(12.0, "apple"))
    for name in ("price", "tip"):
        made.add(Figure(name, "parameter", "USD/apple", name, 2.5, parameter=name))
    for id, expression in (("basket", price * count), ("half", basket / 2)):
        figure, _ = formula(id, expression, "USD")
        made.derive(replace(figure, published=True), expression)
    made.add(Figure("guessed", "computed", "USD", "a guess", 30.0, inputs=("price",), function="f", published=True))
    figure, expression = formula("both", guessed + basket, "USD")
    made.derive(replace(figure, published=True), expression)
    made.add(leaf("fair", 40.0, "USD", published=True))
    fair = symbols("fair")[0]
    made.choose("word", [("dear", basket > fair), ("cheap", True)])
    made.choose("guess", [("dear", guessed > fair), ("cheap", True)])
    return made


def test_what_a_function_made_is_left_out_with_all_that_rests_on_it(orchard: Graph) -> None:
    compiled = numeric.vectorised(orchard, "orchard", ["price"])
    assert (compiled.figures, compiled.labels) == (("basket", "half"), {"word": ("dear", "cheap")})
    columns = compiled({"price": np.array([1.0, 5.0])})
    assert {name: column.tolist() for name, column in columns.items()} == {
        "basket": [12.0, 60.0], "half": [6.0, 30.0], "word": [1, 0],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["tip", "count", "prise"])
def test_a_parameter_that_no_formula_reads_is_refused(name: str, orchard: Graph) -> None:
    with pytest.raises(BadInput) as caught:
        numeric.vectorised(orchard, "orchard", ["price", name])
    assert str(caught.value) == f"orchard: no formula reads '{name}'; sweep it without --figures-only"


def test_units_are_those_of_the_figures() -> None:
    made = Graph("orchard", UNITS)
    made.add(Figure("wait", "parameter", "month", "a wait", 1.0, parameter="months"))
    figure, expression = formula("hours", symbols("wait")[0], "hour")
    made.derive(replace(figure, published=True), expression)
    columns = numeric.vectorised(made, "orchard", ["months"])({"months": np.array([0.0, 2.0])})
    assert columns["hours"].tolist() == [0.0, 1461.0]


def test_whole_numbers_do_not_overflow() -> None:
    made = Graph("orchard", UNITS)
    for name in ("price", "count"):
        made.add(Figure(name, "parameter", "ratio", name, 2.0, parameter=name))
    figure, expression = formula("worth", price * count, "ratio")
    made.derive(replace(figure, published=True), expression)
    columns = {name: np.array([1, 4_000_000_000]) for name in ("price", "count")}
    assert numeric.vectorised(made, "orchard", ["price", "count"])(columns)["worth"].tolist() == [1.0, 1.6e19]
