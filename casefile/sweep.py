"""Many scenarios of one chapter: whole notebooks, or only its formulas, as a table with a row a scenario.

A sweep's folder holds its plan, and each scenario as soon as it is done; started again after it was killed, a sweep does
what is missing and repeats nothing.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import itertools
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casefile import cache, expressions, fork, parameters, pictures, records, results, run
from casefile.errors import BadInput, CasefileError, nearest
from casefile.figures import Graph
from casefile.records import Declaration

MOST_NOTEBOOKS = 20_000
MOST_FORMULAS = 1_000_000_000
MOST_CSV_ROWS = 1_000_000
_PART = 1 << 20  # scenarios in one file of a large table
_BLOCK = 1 << 15  # scenarios worked out at once: what they need stays in a core's cache
_TRIES = 5.0  # seconds that a scheduler has to answer

Advance = Callable[[int, int], None]
Row = dict[str, Any]
Column = npt.NDArray[Any]


# ------------------------------------------------------------------------------------------------------------ the grid


@dataclass(frozen=True)
class Grid:
    """The scenarios: every combination of the values of each parameter, the last parameter varying fastest."""

    values: Mapping[str, tuple[parameters.Value, ...]]

    def __len__(self) -> int:
        return math.prod(len(values) for values in self.values.values())

    def scenario(self, number: int) -> dict[str, parameters.Value]:
        """The parameters of one scenario."""
        found = {}
        for name, values in reversed(list(self.values.items())):
            number, position = divmod(number, len(values))
            found[name] = values[position]
        return {name: found[name] for name in self.values}

    def block(self, start: int, stop: int) -> dict[str, Column]:
        """The values of each parameter in the scenarios from `start` to before `stop`."""
        rest = np.arange(start, stop, dtype=np.int64)
        found = {}
        for name, values in reversed(list(self.values.items())):
            rest, position = np.divmod(rest, len(values))
            found[name] = np.asarray(values)[position]
        return {name: found[name] for name in self.values}

    def line(self, name: str, declared: Mapping[str, Declaration]) -> list[int]:
        """The scenarios along one parameter, every other as near to its default as the grid has it."""
        places = {
            other: range(len(values)) if other == name else [_nearest(values, parameters.default(declared[other]))]
            for other, values in self.values.items()
        }
        sizes = [len(values) for values in self.values.values()]
        return [int(np.ravel_multi_index(place, sizes)) for place in itertools.product(*places.values())]


def _nearest(values: Sequence[parameters.Value], default: parameters.Value) -> int:
    if isinstance(default, int | float) and not isinstance(default, bool):
        return min(range(len(values)), key=lambda place: abs(float(values[place]) - float(default)))
    return values.index(default) if default in values else 0


def grid(declared: Mapping[str, Declaration], chapter: str, vary: Iterable[str], most: int) -> Grid:
    """The grid that `NAME=V1,V2` and `NAME=LO:HI:N` describe, every value validated.

    Raises BadInput for a wrong name or value, and for a grid of more than `most` scenarios, saying how large it is.
    """
    wanted: dict[str, str] = {}
    for text in vary:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise BadInput(f"--vary {text!r}: expected NAME=V1,V2 or NAME=LO:HI:N")
        if name not in declared:
            raise BadInput(f"{chapter}: unknown parameter {name!r}; {nearest(name, declared)}")
        if name in wanted:
            raise BadInput(f"--vary {text!r}: {name} is varied twice; expected each name once")
        wanted[name] = values
    if not wanted:
        raise BadInput("a sweep varies something; expected --vary NAME=V1,V2 or NAME=LO:HI:N")
    size = math.prod(_count(name, text) for name, text in wanted.items())
    if size > most:
        raise BadInput(f"this grid has {size:,} scenarios; expected at most {most:,}")
    return Grid({name: _values(declared[name], text) for name, text in wanted.items()})


def _count(name: str, text: str) -> int:
    if ":" not in text:
        return text.count(",") + 1
    count = text.rpartition(":")[2]
    if text.count(":") != 2 or not count.isdigit() or int(count) < 2:
        raise BadInput(f"--vary {name}={text}: expected LO:HI:N with N of at least 2")
    return int(count)


def _values(row: Declaration, text: str) -> tuple[parameters.Value, ...]:
    if ":" not in text:
        values = tuple(parameters.from_text(row, value) for value in text.split(","))
        if len(set(values)) != len(values):
            raise BadInput(f"--vary {row.name}={text}: expected each value once")
        return values
    if row.type not in ("integer", "number"):
        raise BadInput(f"--vary {row.name}={text}: LO:HI:N is for numbers; expected a list V1,V2 of {row.type} values")
    low, high, count = text.split(":")
    first, last = parameters.from_text(row, low), parameters.from_text(row, high)
    if not first < last:  # type: ignore[operator]
        raise BadInput(f"--vary {row.name}={text}: expected LO below HI")
    numbers = np.linspace(float(first), float(last), int(count)).tolist()
    return tuple(parameters.validate(row, number) for number in numbers)


# ----------------------------------------------------------------------------------------------------- formulas alone


@dataclass(frozen=True)
class Formulas:
    """A chapter's figures and choices that depend on the varied parameters, as one compiled function over columns.

    `labels` gives, for each choice, the words that its column's numbers stand for.
    """

    figures: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    function: Callable[..., Any]

    def __call__(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """The columns of figures (float64), and of choices (the position of the word that holds, int8)."""
        count = len(next(iter(columns.values())))
        with np.errstate(all="ignore"):
            found = self.function(*columns.values())
        made = {
            name: np.broadcast_to(np.asarray(column, dtype=np.float64), (count,))
            for name, column in zip(self.figures, found, strict=False)
        }
        place = len(self.figures)
        for name, words in self.labels.items():
            holds = [np.broadcast_to(column, (count,)) for column in found[place : place + len(words)]]
            made[name] = np.argmax(holds, axis=0).astype(np.int8)
            place += len(words)
        return made


def formulas(graph: Graph, chapter: str, names: Iterable[str]) -> Formulas:
    """Compile what formulas alone can say of a chapter when the named parameters vary.

    Raises BadInput for a parameter that the notebook's code reads rather than its formulas.
    """
    names = tuple(names)
    leaves = {figure.parameter: figure.id for figure in graph.figures.values() if figure.kind == "parameter"}
    for name in names:
        readers = [figure.id for figure in graph.figures.values() if leaves.get(name) in figure.inputs]
        if name not in leaves or not readers:
            raise BadInput(f"{chapter}: no formula reads {name!r}; sweep it without --figures-only")
    varied = {leaves[name] for name in names}
    moved: set[str] = set(varied)
    unknown: set[str] = set()  # what a function, not a formula, made from a varied figure
    for figure in graph.figures.values():
        if moved & set(figure.inputs):
            moved.add(figure.id)
            if figure.formula is None or unknown & set(figure.inputs):
                unknown.add(figure.id)
    figures = tuple(
        figure.id for figure in graph.figures.values()
        if figure.published and figure.id in moved and figure.id not in unknown | varied
    )  # fmt: skip
    choices = {
        choice.id: choice for choice in graph.choices.values()
        if moved & set(choice.inputs) and not unknown & set(choice.inputs)
    }  # fmt: skip
    wanted = [graph.flat(name) for name in figures]
    for choice in choices.values():
        flat = {expressions.symbol(name): graph.flat(name) for name in choice.inputs}
        wanted += [condition.scaled.subs(flat, simultaneous=True) for _, condition in choice.options]
    fixed = {
        expressions.symbol(leaf): graph.value(leaf)
        for expression in wanted
        for leaf in expressions.names(expression)
        if leaf not in varied
    }
    import sympy

    function = sympy.lambdify(
        [expressions.symbol(leaves[name]) for name in names],
        [expression.subs(fixed) for expression in wanted], modules="numpy", cse=True,
    )  # fmt: skip
    labels = {name: tuple(label for label, _ in choice.options) for name, choice in choices.items()}
    return Formulas(figures, labels, function)


def blocks(compiled: Formulas, scenarios: Grid, start: int, stop: int) -> Iterator[dict[str, Column]]:
    """The columns of the scenarios from `start` to before `stop`, block after block, so that memory stays flat."""
    for first in range(start, stop, _BLOCK):
        columns = scenarios.block(first, min(first + _BLOCK, stop))
        yield {**columns, **compiled(columns)}


@dataclass(frozen=True)
class Job:
    """What a worker needs to know, wherever it is: plain data, and where the story lies."""

    root: str
    chapter: str
    values: Mapping[str, tuple[parameters.Value, ...]]
    found: str  # the results of the chapters that this one needs, or its own for formulas alone, as JSON
    cells: tuple[tuple[int, str, bool], ...] = ()
    at: int = 0  # where the cell with the parameters goes


@functools.lru_cache(maxsize=2)
def _compiled(root: str, chapter: str, names: tuple[str, ...], found: str) -> Formulas:
    known = records.load_once(Path(root))
    return formulas(results.Results.from_json(json.loads(found), known.units).graph, chapter, names)


def part(job: Job, number: int) -> bytes:
    """One file of a large table, as Parquet: `_PART` scenarios worked out from formulas alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    scenarios = Grid(job.values)
    compiled = _compiled(job.root, job.chapter, tuple(job.values), job.found)
    sink = io.BytesIO()
    writer = None
    start, stop = number * _PART, min((number + 1) * _PART, len(scenarios))
    for first, columns in zip(range(start, stop, _BLOCK), blocks(compiled, scenarios, start, stop), strict=True):
        count = min(_BLOCK, stop - first)
        arrays = {"scenario": pa.array(np.arange(first, first + count))}
        for name, column in columns.items():
            if name in compiled.labels:
                arrays[column_name(name)] = pa.DictionaryArray.from_arrays(column, list(compiled.labels[name]))
            else:
                arrays[name] = pa.array(column)
        table = pa.table(arrays)
        if writer is None:
            writer = pq.ParquetWriter(sink, table.schema, compression="snappy", use_dictionary=list(compiled.labels))
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return sink.getvalue()


