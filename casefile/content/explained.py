"""How a figure is explained: by which page, from what it was made, and a fact in print."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casefile.content.content import Content
from casefile.figures import formats
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.records import Fact, Source, Unit

# Units of pint's own of which a number says nothing without their name.
_OF_TIME = ("hour", "day", "month", "year")


def fact_text(fact: Fact, unit: Unit) -> str:
    """A fact in print, its unit named: its value; its range where it has no value, or where the value is its one bound."""
    name = f" {noun}" if (noun := _counted(unit)) else ""
    if fact.value is None or (fact.low is None) != (fact.high is None):
        return formats.printed_range(fact.low, fact.high, unit) + name
    return formats.printed(fact.value, unit) + name


def _counted(unit: Unit) -> str:
    """What a unit without prefix and suffix counts, in the plural: a time, or the dimension that its definition gives it."""
    dimension = re.fullmatch(r"\w+ = \[(\w+)\]", unit.definition)
    noun = dimension[1].replace("_", " ") if dimension else unit.unit if unit.unit in _OF_TIME else ""
    if not noun or unit.style != "number" or unit.prefix or unit.suffix:
        return ""
    return "people" if noun == "person" else re.sub(r"(?<=[^aeiou])y$", "ie", noun) + "s"


@dataclass(frozen=True)
class Step:
    """One figure that another was made from, as it is told under that other."""

    figure: Figure
    value: str
    arithmetic: str
    sources: list[Source]


def by(content: Content, graph: Graph, name: str) -> Graph:
    """The graph of the page that works a figure out, if it says there what `graph` says; `graph` itself otherwise."""
    theirs = content.pages[content.home(graph[name])].graph
    one, other = graph[name], theirs[name]
    return theirs if (one.value, one.low, one.high) == (other.value, other.low, other.high) else graph


def lineage(content: Content, graph: Graph, name: str, seen: dict[str, Step]) -> list[Step]:
    """All that a figure was made from, each once, down to the sources: every input followed by its own."""
    for inner in graph[name].inputs:
        if inner not in seen:
            theirs = by(content, graph, inner)
            sources = [content.records.sources[source] for source in theirs[inner].sources]
            seen[inner] = Step(theirs[inner], theirs.printed(inner), theirs.arithmetic(inner), sources)
            lineage(content, theirs, inner, seen)
    return list(seen.values())
