"""One scenario of a sweep, or one file of its table, worked out wherever a worker is: from plain data and a story's folder."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casefile import records
from casefile.errors import BadInput, CasefileError
from casefile.execution import fork, notebooks, run
from casefile.notebook import parameters, results
from casefile.records import Overrides
from casefile.sweep import numeric
from casefile.sweep.grid import Grid
from casefile.sweep.job import BOOK, Job, SweptChapter
from casefile.system import limits, scratch

if TYPE_CHECKING:
    import pyarrow as pa

SCENARIO_NUMBER = "scenario_number"  # the column that numbers the rows; `scenario` is a parameter of some chapters
ROWS_A_FILE = 1 << 20  # scenarios in one file of a large table
ROWS_A_GROUP = 1 << 15  # of them that Parquet packs together

ScenarioRow = dict[str, Any]  # a cell a column: a parameter's value, a figure's, a word


def overrides_of(
    story_records: records.Records, chapter: str, values: Mapping[str, parameters.Value]
) -> dict[str, dict[str, parameters.Value]]:
    """The parameters of one scenario by their homes, from those of a sweep of `chapter`."""
    by_chapter: list[tuple[str, dict[str, parameters.Value]]] = []
    for name, value in values.items():
        other, _, own = name.rpartition(".")
        by_chapter.append((other or chapter, {own: value}))
    return parameters.by_home(by_chapter, story_records)


@functools.lru_cache(maxsize=2)
def _compiled(root: str, chapter: str, names: tuple[str, ...], needed_results: str) -> numeric.VectorisedChapter:
    story_records = records.load_once(Path(root))
    return numeric.vectorised(
        results.Results.from_json(json.loads(needed_results)[chapter], story_records.units).graph, chapter, names
    )


def compiled_formulas(job: Job) -> numeric.VectorisedChapter:
    """The compiled formulas of a job that needs no notebook; compiled once a process."""
    return _compiled(job.root, job.chapter, tuple(job.values), job.found)


def part(job: Job, number: int) -> bytes:
    """One file of a large table, as Parquet: `ROWS_A_FILE` scenarios worked out from formulas alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    scenarios, formulas = Grid(job.values), compiled_formulas(job)
    sink = io.BytesIO()
    writer = None
    numbers = range(number * ROWS_A_FILE, min((number + 1) * ROWS_A_FILE, len(scenarios)))
    for first in range(0, len(numbers), ROWS_A_GROUP):
        group = numbers[first : first + ROWS_A_GROUP]
        blocks = (group[place : place + numeric.BLOCK] for place in range(0, len(group), numeric.BLOCK))
        table = pa.concat_tables(pa.table(formula_rows(formulas, scenarios, block)) for block in blocks)
        if writer is None:
            writer = pq.ParquetWriter(sink, table.schema, compression="snappy", use_dictionary=list(formulas.labels))
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return sink.getvalue()


def formula_rows(formulas: numeric.VectorisedChapter, scenarios: Grid, numbers: range) -> dict[str, pa.Array]:
    """The rows of some scenarios from formulas, as Arrow's arrays by column; what is not a number is missing."""
    import pyarrow as pa

    varied = scenarios.block(numbers)
    worked = formulas(varied)
    columns = {
        SCENARIO_NUMBER: np.asarray(numbers, dtype=np.int64),
        **varied,
        **{name: worked[name] for name in formulas.figures},
    }
    arrays = {name: pa.array(column, from_pandas=True) for name, column in columns.items()}
    for name, words in formulas.labels.items():
        arrays[column_name(name)] = pa.DictionaryArray.from_arrays(worked[name], list(words))
    return arrays


def column_name(choice: str) -> str:
    """A choice's column: `verdict_CLAIM` for a claim's, its own id for a word."""
    return f"verdict_{choice.removeprefix('claim_')}" if choice.startswith("claim_") else choice


def scenario_row(job: Job, number: int) -> ScenarioRow:
    """One scenario as a row: its parameters, then figures, verdicts and words, or the error of its own that stopped it.

    A figure's range is in two more columns, `FIGURE:low` and `FIGURE:high`.
    Raises NotebookLost and OSError: what is wrong around it says nothing about a scenario.
    """
    values = Grid(job.values).scenario(number)
    row: ScenarioRow = {SCENARIO_NUMBER: number, **values, "error": None}
    try:
        left = run_all(job, overrides_of(records.load_once(Path(job.root)), job.chapter, values))
    except fork.NotebookLost:
        raise
    except CasefileError as error:
        return {**row, "error": str(error).splitlines()[0]}
    if job.chapter != BOOK:
        return {**row, **_said(left[job.chapter])}
    for name, plain in left.items():
        row |= _said(plain, f"{name}.")
    return row


