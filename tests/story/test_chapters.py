"""Every figure, range, word and verdict of the chapters, and every row they draw, worked out a second time."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from casefile import open_chapter
from casefile.errors import BadInput
from casefile.execution import notebooks
from casefile.figures import claims
from casefile.notebook import parameters, results
from casefile.notebook.root import ROOT_VARIABLE
from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Plain, Run
from tests.story.transcription import expected, since_worked, worked
from tests.story.transcription.assumptions import ASSUMPTIONS
from tests.story.transcription.drawn import TABLES, around, dots, event_days, promises, revenue
from tests.story.transcription.events import EVENTS
from tests.story.transcription.expected import EXPECTED
from tests.story.transcription.figures import FIGURES
from tests.story.transcription.rules import RULES, UNDECIDED, WORDS
from tests.story.transcription.worked import DAYS, INPUTS, RETURNS, all_of, elsewhere, event_day, rows
from tests.support import extremes

DAY = re.compile(r"20\d\d-\d\d-\d\d")
NEAR: dict[str, Any] = {"rel": 1e-9, "abs": 1e-12}
MONTE_CARLO = {name for name in EXPECTED["03_delay"] if name != "delay_months"} | {
    "planned_increase_value", "misread_order_low", "misread_order_high",
}  # fmt: skip


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_follows_from_the_sources_by_plain_arithmetic(chapter: str, run_chapter: Run) -> None:
    worked = all_of(chapter)
    for name, figure in run_chapter(chapter)["figures"].items():
        if figure["kind"] == "source":
            continue
        if name not in worked and figure["kind"] == "parameter":
            continue
        if name not in worked:
            assert figure["value"] == pytest.approx(elsewhere(name), **NEAR), name
            continue
        value, low, high = worked[name]
        assert figure["value"] == pytest.approx(value, **NEAR), name
        if name not in MONTE_CARLO and figure["kind"] != "parameter":
            assert figure.get("low") == (None if low is None else pytest.approx(low, **NEAR)), name
            assert figure.get("high") == (None if high is None else pytest.approx(high, **NEAR)), name


# The ends of an assumption's range, which a chapter takes as figures of their own.
BOUNDS = {
    f"{row[0]}_{end}": bound
    for (chapter, _), row in ASSUMPTIONS.items()
    if chapter == "03_delay"
    for end, bound in (("low", row[7]), ("high", row[8]))
}


def leaf(name: str, record: str) -> tuple[float | None, ...]:
    """The numbers that a figure taken from a source may stand for: its value with its ends, or the end it is named for."""
    if record.startswith("series/"):
        series, row, column = record.removeprefix("series/").split(":")
        text = next(cells[column] for cells in rows(series) if row in (cells.get("id"), cells.get("date", "")))
        number = event_number(text) if column in ("date", "period_end") else float(text)
        return number, None, None
    if record in EVENTS:
        return event_day(record), None, None
    value, low, high, _ = FIGURES[record]
    if name != record and name.endswith(("_low", "_floor")):
        return low, None, None
    if name != record and name.endswith("_high"):
        return high, None, None
    return value, low, high


def event_number(text: str) -> int:
    """A day as a number of days from 1 January 1970."""
    from datetime import date

    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_leaf_is_the_fact_it_is_named_for(chapter: str, run_chapter: Run) -> None:
    for name, figure in run_chapter(chapter)["figures"].items():
        if figure["kind"] == "source":
            found = tuple(figure.get(part) for part in ("value", "low", "high"))
            if name in BOUNDS:
                assert found == (BOUNDS[name], None, None), name
                continue
            assert found == leaf(name, figure["record"]), name


# Chapters whose figures rest on single facts: what works each of them out.
ARITHMETIC: dict[str, tuple[Callable[[], Mapping[str, Any]], ...]] = {
    "01_swap": (expected.swap, worked.swap),
    "02_promise": (expected.promise, expected.promise_unpublished),
    "03_delay": (expected.delay,),
    "08_money": (expected.money, worked.money),
    "09_nvidia": (expected.nvidia, worked.nvidia),
    "10_since": (since_worked.published, since_worked.unpublished),
}


@pytest.mark.parametrize("chapter", ARITHMETIC)
def test_formulas_hold_at_other_numbers_than_those_of_the_sources(
    chapter: str, run_chapter: Run, known: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = random.Random(chapter)
    for name, (*numbers, unit) in FIGURES.items():
        moved = [None if number is None else float(number) * drawn.uniform(1.1, 1.5) for number in numbers]
        monkeypatch.setitem(FIGURES, name, (*moved, unit))
    graph = results.Results.from_json(run_chapter(chapter), known.units).graph
    given = {
        name: leaf(name, figure.record)[0] or 0.0
        for name, figure in graph.figures.items()
        if figure.record in FIGURES and name not in BOUNDS and (chapter, name) != ("03_delay", "rent")
    }
    found = graph.evaluate(given)
    for work in ARITHMETIC[chapter]:
        for name, number in work().items():
            wanted = number[0] if isinstance(number, tuple) else number
            if graph.figures[name].kind == "formula":
                assert found[name] == pytest.approx(wanted, **NEAR), name


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_computed_figure_names_the_figures_that_it_moves_with(chapter: str, run_chapter: Run) -> None:
    found = {
        name: set(figure["inputs"])
        for name, figure in run_chapter(chapter)["figures"].items()
        if figure["kind"] == "computed" and figure.get("inputs") and figure["chapter"] == chapter
    }
    assert found == INPUTS.get(chapter, {})


# Cells of which a chapter looks up the row.
FOUND = [
    ("arena_models_rated", "arena_best_by_lab:arena_best_2024_06_19_openai:models_listed"),
    ("arena_first_grok", "arena_best_by_lab:arena_best_2024_08_24_xai:score"),
    ("arena_first_leader", "arena_best_by_lab:arena_best_2024_08_24_openai:score"),
]

POOLS = (
    (0.25, 1.0, 1.25),
    (-1.0, -0.6, -0.5, -0.25, 0.0, 0.25, 0.5),
    (-0.25, 0.05, 0.06, 0.1, 0.2, 0.25, 0.26, 0.3),
    (0.0, 1.0, 2.0, 3.0, 4.0),
    (0.5, 0.6, 0.9, 1.0, 9.0, 10.0),
    (1.0, 999.5, 1000.5),  # on both sides of a thousandth
)


@pytest.mark.parametrize(("chapter", "choice"), RULES)
def test_words_and_verdicts_turn_where_the_rules_say(
    chapter: str, choice: str, run_chapter: Run, known: Records, tmp_path: Path
) -> None:
    found = results.Results.from_json(run_chapter(chapter), known.units).graph
    rule, asked = RULES[chapter, choice], found.choices[choice]
    standing = {name: found.value(name) for name in asked.inputs}
    assert found.chosen(choice) == rule(standing)
    drawn, tried = random.Random(choice), 0
    for _ in range(2500):
        pool = drawn.choice(POOLS)
        values = {name: drawn.choice(pool) for name in asked.inputs}
        try:
            expected = rule(values)
        except ZeroDivisionError:
            continue
        assert asked.chosen(values) == expected, values
        tried += 1
    assert tried > 500


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_word_and_verdict_has_its_rule(chapter: str, run_chapter: Run) -> None:
    found = run_chapter(chapter)
    words = {name: word for (of, name), word in WORDS.items() if of == chapter}
    assert set(found["choices"]) == set(words) | {name for of, name in RULES if of == chapter}
    assert {name: found["choices"][name]["chosen"] for name in words} == words
    given = {name: verdict["verdict"] for name, verdict in found["verdicts"].items()}
    assert {name: verdict for name, verdict in given.items() if f"claim_{name}" not in found["choices"]} == (
        UNDECIDED if chapter == "claims" else {}
    )


def test_everything_worked_out_here_is_a_figure_of_its_chapter(defaults: dict[str, Plain]) -> None:
    for chapter, found in defaults.items():
        assert set(all_of(chapter)) <= set(found["figures"]), chapter


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_row_of_figures_draws_those_figures(chapter: str, run_chapter: Run) -> None:
    found = run_chapter(chapter)
    for chart in found["charts"].values():
        for row in chart["rows"]:
            alone = [part for part in ("value", "low", "high") if f"{part}_figure" not in row]
            bound = {part: row.get("figure") for part in alone} if row.get("figure") else {}
            drawn = [(row.get(part), name, part) for part, name in bound.items() if part in row]
            drawn += [
                (row[key.removesuffix("_figure")], row[key], "value")
                for key in row
                if key.endswith("_figure") and row[key] and key.removesuffix("_figure") not in bound
            ]
            for number, name, part in drawn:
                assert number == found["figures"][name].get(part), (chart["id"], name, part)


def same(drawn: list[Plain], columns: tuple[str, ...], expected: list[tuple[Any, ...]]) -> bool:
    """Whether a drawn table has these rows in these columns, its words with the apostrophes of print."""

    def cell(text: Any) -> Any:
        return pytest.approx(text, **NEAR) if isinstance(text, int | float) and not isinstance(text, bool) else text

    def typed(text: Any) -> Any:
        return text.replace("’", "'") if isinstance(text, str) else text

    return len(drawn) == len(expected) and all(
        tuple(typed(row.get(column)) for column in columns) == tuple(map(cell, wanted))
        for row, wanted in zip(drawn, expected, strict=True)
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_a_chart_draws_is_worked_out_from_the_sources(chapter: str, run_chapter: Run) -> None:
    found = run_chapter(chapter)["charts"]
    for (of, name), tables in TABLES.items():
        if of == chapter:
            drawn = [found[name]["rows"], *found[name]["spec"]["datasets"].values()]
            for columns, expected in tables:
                assert any(same(table, columns, expected) for table in drawn), (name, columns)
            assert any(same(found[name]["rows"], columns, expected) for columns, expected in tables), name


def test_a_legend_names_the_marks_that_are_drawn_and_no_other(run_chapter: Run) -> None:
    drawn = {mark for _, _, _, _, mark, _ in promises()[1]}
    marks = ["lapsed", "lapsed, met in part", "met", "still open", "not followed", "not counted"]
    spec = json.dumps(run_chapter("05_autopilot")["charts"]["promises"]["spec"])
    assert json.dumps([mark for mark in marks if mark in drawn]) in spec


def days_of_marks(spec: Plain) -> list[str]:
    """On which days of the axis to the right the marks of a chart stand."""
    layers = [part for layer in spec["layer"] for part in layer.get("layer", [layer])]
    (marked,) = (layer for layer in layers if "shape" in layer["encoding"])
    day = marked["encoding"]["x"]["field"]
    return [row[day] for row in spec["datasets"][(marked.get("data") or spec["data"])["name"]]]


@pytest.mark.parametrize(("chapter", "chart"), [("05_autopilot", "promises"), ("10_since", "promises_since")])
def test_the_mark_of_a_promise_stands_at_one_end_of_its_line_however_wide_the_screen(
    chapter: str, chart: str, run_chapter: Run
) -> None:
    """One note and one legend are read beside both forms."""
    drawn = run_chapter(chapter)["charts"][chart]
    wide, narrow = (days_of_marks(spec) for spec in (drawn["spec"], drawn["spec"]["usermeta"]["narrow"]))
    assert wide == narrow
    if chart == "promises":
        assert wide == [row["said"] for row in drawn["rows"]]
        assert "from the day it was said, where its mark stands," in drawn["note"]


def test_a_day_of_the_story_stands_out_by_the_threshold_and_not_near_it(run_chapter: Run) -> None:
    found = run_chapter("07_investors", estimation_days=68)  # the day after the call in July then comes to 5.9%
    columns, expected = event_days(68)
    assert any(0.05 < row[-2] < 0.06 for row in expected)
    assert same(found["charts"]["event_days"]["rows"], columns, expected)
    outside = sum(row[-1] == "stands out" for row in expected)
    assert found["figures"]["event_days_outside"]["value"] == outside


def test_quarters_are_drawn_from_the_first_on_record_when_eight_do_not_lie_before(run_chapter: Run) -> None:
    found = run_chapter("09_nvidia", quarter="FY2024Q4")["charts"]["revenue"]["rows"]
    assert same(found, *revenue(7))
    assert found[0]["period"] == "FY2023Q1"


@pytest.mark.parametrize("given", [{"estimation_days": 60}, {"estimation_days": 55, "gap_days": 0}])
def test_every_ordinary_day_is_a_dot_told_apart_by_how_far_out_it_lies(given: dict[str, int], run_chapter: Run) -> None:
    found = run_chapter("07_investors", **given)["charts"]["placebo"]["rows"]
    assert same(found, *dots(given["estimation_days"], given.get("gap_days", 10)))


def test_no_day_is_drawn_that_the_line_was_fitted_on(run_chapter: Run) -> None:
    found = run_chapter("07_investors", gap_days=5, window_after=0)
    assert same(found["charts"]["abnormal"]["rows"], *around(5, 0))


def test_the_last_day_of_the_sample_can_be_tested_when_no_day_after_it_is_asked_for(run_chapter: Run) -> None:
    found = run_chapter("07_investors", event_date=DAYS[-1], window_after=0)
    assert found["figures"]["tsla_return_event"]["value"] == pytest.approx(RETURNS["tsla"][-1], **NEAR)


def test_every_verdict_that_a_rule_names_is_one_that_figures_lead_to(run_chapter: Run, known: Records) -> None:
    graph = results.Results.from_json(run_chapter("claims"), known.units).graph
    ruled = {(of, name) for of, name in RULES if name.startswith("claim_")}
    assert len(ruled) == 20
    for of, name in sorted(ruled):
        choice, rule = graph.choices[name], RULES[of, name]
        witnesses = claims.reached(graph, choice)
        assert set(witnesses) == {label for label, _ in choice.options}, name
        for verdict, values in witnesses.items():  # by the second transcription of the rule, too
            assert rule({figure: values[figure] for figure in choice.inputs}) == verdict, (name, values)


@pytest.mark.parametrize(("name", "record"), FOUND)
def test_a_cell_found_by_search_is_that_of_the_row_meant(name: str, record: str, run_chapter: Run) -> None:
    assert run_chapter("04_grok")["figures"][name]["record"] == f"series/{record}"


def test_a_phrase_that_hangs_on_a_count_is_said_where_the_count_is_so(run_chapter: Run) -> None:
    said = "most of those in February and March 2024"
    assert said in run_chapter("06_pressure")["charts"]["prices"]["alt"]  # six of ten
    assert said not in run_chapter("06_pressure", as_of="2024-02-26")["charts"]["prices"]["alt"]  # two of four
    units = [run_chapter("07_investors", gap_days=days)["choices"]["gap_unit"]["chosen"] for days in (0, 1, 2)]
    assert units == ["days", "day", "days"]


def test_a_verdict_by_another_value_than_the_sources_begins_by_saying_so(
    tmp_path: Path, defaults: dict[str, Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chapter in notebooks.needs(notebooks.read(ROOT / "chapters" / "claims.ipynb")):
        results.write(defaults[chapter], tmp_path / f"{chapter}.json")
    assumed = extremes.worked("08_money", {"raise_usd": 4e9}, tmp_path, monkeypatch)
    results.write(assumed, tmp_path / "08_money.json")
    told = extremes.worked("claims", {}, tmp_path, monkeypatch)["verdicts"]
    said = "Judged by the value assumed here, not by the source's."
    assert [name for name, verdict in told.items() if verdict["reason"].startswith(said)] == ["raise_6bn"]
    assert not any(verdict["reason"].startswith(said) for verdict in defaults["claims"]["verdicts"].values())


def test_where_no_promise_had_been_made_none_can_have_been_put_off(
    shared: Path, tmp_path: Path, known: Records, defaults: dict[str, Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chapter in notebooks.needs(notebooks.read(ROOT / "chapters" / "claims.ipynb")):
        results.write(defaults[chapter], tmp_path / f"{chapter}.json")
    early = {"as_of": "2013-09-18", "scope": "full"}
    autopilot = extremes.worked("05_autopilot", early, tmp_path, monkeypatch)
    assert autopilot["figures"]["promises_in_scope"]["value"] == 0
    results.write(autopilot, tmp_path / "05_autopilot.json")
    verdict = extremes.worked("claims", {}, tmp_path, monkeypatch)["verdicts"]["autopilot_put_off"]
    assert (verdict["verdict"], verdict["reason"]) == (
        "unverifiable", "By the cut-off date no promise of the chosen kind had been made.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "ranged"),
    [
        ({}, {"gpu_hours_delayed", "rental_value_delayed", "compute_delayed", "energy_delayed"}),
        ({"delay_months": 12}, {"rental_value_delayed", "compute_delayed", "energy_delayed"}),
        ({"delay_months": 12, "rent_usd_per_hour": 3}, {"compute_delayed", "energy_delayed"}),
        ({"delay_months": 12, "rent_usd_per_hour": 3, "utilisation": 0.3, "power_overhead": 2}, set()),
        ({"delay_months": 0}, set()),
        ({"delay_months": 3.5, "utilisation": 0.3}, {"gpu_hours_delayed", "rental_value_delayed", "energy_delayed", "compute_delayed"}),
    ],
)  # fmt: skip
def test_what_is_set_is_not_drawn_and_where_nothing_is_left_to_draw_there_is_no_range(
    given: dict[str, float],
    ranged: set[str],
    shared: Path,
    defaults: dict[str, Plain],
    known: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = extremes.worked("03_delay", given, shared / "results", monkeypatch, printed="")
    graph = results.Results.from_json(plain, known.units).graph
    outcomes = ["gpu_hours_delayed", "rental_value_delayed", "compute_delayed", "energy_delayed"]
    assert {name for name in outcomes if graph[name].band} == ranged
    assert {name for name in outcomes if graph.printed(name, "range") != "the same"} == ranged
    if given.get("delay_months") == 12:  # the rent alone is drawn: its own range, as many times as there are hours
        drawn = defaults["03_delay"]["figures"]
        low, high = drawn["rent"]["low"], drawn["rent"]["high"]
        hours = plain["figures"]["gpu_hours_delayed"]["value"]
        if "rental_value_delayed" in ranged:
            value = graph["rental_value_delayed"]
            assert value.low is not None and value.high is not None
            assert hours * low < value.low < value.high < hours * high
    title = graph.fill(plain["charts"]["runs"]["title"])
    assert "the same" not in title


def test_a_scenario_that_leaves_what_is_plausible_says_so(known: Records) -> None:
    declared = {(row.chapter, name): row for chapter in CHAPTERS for name, row in known.declared(chapter).items()}
    left = set()
    for title, scenario in parameters.scenarios(known).items():
        for chapter, values in scenario["parameters"].items():
            for name, value in values.items():
                row = declared[chapter, name]
                if row.low is not None and row.high is not None and not row.low <= value <= row.high:  # type: ignore[operator]
                    left.add(title)
                    assert {"beyond", "below"} & set(scenario["meaning"].replace(",", "").split()), title
    assert left == {"long_delay", "cheap_chips"}


def day_of(iso: str) -> str:
    """The last day that a date may mean."""
    return iso + {4: "-12-31", 7: "-31", 10: ""}[len(iso)]


# Day of reading → figures that may then be told, figures that may not, and the passages that tell what was new by then.
READ = [
    ("2024-06-04", {"promise_planned_increase", "gpus_redirected"}, {"suit_days", "capacity_planned_2024", "cortex_gpus", "tsla_since_report"}, "undecided"),
    ("2025-03-15", {"capacity_planned_2024", "cortex_gpus", "fulton_shipped_value"}, {"suit_days", "ten_bn_share_of_capex", "grok_rank_latest", "days_to_unsupervised"}, "cortex"),
    ("2025-12-31", {"grok_rank_latest", "dojo_disbanded"}, {"xai_value_multiple", "days_to_unsupervised", "suit_days", "spacex_listed"}, "kept"),
    ("2026-04-20", {"suit_days", "xai_value_multiple", "days_to_unsupervised"}, {"tesla_stake_multiple", "days_to_cybercab", "nvidia_q2fy27_revenue"}, "dismissed"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "there", "gone", "passage"), READ)
def test_what_was_not_yet_public_on_the_day_of_reading_is_told_nowhere(
    day: str, there: set[str], gone: set[str], passage: str, run_chapter: Run, known: Records
) -> None:
    found = run_chapter("10_since", as_of=day)
    assert there <= set(found["figures"])
    assert not gone & set(found["figures"])
    assert found["choices"][passage]["chosen"] == "told"
    assert found["choices"]["today"]["chosen"] == "untold"
    counts = since_worked.promises(day)
    if counts["promises_after_article"]:
        assert {name: found["figures"][name]["value"] for name in counts} == counts
    for name, figure in found["figures"].items():
        if figure["unit"] == "date" and figure.get("record"):
            assert figure["value"] <= event_number(day), name
    for name, chart in found["charts"].items():  # neither in a table nor in what the picture is drawn from
        for row in (*chart["rows"], *(row for table in chart["spec"]["datasets"].values() for row in table)):
            late = {column for column, cell in row.items() if DAY.match(str(cell)) and str(cell)[:10] > day}
            if row.get("settled") == row.get("due"):
                late -= {"settled"}  # a mark that stands there: nothing has come
            assert late <= {"due", "target_earliest"}, (name, row)  # the day that a promise named
    assert [row["id"] for row in found["charts"]["timeline"]["rows"] if len(row["date"]) == 10] == [
        row["id"]
        for row in sorted(rows("timeline"), key=lambda row: row["date"] or EVENTS[row["id"]])
        if len(dated := row["date"] or EVENTS[row["id"]]) == 10 and dated <= day
    ]


# Day of reading → the passages told by then, beside those of the days before it.
TOLD_FROM = [
    ("2024-06-05", {"prices", "undecided", "unpromised"}, set()),
    ("2024-07-01", {"sued"}, {"undecided"}),
    ("2024-07-23", {"promised"}, {"unpromised"}),  # the first promise after the article, of that day
    ("2024-11-01", {"deck", "senator"}, set()),
    ("2025-09-30", {"cortex", "grown", "kept", "money", "traces"}, set()),
    ("2026-04-21", {"capex", "dismissed", "driverless", "led", "merged", "named", "plain", "ranked"}, {"sued"}),
    ("2026-04-22", {"clusters", "machine"}, set()),  # the day of the second Cortex
    ("2026-10-09", {
        "appealed", "asked", "built", "cabs", "cars", "france", "jury", "listed", "losses", "miles", "produced", "sales", "stake", "today",
    }, set()),
]  # fmt: skip


def test_each_passage_is_told_from_the_day_that_what_it_rests_on_was_public(run_chapter: Run) -> None:
    told: set[str] = set()
    for day, added, gone in TOLD_FROM:
        told = (told | added) - gone
        choices = run_chapter("10_since", as_of=day)["choices"]
        assert {name for name, choice in choices.items() if choice["chosen"] == "told"} == told, day


def test_the_steps_of_a_companys_worth_are_said_as_far_as_they_were_public(run_chapter: Run) -> None:
    before, latest = (run_chapter("10_since", as_of=day) for day in ("2024-06-05", "2026-10-09"))
    assert before["charts"]["worth_since"]["title"] == "xAI was put at {post_money} before the report"
    said = latest["charts"]["worth_since"]
    assert said["title"].startswith(
        "xAI's value went from {post_money} to {xai_value_in_spacex_merger}, the last step by a deal"
    )
    assert [(row["kind"], row["label"]) for row in said["rows"]] == [
        ("paid by investors", "Series B: $24 billion"), ("paid by investors", "Series C: $45 billion"),
        ("Musk on both sides", "Deal with X: $80 billion"), ("paid by investors", "Series E: $230 billion"),
        ("Musk on both sides", "Deal with SpaceX: $250 billion"),
    ]  # fmt: skip
    assert {"spacex_first_close", "spacex_first_close_high", "series_c_low", "series_c_high"} <= set(latest["figures"])


def test_a_passage_about_what_was_not_yet_public_is_not_on_the_page(run_chapter: Run) -> None:
    notebook = notebooks.read(ROOT / "chapters" / "10_since.ipynb")
    told = {}
    for day in ("2025-03-15", "2026-10-09"):
        left = results.without_untold(notebook, run_chapter("10_since", as_of=day))
        told[day] = "\n".join("".join(cell["source"]) for cell in left["cells"] if cell["cell_type"] == "markdown")
    assert "cortex_gpus" in told["2025-03-15"]
    assert "the suits were dismissed" not in told["2025-03-15"]
    assert "the suits were dismissed" in told["2026-10-09"]
    assert "No court had ruled on it" in told["2025-03-15"]
    assert "No court had ruled on it" not in told["2026-10-09"]


def test_every_allegation_of_the_courts_stands_beside_its_reply(run_chapter: Run) -> None:
    """In each passage that accuses, whatever the day of reading, somebody answers."""
    cells = notebooks.read(ROOT / "chapters" / "10_since.ipynb")["cells"]
    for name, reply in {"sued": "Musk's answer", "dismissed": "answered", "named": "Tesla answered", "jury": "has appealed",
                        "asked": "alleges no defect", "promised": "Musk's own answer", "cabs": "Musk wrote"}.items():  # fmt: skip
        accusing = ["".join(cell["source"]) for cell in cells if f"when:{name}" in cell["metadata"].get("tags", ())]
        assert any(reply in text for text in accusing), name


def test_the_timeline_has_each_event_with_the_source_and_day_on_record(known: Records) -> None:
    promised = {row["id"]: row for row in worked.rows("self_driving_promises")}
    for row in rows("timeline"):
        if row["id"] in known.events:
            assert (row["date"], row["source"]) == ("", known.events[row["id"]].source)
        else:
            assert (row["date"], row["source"]) == (promised[row["id"]]["said"], promised[row["id"]]["source"])


def test_a_timeline_of_a_day_before_the_first_event_says_from_which_day_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(ROOT))
    opened = open_chapter("10_since", {}, "", "")
    with pytest.raises(BadInput, match="nothing had happened by 2013-09-17; expected a day from 2013-09-18"):
        opened.timeline("early", "2013-09-17")
    with pytest.raises(
        BadInput, match="no row 'cnbc_reports' in series 'timeline' to stress; did you mean cnbc_report"
    ):
        opened.timeline("early", "2024-06-04", stressed=["cnbc_reports"])


@pytest.mark.parametrize(
    ("day", "loud"),
    [
        ("2024-06-04", ["memo_written", "cnbc_report"]),
        ("2026-04-12", ["memo_written", "cnbc_report"]),
        ("2026-10-09", ["memo_written", "cnbc_report", "suit_dismissed"]),
    ],
)
def test_memo_report_and_dismissal_stand_out_in_the_timeline_once_they_have_come(
    day: str, loud: list[str], run_chapter: Run
) -> None:
    """The title says what no event shows: a day of reading is part of it, so that it never says more than was read."""
    chart = run_chapter("10_since", as_of=day)["charts"]["timeline"]
    tables = chart["spec"]["datasets"].values()
    stressed = {row["id"]: row["stressed"] for table in tables for row in table if "stressed" in row}
    assert [name for name, stands_out in stressed.items() if stands_out] == loud
    assert chart["title"] == "No event found by {since_as_of} shows that X's chips came to Tesla"
    assert "4 Jun 2024" in chart["alt"] and ("13 Apr 2026" in chart["alt"]) is ("suit_dismissed" in loud)
