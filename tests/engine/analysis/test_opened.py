"""A story opened in Python: tables of what a chapter says, and the command's refusals as exceptions."""

from __future__ import annotations

import datetime
import math
import re
from pathlib import Path

import altair as alt
import numpy as np
import pytest

import casefile
from casefile import CasefileError
from casefile.analysis import opened, sensitivity, tables
from casefile.analysis.chapter_run import ChapterRun
from casefile.analysis.opened import OpenedStory
from casefile.analysis.sensitivity import Sensitivity
from casefile.figures import distributions
from tests.conftest import ROOT, Run
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> OpenedStory:
    """The small story, opened from one of its own folders."""
    return casefile.open_story(plant(tmp_path_factory.mktemp("opened")) / "chapters")


def test_a_run_gives_its_figures_as_a_typed_table(orchard: OpenedStory) -> None:
    figures = orchard.run("market", price=0.8).figures
    assert (figures.index.name, tuple(figures.columns)) == ("figure", tables.FIGURES[1:])
    assert {name: str(figures[name].dtype) for name in ("value", "low", "high")} == dict.fromkeys(
        ("value", "low", "high"), "float64"
    )
    worth = figures.to_dict("index")["worth"]
    assert (worth["value"], worth["unit"], worth["text"]) == (24_000, "EUR", "€24,000")
    assert worth["meaning"] == "Worth of the harvest"
    assert math.isnan(worth["low"])
    assert worth["sources"] == "almanac grocer"


def test_a_run_says_what_papermill_says(run_chapter: Run) -> None:
    run = casefile.open_story(ROOT).run("03_delay", delay_months=6.0, utilisation=0.5)
    plain = run_chapter("03_delay", delay_months=6.0, utilisation=0.5)
    for name, row in run.figures.iterrows():
        figure = plain["figures"][name]
        assert row["value"] == figure["value"], name
        assert row["unit"] == figure["unit"]
        assert [None if math.isnan(row[end]) else row[end] for end in ("low", "high")] == [
            figure.get("low"), figure.get("high"),
        ], name  # fmt: skip
    assert run.words == {
        name: choice["chosen"] for name, choice in plain["choices"].items() if not name.startswith("claim_")
    }
    assert sorted(run.charts) == sorted(plain["charts"])
    spec = run.charts["runs"].to_dict()
    assert spec["layer"] == plain["charts"]["runs"]["spec"]["layer"]
    assert run.charts["runs"].to_dict()["title"] == run.text(plain["charts"]["runs"]["title"])


def test_charts_are_altairs_and_carry_title_and_description(orchard: OpenedStory) -> None:
    charts = orchard.run("harvest").charts
    assert list(charts) == ["apples"]
    assert isinstance(charts["apples"], alt.Chart)
    assert charts["apples"].to_dict()["title"] == "The orchard bore 30,000 apples"
    assert charts["apples"].to_dict()["description"].startswith("One bar: the harvest of 30,000 apples")
    assert list(charts.table("apples")["what"]) == ["Harvest"]


def test_parameters_are_listed_with_their_values_and_bounds(orchard: OpenedStory) -> None:
    declared = orchard.parameters("market")
    assert list(declared.index) == ["price"]
    assert list(declared[["default", "maximum", "unit"]].loc["price"]) == [0.4, 5, "EUR/apple"]
    run = orchard.run("market", {"market": {"price": 2}}, price="3.5")
    assert run.overrides == {"market": {"price": 3.5}}
    assert list(run.parameters[["value", "default"]].loc["price"]) == [3.5, 0.4]


def test_values_may_be_numpys_and_days_datetimes() -> None:
    story = casefile.open_story(ROOT)
    assert story.run("01_swap", order_value_usd=np.int64(400_000_000)).text("{order_value}") == "$400 million"
    run = story.run("06_pressure", as_of=datetime.date(2024, 1, 1))
    assert run.overrides == {"06_pressure": {"as_of": "2024-01-01"}}
    assert run.series("tesla_training_capacity").equals(story.records.series("tesla_training_capacity"))


def test_verdicts_of_a_scenario_are_a_table(run_chapter: Run) -> None:
    run = casefile.open_story(ROOT).run("claims", scenario="long_delay")
    plain = run_chapter("claims", scenario="long_delay")
    assert dict(run.verdicts["verdict"]) == {name: row["verdict"] for name, row in plain["verdicts"].items()}
    assert tuple(run.verdicts.columns) == tables.VERDICT_COLUMNS[1:]