def _said(plain: results.StoredResults, of: str = "") -> ScenarioRow:
    """What a chapter says, as columns; `of` stands before the name of a word, which another chapter may use too."""
    row: ScenarioRow = {}
    for name, figure in plain["figures"].items():
        if figure.get("published"):
            row[name] = figure["value"]
            ends = {"low": figure.get("low"), "high": figure.get("high")} if figure["kind"] != "parameter" else {}
            row |= {f"{name}:{end}": value for end, value in ends.items() if value is not None}
    for name, choice in plain["choices"].items():
        row[column_name(name) if name.startswith("claim_") else of + name] = choice["chosen"]
    return row | {f"verdict_{name}": verdict["verdict"] for name, verdict in plain["verdicts"].items()}


def published_results(job: Job, parameters: Overrides, printed: bool = False) -> results.StoredResults:
    """What the chapter of a job publishes with these parameters; charts only if `printed`. Raises what `run_all` does."""
    return run_all(job, parameters, printed)[job.chapter]


def run_all(job: Job, parameters: Overrides, printed: bool = False) -> dict[str, results.StoredResults]:
    """Run a job's notebooks with these parameters and return what each published, by chapter.

    Raises BadInput for a value that a chapter refuses, RunFailed when a cell fails, NotebookLost when the processes around it are gone.
    """
    needed, left = _needed(job.found), dict[str, results.StoredResults]()
    with scratch.temporary_directory() if len(job.chapters) > 1 else contextlib.nullcontext(needed) as folder:
        if folder != needed:
            shutil.copytree(needed, folder, dirs_exist_ok=True)
        for chapter in job.chapters:
            left[chapter.name] = _run_one(job, chapter, parameters, folder, printed)
            if folder != needed:
                results.write(left[chapter.name], folder / f"{chapter.name}.json")
    return left


def _run_one(
    job: Job, chapter: SweptChapter, parameters: Overrides, folder: Path, printed: bool
) -> results.StoredResults:
    root = Path(job.root)
    values = records.load_once(root).values_for(chapter.name, parameters)
    path = notebooks.path_of(root, chapter.name)
    if not fork.can_fork():
        with scratch.temporary_directory() as work:
            executed = run.execute(root, chapter.name, values, work / path.name, folder, overrides=parameters)
        return results.of_notebook(executed, chapter.name)
    from papermill.translators import PythonTranslator

    injected = [(chapter.at, PythonTranslator.codify(values, "Parameters"), False)] if values else []
    cells = [*chapter.cells[: chapter.at], *injected, *chapter.cells[chapter.at :]]
    env = {**os.environ, **run.environment(root, folder, parameters), results.PRINT_VARIABLE: "" if printed else "no"}
    left: results.StoredResults | None = None
    fork.warm_parent(root, job.modules, _needed(job.standing))
    most = limits.of(root)
    with fork.Fork(cells, str(path.parent), env, most.memory) as running:
        for message in running.messages(most.seconds):
            if message["msg_type"] == "done" and message["status"] == "error":
                raise _failure(f"{path.name}, cell {message['index']}", message["ename"], message["evalue"])
            data = (message.get("content") or {}).get("data", {})
            left = data.get(results.MEDIA_TYPE, left)
    if left is None:
        raise run.RunFailed(f"{path.name}: published no results")
    return left


def _failure(where: str, kind: str, message: str) -> CasefileError:
    """What stopped a cell: a value that the chapter refuses, or a fault of its own."""
    if kind == BadInput.__name__:
        return BadInput(f"{where}: {message}")
    return run.RunFailed(f"{where}: {kind}: {message}")


@functools.lru_cache(maxsize=4)
def _needed(needed_results: str) -> Path:
    """A folder with results by chapter, for as long as this process lives."""
    folder = _kept.enter_context(scratch.temporary_directory())
    for name, plain in json.loads(needed_results).items():
        results.write(plain, folder / f"{name}.json")
    return folder


_kept = contextlib.ExitStack()
atexit.register(_kept.close)
