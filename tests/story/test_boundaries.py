"""What lies exactly on a bound: a tie, the last day that counts, the longest words that fit. The sources hold no such case."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.live.runner import Session
from casefile.records import laid
from casefile.records.tables import Value
from tests.conftest import ROOT, Plain

Row = dict[str, str]
With = Callable[..., Plain]


@pytest.fixture
def over(tmp_path: Path) -> With:
    """A chapter's results with some cells of a series replaced, by the ids of their rows."""

    def run(series: str, cells: dict[str, Row], chapter: str, **parameters: Value) -> Plain:
        with (ROOT / "data" / "series" / f"{series}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row | cells.get(row["id"], {}) for row in csv.DictReader(file)]
        laid_over = tmp_path / "series" / f"{series}.csv"
        laid_over.parent.mkdir(exist_ok=True)
        with laid_over.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        with laid.over(ROOT, tmp_path) as copy:
            home = {chapter: parameters} if parameters else {}
            return Session(copy).results_of(chapter, home)

    return run


def test_a_rival_with_the_same_score_is_not_ahead(over: With) -> None:
    same = {
        "bench_grok_2_mmlu_gpt_4o": {"score": "0.813", "printed": "81.3%"},
        "bench_grok_1_5_mmlu_claude_2": {"score": "0.813", "printed": "81.3%"},
    }
    figures = over("benchmarks", same, "04_grok")["figures"]
    assert [figures[name]["value"] for name in ("tests_behind_gpt4o", "tests_against_gpt4o", "models_ahead")] == [
        7,
        8,
        3,
    ]


def test_a_price_cut_on_the_day_of_the_article_is_drawn_and_counted_and_one_after_it_is_neither(over: With) -> None:
    seal, long_range = "china_2025_05_23_byd_seal_07", "china_2025_05_23_byd_seagull"
    moved = {seal: {"date": "2024-06-04", "event": "cut"}, long_range: {"date": "2024-06-05", "event": "cut"}}
    plain = over("china_price_events", moved, "06_pressure")
    drawn = [row["id"] for row in plain["charts"]["prices"]["rows"]]
    assert seal in drawn
    assert long_range not in drawn
    assert plain["figures"]["rival_price_cuts_china"]["value"] == 8  # seven by the sources


@pytest.mark.parametrize(("words", "fit"), [("n" * 28, True), ("n" * 29, False)])
def test_words_stand_beside_a_promise_where_they_are_short_enough(words: str, fit: bool, over: With) -> None:
    """Between the first of June 2013 and the promise's day, 28 April 2017, there are 1,427 days, and a letter takes fifty."""
    plain = over("self_driving_promises", {"promise_2017_04_ted_sleep": {"printed": words}}, "05_autopilot")
    tables = plain["charts"]["promises"]["spec"]["datasets"].values()
    assert any(len(table) < 12 and words in [row.get("printed") for row in table] for table in tables) is fit
