"""Double entry: what `data/` holds and what chapters publish, against the tests' own transcription of the sources."""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Run, value
from tests.transcription.closes import CLOSES
from tests.transcription.events import EVENTS
from tests.transcription.expected import EXPECTED, delay
from tests.transcription.figures import FIGURES
from tests.transcription.promises import PROMISES
from tests.transcription.series import CELLS, DAYS, TOTALS


def rows(series: str) -> list[dict[str, str]]:
    """The rows of a series as texts, read without the package."""
    with Path(ROOT / "data" / "series" / f"{series}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_fact_is_transcribed_and_nothing_else(known: Records) -> None:
    assert set(known.figures) == set(FIGURES)
    assert set(known.events) == set(EVENTS)
    assert set(known.series_names()) == set(CELLS) == set(TOTALS) | set(DAYS)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_fact_is_what_its_source_prints(figure: str, known: Records) -> None:
    fact = known.figures[figure]
    assert (fact.value, fact.low, fact.high, fact.unit) == FIGURES[figure]


def test_every_event_has_the_date_its_source_prints(known: Records) -> None:
    assert {name: event.date for name, event in known.events.items()} == EVENTS


@pytest.mark.parametrize("series", CELLS)
def test_cells_of_a_series_are_what_their_source_prints(series: str) -> None:
    table = {row.get("id") or row["date"]: row for row in rows(series)}
    assert len(CELLS[series]) >= 3
    for (row, column), printed in CELLS[series].items():
        stored = table[row][column]
        assert (stored if isinstance(printed, str) else float(stored)) == printed, (row, column)


@pytest.mark.parametrize("series", TOTALS)
def test_control_totals_of_a_series_hold(series: str) -> None:
    table = rows(series)
    by_metric = "metric" in table[0]
    if by_metric:
        assert {row["metric"] for row in table} == set(TOTALS[series])
    for name, (count, total) in TOTALS[series].items():
        texts = [row["value"] for row in table if row["metric"] == name] if by_metric else [row[name] for row in table]
        numbers = [Decimal(text) for text in texts if text]
        assert (len(numbers), sum(numbers)) == (count, Decimal(total)), name


@pytest.mark.parametrize("series", DAYS)
def test_control_totals_of_dates_hold(series: str) -> None:
    for column, (count, total) in DAYS[series].items():
        days = [datetime.date.fromisoformat(row[column]).toordinal() for row in rows(series) if row[column]]
        assert (len(days), sum(days)) == (count, total), column


def test_every_promise_is_what_was_said() -> None:
    table = {
        row["id"]: (row["said"], row["scope"], row["target_latest"], row["status"])
        for row in rows("self_driving_promises")
    }
    assert table == PROMISES


def test_every_close_of_the_event_study_is_transcribed() -> None:
    table = [(row["date"], float(row["tsla"]), float(row["qqq"])) for row in rows("closing_prices")]
    start = next(place for place, row in enumerate(table) if row[0] == CLOSES[0][0])
    assert table[start : start + len(CLOSES)] == CLOSES


@pytest.mark.parametrize("chapter", EXPECTED)
def test_published_figures_follow_from_the_sources_by_plain_arithmetic(chapter: str, run_chapter: Run) -> None:
    if chapter not in CHAPTERS:
        pytest.fail(f"{chapter} is not in _toc.yml")
    found = run_chapter(chapter)
    for figure, expected in EXPECTED[chapter].items():
        assert found["figures"][figure]["published"], figure
        assert value(found, figure) == pytest.approx(expected, rel=1e-9, abs=1e-12), figure


def test_the_bands_of_the_delay_are_those_of_an_own_monte_carlo(run_chapter: Run) -> None:
    found = run_chapter("03_delay")
    random = np.random.default_rng(1)
    count = 400_000
    draws = {
        "months": random.triangular(1, 3.5, 6, count),
        "rent": random.triangular(2.49, 3.49, 3.99, count),
        "utilisation": random.triangular(0.3, 0.4, 0.5, count),
        "overhead": random.triangular(1.2, 1.5, 2.6, count),
    }
    unit = delay(1, 1, 1, 1)
    factors = {
        "gpu_hours_delayed": draws["months"],
        "rental_value_delayed": draws["months"] * draws["rent"],
        "compute_delayed": draws["months"] * draws["utilisation"],
        "gpt4_runs_delayed": draws["months"] * draws["utilisation"],
        "grok2_runs_delayed": draws["months"] * draws["utilisation"],
        "energy_delayed": draws["months"] * draws["overhead"],
    }
    for figure, factor in factors.items():
        low, high = np.percentile(unit[figure] * factor, [5, 95])
        band = found["figures"][figure]
        assert (band["low"], band["high"]) == pytest.approx((low, high), rel=0.02), figure
