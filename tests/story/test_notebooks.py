"""Every notebook at its defaults, with other parameters, with bad ones; `test_engine` holds plain papermill equal to these runs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casefile import open_chapter
from casefile.book import compare
from casefile.errors import BadInput
from casefile.execution import notebooks
from casefile.notebook import markdown, parameters, results
from casefile.notebook.root import ROOT_VARIABLE
from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Plain, Run, papermill, value
from tests.story.transcription.expected import (  # fmt: skip
    EXPECTED,
    autopilot,
    cell,
    days,
    delay,
    ends,
    investors,
    stated,
)
from tests.story.transcription.series import CELLS

NOTEBOOKS = {name: ROOT / f"{page}.ipynb" for name, page in CHAPTERS.items()}
CLOSES = CELLS["closing_prices"]


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebook_is_committed_without_outputs(chapter: str) -> None:
    for place, code in enumerate(notebooks.read(NOTEBOOKS[chapter])["cells"]):
        if code["cell_type"] == "code":
            assert code["outputs"] == [], place
            assert code["execution_count"] is None, place


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_cell_of_code_is_short_and_asks_the_chapter_alone(chapter: str) -> None:
    for place, code in enumerate(notebooks.read(NOTEBOOKS[chapter])["cells"]):
        source = "".join(code["source"])
        if code["cell_type"] == "code":
            assert len(source.splitlines()) <= 25, place
            assert not re.search(r"\bchapter\.(records|graph|_\w*)\b", source), place


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_no_cell_ends_in_a_value_that_would_stand_on_the_page_in_pythons_words(chapter: str) -> None:
    """Words and verdicts are strings; a cell ends in what a page shows, in nothing, or in a semicolon."""
    shows = {"chart", "show", "timeline", "tell", "publish"}  # `tell` gives None
    for place, code in enumerate(notebooks.read(NOTEBOOKS[chapter])["cells"]):
        source = "".join(code["source"]).rstrip()
        if code["cell_type"] != "code" or source.endswith(";"):
            continue
        last = ast.parse(source).body[-1]
        called = {ast.unparse(call.func) for call in ast.walk(last) if isinstance(call, ast.Call)}
        words = {name for name in called if name.startswith("chapter.")} - {f"chapter.{name}" for name in shows}
        assert not (isinstance(last, ast.Expr) and words), (place, words)


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebook_opens_with_its_question_and_a_bold_answer(chapter: str) -> None:
    first = "".join(notebooks.read(NOTEBOOKS[chapter])["cells"][0]["source"])
    lines = [line for line in first.splitlines() if line.strip()]
    assert lines[0].startswith("("), "a label, so that the page can be cited"
    assert lines[1].startswith("# ")
    answer = next(line for line in lines[2:] if not line.startswith("```"))  # what is checked may be named above it
    assert answer.startswith("**")
    assert "{num}`" in answer or "{word}`" in answer or "{claim}`" in answer


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_the_first_sentence_of_an_answer_holds_two_numbers_at_most_days_aside(chapter: str, run_chapter: Run) -> None:
    answer = re.search(
        r"^\*\*(.+?)\*\*", "".join(notebooks.read(NOTEBOOKS[chapter])["cells"][0]["source"]), re.MULTILINE
    )
    assert answer
    first = re.split(r"(?<=[.?!]) ", answer[1])[0]
    figures = run_chapter(chapter)["figures"]
    counted = [name for name in re.findall(r"\{num}`(\w+)", first) if figures[name]["unit"] != "date"]
    assert len(counted) <= 2, counted


PRINTED = [
    ("04_grok", "arena_first_win_rate", "47%"),  # two ratings, each within some points
    ("04_grok", "compute_ratio_gpt4", "7×"),  # estimates within a factor of three
    ("09_nvidia", "epoch_h100_2023", "890,000"),  # four estimates, each within a sixth
    ("10_since", "benavides_verdict", "$243 million"),  # a third, printed as 33 per cent, of a sum in millions
    ("03_delay", "rental_value_delayed", "$110 million"),  # assumed months
]


@pytest.mark.parametrize(("chapter", "figure", "said"), PRINTED)
def test_a_number_has_no_more_digits_than_its_weakest_input(
    chapter: str, figure: str, said: str, run_chapter: Run, known: Records
) -> None:
    assert results.Results.from_json(run_chapter(chapter), known.units).graph.printed(figure) == said


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebook_ends_by_publishing_its_results(chapter: str) -> None:
    code = [cell for cell in notebooks.read(NOTEBOOKS[chapter])["cells"] if cell["cell_type"] == "code"]
    assert "".join(code[-1]["source"]).strip().endswith("chapter.publish()")


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebooks_parameters_are_those_declared(chapter: str, known: Records) -> None:
    parameters.check_cell(notebooks.read(NOTEBOOKS[chapter]), chapter, known)


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebook_runs_at_its_defaults(chapter: str, run_chapter: Run, known: Records) -> None:
    found = run_chapter(chapter)
    assert found["chapter"] == chapter
    assert found["parameters"] == {name: parameters.default(row) for name, row in known.declared(chapter).items()}


Moved = Mapping[str, float]

SERVER = stated("server_price_hgx_2024_07") / 8


def scaled(chapter: str, factor: float, *figures: str) -> Moved:
    """Figures of a chapter at its defaults, times a factor."""
    return {figure: EXPECTED[chapter][figure] * factor for figure in figures}


def changed(chapter: str, now: Mapping[str, float]) -> Moved:
    """The figures that differ from the chapter's defaults."""
    return {figure: number for figure, number in now.items() if number != EXPECTED[chapter][figure]}


