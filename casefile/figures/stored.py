"""A graph as plain data: what results keep of it, and the graph again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from casefile.figures.formula import Formula
from casefile.figures.graph import Graph
from casefile.figures.nodes import Choice, Figure, Tally
from casefile.records import Unit


def as_json(graph: Graph, printed: bool = True) -> dict[str, Any]:
    """The graph as plain data, its formulas in print too unless not `printed`; `read` reads it back."""
    figures = {}
    for name, figure in graph.figures.items():
        # 0 is kept: a bound or a number of decimals may be nothing.
        plain = {
            key: value
            for key, value in _without_formula(figure).items()
            if value is not None and value is not False and value != ""
        }
        plain["value"] = figure.value
        if figure.formula is not None:
            plain["formula"] = figure.formula.to_json("print" if printed else "")
        figures[name] = plain
    choices = {
        name: {
            "options": [[label, condition.to_json("script" if printed else "")] for label, condition in choice.options],
            "inputs": list(choice.inputs),
            "chosen": graph.chosen(name),
        }
        for name, choice in graph.choices.items()
    }
    tallies = {name: asdict(tally) | {"words": list(tally.words)} for name, tally in graph.tallies.items()}
    return {"figures": figures, "choices": choices, "tallies": tallies}


def read(chapter: str, plain: Mapping[str, Any], units: Mapping[str, Unit]) -> Graph:
    """The graph that `plain` gave, inputs before what is made of them, however a notebook sorted the keys."""
    graph = Graph(chapter, units)
    for name, stored in _inputs_first(plain["figures"]).items():
        values = {**stored}
        if "formula" in values:
            values["formula"] = Formula.from_json(values["formula"])
        for key in ("inputs", "sources"):
            values[key] = tuple(values.get(key, ()))
        graph.figures[name] = Figure(**values)
    for name, stored in plain["choices"].items():
        options = tuple((label, Formula.from_json(condition)) for label, condition in stored["options"])
        graph.choices[name] = Choice(name, options, tuple(stored["inputs"]))
        graph.decided[name] = stored["chosen"]
    for name, stored in plain.get("tallies", {}).items():
        graph.tallies[name] = Tally(stored["label"], tuple(stored["words"]), stored["more"])
    return graph


def _inputs_first(stored: Mapping[str, Any]) -> dict[str, Any]:
    placed: dict[str, Any] = {}

    def place(name: str) -> None:
        if name in placed or name not in stored:
            return
        for inner in stored[name].get("inputs", ()):
            place(inner)
        placed[name] = stored[name]

    for name in stored:
        place(name)
    return placed


def _without_formula(figure: Figure) -> dict[str, Any]:
    """A figure's attributes by name, tuples as lists, formulas left out."""
    plain = asdict(replace(figure, formula=None))
    return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items() if value != ()}