def test_what_the_command_refuses_is_refused_in_the_same_line(orchard: OpenedStory, tmp_path: Path) -> None:
    story = casefile.open_story(ROOT)
    for refused, line in (
        (lambda: orchard.run("markt"), "no chapter 'markt'; did you mean market?"),
        (lambda: orchard.run("market", prize=1), "market: unknown parameter 'prize'; did you mean price?"),
        (lambda: orchard.run("market", price=9), "market: parameter 'price' is 9; expected a number from 0 to 5 (EUR/apple)"),
        (lambda: orchard.run("market", price=[1, 2]), "market: parameter 'price' is [1, 2]; expected a number from 0 to 5 (EUR/apple)"),
        (lambda: orchard.run("market", price=True), "market: parameter 'price' is True; expected a number from 0 to 5 (EUR/apple)"),
        (lambda: orchard.run("market", {"market": 3}), "params: expected CHAPTER: {NAME: VALUE}"),
        (lambda: orchard.run("harvest").charts["apple"], "harvest: no chart 'apple'; did you mean apples?"),
        (lambda: orchard.run("market").series("prices"), "no series 'prices' in data/series; none is known"),
        (lambda: story.run("07_investors", event_date="2023-07-05"), "07_investors.ipynb, cell 4: event date 2023-07-05 leaves too few days"),
        (lambda: casefile.open_story(tmp_path), f"{tmp_path}: no case file here or above; expected a folder with data/"),
    ):  # fmt: skip
        with pytest.raises(casefile.BadInput) as error:
            refused()
        assert str(error.value).startswith(line)
    assert issubclass(casefile.BadInput, CasefileError)


def test_data_that_change_are_read_anew_and_no_chart_is_drawn_of_others(tmp_path: Path) -> None:
    story = casefile.open_story(plant(tmp_path))
    before = story.run("harvest")
    table = tmp_path / "data" / "figures.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("120,", "1200,", 1), encoding="utf-8")
    with pytest.raises(casefile.BadInput, match=r"changed since this run; expected it to be run again"):
        before.charts["apples"]
    assert before.figures.loc["harvest", "value"] == 30_000
    assert story.run("harvest").figures.loc["harvest", "value"] == 300_000


def test_the_interface_is_that_of_its_document() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert f"version {opened.VERSION}" in text
    for name in (
        *tables.FIGURES,
        *tables.VERDICT_COLUMNS,
        *tables.PARAMETERS,
        *sensitivity.TORNADO,
        *sensitivity.INDICES,
    ):
        assert f"`{name}`" in text, name
    public = [
        name for kind in (OpenedStory, ChapterRun, Sensitivity) for name in vars(kind) if not name.startswith("_")
    ]
    for name in {*public, *ChapterRun.__annotations__} - {"draw", "drawn", "quote", "made_from"}:
        assert f".{name}" in text, name


def test_what_its_document_names_of_the_book_is_there() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    chapters = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "chapters").glob("*.ipynb")))
    series = re.findall(r"run\.series\(\"(\w+)\"\)", text)
    charts = re.findall(r"run\.charts\[\"(\w+)\"\]", text)
    figures = re.findall(r"story\.sensitivity\(\"(\w+)\"\)", text)
    assert series
    assert charts
    assert figures
    assert [name for name in series if not (ROOT / "data" / "series" / f"{name}.csv").is_file()] == []
    assert [name for name in (*charts, *figures) if f'\\"{name}\\"' not in chapters] == []


def test_a_range_in_place_of_a_value_is_drawn_and_a_value_is_not(orchard: OpenedStory) -> None:
    run = orchard.run("market", price="0.2:0.4:0.8")
    rows = run.figures.to_dict("index")
    assert (rows["price"]["value"], rows["price"]["low"], rows["price"]["high"]) == (0.4, 0.2, 0.8)
    exact = [30_000 * end for end in distributions.triangular(0.2, 0.4, 0.8).quantile(np.array([0.05, 0.95]))]
    assert [rows["worth"]["low"], rows["worth"]["high"]] == pytest.approx(exact, rel=0.01)
    assert rows["worth"]["band"] == "5th to 95th percentile"
    assert run.overrides == {"market": {"price": "0.2:0.4:0.8"}}
    delay = casefile.open_story(ROOT)
    fixed = delay.run("03_delay", delay_months=6).figures.to_dict("index")
    assert math.isnan(fixed["gpu_hours_delayed"]["low"])  # nothing that it rests on is left to draw
    rows = delay.run("03_delay", delay_months="4:6:8 ~ rent_usd_per_hour 1").figures.to_dict("index")
    apart = delay.run("03_delay", delay_months="4:6:8").figures.to_dict("index")
    assert rows["gpu_hours_delayed"]["low"] == apart["gpu_hours_delayed"]["low"]
    assert rows["rental_value_delayed"]["high"] > apart["rental_value_delayed"]["high"]
    with pytest.raises(casefile.BadInput, match=r"03_delay: its code reads 'draws' besides its formulas"):
        delay.run("03_delay", draws="1000:2000:3000")
