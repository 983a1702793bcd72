"""One scenario, or one file of a table, where a worker works it out: from plain data and a story's folder."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from casefile import records
from casefile.execution import fork
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook.results import Results
from casefile.sweep import scenario
from casefile.sweep.job import Job, SweptChapter
from casefile.sweep.scenario import SCENARIO_NUMBER
from tests.support.orchard import plant
from tests.support.small import formula, leaf, symbols


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("scenario"))


def test_a_file_of_a_table_holds_more_scenarios_than_are_worked_out_at_once(planted: Path) -> None:
    price, harvest, limit = symbols("price", "harvest", "limit")
    made = Graph("market", records.load(planted).units)
    made.add(Figure("price", "parameter", "EUR/apple", "price", 0.4, parameter="price"))
    made.add(leaf("harvest", 30_000.0, "apple"))
    made.add(leaf("limit", 2.0, "EUR/apple"))
    figure, expression = formula("worth", price * harvest, "EUR")
    made.derive(replace(figure, published=True), expression)
    made.choose("claim_dear", [("supported", price > limit), ("wrong", True)])
    plain = Results("market", "The market", "What are they worth?", {"price": 0.4}, made).to_json()
    found = json.dumps({"market": plain})
    job = Job(str(planted), "market", {"price": tuple(cents / 100 for cents in range(40_000))}, found)
    table = pd.read_parquet(io.BytesIO(scenario.part(job, 0)))
    assert list(table.columns) == [SCENARIO_NUMBER, "price", "worth", "verdict_dear"]
    assert table[SCENARIO_NUMBER].tolist() == list(range(40_000))
    assert table["worth"].tolist() == pytest.approx([300.0 * cents for cents in range(40_000)])
    assert table["verdict_dear"].tolist() == ["wrong"] * 201 + ["supported"] * 39_799


def job(root: Path, source: str) -> Job:
    """The second of two scenarios of a notebook with one cell."""
    return Job(str(root), "market", {"price": (1.0, 2.0)}, "{}", (SweptChapter("market", ((0, source, False),)),))


@pytest.mark.skipif(not fork.can_fork(), reason="scenarios run in forks")
def test_a_notebook_that_publishes_nothing_is_a_row_that_says_so(planted: Path) -> None:
    assert scenario.scenario_row(job(planted, "worth = 30_000 * price"), 1) == {
        SCENARIO_NUMBER: 1, "price": 2.0, "error": "market.ipynb: published no results",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_notebook_whose_surroundings_are_gone_is_no_row(planted: Path) -> None:
    code = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"
    with pytest.raises(fork.NotebookLost) as caught:
        scenario.scenario_row(job(planted, code), 1)
    assert str(caught.value) == (
        "cell 0: the notebook's process is gone; run the same command again, which goes on from what is finished"
    )
