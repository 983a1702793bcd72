"""What a notebook makes: tables that say which figures they hold, swings, and counts of verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy

from casefile import charts
from casefile.chapter import Chapter
from casefile.records import Unit
from tests.small import UNITS, declaration, known, leaf


@pytest.fixture
def orchard() -> Chapter:
    rows = [
        declaration(low=1.0, high=6.0),
        declaration(name="count", unit="apple", default="12", maximum=100.0, low=10.0, high=20.0),
    ]
    sound = replace(known(*rows), units=UNITS | {"claim": Unit("claim", "claim = []", "number", "", "", 0, "claims")})
    return Chapter("orchard", sound, {"price": 2.5, "count": 12.0}, "The orchard", "Are apples dear?", ())


def basket(chapter: Chapter) -> tuple[sympy.Symbol, sympy.Symbol, sympy.Symbol]:
    price, count = chapter.parameter("price"), chapter.parameter("count")
    whole = chapter.figure("whole", price * count, "USD", "A basket")
    return price, count, chapter.figure("basket", whole / 2, "USD", "Half a basket")


def test_a_table_keeps_the_figure_or_the_text_that_a_cell_was_made_from(orchard: Chapter) -> None:
    price, _, half = basket(orchard)
    table = orchard.table(what=["price", "basket"], end=[price, half], label=["{price} each", "a basket"], plain=[1, 2])
    assert charts.rows(table) == [
        {"what": "price", "end": 2.5, "end_figure": "price", "label": "$2.5 each", "label_template": "{price} each", "plain": 1},
        {"what": "basket", "end": 15.0, "end_figure": "basket", "label": "a basket", "label_template": None, "plain": 2},
    ]  # fmt: skip


def test_a_row_of_a_figure_names_the_figures_of_its_range(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    assert "low_figure" not in orchard.table([half])
    low = orchard.figure("least", price, "USD/apple", "Least")
    high = orchard.figure("most", price * 2, "USD/apple", "Most")
    orchard.bounded(price, low, high, "a range")
    rows = charts.rows(orchard.table([price, count]))
    assert [(row["low_figure"], row["high_figure"], row["high"]) for row in rows] == [
        ("least", "most", 5.0),
        (None, None, 20.0),
    ]


def test_swings_are_figures_at_each_end_the_widest_first(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    found = orchard.swings(half, [count, price])
    ends = [(swing.assumption, orchard.value(swing.low), orchard.value(swing.high), swing.width) for swing in found]
    assert ends == [(price, 6.0, 36.0, 30.0), (count, 12.5, 25.0, 12.5)]


def test_a_value_outside_its_range_widens_the_swing(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    orchard.swings(half, [price, count])
    moved = orchard.graph.evaluate({"price": 10.0})
    assert (moved["basket_at_price_low"], moved["basket_at_price_high"]) == (6.0, 60.0)
    assert moved["basket_at_count_high"] == 100.0


def test_a_score_follows_the_verdicts_that_figures_decide(orchard: Chapter) -> None:
    price, _, _ = basket(orchard)
    orchard.graph.add(leaf("dear_from", 5.0, "USD/apple"))
    orchard.claim("dear", [("supported", price > sympy.Symbol("dear_from", real=True)), ("wrong", True)], over=[price])
    orchard.score()
    counted = {
        name: value for name, value in orchard.graph.evaluate({"price": 9.0}).items() if name.startswith("claims_")
    }
    assert (counted["claims_supported"], counted["claims_wrong"]) == (1.0, 0.0)
    assert (orchard.value("claims_supported"), orchard.value("claims_wrong")) == (0.0, 1.0)
