"""A sweep broken on purpose: killed again and again, it ends with the bytes of one that nobody disturbed."""

from __future__ import annotations

import functools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from casefile.sweep.scenario import SCENARIO_NUMBER
from tests.support import breaking
from tests.support.breaking import Command, copy, insert, limit, litter, refused
from tests.support.orchard import plant

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")

KILLS = 100 if breaking.THOROUGH else 1
SCENARIOS = 60 if breaking.THOROUGH else 8
WORDS = ["sweep", "market", "--vary", f"price=0:4:{SCENARIOS}", "--workers", "2"]
FORMULAS = ["sweep", "market", "--vary", "price=0:4:5", "--figures-only", "--workers", "2"]


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story."""
    root = plant(tmp_path_factory.mktemp("sweep") / "orchard")
    limit(root, 60)
    return root


def swept(root: Path, output: Path, *words: str) -> dict[str, bytes]:
    """What a sweep into `output`, begun or gone on with, leaves: bytes by file."""
    command = Command(root, *(words or WORDS), "--out", str(output))
    assert command.ended() == 0, command.lines()
    assert litter(output) == []
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def timed(orchard: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """What a sweep that nobody disturbed leaves, and the seconds that it took."""
    started = time.monotonic()
    return swept(orchard, tmp_path_factory.mktemp("undisturbed") / "out"), time.monotonic() - started


@pytest.fixture(scope="module")
def undisturbed(timed: tuple[dict[str, bytes], float]) -> dict[str, bytes]:
    """What a sweep that nobody disturbed leaves: bytes by file."""
    return timed[0]


def rows(output: Path) -> dict[int, str]:
    """The rows that are on disk whole, by number; fails when one is there twice."""
    path = output / "scenarios.jsonl"
    content = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = [line for line in content.splitlines(keepends=True) if line.endswith("\n")]
    found = {int(json.loads(line)[SCENARIO_NUMBER]): line for line in lines}
    assert len(found) == len(lines)
    return found


def test_a_sweep_killed_at_random_moments_ends_with_the_bytes_of_one_undisturbed(
    orchard: Path, timed: tuple[dict[str, bytes], float], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20240604)
    undisturbed, span = timed
    killed, sweeps, finished = 0, 0, True
    while killed < KILLS or not finished:
        output = tmp_path / f"out{sweeps}"
        before = rows(output)
        command = Command(orchard, *WORDS, "--out", str(output))
        command.process.join(chance.uniform(0, span) if killed < KILLS else 120)
        finished = not command.process.is_alive()
        command.kill(group=chance.random() < 0.5)
        assert command.strays() == []
        assert before.items() <= rows(output).items()
        if finished:
            assert command.ended() == 0, command.lines()
            assert {path.name: path.read_bytes() for path in output.iterdir()} == undisturbed
            sweeps += 1
        else:
            killed += 1
    assert litter(tmp_path) == []
    record_property("kills", killed)


def test_a_second_sweep_into_the_same_folder_says_that_one_is_at_work(orchard: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    first = Command(orchard, *WORDS, "--out", str(output))
    while first.process.is_alive() and not rows(output):
        time.sleep(0.05)
    os.kill(first.process.pid or 0, signal.SIGSTOP)  # it takes its time
    second = Command(orchard, *WORDS, "--out", str(output))
    assert second.ended() == 2
    assert second.error() == (
        f"casefile: {output}: another process is at this sweep; wait until it is done, or stop it"
    )
    os.kill(first.process.pid or 0, signal.SIGCONT)
    assert first.ended() == 0, first.lines()
    assert len(rows(output)) == SCENARIOS


def test_a_scenario_that_runs_wild_is_a_row_that_says_so_and_the_rest_go_on(orchard: Path, tmp_path: Path) -> None:
    root = copy(orchard, tmp_path / "orchard")
    limit(root, 3)
    insert(
        root,
        "import os, signal, time\\n"
        "while price == 1: time.sleep(0.01)\\n"
        "if price == 2: os.kill(os.getpid(), signal.SIGSTOP)\\n"
        "if price == 3: os.abort()\\n"
        "if price == 4: large = bytearray(3 * 10**9)",
    )
    output = tmp_path / "out"
    command = Command(root, "sweep", "market", "--vary", "price=0:5:6", "--workers", "2", "--out", str(output))
    assert command.ended(60) == 0, command.lines()
    assert command.strays() == []
    table = pd.read_csv(output / "scenarios.csv").set_index("price")
    assert list(table["worth"].isna()) == [False, True, True, True, True, False]
    for price, said in {
        1: "cell 3: took longer than 3 s and was stopped; ", 2: "cell 3: took longer than 3 s and was stopped; ",
        3: "cell 3: the notebook's process was ended by signal 6 (SIGABRT)", 4: "market.ipynb, cell 3: MemoryError",
    }.items():  # fmt: skip
        assert str(table["error"][price]).startswith(said), table["error"][price]


@pytest.mark.parametrize(
    ("number", "said"),
    breaking.rounds(
        [(signal.SIGSTOP, "took longer than 3 s and was stopped")],
        [(signal.SIGKILL, "its process was ended from outside")],
    ),
)
def test_a_worker_that_is_gone_or_hangs_ends_the_sweep_and_the_next_goes_on(
    number: int, said: str, orchard: Path, tmp_path: Path
) -> None:
    undisturbed = swept(orchard, tmp_path / "undisturbed", *FORMULAS)
    output = tmp_path / "out"
    limit(orchard, 3)
    command = Command(
        orchard, *FORMULAS, "--out", str(output), trap=functools.partial(breaking.signals_workers, number)
    )
    assert command.ended(60) == 1, command.lines()
    limit(orchard, 60)
    assert command.error().startswith(f"casefile: part 0: {said}")
    assert command.strays() == []
    assert swept(orchard, output, *FORMULAS) == undisturbed


def test_a_sweep_whose_rows_find_no_room_keeps_those_that_did(
    orchard: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    most = len(undisturbed["scenarios.jsonl"]) // 2
    command = Command(
        orchard, *WORDS, "--out", str(output), trap=functools.partial(breaking.has_no_room_after_a_scenario, most)
    )
    assert command.ended(60) == 1, command.lines()
    assert "make room, then run the same command again: what was finished before stands" in command.error()
    assert command.strays() == []
    assert 0 < len(rows(output)) < SCENARIOS
    assert swept(orchard, output) == undisturbed


def test_a_sweep_that_may_write_nowhere_says_where(orchard: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    line = f"casefile: {closed}: this user may not write there; expected another place, named with --out"
    code, lines = refused(orchard, *FORMULAS, "--out", str(closed / "out"))
    assert (code, lines[-1]) == (2, line)
    assert list(closed.iterdir()) == []