def column_name(choice: str) -> str:
    """A choice's column: `verdict_CLAIM` for a claim's, its own id for a word."""
    return f"verdict_{choice.removeprefix('claim_')}" if choice.startswith("claim_") else choice


# --------------------------------------------------------------------------------------------------- whole notebooks


def scenario(job: Job, number: int) -> Row:
    """One scenario as a row: its parameters, then figures, verdicts and words, or the error that stopped it."""
    values = Grid(job.values).scenario(number)
    row: Row = {"scenario": number, **values, "error": None}
    try:
        plain = _run(job, values)
    except (CasefileError, OSError) as error:
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
        with tempfile.TemporaryDirectory(prefix="casefile-") as work:
            executed = run.execute(root, job.chapter, values, Path(work) / path.name, folder)
        return results.of_notebook(executed, job.chapter)
    from papermill.translators import PythonTranslator

    injected = (job.at, PythonTranslator.codify(values, "Parameters"), False)
    cells = [*job.cells[: job.at], injected, *job.cells[job.at :]]
    env = {**os.environ, **run.environment(root, folder)}
    published: Mapping[str, Any] | None = None
    fork.warm(root, fork.imports([run.read_notebook(path)]))
    with fork.Fork(cells, str(path.parent), env) as running:
        for message in running.messages():
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
    folder = tempfile.TemporaryDirectory(prefix="casefile-")
    _kept.append(folder)
    for name, plain in json.loads(found).items():
        results.write(plain, Path(folder.name) / f"{name}.json")
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


