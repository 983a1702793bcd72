"""Scenarios of one's own, saved beside a story's data and no part of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.book.test_rerun import casefile
from tests.support.orchard import plant


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    """The small story."""
    return plant(tmp_path)


def test_a_scenario_of_ones_own_is_saved_listed_and_taken_by_name(orchard: Path) -> None:
    done = casefile(orchard, "scenario", "save", "dear", "-p", "market", "price", "0.8")
    assert (done.returncode, done.stdout) == (0, f"{orchard / 'scenarios' / 'dear.yml'}\n")
    assert json.loads((orchard / "scenarios" / "dear.yml").read_text()) == {"market": {"price": 0.8}}
    listed = casefile(orchard, "scenario", "list")
    assert listed.stdout == "dear: yours\n    market.price=0.8\n"
    assert casefile(orchard, "figures", "market", "--params", "dear").stdout.splitlines()[2] == "worth: €24,000"
    for words, line in (
        (["scenario", "save", "dear", "-p", "market.price=0.9"], f"{orchard / 'scenarios' / 'dear.yml'}: exists already; expected a new file"),
        (["scenario", "save", "../dear", "-p", "market.price=0.9"], "scenario '../dear': expected small letters, digits and underscores"),
        (["scenario", "save", "other", "-p", "market.price=9"], "market: parameter 'price' is 9; expected a number from 0 to 5 (EUR/apple)"),
        (["figures", "market", "--params", "deer"], "parameters 'deer': no such file, and no scenario of that name; did you mean dear?"),
    ):  # fmt: skip
        refused = casefile(orchard, *words)
        assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", f"casefile: {line}\n")


def test_a_saved_scenario_may_start_from_another_and_hold_a_range(orchard: Path) -> None:
    casefile(orchard, "scenario", "save", "dear", "-p", "market.price=0.8")
    (orchard / "data" / "scenarios.yml").write_text(
        "cheap: {title: Cheap, meaning: Cheap apples., parameters: {market: {price: 0.1}}}\n"
    )
    done = casefile(orchard, "scenario", "save", "wide", "--params", "dear", "-p", "market.price=0.2:0.4:0.8")
    assert done.returncode == 0, done.stderr
    assert json.loads((orchard / "scenarios" / "wide.yml").read_text()) == {"market": {"price": "0.2:0.4:0.8"}}
    assert casefile(orchard, "scenario", "save", "cheap", "-p", "market.price=0.2").returncode == 2