DELAYED = (
    "gpu_hours_delayed",
    "rental_value_delayed",
    "compute_delayed",
    "gpt4_runs_delayed",
    "grok2_runs_delayed",
    "energy_delayed",
)
COMPUTED = ("compute_delayed", "gpt4_runs_delayed", "grok2_runs_delayed")
QUARTER = {
    name: cell("nvidia_quarterly", f"nvidia_{name}_revenue_total") for name in ("fy2024q3", "fy2024q4", "fy2025q1")
}

# Chapter, parameters, and every figure of the chapter that moves with them, at its new value; all others stay.
MOVES: list[tuple[str, dict[str, Any], Moved]] = [
    ("01_swap", {"order_value_usd": 1e9}, {**scaled("01_swap", 2, "order_value", "implied_unit_price"), "floor_over_ft": 0.48 / 1 - 1}),
    ("01_swap", {"order_value_usd": 4e8}, {"order_value": 4e8, "implied_unit_price": 4e8 / 12_000, "floor_over_ft": 480 / 400 - 1}),
    ("01_swap", {"gpus_in_order": 24_000}, scaled("01_swap", 0.5, "implied_unit_price")),
    ("02_promise", {"reading": "between"}, {
        "planned_increase": (35_000 + 85_000) / 2, "planned_increase_value": 60_000 * 34_641}),
    ("02_promise", {"unit_price_usd": 20_000}, {
        "planned_increase_value": 50_000 * 20_000, "misread_order_low": 35_000 * 20_000, "misread_order_high": 85_000 * 20_000}),
    ("02_promise", {"seed": 7, "draws": 1000}, {}),
    ("03_delay", {"delay_months": 7}, {"delay_months": 7, **scaled("03_delay", 2, *DELAYED)}),
    ("03_delay", {"utilisation": 0.2}, scaled("03_delay", 0.5, *COMPUTED)),
    ("03_delay", {"rent_usd_per_hour": 6.98, "power_overhead": 3}, scaled("03_delay", 2, "rental_value_delayed", "energy_delayed")),
    ("04_grok", {"reading_date": "2024-08-24"}, {
        "arena_models_rated": 133, "arena_grok_models_rated": 2}),
    ("04_grok", {"rating_scale": 800}, {"arena_first_win_rate": 1 / (1 + 10 ** ((1317 - 1293) / 800))}),
    ("04_grok", {"rival": "claude3_opus", "benchmark": "HumanEval"}, {}),
    ("05_autopilot", {"as_of": "2019-06-01"}, changed("05_autopilot", autopilot("2019-06-01"))),
    ("05_autopilot", {"as_of": "2019-04-22"}, changed("05_autopilot", autopilot("2019-04-22"))),  # said that day
    ("05_autopilot", {"as_of": "2020-12-31"}, changed("05_autopilot", autopilot("2020-12-31"))),  # due that day
    ("05_autopilot", {"scope": "with_demonstrations"}, changed("05_autopilot", autopilot(kinds=("full", "robotaxi", "demo")))),
    ("05_autopilot", {"count_partly": False}, {"promises_lapsed": EXPECTED["05_autopilot"]["promises_lapsed"] - 1}),
    ("06_pressure", {"as_of": "2023-12-31"}, {"tesla_price_cuts_china": 3}),
    ("06_pressure", {"as_of": "2024-04-21"}, {}),  # the day of the last cut counts
    ("06_pressure", {"as_of": "2024-04-20"}, {"tesla_price_cuts_china": 4}),
    ("06_pressure", {"order_value_usd": 1e9}, scaled("06_pressure", 2, "order_share_of_net_income")),
    ("06_pressure", {"as_of": "2022-10-24"}, {"tesla_price_cuts_china": 1}),  # the first day on record
    ("07_investors", {"estimation_days": 60}, changed("07_investors", investors(estimation=60))),
    ("07_investors", {"gap_days": 5, "window_after": 0}, changed("07_investors", investors(gap=5, after=0))),
    ("07_investors", {"event_date": "2024-05-31", "window_before": 2}, changed("07_investors", investors("2024-05-31", before=2))),
    ("08_money", {"raise_usd": 3e9}, {
        "raise_amount": 3e9, "pre_money": 21e9, "new_investors_share": 0.125, "order_share_of_raise": 0.5 / 3,
        "gpus_the_raise_buys": 3e9 / SERVER}),
    ("08_money", {"post_money_usd": 30e9}, {"post_money": 30e9, "pre_money": 24e9, "new_investors_share": 0.2}),
    ("08_money", {"price_basis": "cluster"}, {"gpus_the_raise_buys": 6e9 / stated("cluster_cost_per_gpu")}),
    ("08_money", {"price_basis": "broker_chip"}, {"gpus_the_raise_buys": 6e9 / (sum(ends("chip_price_raymond_james")) / 2)}),
    ("09_nvidia", {"order_value_usd": 1e9}, scaled("09_nvidia", 2, "order_share_of_quarter", "order_days_of_revenue")),
    ("09_nvidia", {"quarter": "FY2024Q4"}, {
        "revenue_growth_yoy": 22_103 / 6_051 - 1, "revenue_growth_qoq": QUARTER["fy2024q4"] / QUARTER["fy2024q3"] - 1,
        "datacenter_growth_yoy": 18_404 / 3_616 - 1, "order_share_of_quarter": 5e8 / QUARTER["fy2024q4"],
        "order_days_of_revenue": 5e8 / QUARTER["fy2024q4"] * (date(2024, 1, 28) - date(2023, 10, 29)).days}),
    ("10_since", {"rating_scale": 800}, {"arena_leader_share": 1 / (1 + 10 ** (-(1507.3 - 1474.6) / 800))}),
    ("10_since", {"as_of": "2026-10-05"}, {}),  # all that is on record was out by then
    ("10_since", {"as_of": "2026-10-04"}, {}),
    ("09_nvidia", {"quarter": "FY2025Q1", "order_value_usd": 5e9}, scaled("09_nvidia", 10, "order_share_of_quarter", "order_days_of_revenue")),
]  # fmt: skip


