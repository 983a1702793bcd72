"""From which day something is public."""

from __future__ import annotations

import pytest

from casefile.errors import BadInput
from casefile.records import Records, dating


@pytest.mark.parametrize(
    ("date", "day"),
    [("2024-06-04", "2024-06-04"), ("2024-02", "2024-02-29"), ("2026-02", "2026-02-28"), ("2024", "2024-12-31")],
)
def test_a_month_or_a_year_is_over_on_its_last_day(date: str, day: str) -> None:
    assert dating.last_day(date) == day


@pytest.mark.parametrize(
    ("date", "day"), [("2024-06-04", "2024-06-04"), ("2023-12", "2023-12-15"), ("2024", "2024-12-31")]
)
def test_what_is_known_by_its_month_is_drawn_in_its_middle(date: str, day: str) -> None:
    assert dating.drawn_at(date) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("suit_dismissed", "2026-04-13"),  # an event is public on its day
        ("suit_appealed", "2026-05-31"),  # of which only the month is known
        ("x_atlanta_h100_of_x", "2025-02-28"),
        ("call_2024q4_ai_capex", "2025-01-29"),  # a number when its source comes out, not on the day that it holds for
        ("series/tesla_training_capacity:capacity_2023_12", "2024-10-23"),
        ("series/tesla_quarterly:tesla_2024q4_ai_infrastructure_gross", "2025-01-30"),
    ],
)
def test_a_fact_is_public_once_its_source_is(name: str, day: str, known: Records) -> None:
    assert dating.public_from(known, name) == day


@pytest.mark.parametrize(
    "name", ["suit_dismised", "series/tesla_quarterly:nothing", "series/closing_prices:2024-06-04"]
)
def test_a_name_that_no_record_has_is_refused(name: str, known: Records) -> None:
    with pytest.raises(BadInput, match="no fact, event or row"):
        dating.public_from(known, name)
