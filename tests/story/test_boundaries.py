"""What lies exactly on a bound: a tie, the last day that counts, the longest words that fit. The sources hold no such case."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.live.runner import Session
from casefile.records import laid
from casefile.records.tables import Value
from tests.conftest import ROOT, Plain, Run

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


def beside(plain: Plain) -> list[str]:
    """The promises that have their words beside them in the chart."""
    tables = plain["charts"]["promises"]["spec"]["datasets"].values()
    (few,) = [table for table in tables if len(table) < 12 and "printed" in table[0]]
    return [row["id"] for row in few]


@pytest.mark.parametrize(
    ("said", "letters", "fit"), [("28", 28, True), ("28", 29, False), ("01", 27, True), ("01", 28, False)]
)
def test_words_stand_beside_a_promise_where_they_are_short_enough(
    said: str, letters: int, fit: bool, over: With
) -> None:
    """A letter takes fifty days; from the first of June 2013 it is 1,427 days to 28 April 2017, and 1,400 to the first."""
    promise = "promise_2017_04_ted_sleep"
    row = {"said": f"2017-04-{said}", "printed": "n" * letters}
    assert (promise in beside(over("self_driving_promises", {promise: row}, "05_autopilot"))) is fit


def test_a_promise_for_the_last_day_of_november_stands_on_the_step_of_its_own_year(over: With) -> None:
    """Only the first promise of a step has its words beside it: 2019 has one already, 2020 has then another's."""
    moved = {"promise_2018_11_recode": {"target_latest": "2019-11-30"}}
    named = beside(over("self_driving_promises", moved, "05_autopilot"))
    assert "promise_2018_11_recode" not in named
    assert {"promise_2017_04_ted_sleep", "promise_2019_02_ark_feature"} <= set(named)


def test_a_round_that_buys_all_of_a_company_leaves_nothing_to_draw_on_a_scale_of_tenfolds(run_chapter: Run) -> None:
    plain = run_chapter("08_money", raise_usd=2e10, post_money_usd=2e10)
    assert plain["figures"]["pre_money"]["value"] == 0
    drawn = [row for table in plain["charts"]["ladder"]["spec"]["datasets"].values() for row in table]
    assert {row["step"] for row in drawn} >= {"Series B, 2024", "Series E, 2026"}
    assert all(row.get("value", row.get("high")) > 0 for row in drawn)


@pytest.mark.parametrize(
    ("parameters", "ending"),
    [
        ({"as_of": "2016-06-01"}, "{autopilot_as_of}"),
        ({}, "{autopilot_as_of}, one of them met in part"),
        ({"as_of": "2026-10-09"}, "{autopilot_as_of}, some of them met in part"),
        ({"as_of": "2026-10-09", "count_partly": False}, "{autopilot_as_of}"),
    ],
)
def test_the_staircases_title_says_how_many_were_met_in_part_and_only_where_they_are_counted(
    parameters: dict[str, Value], ending: str, run_chapter: Run
) -> None:
    assert run_chapter("05_autopilot", **parameters)["charts"]["promises"]["title"].endswith("lapsed by " + ending)


def test_a_place_in_the_ranking_is_drawn_from_the_day_of_its_list_on(run_chapter: Run) -> None:
    """Grok stands on the open ranking since the list of 24 August 2024."""
    assert [row["day"] for row in run_chapter("10_since", as_of="2024-08-24")["charts"]["grok_rank"]["rows"]] == [
        "2024-08-24"
    ]
    assert "grok_rank" not in run_chapter("10_since", as_of="2024-08-23")["charts"]


@pytest.mark.parametrize(
    ("passage", "day"), [("ranked", ("2025-11-05", "2025-11-06")), ("today", ("2026-10-04", "2026-10-05"))]
)
def test_a_passage_is_told_from_its_day_on(passage: str, day: tuple[str, str], run_chapter: Run) -> None:
    """One list with style control is enough to tell of it, and the days of the last reading are today's."""
    chosen = [run_chapter("10_since", as_of=asked)["choices"][passage]["chosen"] for asked in day]
    assert chosen == ["untold", "told"]


def test_two_steps_of_worth_are_enough_to_say_from_where_to_where_it_went(run_chapter: Run) -> None:
    """The second was in a filing of December 2024, the third is of March 2025."""
    title = run_chapter("10_since", as_of="2025-02-28")["charts"]["worth_since"]["title"]
    assert title == "xAI's value went from {post_money} to {series_c_valuation_kingdom}"


@pytest.mark.parametrize(
    ("as_of", "last", "middle"),
    [("2024-06-05", "2025-02-04", "2019-04-04"), ("2016-06-01", "2019-03-29", "2016-04-29")],
)
def test_the_staircase_ends_half_a_year_after_its_last_day_and_its_key_stands_in_the_middle(
    as_of: str, last: str, middle: str, run_chapter: Run
) -> None:
    """The latest day by then is 8 August 2024, of the show, and on 1 June 2016 that of a promise of September 2015."""
    chart = run_chapter("05_autopilot", as_of=as_of)["charts"]["promises"]
    words = [
        row for table in chart["spec"]["datasets"].values() for row in table if "Each step up" in row.get("said", "")
    ]
    assert [row["day"] for row in words] == [middle]
    layers = [part for layer in chart["spec"]["layer"] for part in layer.get("layer", [layer])]
    scales = [layer["encoding"]["y"].get("scale") for layer in layers if "y" in layer["encoding"]]
    assert {scale["domain"][1] for scale in scales if scale} == {last}
    named = next(layer["encoding"] for layer in layers if "shape" in layer["encoding"])
    drawn = {row["mark"] for table in chart["spec"]["datasets"].values() for row in table if "mark" in row}
    assert (
        set(named["shape"]["scale"]["domain"]) == drawn and len(drawn) > 1
    )  # the key names what is drawn, and no more
    assert not named["y"]["axis"]["grid"]  # words stand at the height of its lines
    assert named["size"] == {"condition": {"test": "datum.counted", "value": 80}, "value": 36}
    phone = json.dumps(chart["spec"]["usermeta"], ensure_ascii=False)
    assert "the cut-off date" in phone
    assert not any(word in chart["note"] for word in ("step", "line", "blue", "triangle"))  # not all in both drawings


@pytest.mark.parametrize("months", [0, 0.5, 12, 24])
def test_what_waiting_would_have_cost_by_the_memos_dates_does_not_follow_the_delay_that_a_reader_chooses(
    months: float, run_chapter: Run
) -> None:
    names = ("rental_value_first_due", "rental_value_last_due")
    book, moved = (run_chapter("03_delay", **given)["figures"] for given in ({}, {"delay_months": months}))
    assert [moved[name]["value"] for name in names] == [book[name]["value"] for name in names]
    assert moved["rental_value_delayed"]["value"] != book["rental_value_delayed"]["value"]
