"""What a chart draws is what its table says, and what its table says is what the sources and figures say."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHAPTERS, ROOT, Plain, Run

Row = dict[str, Any]


def series_rows() -> dict[str, Row]:
    """Every row of every series by its id, or by its date for the closing prices; read without the package."""
    found: dict[str, Row] = {}
    for path in sorted(Path(ROOT / "data" / "series").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found |= {row.get("id", row.get("date", "")): row for row in csv.DictReader(lines)}
    return found


def datasets(spec: Plain) -> Iterator[list[Row]]:
    """Every table inside a specification."""
    yield from spec.get("datasets", {}).values()


def words(rows: list[Row]) -> set[str]:
    """Every word or sentence in some rows."""
    return {cell for row in rows for cell in row.values() if isinstance(cell, str)}


def numbers(rows: list[Row]) -> set[str]:
    """Every number in some rows, to twelve digits."""
    plain = [
        cell for row in rows for cell in row.values() if isinstance(cell, int | float) and not isinstance(cell, bool)
    ]
    return {f"{number:.12g}" for number in plain}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chart_draws_its_table_and_nothing_else(chapter: str, run_chapter: Run) -> None:
    found = run_chapter(chapter)
    figures = numbers(
        [{part: figure.get(part) for part in ("value", "low", "high")} for figure in found["figures"].values()]
    )
    for name, chart in found["charts"].items():
        tables = list(datasets(chart["spec"]))
        drawn = set().union(*map(numbers, tables))
        drawn |= {str(100 * len(table)) for table in tables if "solid" in table[0]}  # a square for a hundred
        for table in tables:
            columns = {column for row in table for column in row}
            if columns & set(chart["columns"]):  # other data sets place labels
                strange = numbers([{key: row[key] for key in row if key in chart["rows"][0]} for row in table])
                assert strange <= numbers(chart["rows"]) | figures, (name, columns)
        printed = [{column: row[column] for column in chart["columns"]} for row in chart["rows"]]
        if numbers(printed):
            assert numbers(printed) & drawn, name
        else:
            drawn_words = set().union(*map(words, tables))
            assert any(word in text for word in words(printed) for text in drawn_words), name


def test_the_picture_of_the_swap_has_a_square_for_every_hundred_chips_each_way(run_chapter: Run) -> None:
    chart = run_chapter("summary")["charts"]["swap_in_time"]
    for spec in (chart["spec"], chart["spec"]["usermeta"]["narrow"]):
        squares = [row for table in datasets(spec) for row in table if "solid" in row]
        due = [row for row in squares if not row["solid"]]
        assert (len(squares), len(due)) == (240, 120)
        assert len({row["day"] for row in due}) == 24  # those to come back, spread over the days, five to each
        assert {row["lane"] for row in due} == {1.0} != {row["lane"] for row in squares if row["solid"]}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_row_of_a_figure_holds_that_figures_numbers(chapter: str, run_chapter: Run) -> None:
    found = run_chapter(chapter)
    for name, chart in found["charts"].items():
        for row in chart["rows"]:
            if "figure" not in row or row["figure"] is None:
                continue
            figure = found["figures"][row["figure"]]
            for part in ("value", "low", "high"):
                if part in row and f"{part}_figure" not in row:
                    assert numbers([{part: row[part]}]) == numbers([{part: figure.get(part)}]), (
                        name,
                        row["figure"],
                        part,
                    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_row_of_a_series_holds_that_rows_cells(chapter: str, run_chapter: Run) -> None:
    known = series_rows()
    for name, chart in run_chapter(chapter)["charts"].items():
        for row in chart["rows"]:
            stored = known.get(str(row.get("id", "")))
            if stored is None:
                continue
            for column, cell in row.items():
                if stored.get(column) and column not in ("setting", "note"):
                    printed = stored[column]
                    same = (
                        float(printed) == float(cell)
                        if isinstance(cell, int | float) and not isinstance(cell, bool)
                        else None
                    )
                    assert same is not False, (name, row["id"], column)
                    if isinstance(cell, str):
                        assert cell[: len(printed)] == printed, (name, row["id"], column)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chart_has_alternative_text_a_title_that_finds_and_a_source(
    chapter: str, run_chapter: Run, known: Any
) -> None:
    for name, chart in run_chapter(chapter)["charts"].items():
        assert len(chart["alt"]) > 40, name
        assert chart["title"].strip(), name
        assert chart["sources"], name
        assert set(chart["sources"]) <= set(known.sources), name
