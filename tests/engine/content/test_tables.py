"""The table of a chart: each cell says what the page says of the figure that it draws, and no finer."""

from __future__ import annotations

from dataclasses import replace

from casefile.content import tables
from casefile.figures.encodings import Row
from tests.support import small


def test_a_cell_that_draws_a_figure_has_the_figures_digits_where_the_column_has_its_unit() -> None:
    content = small.content()
    graph = content.pages["orchard"].graph
    graph.add(replace(small.leaf("rough", 31_119.5, "USD"), digits=-2))
    row: Row = {
        "figure": "rough",
        "value": 31_119.5,
        "low": 28_711.0,
        "start": 31_119.5,
        "start_figure": "rough",
        "plain": 31_119.5,
    }
    printed = {column: tables.cell(content, graph, row, column, "USD") for column in ("value", "low", "start", "plain")}
    assert printed == {"value": "$31,000", "low": "$29,000", "start": "$31,000", "plain": "$31,120"}
    assert tables.cell(content, graph, row, "value", "apple") == "31,120"
