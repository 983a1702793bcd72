"""Which figures a chart's rows draw. The rows say it themselves, in columns beside those that are drawn.

A column `NAME_figure` holds the id of the figure whose value stands in the column `NAME`, a column `NAME_template` the text
with `{figure}` from which the text in `NAME` was made; a column `figure` alone speaks of the column `value`.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FIGURE_IN_TEXT, TEMPLATE = "_figure", "_template"
NARROW_FORM = "narrow"  # where a specification keeps another for narrow screens


@dataclass(frozen=True)
class Binding:
    """What one cell of a row shows: a figure's value, or a text made from a template."""

    column: str
    figure: str = ""
    template: str = ""

    @property
    def figures(self) -> frozenset[str]:
        """The figures and words that the cell rests on."""
        return names_in_text(self.template) | {self.figure} if self.figure else names_in_text(self.template)


def bindings(row: Mapping[str, object]) -> Iterator[Binding]:
    """The cells of a row that figures decide."""
    for column, cell in row.items():
        if not isinstance(cell, str):
            continue
        if column == "figure" and "value" in row:
            yield Binding("value", figure=cell)
        elif column.endswith(FIGURE_IN_TEXT):
            yield Binding(column.removesuffix(FIGURE_IN_TEXT), figure=cell)
        elif column.endswith(TEMPLATE):
            yield Binding(column.removesuffix(TEMPLATE), template=cell)


def names_in_text(template: str) -> frozenset[str]:
    """The figures and words that a text with `{figure}` in it names."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)
