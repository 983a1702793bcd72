"""A chapter's results: one JSON object, made by the notebook, read by everything that comes after the run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from casefile.errors import BadInput
from casefile.figures import stored
from casefile.figures.claims import StoredVerdict
from casefile.figures.encodings import Node, PlainRow
from casefile.figures.graph import Graph
from casefile.figures.stored import StoredGraph
from casefile.notebook.cells import Notebook, NotebookCell
from casefile.records import Unit, Value

MEDIA_TYPE = "application/vnd.casefile.results+json"
FIGURES_MEDIA_TYPE = "application/vnd.casefile.figures+json"
CHART_MEDIA_TYPE = "application/vnd.casefile.chart+json"
FOLDER_VARIABLE = "CASEFILE_RESULTS"
PRINT_VARIABLE = "CASEFILE_PRINT"
TOLD, UNTOLD = "told", "untold"  # what `Chapter.tell` says of a passage
_WHEN = "when:"


def is_printed() -> bool:
    """Whether what a run leaves will be printed; a sweep takes values alone, and says `no` in its environment."""
    return os.environ.get(PRINT_VARIABLE) != "no"


class Chart(TypedDict):
    """A chart with all that belongs to it; its texts hold `{figure}` where a figure is printed.

    `spec` is empty where nothing was drawn. `columns` has the words of each, and its unit after a bar (`price|usd`), in the
    `order` that a notebook's file does not keep. `rows` are its table; `sources` are ids.
    """

    id: str
    title: str
    alt: str
    note: str
    spec: Node
    columns: dict[str, str]
    order: list[str]
    rows: list[PlainRow]
    figures: list[str]
    sources: list[str]
    form: NotRequired[str]


class StoredResults(StoredGraph):
    """Results as one JSON object; a run says which rows and series it `read`."""

    chapter: str
    title: str
    question: str
    parameters: dict[str, Value]
    charts: dict[str, Chart]
    verdicts: dict[str, StoredVerdict]
    ranges: dict[str, dict[str, float]]
    needs: list[str]
    read: NotRequired[list[str]]


@dataclass
class Results:
    """What one run of one chapter found.

    `charts` maps a chart's id to its title, alternative text, caption, specification, table and sources; `verdicts` maps
    a claim's id to its verdict; `ranges` maps an assumption to its low, mode and high. `needs` are the chapters it was made
    from, directly or through others.
    """

    chapter: str
    title: str
    question: str
    parameters: dict[str, Value]
    graph: Graph
    charts: dict[str, Chart] = field(default_factory=dict)
    verdicts: dict[str, StoredVerdict] = field(default_factory=dict)
    ranges: dict[str, dict[str, float]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def to_json(self) -> StoredResults:
        """The results as plain data."""
        graph = stored.as_json(self.graph, is_printed())
        return {
            "chapter": self.chapter,
            "title": self.title,
            "question": self.question,
            "parameters": self.parameters,
            "figures": graph["figures"],
            "choices": graph["choices"],
            "tallies": graph["tallies"],
            "charts": self.charts if is_printed() else {},
            "verdicts": self.verdicts,
            "ranges": self.ranges,
            "needs": list(self.needs),
        }

    @classmethod
    def from_json(cls, plain: StoredResults, units: Mapping[str, Unit]) -> Results:
        """The results that `to_json` stored."""
        return cls(
            chapter=plain["chapter"],
            title=plain["title"],
            question=plain["question"],
            parameters=dict(plain["parameters"]),
            graph=stored.read(plain["chapter"], plain, units),
            charts={name: _ordered(chart) for name, chart in plain["charts"].items()},
            verdicts=dict(plain["verdicts"]),
            ranges=dict(plain["ranges"]),
            needs=tuple(plain["needs"]),
        )


def _ordered(chart: Chart) -> Chart:
    """A chart with its columns in their order, which the sorted keys of a notebook's file do not keep."""
    columns = chart["columns"]
    return {**chart, "columns": {name: columns[name] for name in chart.get("order", columns)}}


class Shown:
    """Figures as a cell's output: a list in a notebook, a derivation on the page."""

    def __init__(self, names: Sequence[str], graph: Graph) -> None:
        self.names, self.graph = list(names), graph

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        if not is_printed():
            return {"text/plain": ", ".join(self.names)}
        lines = [f"- **{self.graph[name].meaning}:** {self.graph.trace(name)}" for name in self.names]
        return {
            FIGURES_MEDIA_TYPE: {"figures": self.names},
            "text/markdown": "\n".join(lines),
            "text/plain": "\n".join(f"{name}: {self.graph.trace(name)}" for name in self.names),
        }


def without_untold(notebook: Notebook, left: StoredResults) -> Notebook:
    """A notebook without the passages that its results `left` untold: Markdown cells tagged `when:NAME` (`Chapter.tell`).

    Raises BadInput for a tag of a passage that the notebook never decided on.
    """
    choices = left["choices"]

    def told(cell: NotebookCell) -> bool:
        names = [tag.removeprefix(_WHEN) for tag in cell.get("metadata", {}).get("tags", ()) if tag.startswith(_WHEN)]
        for name in names:
            if name not in choices:
                raise BadInput(f"{left['chapter']}: a cell is tagged {_WHEN}{name}; expected chapter.tell({name}=…)")
        return all(choices[name]["chosen"] == TOLD for name in names)

    return {**notebook, "cells": [cell for cell in notebook["cells"] if told(cell)]}


def of_notebook(notebook: Notebook, name: str) -> StoredResults:
    """The results that an executed notebook published in its last output of that media type.

    Raises BadInput when there are none: a chapter must end with `chapter.publish()`.
    """
    for cell in reversed(notebook["cells"]):
        for output in reversed(cell.get("outputs", [])):
            data = output.get("data", {})
            if MEDIA_TYPE in data:
                return cast(StoredResults, dict(data[MEDIA_TYPE]))
    raise BadInput(f"{name}: published no results; expected `chapter.publish()` in its last cell")


def write(results: Mapping[str, object], path: Path) -> None:
    """Write results as one JSON file, the same bytes for the same results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(results), encoding="utf-8")


def dumps(plain: object, indent: int | None = None) -> str:
    """Plain data as JSON text, keys in the order given; `indent` for files that people open (it is slow)."""
    return json.dumps(plain, ensure_ascii=False, indent=indent) + "\n"


def read(path: Path, units: Mapping[str, Unit]) -> Results:
    """The results stored in a file."""
    return Results.from_json(json.loads(path.read_text(encoding="utf-8")), units)


class ResultsOutput:
    """A chapter's results as a cell's output."""

    def __init__(self, plain: StoredResults) -> None:
        self.plain = plain

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        count = sum(1 for figure in self.plain["figures"].values() if figure.get("published"))
        return {
            MEDIA_TYPE: self.plain,
            "text/plain": f"{self.plain['chapter']}: {count} figures, {len(self.plain['charts'])} charts published",
        }


def public_name(function: Callable[..., object]) -> str:
    """The name by which a notebook imports a function: the package's own without the wing, which is no part of it.

    It is published and hashed with the figure, so it outlives a move of the module.
    """
    module = function.__module__
    if module.startswith("casefile."):
        module = f"casefile.{module.rpartition('.')[2]}"
    return f"{module}.{function.__qualname__}"
