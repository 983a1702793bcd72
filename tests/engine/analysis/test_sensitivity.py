"""What moves a figure: against shares of variance that can be worked out on paper, and the command's own words."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

import casefile
from casefile.analysis import sensitivity
from casefile.analysis.opened import OpenedStory
from tests.conftest import ROOT
from tests.engine.book.test_rerun import casefile as command
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def story() -> OpenedStory:
    """The story itself."""
    return casefile.open_story(ROOT)


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> OpenedStory:
    """The small story."""
    return casefile.open_story(plant(tmp_path_factory.mktemp("sensitivity")))


def test_the_indices_of_a_product_are_those_of_its_factors_moments(story: OpenedStory) -> None:
    """Of a product of independent factors, with v = variance / mean²: V = (1 + v)(1 + w) − 1, shares v / V and v (1 + w) / V."""
    moved = story.sensitivity("rental_value_delayed")

    def relative_variance(low: float, mode: float, high: float) -> float:
        variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
        return variance / ((low + mode + high) / 3) ** 2

    delay, rent = relative_variance(1, 3.5, 6), relative_variance(2.49, 3.49, 3.99)
    whole = (1 + delay) * (1 + rent) - 1
    rows = moved.indices.to_dict("index")
    assert list(rows) == ["03_delay.delay_months", "03_delay.rent_usd_per_hour"]
    for name, own, other in (("delay_months", delay, rent), ("rent_usd_per_hour", rent, delay)):
        assert rows[f"03_delay.{name}"]["first"] == pytest.approx(own / whole, abs=0.005)
        assert rows[f"03_delay.{name}"]["total"] == pytest.approx(own * (1 + other) / whole, abs=0.005)
    assert tuple(moved.indices.columns) == sensitivity.INDICES[1:]
    tornado = moved.tornado.to_dict("index")
    assert list(tornado) == list(rows)  # what the figure does not rest on is no row
    assert tornado["03_delay.delay_months"]["lowest"] == pytest.approx(moved.value / 3.5)
    assert tornado["03_delay.delay_months"]["highest_with"] == "6"
    spec = moved.chart.to_dict()
    assert spec["title"] == f"{moved.meaning}: {moved.text}"


def test_what_has_one_value_is_not_moved_and_what_has_a_range_is(story: OpenedStory) -> None:
    moved = story.sensitivity("rental_value_delayed", delay_months=6)
    assert list(moved.tornado.index) == ["03_delay.rent_usd_per_hour"]
    assert moved.indices[["first", "total"]].to_numpy().tolist() == [[1, 1]]
    moved = story.sensitivity("implied_unit_price", order_value_usd="3e8:5e8:1e9")
    assert moved.tornado["lowest"].tolist() == [25_000]
    correlated = story.sensitivity("rental_value_delayed", delay_months="1:3:6 ~ rent_usd_per_hour 0.5")
    assert "drawn independently" in correlated.untold
    assert correlated.indices.empty


def test_a_figure_by_a_function_has_a_tornado_over_choices(story: OpenedStory) -> None:
    moved = story.sensitivity("abnormal_return_event")
    assert "07_investors.benchmark" in moved.tornado.index
    assert moved.untold
    assert moved.tornado.loc["07_investors.benchmark", "lowest_with"] in ("qqq", "spy", "spx")


def test_the_command_says_it_and_leaves_both_tables_and_the_chart(
    orchard: OpenedStory, tmp_path: Path, monkeypatch: Any
) -> None:
    words = ["sensitivity", "worth", "-p", "market", "price", "0.2:0.4:0.8", "--out", str(tmp_path / "out")]
    done = command(orchard.root, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "worth: €12,000, Worth of the harvest", "  market.price: €6,000 with 0.2 to €24,000 with 0.8",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["chart.svg", "indices.csv", "tornado.csv"]
    for asked, line in (
        (["wort"], "no figure 'wort'; did you mean worth?"),
        (["worth"], "worth: no parameter with a range or choices moves it; expected a range"),
        (["worth", "--out", str(tmp_path / "out")], f"{tmp_path / 'out'}: is not empty"),
    ):
        refused = command(orchard.root, "sensitivity", *asked)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.startswith(f"casefile: {line}")
        assert refused.stderr.count("\n") == 1
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    moved = orchard.sensitivity("worth", price="0.2:0.4:0.8")
    assert re.search("need SciPy, which the lock of the tests holds", moved.untold)
    assert moved.tornado["highest"].tolist() == [24_000]
