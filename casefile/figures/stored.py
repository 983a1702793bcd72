"""A graph as plain data: what results keep of it, and the graph again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Required, TypedDict, cast

from casefile.figures.formula import Formula, StoredFormula
from casefile.figures.graph import Graph
from casefile.figures.nodes import Choice, Figure, Kind, Tally
from casefile.records import Unit


class StoredFigure(TypedDict, total=False):
    """A figure's attributes by name, those left out that are empty; `value` is always there, null where there is none."""

    id: Required[str]
    kind: Required[Kind]
    unit: Required[str]
    meaning: Required[str]
    value: Required[float | None]
    low: float
    high: float
    band: str
    low_figure: str
    high_figure: str
    digits: int
    formula: StoredFormula
    inputs: list[str]
    sources: list[str]
    printed_form: str
    locator: str
    date: str
    grade: str
    note: str
    record: str
    function: str
    rows: str
    parameter: str
    chapter: str
    published: bool


class StoredChoice(TypedDict):
    """A choice, and what it was: each label with its condition."""

    options: list[tuple[str, StoredFormula]]
    inputs: list[str]
    chosen: str


class StoredTally(TypedDict):
    """What a figure counts."""

    label: str
    words: list[str]
    more: int


class StoredGraph(TypedDict):
    """A graph by the ids of what it holds."""

    figures: dict[str, StoredFigure]
    choices: dict[str, StoredChoice]
    tallies: dict[str, StoredTally]


def as_json(graph: Graph, printed: bool = True) -> StoredGraph:
    """The graph as plain data, its formulas in print too unless not `printed`; `read` reads it back."""
    figures: dict[str, StoredFigure] = {}
    for name, figure in graph.figures.items():
        # 0 is kept: a bound or a number of decimals may be nothing.
        said = _without_formula(figure).items()
        kept = {key: value for key, value in said if value is not None and value is not False and value != ""}
        plain = cast(StoredFigure, kept)
        plain["value"] = figure.value
        if figure.formula is not None:
            plain["formula"] = figure.formula.to_json("print" if printed else "")
        figures[name] = plain
    form = "script" if printed else ""
    choices: dict[str, StoredChoice] = {
        name: {
            "options": [(label, condition.to_json(form)) for label, condition in choice.options],
            "inputs": list(choice.inputs),
            "chosen": graph.chosen(name),
        }
        for name, choice in graph.choices.items()
    }
    tallies: dict[str, StoredTally] = {
        name: {"label": tally.label, "words": list(tally.words), "more": tally.more}
        for name, tally in graph.tallies.items()
    }
    return {"figures": figures, "choices": choices, "tallies": tallies}


def read(chapter: str, plain: StoredGraph, units: Mapping[str, Unit]) -> Graph:
    """The graph that `plain` gave, inputs before what is made of them, however a notebook sorted the keys."""
    graph = Graph(chapter, units)
    for name, stored in _inputs_first(plain["figures"]).items():
        values: dict[str, Any] = {**stored}
        if "formula" in stored:
            values["formula"] = Formula.from_json(stored["formula"])
        for key in ("inputs", "sources"):
            values[key] = tuple(values.get(key, ()))
        graph.figures[name] = Figure(**values)
    for name, choice in plain["choices"].items():
        options = tuple((label, Formula.from_json(condition)) for label, condition in choice["options"])
        graph.choices[name] = Choice(name, options, tuple(choice["inputs"]))
        graph.decided[name] = choice["chosen"]
    for name, tally in plain.get("tallies", {}).items():
        graph.tallies[name] = Tally(tally["label"], tuple(tally["words"]), tally["more"])
    return graph


def _inputs_first(stored: Mapping[str, StoredFigure]) -> dict[str, StoredFigure]:
    placed: dict[str, StoredFigure] = {}

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
