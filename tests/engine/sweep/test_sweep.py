"""Sweeps: a row a scenario, resumable, the same from notebooks and from formulas, here or on a cluster."""

from __future__ import annotations

import ast
import functools
import json
import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import numpy as np
import pandas as pd
import pytest

from casefile import records
from casefile.errors import BadInput
from casefile.execution import run
from casefile.sweep import sweep, table, workers
from casefile.sweep.grid import grid
from casefile.sweep.job import BOOK
from casefile.sweep.scenario import SCENARIO_NUMBER
from casefile.system import processes
from tests.conftest import ROOT, Run
from tests.engine.test_cli import said
from tests.support import breaking
from tests.support.breaking import Command, insert
from tests.support.orchard import plant
from tests.support.small import declaration

CHAPTER = "03_delay"
MONTHS = "delay_months=1:6:3"
USE = "utilisation=0.3,0.5"
DECLARED = records.load(ROOT).declared(CHAPTER)


def told(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The command's exit code and what it says on standard error."""
    monkeypatch.setenv("CASEFILE_ROOT", str(ROOT))
    code, _, complaint = said(arguments, capsys, monkeypatch)
    return code, complaint.strip()


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story on disk."""
    return plant(tmp_path_factory.mktemp("orchard"))


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of six notebooks, done once."""
    output = tmp_path_factory.mktemp("sweep") / "out"
    found = sweep.sweep(ROOT, CHAPTER, [MONTHS, USE], output, count=2)
    assert (found["scenarios"], found["ran"], found["failed"]) == (6, 6, 0)
    return output


def test_a_sweep_has_a_row_a_scenario_in_parquet_and_csv_alike(notebooks: Path) -> None:
    parquet, csv = pd.read_parquet(notebooks / "scenarios.parquet"), pd.read_csv(notebooks / "scenarios.csv")
    assert list(parquet["delay_months"]) == [1, 1, 3.5, 3.5, 6, 6]
    assert list(parquet["utilisation"]) == [0.3, 0.5] * 3
    assert list(parquet.columns) == list(csv.columns)
    assert np.allclose(parquet["gpu_hours_delayed"], csv["gpu_hours_delayed"], rtol=1e-15)
    assert (notebooks / "chart.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_scenario_says_what_plain_papermill_says(notebooks: Path, run_chapter: Run) -> None:
    table = pd.read_parquet(notebooks / "scenarios.parquet")
    plain = run_chapter(CHAPTER, delay_months=6.0, utilisation=0.5)
    row = table[(table["delay_months"] == 6) & (table["utilisation"] == 0.5)].iloc[0]
    for name, figure in plain["figures"].items():
        if figure.get("published") and name in table.columns:
            assert row[name] == figure["value"], name


def test_formulas_alone_give_what_the_notebooks_give(notebooks: Path, tmp_path: Path) -> None:
    found = sweep.sweep(ROOT, CHAPTER, [MONTHS, USE], tmp_path / "out", figures_only=True)
    assert found["ran"] == 6
    mine, theirs = (pd.read_parquet(folder / "scenarios.parquet") for folder in (tmp_path / "out", notebooks))
    figures = [column for column in mine.columns if column in theirs.columns]
    assert {"gpu_hours_delayed", "rental_value_delayed", "energy_delayed", "gpt4_runs_delayed"} <= set(figures)
    assert "widest_assumption" in figures
    for column in figures:
        assert list(mine[column]) == list(theirs[column]), column  # to the last bit
    assert pd.read_csv(tmp_path / "out" / "scenarios.csv").shape == mine.shape


@pytest.mark.parametrize("figures_only", [False, True])
def test_a_value_at_the_bound_of_a_word_falls_on_the_same_side_in_both(figures_only: bool, tmp_path: Path) -> None:
    """$300 million for 12,000 chips is $25,000 each, the cheapest price known, and no less."""
    sweep.sweep(ROOT, "01_swap", ["order_value_usd=299999999,3e8"], tmp_path / "out", figures_only)
    table = pd.read_csv(tmp_path / "out" / "scenarios.csv")
    assert list(table["against_prices"]) == [
        "less than any price found for the time", "well within the prices found for the time",
    ]  # fmt: skip
    assert table["implied_unit_price"][1] == 25_000


def test_a_parameter_called_scenario_is_a_column_like_any_other(tmp_path: Path) -> None:
    found = sweep.sweep(ROOT, "claims", ["scenario=default,long_delay", "free_fall=0.2,0.9"], tmp_path / "out")
    assert (found["scenarios"], found["failed"]) == (4, 0)
    table = pd.read_csv(tmp_path / "out" / "scenarios.csv")
    assert list(table[SCENARIO_NUMBER]) == [0, 1, 2, 3]
    assert list(table["scenario"]) == ["default", "default", "long_delay", "long_delay"]
    assert (
        list(table["verdict_profits_falling"]) == ["supported", "imprecise"] * 2
    )  # the bound turns it, no scenario does


def test_a_sweep_reads_python_in_one_thread_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, threads = ast.parse, set()

    def noted(*given: Any, **named: Any) -> Any:
        threads.add(threading.get_ident())
        return parse(*given, **named)

    monkeypatch.setattr(ast, "parse", noted)
    assert sweep.sweep(ROOT, CHAPTER, [USE], tmp_path / "out", count=2)["ran"] == 2
    assert threads == {threading.get_ident()}  # before 3.11.8, two threads that parse at once may stop each other


def test_a_finished_sweep_runs_nothing_again(notebooks: Path) -> None:
    before = (notebooks / "scenarios.parquet").read_bytes()
    assert sweep.sweep(ROOT, CHAPTER, [MONTHS, USE], notebooks)["ran"] == 0
    assert (notebooks / "scenarios.parquet").read_bytes() == before


def killed_after_three_rows(rows: Path) -> None:
    """Kill the process that sweeps when three rows are on disk and another has come back."""
    before = functools.partial(breaking.before, processes, "result")
    before(lambda *ignored: breaking.die() if rows.is_file() and rows.read_bytes().count(b"\n") == 3 else None)


def test_a_sweep_that_was_killed_goes_on_and_repeats_nothing(orchard: Path, tmp_path: Path) -> None:
    output, vary = tmp_path / "out", "price=0.5:5:10"
    words = ("sweep", "market", "--vary", vary, "--workers", "1", "--out", str(output))
    rows = output / "scenarios.jsonl"
    killed = Command(orchard, *words, trap=functools.partial(killed_after_three_rows, rows))
    assert killed.ended() == -signal.SIGKILL, killed.lines()
    with rows.open("a", encoding="utf-8") as file:
        file.write('{"scenario_number": 9, "pri')  # a row cut short
    kept = rows.read_text(encoding="utf-8").splitlines()[:-1]
    assert len(kept) == 3
    found = sweep.sweep(orchard, "market", [vary], output, count=2)
    assert found["ran"] == 10 - len(kept)
    lines = rows.read_text(encoding="utf-8").splitlines()
    assert lines[: len(kept)] == kept
    assert sorted(json.loads(line)[SCENARIO_NUMBER] for line in lines) == list(range(10))


def test_a_scenario_that_fails_is_recorded_and_the_rest_go_on(story: Path, tmp_path: Path) -> None:
    path = story / "chapters" / f"{CHAPTER}.ipynb"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["cells"][2]["source"] = ["assert delay_months != 2, 'two is not for us'\n", *plain["cells"][2]["source"]]
    path.write_text(json.dumps(plain), encoding="utf-8")
    found = sweep.sweep(story, CHAPTER, ["delay_months=1,2,3"], tmp_path / "out")
    assert (found["scenarios"], found["failed"]) == (3, 1)
    table = pd.read_csv(tmp_path / "out" / "scenarios.csv")
    assert list(table["gpu_hours_delayed"].isna()) == [False, True, False]
    assert table["error"][1] == "03_delay.ipynb, cell 2: AssertionError: two is not for us"


def test_a_flip_point_from_formulas_is_where_the_verdict_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """12,000 chips at $25,000, the cheapest price found, are $300 million; at $62,500, the dearest, $750 million."""
    monkeypatch.setenv("CASEFILE_ROOT", str(ROOT))
    words = [
        "01_swap",
        "--vary",
        "order_value_usd=210000000:990000000:40",
        "--figures-only",
        "--out",
        str(tmp_path / "out"),
    ]
    code, out, _ = said(["sweep", *words], capsys, monkeypatch)
    lines = [line for line in out.splitlines() if " becomes " in line and line.startswith("against_")]
    assert (code, lines) == (0, [
        "against_prices: less than any price found for the time becomes well within the prices found for the time at 3e+08 of "
        "order_value_usd",
        "against_prices: well within the prices found for the time becomes more than any price found for the time at 7.5e+08 of "
        "order_value_usd",
    ])  # fmt: skip
    table = pd.read_parquet(tmp_path / "out" / "scenarios.parquet")
    for flip in pd.read_csv(tmp_path / "out" / "flips.csv").to_dict("records"):
        assert flip["before"] < flip["at"] <= flip["after"]
        words = table.set_index("order_value_usd")[flip["what"]]
        assert (words[flip["before"]], words[flip["after"]]) == (flip["from"], flip["to"])


def test_values_beyond_what_a_csv_is_written_for_are_drawn_all_the_same_and_that_is_said(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    monkeypatch.setattr(table, "MOST_CSV_ROWS", 6000)
    words = ["market", "--vary", "price=0:5:6001", "--figures-only", "--out", str(tmp_path / "out")]
    code, out, complaint = said(["sweep", *words], capsys, monkeypatch)
    assert (code, complaint) == (0, "")
    assert "scenarios.parquet holds them all; no scenarios.csv above 6,000 rows" in out.splitlines()
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left == [
        "chart.svg",
        "datapackage.json",
        "flips.csv",
        "index.html",
        "manifest.json",
        "scenarios.parquet",
        "sweep.json",
    ]


def fails(root: Path, when: str) -> Path:
    """A copy of the small story whose market fails for some prices."""
    copy = plant(root / "orchard")
    insert(copy, f"if {when}: raise ValueError('rain')")
    return copy


def test_a_sweep_in_which_some_fail_says_how_many_and_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(fails(tmp_path, "price > 1")))
    words = ["sweep", "market", "--vary", "price=1,2,3", "--out", str(tmp_path / "out")]
    code, out, complaint = said(words, capsys, monkeypatch)
    assert (code, complaint) == (0, "")
    assert out.splitlines()[0].startswith("3 scenarios, 3 run now in ")
    assert out.splitlines()[0].endswith(" s, 2 failed; the first: market.ipynb, cell 3: ValueError: rain")


def test_a_sweep_in_which_all_fail_has_failed_and_names_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(fails(tmp_path, "True")))
    words = ["sweep", "market", "--vary", "price=1,2", "--out", str(tmp_path / "out")]
    line = "casefile: every scenario failed; the first: market.ipynb, cell 3: ValueError: rain\n"
    assert said(words, capsys, monkeypatch) == (1, "", line)
    assert pd.read_csv(tmp_path / "out" / "scenarios.csv")["error"].nunique() == 1


def test_a_sweep_describes_its_columns_so_that_a_machine_can_hold_the_table_against_it(notebooks: Path) -> None:
    package = frictionless.Package(str(notebooks / "datapackage.json"))
    assert package.validate().valid
    fields = {field["name"]: field for field in package.get_resource("scenarios").schema.to_descriptor()["fields"]}
    assert list(fields) == list(pd.read_parquet(notebooks / "scenarios.parquet").columns)
    assert fields["delay_months"]["unit"] == "month"
    assert fields["rental_value_delayed"]["unit"] == "USD"
    assert fields["rental_value_delayed:low"]["description"].endswith(": low end, 5th to 95th percentile")
    assert all(field["description"] for field in fields.values())


def test_the_range_of_each_figure_stands_beside_it(notebooks: Path, run_chapter: Run) -> None:
    table = pd.read_parquet(notebooks / "scenarios.parquet")
    plain = run_chapter(CHAPTER, delay_months=6.0, utilisation=0.5)["figures"]["rental_value_delayed"]
    row = table[(table["delay_months"] == 6) & (table["utilisation"] == 0.5)].iloc[0]
    assert (row["rental_value_delayed:low"], row["rental_value_delayed:high"]) == (plain["low"], plain["high"])


def test_the_command_in_the_manifest_makes_the_same_sweep_again(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep.sweep(orchard, "market", ["price=0:5:11"], tmp_path / "out", figures_only=True)
    command = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["reproduce"]
    assert command == "casefile sweep market --vary price=0:5:11 --figures-only --out again"
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    monkeypatch.chdir(tmp_path)
    assert said(shlex.split(command)[1:], capsys, monkeypatch)[0] == 0
    for path in (tmp_path / "out").glob("*.*"):
        if path.is_file():
            assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_parameter_of_another_chapter_turns_a_verdict_of_this_one(tmp_path: Path) -> None:
    found = sweep.sweep(ROOT, "claims", ["05_autopilot.as_of=2015-01-01,2017-06-01"], tmp_path / "out")
    assert (found["scenarios"], found["error"]) == (2, None)
    assert [line for line in found["told"] if line.startswith("verdict_")] == [
        "verdict_autopilot_put_off: unverifiable becomes misleading between 2015-01-01 and 2017-06-01 of 05_autopilot.as_of"
    ]
    plain = run.results_under(ROOT, ["claims"], {"05_autopilot": {"as_of": "2017-06-01"}})["claims"]
    row = pd.read_parquet(tmp_path / "out" / "scenarios.parquet").iloc[1]
    for claim, verdict in plain["verdicts"].items():
        assert row[f"verdict_{claim}"] == verdict["verdict"], claim


def test_formulas_of_one_chapter_do_not_say_what_another_makes_of_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        sweep.sweep(ROOT, "claims", ["03_delay.delay_months=1:2:3"], tmp_path / "out", figures_only=True)
    line = "claims: its own formulas do not read 03_delay.delay_months; sweep it without --figures-only"
    assert str(caught.value) == line
    assert list(tmp_path.iterdir()) == []


def test_nothing_stands_before_a_refusal_on_a_terminal_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal
    monkeypatch.setenv("CASEFILE_ROOT", str(ROOT))
    words = ["sweep", CHAPTER, "--vary", "delay_months=1,99", "--out", str(tmp_path / "out")]
    code, out, complaint = said(words, capsys, monkeypatch)
    assert (code, out, complaint.count("\n"), complaint.startswith("casefile: ")) == (2, "", 1, True)


def test_millions_of_values_are_swept_drawn_and_planned_without_being_listed(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, vary = tmp_path / "out", ["price=0:5:1300001"]
    assert sweep.sweep(orchard, "market", vary, output, figures_only=True)["ran"] == 1_300_001
    assert json.loads((output / "sweep.json").read_text(encoding="utf-8"))["vary"] == {"price": "0.0:5.0:1300001"}
    assert all((output / name).stat().st_size < 100_000 for name in ("chart.svg", "sweep.json", "manifest.json"))
    table = pd.read_parquet(output / "scenarios.parquet", columns=["price", "worth"])
    assert (len(table), table["worth"].iloc[-1]) == (1_300_001, 150_000)
    assert np.array_equal(table["price"], np.linspace(0, 5, 1_300_001))
    (output / "scenarios.parquet" / "part-00001.parquet").unlink()
    assert sweep.sweep(orchard, "market", vary, output, figures_only=True)["ran"] == 1_300_001 - (1 << 20)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99_none", "--vary", MONTHS], "no chapter '99_none'"),
        ([CHAPTER, "--vary", "delay_month=1,2"], "unknown parameter 'delay_month'; did you mean delay_months?"),
        ([CHAPTER, "--vary", "delay_months=1,nan"], "delay_months' is "),
        ([CHAPTER, "--vary", "delay_months=1,inf"], "delay_months' is "),
        ([CHAPTER, "--vary", "delay_months=1,99"], "expected a number from 0 to 24"),
        ([CHAPTER, "--vary", "delay_months=one"], "expected a number from 0 to 24"),
        ([CHAPTER, "--vary", "delay_months=1:6"], "expected LO:HI:N"),
        ([CHAPTER, "--vary", "delay_months=6:1:5"], "expected LO below HI"),
        ([CHAPTER, "--vary", "delay_months"], "expected NAME=V1,V2 or NAME=LO:HI:N"),
        (["05_autopilot", "--vary", "as_of=2024-01-01:2024-12-31:12"], "not fall on whole days; expected N of 6 or 74"),
        (["05_autopilot", "--vary", "scope=full:all:3"], "LO:HI:N is for numbers and dates; expected a list V1,V2"),
        (["claims", "--vary", "delay_months=1,2"], "did you mean 03_delay.delay_months or"),
        ([CHAPTER, "--vary", "delay_months=1,2", "--vary", f"{CHAPTER}.delay_months=3"], "is varied twice"),
        ([CHAPTER, "--vary", "draws=1000:2000:7"], "6 equal steps do not fall on whole numbers; expected N of 6 or 9"),
        ([CHAPTER], "a sweep varies something"),
        ([CHAPTER, "--vary", "delay_months=0:24:1000", "--vary", "utilisation=0.1:0.9:1000"], "1,000,000 scenarios"),
        ([CHAPTER, "--vary", "delay_months=0:24:99999999999", "--figures-only"], "99,999,999,999 scenarios"),
        ([CHAPTER, "--vary", "draws=1000,2000", "--figures-only"], "'draws'"),
        ([CHAPTER, "--vary", MONTHS, "--workers", "2", "--scheduler", "127.0.0.1:1"], "exclude each other"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, line = told(["sweep", *arguments, "--out", str(tmp_path / "out")], monkeypatch, capsys)
    assert code == 2, line
    assert said in line
    assert len(line.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_else_in_it_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, line = told(["sweep", CHAPTER, "--vary", MONTHS, "--out", str(tmp_path)], monkeypatch, capsys)
    assert (code, "is not empty" in line) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_scheduler_that_does_not_answer_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "_TRIES", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        arguments = ["sweep", CHAPTER, "--vary", MONTHS, "--scheduler", address, "--out", str(tmp_path / "out")]
        code, said = told(arguments, monkeypatch, capsys)
    assert code == 2
    assert said.splitlines()[-1].startswith(f"casefile: --scheduler {address}: does not answer")
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_without_dask_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "executable", str(ROOT / ".venv" / "bin" / "python"))
    words = ["sweep", CHAPTER, "--vary", MONTHS, "--scheduler", "127.0.0.1:1", "--out", str(tmp_path / "out")]
    code, complaint = told(words, monkeypatch, capsys)
    line = (
        "casefile: --scheduler needs dask.distributed, which the lock of the tests holds; in the project's folder: "
        ".venv/bin/python -m pip install --require-hashes -r quality/requirements-test.txt"
    )
    assert (code, complaint) == (2, line)
    assert "\ndistributed==" in (ROOT / "quality/requirements-test.txt").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A Dask cluster on this machine: a scheduler, and two workers that are processes, forked from one that has imported much."""
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as made,
    ):
        yield made


def test_a_cluster_does_the_same_work_with_a_worker_killed_on_the_way(
    cluster: Any, notebooks: Path, tmp_path: Path
) -> None:
    killed: list[int] = []

    def advance(done: int, of: int) -> None:
        if done == 2 and not killed:
            killed.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(killed[0], signal.SIGKILL)

    found = sweep.sweep(
        ROOT, CHAPTER, [MONTHS, USE], tmp_path / "out", scheduler=cluster.scheduler_address, advance=advance
    )
    assert killed
    assert (found["ran"], found["failed"]) == (6, 0)
    assert (tmp_path / "out" / "scenarios.csv").read_bytes() == (notebooks / "scenarios.csv").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a place that everybody sees and nobody fills")
def test_a_table_that_finds_no_room_is_not_begun() -> None:
    vary = ["delay_months=0:24:1000", "utilisation=0.1:0.9:1000", "power_overhead=1:4:1000"]
    with pytest.raises(BadInput) as caught:
        sweep.sweep(ROOT, CHAPTER, vary, Path("/proc/sweep/out"), figures_only=True)
    size = int(str(caught.value).removeprefix("this grid has 1,000,000,000 scenarios, ").partition(" GB; ")[0])
    assert size > 8 * (1 + 3)  # the number, what varies and what is made of it, eight bytes each
    assert str(caught.value) == f"this grid has 1,000,000,000 scenarios, {size} GB; 0 GB are free"


def test_numbers_too_far_apart_to_be_divided_are_refused() -> None:
    count = declaration(name="count", type="integer", unit="apple", default="1", minimum=None, maximum=None)
    with pytest.raises(BadInput) as caught:
        grid({"count": count}, "orchard", [f"count=0:1{'0' * 309}:3"], 100)
    assert str(caught.value) == f"--vary count=0:1{'0' * 197}: expected numbers that can be divided evenly"


def test_dates_are_divided_into_whole_days() -> None:
    day = declaration(name="day", type="date", unit="date", default="2024-06-04", minimum=None, maximum=None)
    found = grid({"day": day}, "orchard", ["day=2024-06-01:2024-06-05:3"], 100)
    assert list(found.values["day"]) == ["2024-06-01", "2024-06-03", "2024-06-05"]
    assert found.block(range(3))["day"].tolist() == ["2024-06-01", "2024-06-03", "2024-06-05"]
    assert found.line("day", {"day": day}) == range(3)


def test_the_grid_counts_like_nested_loops_the_last_parameter_fastest() -> None:
    found = grid(DECLARED, CHAPTER, ["delay_months=1,2", "utilisation=0.2:0.4:3"], 100)
    table = pd.DataFrame([found.scenario(number) for number in range(len(found))])
    assert table["delay_months"].tolist() == [1, 1, 1, 2, 2, 2]
    assert table["utilisation"].round(12).tolist() == [0.2, 0.3, 0.4] * 2
    block = found.block(range(len(found)))
    assert all(block[name].tolist() == table[name].tolist() for name in ("delay_months", "utilisation"))


def test_the_whole_book_is_swept_over_parameters_of_any_chapter(orchard: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    found = sweep.sweep(orchard, BOOK, ["market.price=0.2,0.4"], output)
    assert (found["scenarios"], found["failed"]) == (2, 0)
    table = pd.read_csv(output / "scenarios.csv")
    assert list(table.columns) == [
        SCENARIO_NUMBER,
        "market.price",
        "price",
        "worth",
        "error",
    ]  # what no parameter reaches stays out
    assert list(table["worth"]) == [6_000, 12_000]
    fields = json.loads((output / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    assert {field["name"]: field.get("unit") for field in fields}["worth"] == "EUR"
    assert json.loads((output / "manifest.json").read_text())["reproduce"] == (
        "casefile sweep --vary market.price=0.2,0.4 --out again"
    )
    with pytest.raises(BadInput, match=r"the book: unknown parameter 'price'; known: market\.price"):
        sweep.sweep(orchard, BOOK, ["price=0.2,0.4"], tmp_path / "other")
    with pytest.raises(BadInput, match="expected a chapter before --vary"):
        sweep.sweep(orchard, BOOK, ["market.price=0.2,0.4"], tmp_path / "other", figures_only=True)