def test_every_chapter_of_the_story_is_run_with_three_other_sets() -> None:
    for chapter in EXPECTED:
        assert sum(1 for moved, _, _ in MOVES if moved == chapter) >= 3, chapter


@pytest.mark.parametrize(
    ("chapter", "given", "moved"), MOVES, ids=[f"{chapter} {given}" for chapter, given, _ in MOVES]
)
def test_figures_move_as_they_should_and_the_others_stay(
    chapter: str, given: dict[str, Any], moved: Moved, run_chapter: Run
) -> None:
    found = run_chapter(chapter, **given)
    for figure, before in EXPECTED[chapter].items():
        expected = moved.get(figure, before)
        assert value(found, figure) == pytest.approx(expected, rel=1e-9, abs=1e-12), figure


def test_a_value_typed_for_the_papermill_command_counts_as_a_number(tmp_path: Path) -> None:
    done = papermill(NOTEBOOKS["01_swap"], tmp_path / "out.ipynb", order_value_usd="4e8")
    assert done.returncode == 0, done.stderr[-2000:]
    found = results.of_notebook(json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8")), "01_swap")
    assert value(found, "implied_unit_price") == pytest.approx(4e8 / 12_000, rel=1e-12)


def test_bands_are_those_of_what_was_not_set(run_chapter: Run) -> None:
    before, after = run_chapter("03_delay"), run_chapter("03_delay", delay_months=7)
    assert delay(7)["gpu_hours_delayed"] == value(after, "gpu_hours_delayed")
    assert "high" not in after["figures"]["gpu_hours_delayed"]
    for name in ("rental_value_delayed", "compute_delayed", "energy_delayed"):
        one, other = (plain["figures"][name] for plain in (before, after))
        assert other["low"] < other["value"] < other["high"]
        assert other["high"] / other["low"] < one["high"] / one["low"]


def test_another_seed_moves_the_bands_a_little_and_no_value(run_chapter: Run) -> None:
    before, after = run_chapter("02_promise"), run_chapter("02_promise", seed=7, draws=1000)
    for figure in ("planned_increase_value", "misread_order_low"):
        one, other = (plain["figures"][figure] for plain in (before, after))
        assert one["low"] != other["low"]
        assert one["low"] == pytest.approx(other["low"], rel=0.02)


def test_a_rival_chosen_is_the_rival_told(run_chapter: Run) -> None:
    found = run_chapter("04_grok", rival="claude3_opus", benchmark="HumanEval")
    assert (value(found, "tests_behind_rival"), value(found, "tests_compared")) == (7, 8)
    assert value(run_chapter("04_grok"), "tests_behind_rival") == 8
    march = run_chapter("04_grok", rival="gpt4")
    assert (value(march, "tests_behind_rival"), value(march, "tests_compared")) == (3, 4)
    assert found["choices"]["rival_name"]["chosen"] == "Claude 3 Opus"


@pytest.mark.parametrize(
    ("given", "claim", "verdict"),
    [
        ({}, "order_35_85", "wrong"),
        ({"free_fall": 0.9}, "profits_falling", None),
        ({"few_days": 1}, "raise_6bn", "supported"),
        ({"relays_needed": 5}, "from_nvidia_documents", "supported"),
        ({"undercut": 0.2}, "chinese_prices", "imprecise"),
    ],
)
def test_verdicts_follow_their_rules(given: dict[str, Any], claim: str, verdict: str | None, run_chapter: Run) -> None:
    if "claims" not in CHAPTERS:
        pytest.fail("no ledger of claims in _toc.yml")
    before, after = run_chapter("claims"), run_chapter("claims", **given)
    found = after["verdicts"][claim]["verdict"]
    if verdict is None:
        assert found != before["verdicts"][claim]["verdict"]
    else:
        assert found == verdict


def test_every_claim_has_a_verdict(run_chapter: Run, known: Records) -> None:
    assert set(run_chapter("claims")["verdicts"]) == set(known.claims)


REFUSED = [
    ("01_swap", {"order_value_usd": "plenty"}, "parameter 'order_value_usd' is 'plenty'; expected a number from 50,000,000 to 5,000,000,000 (USD)"),
    ("01_swap", {"order_value_usd": "nan"}, "parameter 'order_value_usd' is 'nan'; expected a number"),
    ("01_swap", {"order_value_usd": float("inf")}, "parameter 'order_value_usd' is inf; expected a number"),
    ("01_swap", {"gpus_in_order": 12.5}, "parameter 'gpus_in_order' is 12.5; expected a whole number from 1,000 to 100,000 (GPU)"),
    ("01_swap", {"order_value": 4e8}, "unknown parameter 'order_value'; did you mean order_value_usd"),
    ("02_promise", {"reading": "sideways"}, "parameter 'reading' is 'sideways'; expected one of from_to, between"),
    ("10_since", {"as_of": "2024-06-03"}, "parameter 'as_of' is '2024-06-03'; expected"),
    ("10_since", {"as_of": "2026-10-10"}, "parameter 'as_of' is '2026-10-10'; expected"),
    ("03_delay", {"delay_months": 25}, "parameter 'delay_months' is 25; expected a number from 0 to 24 (month)"),
]  # fmt: skip


@pytest.mark.parametrize(("chapter", "given", "said"), REFUSED)
def test_a_bad_parameter_is_refused_when_the_chapter_opens(
    chapter: str, given: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(ROOT))
    injected = "# Parameters\n" + "\n".join(f"{name} = {text!r}" for name, text in given.items())
    with pytest.raises(BadInput) as caught:
        open_chapter(chapter, {**given, "In": ["", injected, "open_chapter()"]}, "", "")
    assert str(caught.value).startswith(f"{chapter}: {said}")


def test_plain_papermill_stops_at_a_bad_parameter_and_publishes_nothing(tmp_path: Path) -> None:
    done = papermill(NOTEBOOKS["01_swap"], tmp_path / "out.ipynb", order_value_usd="inf")
    assert done.returncode != 0
    assert "BadInput: 01_swap: parameter 'order_value_usd' is inf; expected a number" in done.stderr
    stopped = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))
    assert not any("vnd.casefile.results" in json.dumps(code.get("outputs", [])) for code in stopped["cells"])


