"""What assumptions do to a chapter's figures: the range each is drawn from, and how far each alone moves a figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy

from casefile.errors import BadInput
from casefile.figures import expressions, uncertainty
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.records import Records

_WIDEST = (("low", sympy.Min), ("high", sympy.Max))


@dataclass(frozen=True)
class Swing:
    """What one assumption does alone: a figure at its low and at its high end, all other assumptions as they stand."""

    assumption: sympy.Symbol
    low: sympy.Symbol
    high: sympy.Symbol
    width: float


def spread(graph: Graph, known: Records, assumption: str) -> uncertainty.Spread:
    """The range that an assumption is drawn from; its value alone once it was set to another than the default.

    Raises BadInput for one without a range.
    """
    figure = graph[assumption]
    low, high = _ends(known, figure)
    if low is None or high is None or figure.value is None:
        raise BadInput(f"{graph.chapter}: {figure.id!r} has no range; expected a low and a high in data/parameters.csv")
    if figure.low is None or figure.high is None:
        return uncertainty.Spread(figure.value, figure.value, figure.value)
    return uncertainty.Spread(low, figure.value, high)


def _ends(known: Records, figure: Figure) -> tuple[float | None, float | None]:
    """The low and high of an assumption as declared, also where a set value took its figure's range away."""
    row = known.declared(figure.chapter).get(figure.parameter)
    return (row.low, row.high) if row is not None else (figure.low, figure.high)


def swings(graph: Graph, known: Records, target: str, assumptions: Iterable[str]) -> list[Swing]:
    """How far each assumption alone moves a figure between its low and its high, the widest first.

    Both ends are added as figures by formula, `TARGET_at_ASSUMPTION_low` and `_high`.
    """
    formula = graph.written_out(target)
    swings = []
    for name in sorted({*assumptions} & {str(symbol) for symbol in formula.free_symbols}):
        spread(graph, known, name)
        ends = zip(_ends(known, graph[name]), _WIDEST, strict=True)
        low, high = (_at_end(graph, graph[target], formula, name, value, *end) for value, end in ends)
        width = abs(graph.value(str(high)) - graph.value(str(low)))
        swings.append(Swing(expressions.symbol(name), low, high, width))
    return sorted(swings, key=lambda swing: (-swing.width, str(swing.assumption)))


def _at_end(
    graph: Graph, of: Figure, formula: Any, name: str, value: float | None, end: str, widest: Any
) -> sympy.Symbol:
    assumed, symbol = graph[name], expressions.symbol(name)
    bound = Figure(  # what a range rests on, its note says; the source of the default is not that of its ends
        f"{name}_{end}", "source", assumed.unit, f"{assumed.meaning}, {end} end of what is plausible",
        value, digits=assumed.digits, note=assumed.note, chapter=assumed.chapter,
    )  # fmt: skip
    moved = Figure(
        f"{of.id}_at_{name}_{end}", "formula", of.unit,
        f"{of.meaning}, with one assumption at its {end} end: {assumed.meaning}", None, digits=of.digits, chapter=graph.chapter,
    )  # fmt: skip
    return graph.derive(moved, formula.subs(symbol, widest(graph.add(bound), symbol, evaluate=False)))
