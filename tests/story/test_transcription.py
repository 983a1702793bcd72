"""Double entry: what `data/` holds and what chapters publish, against the tests' own transcription of the sources."""

from __future__ import annotations

import csv
import datetime
import functools
import hashlib
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pytest

from casefile.notebook import parameters
from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Run, value
from tests.story.transcription.assumptions import ASSUMPTIONS, SCENARIOS
from tests.story.transcription.claims import CLAIMS
from tests.story.transcription.closes import CLOSES
from tests.story.transcription.events import EVENTS
from tests.story.transcription.expected import EXPECTED, delay
from tests.story.transcription.figures import FIGURES
from tests.story.transcription.grounds import EVENT_GROUNDS, GROUNDS, REPLIES
from tests.story.transcription.promises import PROMISES
from tests.story.transcription.seals import SEALS
from tests.story.transcription.series import CELLS, DAYS, TOTALS
from tests.story.transcription.sources import ORIGINS, SOURCES, WORDS
from tests.story.transcription.units import UNITS


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
    assert (fact.date, fact.source, fact.printed, fact.grade) == GROUNDS[figure]


def test_an_event_is_what_its_source_prints(known: Records) -> None:
    assert {name: event.date for name, event in known.events.items()} == EVENTS
    assert {name: (event.source, event.printed, event.grade) for name, event in known.events.items()} == EVENT_GROUNDS


def test_a_reply_is_what_its_source_prints(known: Records) -> None:
    found = {name: (row.who, row.date, row.printed, row.source, row.grade) for name, row in known.replies.items()}
    assert found == REPLIES


def test_a_claim_stands_where_the_article_makes_it_and_rests_on_what_the_dossier_names(known: Records) -> None:
    found = {
        name: (row.paragraph, row.printed, row.allegation, row.chapter, row.figures, row.sources, row.replies)
        for name, row in known.claims.items()
    }
    assert found == CLAIMS


def digest(lines: Iterable[str]) -> str:
    """The first sixteen digits of a SHA-256 of some lines, in order."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


@functools.cache
def canonical(text: str) -> str:
    """A number in its shortest form, a text as it is."""
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return text


def test_every_source_is_where_it_was_read(known: Records) -> None:
    assert {name: (row.published, row.url, row.origin) for name, row in known.sources.items()} == SOURCES
    for column, seal in WORDS.items():
        assert digest(f"{name}\t{getattr(row, column)}" for name, row in known.sources.items()) == seal, column


def test_every_origin_has_its_date(known: Records) -> None:
    assert {name: origin.date for name, origin in known.origins.items()} == ORIGINS


def test_every_unit_is_defined_and_printed_as_agreed(known: Records) -> None:
    found = {name: (row.definition, row.style, row.prefix, row.suffix, row.digits) for name, row in known.units.items()}
    assert found == UNITS


def test_every_assumption_is_the_one_agreed(known: Records) -> None:
    found = {
        key: (
            row.figure, row.type, row.unit, row.default, row.minimum, row.maximum, row.choices, row.low, row.high, row.basis,
            row.read_by,
        )
        for key, row in known.declarations.items()
    }  # fmt: skip
    assert found == ASSUMPTIONS


def test_a_default_that_rests_on_a_fact_is_the_facts_number(known: Records) -> None:
    rests = [row for row in known.declarations.values() if row.basis in FIGURES or row.basis in EVENTS]
    assert len(rests) == 8
    for row in rests:
        stated = EVENTS[row.basis] if row.basis in EVENTS else FIGURES[row.basis][0]
        assert parameters.default(row) == stated, (row.chapter, row.name)


def test_every_scenario_is_the_one_agreed(known: Records) -> None:
    assert {name: row["parameters"] for name, row in parameters.scenarios(known).items()} == SCENARIOS


@pytest.mark.parametrize("series", SEALS)
def test_every_column_of_a_series_has_its_digest(series: str) -> None:
    assert set(SEALS[series][1]) | {"id", "name", "promise", "locator", "note"} >= set(rows(series)[0])


@pytest.mark.parametrize(("series", "column"), [(series, column) for series in SEALS for column in SEALS[series][1]])
def test_a_column_of_a_series_is_the_dossiers(series: str, column: str) -> None:
    keys, columns = SEALS[series]
    table = rows(series)
    cells = ["\t".join(canonical(row[part]) for part in (*keys, column)) for row in table]
    assert (sum(bool(row[column]) for row in table), digest(cells)) == columns[column]


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