def test_of_a_day_without_trading_the_next_with_it_is_tested_and_the_page_says_so(run_chapter: Run) -> None:
    weekend, monday = (run_chapter("07_investors", event_date=day) for day in ("2024-06-08", "2024-06-10"))
    assert value(weekend, "tsla_return_event") == value(monday, "tsla_return_event")
    assert value(weekend, "tested_day") == value(monday, "tested_day")
    said = [plain["choices"]["day_is"]["chosen"] for plain in (weekend, monday)]
    assert said == ["a day without trading, so that the next one counts", "the day chosen here"]


def test_days_between_events_are_those_of_the_calendar(run_chapter: Run) -> None:
    assert value(run_chapter("04_grok"), "days_behind_chatgpt") == days("chatgpt_launch", "grok_announced") == 338
    assert float(CLOSES["2024-06-04", "tsla"]) == 174.77


# -------------------------------------------------------------------------------------------- what sources are said to say

SPEAKS = re.compile(r"\b(CNBC|[Rr]eport|Reuters|Musk|wrote|announced|posted|printed|said|says|spoke|raised)\b")


def test_no_clause_puts_a_parameter_into_a_sources_mouth(defaults: dict[str, Plain], known: Records) -> None:
    """What a source printed is a figure of its own; a parameter that starts from it may be another number."""
    for chapter, plain in defaults.items():
        cells = markdown.markdown_cells(notebooks.read(NOTEBOOKS[chapter]))
        told = markdown.sentences(markdown.read(cells), lambda role, name: f"<{role} {name}>")
        for clause in (clause for sentence in told for clause in sentence.split("; ")):
            for name in re.findall(r"<num (\w+)", clause):
                figure = next(told["figures"][name] for told in (plain, *defaults.values()) if name in told["figures"])
                assumed = figure["kind"] == "parameter" and figure.get("record") in known.figures
                assert not (assumed and SPEAKS.search(re.sub("<.*?>", "", clause))), (chapter, clause)