# ------------------------------------------------------------------------------------------------------------ the work


def sweep(
    root: Path, chapter: str, vary: Sequence[str], output: Path, figures_only: bool = False, workers: int | None = None,
    scheduler: str | None = None, advance: Advance = lambda done, of: None,
) -> dict[str, Any]:  # fmt: skip
    """Run a sweep into the folder `output`, or go on with one that was stopped there; returns a summary.

    `advance(done, of)` is told how far it is. The summary counts `scenarios`, `failed`, and holds the `flips` found.
    Raises BadInput for a wrong chapter, grid or scheduler, and for a folder that holds something else.
    """
    path = run.notebook_path(root, chapter)
    known = records.load(root)
    declared = known.declared(chapter)
    scenarios = grid(declared, chapter, vary, MOST_FORMULAS if figures_only else MOST_NOTEBOOKS)
    notebook = run.read_notebook(path)
    parameters.check_cell(notebook, chapter, known)
    plan = {
        "chapter": chapter, "vary": {name: list(values) for name, values in scenarios.values.items()},
        "figures only": figures_only, "scenarios": len(scenarios), "rests on": _rests_on(root, chapter),
    }  # fmt: skip
    standing = _standing(output, plan)
    job = _job(root, chapter, scenarios, notebook, figures_only)
    if figures_only:
        for name in sorted(set(scenarios.values) & _names_read(notebook)):
            raise BadInput(f"{chapter}: its code reads {name!r} besides its formulas; sweep it without --figures-only")
        compiled = _compiled(job.root, chapter, tuple(job.values), job.found)
        size = len(scenarios) * 8 * (1 + len(job.values) + len(compiled.figures))
        free = shutil.disk_usage(next(folder for folder in (output, *output.parents) if folder.exists())).free
        if size > free:
            raise BadInput(
                f"this grid has {len(scenarios):,} scenarios, {size / 1e9:.0f} GB; {free / 1e9:.0f} GB are free"
            )
    with _pool(workers, scheduler, figures_only) as pool:
        if not standing:
            output.mkdir(parents=True, exist_ok=True)
            (output / "sweep.json").write_text(results.dumps(plan, indent=1), encoding="utf-8")
        ran = _parts(job, output, pool, advance) if figures_only else _scenarios(job, output, pool, advance)
    failed = _tables(job, output, figures_only)
    flips = _flips(job, output, declared)
    _draw(output, job, declared)
    return {"scenarios": len(scenarios), "ran": ran, "failed": failed, "flips": flips}


