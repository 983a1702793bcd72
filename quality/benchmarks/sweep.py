"""How fast scenarios go by: whole notebooks against papermill's command and its Python API, formulas alone by themselves."""

from __future__ import annotations

import contextlib
import io
import resource
import statistics
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import casefile
from casefile import records
from casefile.execution import notebooks
from casefile.execution import run as running
from casefile.notebook import parameters, results
from casefile.sweep import numeric
from casefile.sweep.grid import Grid
from quality.benchmarks.command import python, run
from quality.benchmarks.row import Row, against

CHAPTER, VARIED = "03_delay", "delay_months"
SCENARIOS, SWEEPS, BY_COMMAND, BY_LOOP = 400, 3, 8, 16
MILLION = 1_000_000
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


def by_command(root: Path, work: Path) -> list[float]:
    """Seconds of each scenario by papermill's command, one after the other."""
    notebook = notebooks.path_of(root, CHAPTER)
    seconds = []
    for number in range(BY_COMMAND):
        command = python("papermill", notebook, work / f"command{number}.ipynb", "-k", "python3", "--no-progress-bar")
        seconds.append(run([*command, "-p", VARIED, str(1 + number)], work).seconds)
    return seconds


def by_loop(root: Path, work: Path) -> list[float]:
    """Seconds of each scenario by `papermill.execute_notebook` in a loop, its import not counted."""
    import papermill

    notebook = notebooks.path_of(root, CHAPTER)
    seconds = []
    for number in range(BY_LOOP):
        started = time.perf_counter()
        with contextlib.redirect_stderr(io.StringIO()):
            papermill.execute_notebook(
                str(notebook), str(work / f"loop{number}.ipynb"), {VARIED: 1 + number / 2}, kernel_name="python3",
                progress_bar=False, cwd=str(notebook.parent),
            )  # fmt: skip
        seconds.append(time.perf_counter() - started)
    return seconds


def by_sweep(root: Path, work: Path) -> list[float]:
    """Seconds a scenario of each `casefile sweep` with two workers, its start and its table counted."""
    vary = f"{VARIED}=1:6:{SCENARIOS}"
    command = python("casefile", "sweep", CHAPTER, "--vary", vary, "--workers", "2", "--out")
    return [run([*command, str(work / f"swept{time}")], root).seconds / SCENARIOS for time in range(SWEEPS)]


def by_interface(root: Path) -> list[float]:
    """Seconds of each run by `casefile.open_story(…).run(…).figures`, one after the other, once the session is warm."""
    story = casefile.open_story(root)
    story.run(CHAPTER, **{VARIED: 1}).figures  # noqa: B018 - what loads is loaded
    seconds = []
    for number in range(2 * BY_LOOP):
        started = time.perf_counter()
        story.run(CHAPTER, **{VARIED: 1 + number / 4}).figures  # noqa: B018
        seconds.append(time.perf_counter() - started)
    return seconds


def _formulas(root: str, plain: str, count: int, answer: object) -> None:
    """Work out `count` scenarios on one core; answer with seconds and the most memory held (bytes)."""
    known = records.load(Path(root))
    graph = results.read(Path(plain), known.units).graph
    varied = [
        row for row in known.declared(CHAPTER).values()
        if row.type == "number" and any(figure.parameter == row.name for figure in graph.figures.values())
    ][:3]  # fmt: skip
    most = round(count ** (1 / len(varied))) + 1
    values = {}
    for row in varied:
        low, high = float(row.minimum or 0), float(row.maximum or 1)
        values[row.name] = tuple(
            parameters.validate(row, low + (high - low) * step / most) for step in range(1, most + 1)
        )
    grid = Grid(values)
    compiled = numeric.vectorised(graph, CHAPTER, values)
    started = time.perf_counter()
    done = min(count, len(grid))
    for first in range(0, done, numeric.BLOCK):
        compiled(grid.block(range(first, min(first + numeric.BLOCK, done))))
    seconds = time.perf_counter() - started
    answer.send((done / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT))  # type: ignore[attr-defined]


def formulas_alone(root: Path, plain: Path, count: int) -> tuple[float, float]:
    """Scenarios a second on one core, and bytes at the peak, for about `count` scenarios in a process of its own."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_formulas, args=(str(root), str(plain), count, theirs))
    process.start()
    rate, peak = ours.recv()
    process.join()
    return rate, peak


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about sweeping `root`; `work` is an empty folder."""
    ours, command, loop = by_sweep(root, work), by_command(root, work), by_loop(root, work)
    asked = by_interface(root)
    executed = running.execute(root, CHAPTER, {}, work / "plain.ipynb", None)
    plain = work / "plain.json"
    results.write(results.of_notebook(executed, CHAPTER), plain)
    rates = [formulas_alone(root, plain, 10 * MILLION)[0] for _ in range(SWEEPS)]
    _, few = formulas_alone(root, plain, MILLION)
    _, many = formulas_alone(root, plain, 100 * MILLION)
    rate = statistics.median(rates)
    one = "one scenario of a notebook sweep, two workers"
    loops = "papermill's Python API in a loop"
    return [
        against(one, "papermill's command, one at a time", "s", ours, command, 60, at_most=False),
        against(one, loops, "s", ours, loop, 50, at_most=False),
        against("one run asked for in Python, as a table", loops, "s", asked, loop, 50, at_most=False),
        Row(f"formulas alone, {CHAPTER}, one core", "–", "scenarios/s", rate, None, rate, 16 * MILLION, at_most=False,
            spread=(min(rates), max(rates))),
        Row("memory of formulas alone, 100 million scenarios", "1 million scenarios", "MiB", many / 2**20, few / 2**20,
            many / few, 1.1),
    ]  # fmt: skip