def sentences(chapter: str, plain: Plain, known: Records) -> str:
    """The prose of a chapter, its charts' titles and alternative texts, with the numbers of one run in them."""
    found = results.Results.from_json(plain, known.units)
    cells = markdown.markdown_cells(notebooks.read(NOTEBOOKS[chapter]))
    said = compare.all_sentences(known, {CHAPTERS[chapter]: found}, {CHAPTERS[chapter]: cells})[CHAPTERS[chapter]]
    drawn = [found.graph.fill(chart[key]) for chart in found.charts.values() for key in ("title", "alt", "note")]
    return "\n".join([*said, *drawn])


SAID = [
    ("01_swap", {"order_value_usd": 5e7}, "at more than $500 million; as assumed here, it is about $4,200 a chip or more, less than any price"),
    ("01_swap", {"order_value_usd": 5e7}, "about $4,200 or more by the value assumed here"),
    ("01_swap", {"gpus_in_order": 1000}, "as assumed here, it is about $500,000 a chip or more, more than any price"),
    ("02_promise", {"reading": "between"}, "about 85,000 H100s at work for training, up from the 35,000 or so that ran"),
    ("02_promise", {"reading": "between"}, "an order midway between the two numbers would cost $2.1 billion"),
    ("02_promise", {"unit_price_usd": 90_000}, "It is no more than the planned H100s would cost at the price assumed here"),
    ("03_delay", {"delay_months": 1}, "If the chips came 1 month late"),
    ("03_delay", {"delay_months": 6}, "$180 million with all as they stand"),
    ("06_pressure", {"order_value_usd": 1e9}, "worth $500 million or more; the value assumed here is at least 89%"),
    ("06_pressure", {"as_of": "2022-10-30"}, "at least 1 date for Tesla and 0 for its rivals"),
    ("08_money", {"raise_usd": 2e10}, "xAI raised $6 billion on 26 May 2024; the sums assumed here, which are not those on record, would put the company at"),
    ("08_money", {"post_money_usd": 1e11}, "that assumed for May 2024"),
    ("09_nvidia", {"order_value_usd": 5e9}, "values the delayed processors at more than $500 million"),
    ("claims", {"scenario": "between_reading"}, "one misleads, two are wrong, and three cannot be settled"),
]  # fmt: skip


