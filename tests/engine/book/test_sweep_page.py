"""The page of a sweep: what was varied, where words turn, a map of two parameters, and nothing from elsewhere."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from casefile.book import sweep_page
from casefile.sweep import sweep
from tests.conftest import ROOT
from tests.engine.book.test_rerun import casefile as command
from tests.support.orchard import plant

VARY = ["delay_months=1:6:3", "utilisation=0.3,0.5"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of two parameters, by formulas alone, with its page."""
    output = tmp_path_factory.mktemp("sweep") / "out"
    sweep.sweep(ROOT, "03_delay", VARY, output, figures_only=True, count=1)
    sweep_page.write(output)
    return output


@pytest.fixture(scope="module")
def page(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / sweep_page.PAGE).read_text(encoding="utf-8"), "html.parser")


def test_two_parameters_give_a_map_of_each_figure_that_moves(folder: Path, page: BeautifulSoup) -> None:
    table = pd.read_parquet(folder / "scenarios.parquet")
    moving = [
        name
        for name in table.columns
        if table[name].nunique() > 1 and name not in ("scenario_number", "delay_months", "utilisation")
    ]
    maps = [figure for figure in page.select("figure") if figure.find("figcaption")]
    assert len(maps) == min(len(moving), sweep_page.MOST_MAPS)
    for drawn in maps:
        assert len(drawn.select(".mark-rect.role-mark path")) == 6
    assert "What those hours would have cost to rent (USD)" in [
        drawn.figcaption.get_text() for drawn in maps if isinstance(drawn.figcaption, Tag)
    ]


def test_a_third_and_a_fourth_parameter_give_each_map_a_panel_for_their_values(tmp_path: Path) -> None:
    varied = ["delay_months=1:6:3", "utilisation=0.3,0.5", "rent_usd_per_hour=2:6:5", "power_overhead=1.2,1.4"]
    sweep.sweep(ROOT, "03_delay", varied, tmp_path / "out", figures_only=True, count=1)
    sweep_page.write(tmp_path / "out")
    drawn = BeautifulSoup((tmp_path / "out" / sweep_page.PAGE).read_text(encoding="utf-8"), "html.parser")
    assert "All together" in [heading.get_text() for heading in drawn.select("h2")]
    maps = {str(one.figcaption.get_text()): one for one in drawn.select("figure") if isinstance(one.figcaption, Tag)}
    of_rent = maps["What those hours would have cost to rent (USD)"]
    assert len(of_rent.select(".mark-rect.role-mark")) == 4  # a panel for each pair of utilisation and power
    assert len(of_rent.select(".mark-rect.role-mark path")) == 4 * 3 * 5


def test_of_long_ranges_some_panels_are_shown_and_a_fifth_parameter_stands_still() -> None:
    values = {"a": range(9), "b": range(7), "c": range(8), "d": range(2), "e": range(3)}
    table = pd.DataFrame([*itertools.product(*values.values())], columns=[*values])
    shown, sides, panels, held = sweep_page._arranged(table, [*values])
    assert (sides, panels, held) == (["a", "c"], ["b", "d"], ["with e at 1"])
    assert {name: sorted(set(shown[name])) for name in panels} == {"b": [0, 2, 4, 6], "d": [0, 1]}
    assert len(shown) == 9 * 8 * 4 * 2


def test_the_page_says_what_was_varied_and_by_which_command(page: BeautifulSoup) -> None:
    said = " ".join(page.get_text().split())
    assert "6 scenarios of 03_delay" in said
    assert "Months that the chips reached Tesla late (delay_months, month): " in said
    assert (
        "casefile sweep 03_delay --vary delay_months=1:6:3 --vary utilisation=0.3,0.5 --figures-only --out again"
        in said
    )


def test_the_page_opens_from_its_folder_and_runs_nothing(folder: Path, page: BeautifulSoup) -> None:
    assert not page.select("script, link, img, iframe, [onclick]")
    for link in page.select("a[href]"):
        assert (folder / str(link["href"])).exists(), link["href"]


def test_the_same_sweep_gives_the_same_page(folder: Path) -> None:
    before = (folder / sweep_page.PAGE).read_bytes()
    sweep_page.write(folder)
    assert (folder / sweep_page.PAGE).read_bytes() == before


def test_the_command_leaves_the_page_with_the_points_at_which_words_turn(tmp_path: Path) -> None:
    orchard = plant(tmp_path / "orchard")
    done = command(
        orchard, "sweep", "market", "--vary", "price=0.4:2:5", "--figures-only", "--out", str(tmp_path / "out")
    )
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((tmp_path / "out" / sweep_page.PAGE).read_text(encoding="utf-8"), "html.parser")
    turning = pd.read_csv(tmp_path / "out" / "flips.csv", dtype=str, keep_default_na=False)
    assert [
        [cell.get_text() for cell in row.select("td")] for row in page.select("tbody tr")
    ] == turning.to_numpy().tolist()
    assert len(page.select("figure svg")) == 1
