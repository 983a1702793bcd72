"""A chapter's formulas compiled to NumPy: millions of scenarios a second, in memory that stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casefile.errors import BadInput
from casefile.figures import expressions
from casefile.figures.graph import Graph
from casefile.sweep.grid import GridColumn

if TYPE_CHECKING:
    from casefile.figures.expressions import Compiled

BLOCK = (
    1 << 13
)  # scenarios worked out at once: their columns stay in a core's cache, and below what the system maps anew


@dataclass(frozen=True)
class VectorisedChapter:
    """A chapter's figures and choices that depend on the varied parameters, as one compiled function over columns.

    `labels` gives, for each choice, the words that its column's numbers stand for.
    """

    figures: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    function: Compiled

    def __call__(self, columns: Mapping[str, GridColumn]) -> dict[str, GridColumn]:
        """The columns of figures (float64), and of choices (the position of the word that holds, int8)."""
        count = len(next(iter(columns.values())))
        with np.errstate(all="ignore"):
            outputs = self.function(*map(_numbers, columns.values()))
        columns_by_name = {
            name: np.broadcast_to(np.asarray(column, dtype=np.float64), (count,))
            for name, column in zip(self.figures, outputs, strict=False)
        }
        place = len(self.figures)
        for name, words in self.labels.items():
            columns_by_name[name] = np.zeros(count, dtype=np.int8)
            for position in reversed(range(len(words))):  # the first that holds has the last word
                np.putmask(columns_by_name[name], np.broadcast_to(outputs[place + position], (count,)), position)
            place += len(words)
        return columns_by_name


def _numbers(column: GridColumn) -> GridColumn:
    """What formulas count with, in floats, as whole numbers end at 64 bits: numbers, dates as days from 1 January 1970."""
    if column.dtype.kind == "U":
        column = column.astype("datetime64[D]").astype(np.int64)
    return column.astype(np.float64) if column.dtype.kind == "i" else column


def vectorised(graph: Graph, chapter: str, names: Iterable[str]) -> VectorisedChapter:
    """Compile what formulas alone can say of a chapter when the named parameters vary.

    Raises BadInput for a parameter that the notebook's code reads rather than its formulas.
    """
    names = tuple(names)
    leaves = {figure.parameter: figure.id for figure in graph.figures.values() if figure.kind == "parameter"}
    read = {inner for figure in graph.figures.values() for inner in figure.inputs}
    read |= {inner for choice in graph.choices.values() for inner in choice.inputs}
    for name in names:
        if leaves.get(name) not in read:
            raise BadInput(f"{chapter}: no formula reads {name!r}; sweep it without --figures-only")
    varied = {leaves[name] for name in names}
    moved: set[str] = set(varied)
    unknown: set[str] = set()  # what a function, not a formula, made from a varied figure
    for figure in graph.figures.values():
        if moved & set(figure.inputs):
            moved.add(figure.id)
            if figure.formula is None or unknown & set(figure.inputs):
                unknown.add(figure.id)
    figures = tuple(
        figure.id for figure in graph.figures.values()
        if figure.published and figure.id in moved and figure.id not in unknown | varied
    )  # fmt: skip
    choices = {
        choice.id: choice for choice in graph.choices.values()
        if moved & set(choice.inputs) and not unknown & set(choice.inputs)
    }  # fmt: skip
    conditions = [condition.scaled for choice in choices.values() for _, condition in choice.options]
    # Figure after figure, as the notebook works them out: in one formula written out over constants a last digit may be
    # another, and with it a verdict at its bound.
    asked = {*figures, *(name for choice in choices.values() for name in choice.inputs)}
    for figure in reversed(graph.figures.values()):
        if figure.id in asked and figure.id in moved - varied:
            asked |= set(figure.inputs)
    steps = {
        expressions.symbol(name): figure.formula.scaled
        for name, figure in graph.figures.items()
        if name in asked & (moved - varied) and figure.formula is not None
    }
    fixed = sorted(asked - moved)
    function = expressions.function(
        (*(leaves[name] for name in names), *fixed), [*map(expressions.symbol, figures), *conditions],
        cse=lambda wanted: (list(steps.items()), wanted),
    )  # fmt: skip
    values = [graph.value(name) for name in fixed]
    labels = {name: tuple(label for label, _ in choice.options) for name, choice in choices.items()}
    return VectorisedChapter(figures, labels, lambda *columns: function(*columns, *values))
