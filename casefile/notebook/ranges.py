"""What assumptions do to a chapter's figures: the range each is drawn from, and how far each alone moves a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy

from casefile.errors import BadInput, nearest
from casefile.figures import distributions, expressions, uncertainty
from casefile.figures.distributions import Distribution
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.records import Records, Value

_WIDEST = (("low", sympy.Min), ("high", sympy.Max))


@dataclass(frozen=True)
class Swing:
    """What one assumption does alone: a figure at its low and at its high end, all other assumptions as they stand.

    `ends` are those of what is plausible, which a value outside does not move, as it does the other two.
    """

    assumption: sympy.Symbol
    low: sympy.Symbol
    high: sympy.Symbol
    width: float
    ends: tuple[sympy.Symbol, sympy.Symbol]


Asked = Mapping[str, Distribution]  # what an analyst gave in place of a value, by the name of the parameter
_DRAWING = {"draws": 20_000, "seed": 2024}  # where a chapter has no such parameters of its own


def drawing_of(values: Mapping[str, Value]) -> tuple[int, int]:
    """How many draws a chapter takes, and their seed, by its own parameters where it has them."""
    draws, seed = (int(values.get(name, plain)) for name, plain in _DRAWING.items())
    return draws, seed


def distributions_of(graph: Graph, asked: Asked) -> dict[str, Distribution]:
    """What an analyst gave ranges to, by figure, as far as the chapter has made it."""
    figures = {figure.parameter: name for name, figure in graph.figures.items() if figure.kind == "parameter"}
    return {figures[name]: distribution for name, distribution in asked.items() if name in figures}


def rank_correlations(graph: Graph, asked: Asked, spreads: Iterable[str]) -> dict[tuple[str, str], float]:
    """The rank correlations that were asked for, by pairs of figures. Raises BadInput unless both of a pair are drawn."""
    figures = {graph[name].parameter: name for name in spreads}
    named: dict[str, list[tuple[str, float]]] = {}
    for name, distribution in asked.items():
        for other, rank in distribution.ranks:
            if other not in figures:
                line = f"{graph.chapter}: {name!r} is to go with {other!r}, which is not drawn"
                raise BadInput(f"{line}; {nearest(other, figures)}")
            named.setdefault(figures[name], []).append((figures[other], rank))
    return distributions.pairs(named)


def bare(graph: Graph, asked: Asked) -> list[str]:
    """The published figures by formula that rest on a range from outside and have no band yet.

    Raises BadInput for a range of a parameter that no formula reads.
    """
    spreads = distributions_of(graph, asked)
    for name in sorted(asked.keys() - {graph[figure].parameter for figure in spreads}):
        raise BadInput(f"{graph.chapter}: no formula reads {name!r}, so it takes no range; expected one value")
    return [
        name for name, figure in graph.figures.items()
        if figure.published and figure.formula and not figure.band and set(spreads) & set(graph.leaves(name))
    ]  # fmt: skip


def spread(graph: Graph, records: Records, assumption: str, asked: Asked) -> uncertainty.Triangular | Distribution:
    """The range that an assumption is drawn from; its value alone once it was set to another than the default.

    Raises BadInput for one without a range.
    """
    figure = graph[assumption]
    if figure.parameter in asked:
        return asked[figure.parameter]
    low, high = _ends(records, figure, asked)
    if low is None or high is None or figure.value is None:
        raise BadInput(f"{graph.chapter}: {figure.id!r} has no range; expected a low and a high in data/parameters.csv")
    if figure.low is None or figure.high is None:
        return uncertainty.Triangular(figure.value, figure.value, figure.value)
    return uncertainty.Triangular(low, figure.value, high)


def _ends(records: Records, figure: Figure, asked: Asked) -> tuple[float | None, float | None]:
    """The low and high of an assumption as asked for or declared, also where a set value took its figure's range away."""
    if figure.parameter in asked:
        return asked[figure.parameter].low, asked[figure.parameter].high
    row = records.declared(figure.chapter).get(figure.parameter)
    return (row.low, row.high) if row is not None else (figure.low, figure.high)


def swings(graph: Graph, records: Records, target: str, assumptions: Iterable[str], asked: Asked) -> list[Swing]:
    """How far each assumption alone moves a figure between its low and its high, the widest first.

    Both ends are added as figures by formula, `TARGET_at_ASSUMPTION_low` and `_high`.
    """
    formula = graph.written_out(target)
    swings = []
    for name in sorted({*assumptions} & {str(symbol) for symbol in formula.free_symbols}):
        spread(graph, records, name, asked)
        ends = zip(_ends(records, graph[name], asked), _WIDEST, strict=True)
        low, high = (_at_end(graph, graph[target], formula, name, value, *end) for value, end in ends)
        width = abs(graph.value(str(high)) - graph.value(str(low)))
        bounds = expressions.symbol(f"{name}_low"), expressions.symbol(f"{name}_high")
        swings.append(Swing(expressions.symbol(name), low, high, width, bounds))
    return sorted(swings, key=lambda swing: (-swing.width, str(swing.assumption)))


def _at_end(
    graph: Graph, of: Figure, formula: sympy.Expr, name: str, value: float | None, end: str, widest: type[sympy.Expr]
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