def _names_read(notebook: run.Notebook) -> set[str]:
    """The names that code cells read: what becomes of a parameter among them, formulas alone do not know."""
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    nodes = [node for source in code for node in ast.walk(ast.parse(source))]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _rests_on(root: Path, chapter: str) -> str:
    """What the results of this sweep rest on: its notebook, those it needs, all data, the package, the libraries."""
    names = run.with_needs(root, [chapter])
    files = [run.notebook_path(root, name) for name in names]
    files += [path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith(".")]
    parts = {"package": cache.package(pages=False), "libraries": cache.libraries()}
    return cache.key({**parts, **cache.file_parts(root, files)})


def _standing(output: Path, plan: Mapping[str, Any]) -> bool:
    """Whether `output` holds this very sweep, begun. Raises BadInput when it holds anything else."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return False
    with contextlib.suppress(OSError, ValueError):
        if json.loads((output / "sweep.json").read_text(encoding="utf-8")) == json.loads(json.dumps(plan)):
            return True
    raise BadInput(f"{output}: is not empty; expected a new folder, or one with this same sweep begun")


def _job(root: Path, chapter: str, scenarios: Grid, notebook: run.Notebook, figures_only: bool) -> Job:
    names = run.with_needs(root, [chapter])
    if not figures_only:
        names = [name for name in names if name != chapter]
    found: dict[str, Any] = {}
    if names:
        with tempfile.TemporaryDirectory(prefix="casefile-") as work:
            runs = cache.Runs(root, cache.Store(root / cache.FOLDER))
            run.execute_all(
                root, records.load_once(root), names, {}, Path(work), os.cpu_count() or 1, run.FORK,
                lambda name, event, seconds: None, runs,
            )  # fmt: skip
            found = {
                name: json.loads((Path(work) / "results" / f"{name}.json").read_text(encoding="utf-8"))
                for name in names
            }
    if figures_only:
        return Job(str(root), chapter, scenarios.values, json.dumps(found[chapter]))
    tagged = next(
        place for place, cell in enumerate(notebook["cells"]) if parameters.TAG in cell["metadata"].get("tags", [])
    )
    cells = fork.runnable(notebook["cells"])
    at = sum(1 for place, _, _ in cells if place <= tagged)
    return Job(str(root), chapter, scenarios.values, json.dumps(found), tuple(cells), at)


@contextlib.contextmanager
def _pool(workers: int | None, scheduler: str | None, figures_only: bool) -> Iterator[tuple[Any, int]]:
    """Something with `submit`, and how many tasks to have under way: threads, processes, or a Dask cluster."""
    count = workers or os.cpu_count() or 1
    if scheduler is None:
        executor = ProcessPoolExecutor(count, get_context("spawn")) if figures_only else ThreadPoolExecutor(count)
        try:
            yield executor, count + (1 if figures_only else 0)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
        return
    try:
        import distributed
    except ImportError:
        raise BadInput("--scheduler needs dask.distributed; install it with `pip install distributed`") from None
    try:
        client = distributed.Client(scheduler, timeout=_TRIES)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise BadInput(
            f"--scheduler {scheduler}: does not answer ({type(error).__name__}); expected HOST:PORT"
        ) from None
    try:
        yield client.get_executor(pure=False, retries=3), 4 * max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]


def _work(
    pool: tuple[Any, int], function: Callable[[Job, int], Any], job: Job, numbers: Iterable[int],
    keep: Callable[[int, Any], None],
) -> None:  # fmt: skip
    """Have each number worked on, a few at a time, and keep what comes back as soon as it does."""
    executor, at_once = pool
    waiting = iter(numbers)
    running: dict[Future[Any], int] = {}
    for number in itertools.islice(waiting, at_once):
        running[executor.submit(function, job, number)] = number
    try:
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                number = running.pop(future)
                following = next(waiting, None)
                if following is not None:
                    running[executor.submit(function, job, following)] = following
                keep(number, future.result())
    except BaseException:
        for future in running:
            future.cancel()
        raise


def _scenarios(job: Job, output: Path, pool: tuple[Any, int], advance: Advance) -> int:
    """Run the notebooks that are missing; each row is on disk before the next is counted."""
    done = {row["scenario"] for row in _rows(output)}
    total = len(Grid(job.values))
    missing = [number for number in range(total) if number not in done]
    advance(len(done), total)
    with (output / "scenarios.jsonl").open("a", encoding="utf-8") as file:

        def keep(number: int, row: Row) -> None:
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.add(number)
            advance(len(done), total)

        _work(pool, scenario, job, missing, keep)
    return len(missing)


def _rows(output: Path) -> list[Row]:
    """The rows that are on disk, whole ones only; half a row, left by a process that was killed, is cut off."""
    path = output / "scenarios.jsonl"
    if not path.is_file():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return [json.loads(line) for line in whole.splitlines()]


def _parts(job: Job, output: Path, pool: tuple[Any, int], advance: Advance) -> int:
    """Work out the files that are missing of a table from formulas alone."""
    folder = output / "scenarios.parquet"
    total = len(Grid(job.values))
    if folder.is_file():
        return 0
    folder.mkdir(exist_ok=True)
    names = {number: folder / f"part-{number:05d}.parquet" for number in range(math.ceil(total / _PART))}
    missing = [number for number, path in names.items() if not path.is_file()]
    done = [len(names) - len(missing)]

    def keep(number: int, content: bytes) -> None:
        half = names[number].with_suffix(".half")
        half.write_bytes(content)
        half.replace(names[number])
        done[0] += 1
        advance(min(total, done[0] * _PART), total)

    _work(pool, part, job, missing, keep)
    return sum(min(_PART, total - number * _PART) for number in missing)


# ---------------------------------------------------------------------------------------------------------- the output


def _tables(job: Job, output: Path, figures_only: bool) -> int:
    """Write the tables: Parquet, and CSV where a reader could open it. Returns how many scenarios failed."""
    import pandas as pd

    if not figures_only:
        rows = sorted(_rows(output), key=lambda row: int(row["scenario"]))
        whole = pd.DataFrame([{**row, "error": row["error"] or ""} for row in rows])
        whole["error"] = whole.pop("error")
        whole.to_parquet(output / "scenarios.parquet", index=False)
        whole.to_csv(output / "scenarios.csv", index=False)
        return sum(1 for row in rows if row["error"])
    if len(Grid(job.values)) <= MOST_CSV_ROWS:
        pd.read_parquet(output / "scenarios.parquet").to_csv(output / "scenarios.csv", index=False)
    return 0


def table(output: Path, numbers: Sequence[int]) -> Any:
    """Some rows of a sweep's table, as a DataFrame, in the order of `numbers`."""
    import pandas as pd

    folder = output / "scenarios.parquet"
    if folder.is_file():
        found = pd.read_parquet(folder)
    else:
        wanted = sorted({number // _PART for number in numbers})
        parts = [pd.read_parquet(folder / f"part-{number:05d}.parquet") for number in wanted]
        found = pd.concat([part[part["scenario"].isin(numbers)] for part in parts])
    return found.set_index("scenario").loc[list(numbers)].reset_index()


def _flips(job: Job, output: Path, declared: Mapping[str, Declaration]) -> list[Row]:
    """Where a verdict or a word changes along one parameter, the others near their defaults; also as `flips.csv`.

    With formulas alone the point itself is found by bisection; otherwise the two scenarios it lies between.
    """
    import pandas as pd

    scenarios, found = Grid(job.values), []
    for name in job.values:
        row = declared[name]
        if row.type not in ("integer", "number"):
            continue
        line = table(output, scenarios.line(name, declared)).sort_values(name)
        for column in line.columns:
            if column in ("scenario", "error", *job.values) or pd.api.types.is_numeric_dtype(line[column].dtype):
                continue
            words = line[[name, column]].dropna().astype({column: "object"})
            for (above, before), (below, after) in itertools.pairwise(words.itertuples(index=False, name=None)):
                if before != after:
                    flip: Row = {
                        "what": column, "parameter": name, "above": float(above), "below": float(below),
                        "from": before, "to": after, "at": None,
                    }  # fmt: skip
                    if not job.cells:
                        flip["at"] = _at(job, scenarios.scenario(int(line["scenario"].iloc[0])), flip)
                    found.append(flip)
    columns = ["what", "parameter", "above", "below", "from", "to", "at"]
    pd.DataFrame(found, columns=columns).to_csv(output / "flips.csv", index=False)
    return found


def _at(job: Job, others: Mapping[str, Any], flip: Row) -> float:
    compiled = _compiled(job.root, job.chapter, tuple(job.values), job.found)
    choice = next(name for name in compiled.labels if column_name(name) == flip["what"])

    def word(value: float) -> str:
        columns = {name: np.array([value if name == flip["parameter"] else others[name]]) for name in job.values}
        return compiled.labels[choice][int(compiled(columns)[choice][0])]

    low, high = flip["above"], flip["below"]
    while (middle := low + (high - low) / 2) not in (low, high):
        if word(middle) == flip["from"]:
            low = middle
        else:
            high = middle
    return float(high)


_INKS = ("#0b5fa5", "#b3500b", "#1b7a4b", "#7a3d9a", "#6b5b00", "#a3174f")


def _draw(output: Path, job: Job, declared: Mapping[str, Declaration]) -> None:
    """Draw `chart.svg`: how each figure moves along each parameter, and below it what the verdicts and words say."""
    import altair as alt
    import pandas as pd

    scenarios, rows = Grid(job.values), []
    said = []
    for name in job.values:
        line = table(output, scenarios.line(name, declared))
        default = parameters.default(declared[name])
        for column in line.columns:
            if column in ("scenario", "error", *job.values):
                continue
            if not pd.api.types.is_numeric_dtype(line[column].dtype):
                said += [
                    {"parameter": name, "value": value, "what": column, "says": str(text)}
                    for value, text in zip(line[name], line[column], strict=True)
                    if not pd.isna(text)
                ]
                continue
            base = line[column].iloc[_nearest(tuple(line[name]), default)]
            if line[column].nunique() > 1 and base:
                rows += [
                    {"parameter": name, "value": value, "figure": column.replace("_", " "), "share": number / base}
                    for value, number in zip(line[name], line[column], strict=True)
                ]
    drawn = []
    for name in job.values:
        numeric = declared[name].type in ("integer", "number")
        x = alt.X(
            "value:Q" if numeric else "value:N",
            title=f"{name} ({declared[name].unit})" if declared[name].unit else name,
        )
        lines = pd.DataFrame([row for row in rows if row["parameter"] == name])
        words = pd.DataFrame([row for row in said if row["parameter"] == name])
        if len(lines):
            drawn.append(
                alt.Chart(lines).mark_line(point=len(lines) < 200).encode(
                    x=x, y=alt.Y("share:Q", title="Times its value near the default"),
                    color=alt.Color("figure:N", title=None, scale=alt.Scale(range=list(_INKS))), strokeDash=alt.StrokeDash("figure:N", title=None),
                ).properties(width=560, height=260)
            )  # fmt: skip
        if len(words):
            drawn.append(
                alt.Chart(words).mark_point(filled=True, size=60).encode(
                    x=x, y=alt.Y("what:N", title=None), color=alt.Color("says:N", title=None, scale=alt.Scale(range=list(_INKS))),
                    shape=alt.Shape("says:N", title=None),
                ).properties(width=560)
            )  # fmt: skip
    if drawn:
        with alt.data_transformers.enable("default", max_rows=None):
            spec = (
                alt.vconcat(*drawn)
                .resolve_scale(color="independent", shape="independent", strokeDash="independent")
                .to_dict()
            )
        (output / "chart.svg").write_text(pictures.svg(spec), encoding="utf-8")
