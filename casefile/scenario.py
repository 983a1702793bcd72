"""One scenario of a sweep, or one file of its table, worked out wherever a worker is: from plain data and a story's folder."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casefile import fork, limits, numeric, parameters, records, results, run, scratch
from casefile.errors import CasefileError
from casefile.grid import Grid

NUMBER = "scenario_number"  # the column that numbers the rows; `scenario` is a parameter of some chapters
PART = 1 << 20  # scenarios in one file of a large table

Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What a worker needs to know, wherever it is: plain data, and where the story lies."""

    root: str
    chapter: str
    values: Mapping[str, tuple[parameters.Value, ...]]
    found: str  # the results of the chapters that this one needs, or its own for formulas alone, as JSON
    cells: tuple[tuple[int, str, bool], ...] = ()
    at: int = 0  # where the cell with the parameters goes
    modules: tuple[str, ...] = ()  # what the notebook imports: read once, as Python before 3.11.8 cannot in two threads


@functools.lru_cache(maxsize=2)
def _compiled(root: str, chapter: str, names: tuple[str, ...], found: str) -> numeric.Formulas:
    known = records.load_once(Path(root))
    return numeric.formulas(results.Results.from_json(json.loads(found), known.units).graph, chapter, names)


def compiled(job: Job) -> numeric.Formulas:
    """The compiled formulas of a job that needs no notebook; compiled once a process."""
    return _compiled(job.root, job.chapter, tuple(job.values), job.found)


def part(job: Job, number: int) -> bytes:
    """One file of a large table, as Parquet: `PART` scenarios worked out from formulas alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    scenarios = Grid(job.values)
    formulas = compiled(job)
    sink = io.BytesIO()
    writer: Any = None
    start, stop = number * PART, min((number + 1) * PART, len(scenarios))
    for first, columns in zip(
        range(start, stop, numeric.BLOCK), numeric.blocks(formulas, scenarios, start, stop), strict=True
    ):
        count = min(numeric.BLOCK, stop - first)
        arrays = {NUMBER: pa.array(np.arange(first, first + count))}
        for name, column in columns.items():
            if name in formulas.labels:
                arrays[column_name(name)] = pa.DictionaryArray.from_arrays(column, list(formulas.labels[name]))
            else:
                arrays[name] = pa.array(column)
        table = pa.table(arrays)
        if writer is None:
            writer = pq.ParquetWriter(sink, table.schema, compression="snappy", use_dictionary=list(formulas.labels))
        writer.write_table(table)
    writer.close()
    return sink.getvalue()


def column_name(choice: str) -> str:
    """A choice's column: `verdict_CLAIM` for a claim's, its own id for a word."""
    return f"verdict_{choice.removeprefix('claim_')}" if choice.startswith("claim_") else choice


def scenario(job: Job, number: int) -> Row:
    """One scenario as a row: its parameters, then figures, verdicts and words, or the error of its own that stopped it.

    Raises NotebookLost and OSError: what is wrong around it says nothing about a scenario.
    """
    values = Grid(job.values).scenario(number)
    row: Row = {NUMBER: number, **values, "error": None}
    try:
        plain = _run(job, values)
    except fork.NotebookLost:
        raise
    except CasefileError as error:
        return {**row, "error": str(error).splitlines()[0]}
    return {**row, **_said(plain)}


def _said(plain: Mapping[str, Any]) -> Row:
    row: Row = {name: figure["value"] for name, figure in plain["figures"].items() if figure.get("published")}
    row |= {column_name(name): choice["chosen"] for name, choice in plain["choices"].items()}
    return row | {f"verdict_{name}": verdict["verdict"] for name, verdict in plain["verdicts"].items()}


def _run(job: Job, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the notebook with these parameters and return what it published."""
    folder = _needed(job.found)
    root = Path(job.root)
    path = run.notebook_path(root, job.chapter)
    if not fork.can_fork():
        with scratch.folder() as work:
            executed = run.execute(root, job.chapter, values, work / path.name, folder)
        return results.of_notebook(executed, job.chapter)
    from papermill.translators import PythonTranslator

    injected = (job.at, PythonTranslator.codify(values, "Parameters"), False)
    cells = [*job.cells[: job.at], injected, *job.cells[job.at :]]
    env = {**os.environ, **run.environment(root, folder), results.PRINT_VARIABLE: "no"}
    published: Mapping[str, Any] | None = None
    fork.warm(root, job.modules)
    most = limits.of(root)
    with fork.Fork(cells, str(path.parent), env, most.memory) as running:
        for message in running.messages(most.seconds):
            if message["msg_type"] == "done" and message["status"] == "error":
                raise run.RunFailed(f"{path.name}, cell {message['index']}: {message['ename']}: {message['evalue']}")
            data = (message.get("content") or {}).get("data", {})
            published = data.get(results.MEDIA_TYPE, published)
    if published is None:
        raise run.RunFailed(f"{path.name}: published no results")
    return published


@functools.lru_cache(maxsize=4)
def _needed(found: str) -> Path:
    """A folder with the results of other chapters, for as long as this process lives."""
    folder = _kept.enter_context(scratch.folder())
    for name, plain in json.loads(found).items():
        results.write(plain, folder / f"{name}.json")
    return folder


_kept = contextlib.ExitStack()
atexit.register(_kept.close)
