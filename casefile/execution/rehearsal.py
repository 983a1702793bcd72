"""What is slow the first time, done once before notebooks are forked: formulas, units, ranges, words, charts.

It touches libraries only, no notebook and no story's state, so that each notebook still starts as fresh as in a kernel.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import altair as alt
import pandas as pd
import sympy
from IPython.core.interactiveshell import InteractiveShell

from casefile import records
from casefile.figures import charts, stored, uncertainty
from casefile.figures.graph import Graph
from casefile.figures.nodes import DRAWN, Figure
from casefile.notebook.results import Results, Shown, StoredResults
from casefile.records import Unit

_UNITS = {
    row.unit: row
    for row in (
        Unit("coin", "coin = [coin]", "money", "$", "", 0, "coins"),
        Unit("pear", "pear = [pear]", "number", "", "", 0, "pears"),
        Unit("coin/pear", "", "number", "$", "", 2, "price of a pear"),
        Unit("fraction", "fraction = []", "percent", "", "%", 1, "a share"),
    )
}


def rehearse() -> None:
    """Make and print a small graph, propagate its ranges, draw its figures."""
    graph = Graph("rehearsal", _UNITS)
    price, count, share = (
        graph.add(Figure(name, "parameter", unit, name, value, low=value / 2, high=value * 2, band="range"))
        for name, unit, value in (("price", "coin/pear", 2.5), ("count", "pear", 12000.0), ("share", "fraction", 0.4))
    )
    graph.derive(Figure("worth", "formula", "coin", "worth", None), price * count * share / (1 + share))
    graph.derive(Figure("least", "formula", "coin", "least", None), sympy.Min(price, price / 2) * count)
    worth, least = sympy.symbols("worth least", real=True)
    graph.derive(Figure("change", "formula", "fraction", "change", None), sympy.Abs(worth / least - 1))
    graph.choose("word", [("more", worth > least), ("as much", sympy.Eq(worth, least)), ("less", True)])
    spreads = {
        name: uncertainty.Triangular(graph[name].low or 0, graph.value(name), graph[name].high or 0)
        for name in ("price", "count")
    }
    low, _, high = uncertainty.percentiles(graph, "worth", spreads, 1000, 1)
    graph.update("worth", low=low, high=high)
    graph.fill("{worth} ({worth:range}), {word}")
    stored.as_json(graph)
    graph.evaluate({"price": 3.0})
    _draw(graph)
    formatter = InteractiveShell.instance().display_formatter if InteractiveShell.initialized() else None
    if formatter is not None:
        formatter.format(Shown(["worth"], graph))


def rework(plain: StoredResults, units: Mapping[str, Unit]) -> None:
    """Work a chapter's formulas out once more from its results, so that what libraries keep of them is there in each fork."""
    earlier_results = Results.from_json({**plain, "charts": {}}, units)
    earlier = earlier_results.graph
    graph = Graph(earlier.chapter, units)
    for figure in earlier.figures.values():
        if figure.formula is None:
            graph.add(figure)
        else:
            graph.derive(replace(figure, formula=None, inputs=()), figure.formula.expression)
    for choice in earlier.choices.values():
        bare = all(condition.written == condition.scaled_tree for _, condition in choice.options)
        graph.choose(choice.id, [(label, condition.expression) for label, condition in choice.options], as_printed=bare)
    stored.as_json(graph, printed=False)
    count, seed = (earlier_results.parameters.get(name) for name in ("draws", "seed"))
    if isinstance(count, int) and isinstance(seed, int):
        spreads = {
            name: uncertainty.Triangular(ends["low"], ends["mode"], ends["high"])
            for name, ends in earlier_results.ranges.items()
        }
        for figure in earlier.figures.values():
            if figure.band == DRAWN:
                uncertainty.percentiles(graph, figure.id, spreads, count, seed)


def rework_chapters(root: Path, standing: Path) -> None:
    """Work out the formulas of a story's chapters whose results stand in a folder."""
    for path in sorted(standing.glob("*.json")):
        with contextlib.suppress(Exception):  # what fails here tells so where it is run
            rework(json.loads(path.read_text(encoding="utf-8")), records.load_once(root).units)


def _draw(graph: Graph) -> None:
    table = pd.DataFrame(
        {"value": [1.0, graph.value("worth")], "low": [0.5, 1.0], "high": [2.0, 3.0], "what": ["a", "b"]}
    )
    base = alt.Chart(table).encode(y=alt.Y("what:N", title=None, sort=None, axis=alt.Axis(labelLimit=150)))
    value = alt.X(
        "value:Q", title="x", axis=alt.Axis(format="$,d", tickCount=4), scale=alt.Scale(domain=[0, 10_000], zero=True)
    )
    colour = alt.Color(
        "what:N", title=None, sort=None, scale=alt.Scale(range=list(charts.COLOURS)), legend=alt.Legend(columns=2)
    )
    bars = base.mark_bar(height=18, color=charts.COLOURS[1]).encode(x=value, x2="high:Q", color=colour)
    rules = base.mark_rule(strokeDash=[4, 3], strokeWidth=2, color=charts.INK).encode(x="low:Q", x2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x="value:Q", shape=alt.Shape("what:N", legend=None))
    words = base.mark_text(align="left", dx=6, color=charts.INK).encode(x="value:Q", text="what:N")
    charts.specification((bars + rules + dots + words).properties(height=130))
    charts.specification(
        alt.Chart(table).mark_line(point=True).encode(x="what:O", y=alt.Y("value:Q", title=None)).properties(height=90)
    )
    charts.plain_rows(table)