@pytest.mark.parametrize(("chapter", "given", "said"), SAID)
def test_an_assumption_is_spoken_of_as_assumed_and_agrees_with_its_number(
    chapter: str, given: dict[str, Any], said: str, run_chapter: Run, known: Records
) -> None:
    assert said in sentences(chapter, run_chapter(chapter, **given), known)


def test_a_verdict_by_an_assumed_value_says_that_it_is(run_chapter: Run) -> None:
    assumed = "Judged by the value assumed here, not by the source's."
    told = run_chapter("claims", scenario="cheap_chips")["verdicts"]
    assert [name for name, verdict in told.items() if verdict["reason"].startswith(assumed)] == []
    told = run_chapter("claims", scenario="between_reading")["verdicts"]
    assert [name for name, verdict in told.items() if verdict["reason"].startswith(assumed)] == ["order_35_85"]
    assert not any(assumed in verdict["reason"] for verdict in run_chapter("claims")["verdicts"].values())


def test_who_is_said_to_value_the_firm_is_who_did(run_chapter: Run) -> None:
    def said(**given: float) -> list[str]:
        return [row["said"] for row in run_chapter("08_money", **given)["charts"]["ladder"]["rows"][:2]]

    assert said() == ["Musk's post; by subtraction", "Reuters, Wall Street Journal"]
    assert said(post_money_usd=30e9) == ["assumed here; by subtraction", "assumed here"]
