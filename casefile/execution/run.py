"""Running chapters with papermill: one with parameters, or the whole book in the order its chapters need each other."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from casefile import records
from casefile.errors import BadInput, CasefileError
from casefile.execution import fork, notebooks
from casefile.execution.notebooks import Notebook
from casefile.notebook import parameters, results
from casefile.records import Overrides, Records, Value
from casefile.system import cache, limits, processes, scratch

if TYPE_CHECKING:
    import papermill

OVERRIDES_VARIABLE = "CASEFILE_OVERRIDES"
FORK, PAPERMILL = "fork", "papermill"
_MORE = "`memory` under `execute` in _config.yml allows more"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class RunFailed(CasefileError):
    """A chapter stopped with an error; the message names the notebook, the cell and the error."""


def execute(
    root: Path,
    chapter: str,
    values: Mapping[str, Value],
    output: Path,
    results_folder: Path | None,
    engine: str | None = None,
    overrides: Overrides | None = None,
) -> Notebook:
    """Run one chapter with papermill and return its executed notebook, normalised; also written to `output`.

    `values` are parameters by name, validated here against their declarations. `engine` is `fork` for the engine of this
    package, `papermill` for papermill's default one, also when it is not given; several threads may run chapters at once
    with `fork`. `overrides` are those of the whole run, which hold over a scenario that this chapter reads others under.
    Raises BadInput when the chapter itself refuses a value, RunFailed when a cell fails or takes longer than the story's
    limit, or when the notebook's process ends before its last cell.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    story_records, most = records.load_once(root), limits.of(root)
    parameters.validated(story_records.declared(chapter), values, chapter)
    path = notebooks.path_of(root, chapter)
    notebook = nbformat.from_dict(notebooks.read(path))
    notebooks.check_ranges(notebook, chapter, story_records, values)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    output.parent.mkdir(parents=True, exist_ok=True)
    arguments = {
        "parameters": dict(values), "progress_bar": False, "kernel_name": "python3", "language": "python",
        "request_save_on_cell_execute": False, "execution_timeout": most.seconds,
    }  # fmt: skip
    changes = environment(root, results_folder, overrides)
    try:
        if engine == FORK and fork.can_fork():
            papermill.execute_notebook(
                notebook, str(output), engine_name="casefile", folder=str(path.parent), env={**os.environ, **changes},
                memory_limit=most.memory, **arguments,
            )  # fmt: skip
        else:
            with _environment(**changes):
                papermill.execute_notebook(notebook, str(output), cwd=str(path.parent), **arguments)
    except papermill.PapermillExecutionError as error:
        failed = BadInput if values and error.ename == BadInput.__name__ else RunFailed
        raise failed(_failure(path.name, error, most)) from None
    except CellTimeoutError as error:
        where = ", ".join([path.name, *getattr(error, "__notes__", ["a cell"])])  # papermill's own engine does not tell
        raise RunFailed(str(processes.hung(where, most.seconds))) from None
    except (fork.NotebookDied, DeadKernelError) as error:
        raise RunFailed(f"{path.name}, {str(error).splitlines()[0]}") from None
    executed = notebooks.normalised(json.loads(output.read_text(encoding="utf-8")), path.name)
    output.write_text(results.dumps(executed), encoding="utf-8")
    return executed


def environment(root: Path, results_folder: Path | None, overrides: Overrides | None = None) -> dict[str, str]:
    """The variables that tell a notebook where the story is, where other chapters' results are, and what overrides hold."""
    return {
        "CASEFILE_ROOT": str(root), results.FOLDER_VARIABLE: str(results_folder or ""),
        OVERRIDES_VARIABLE: json.dumps(overrides or {}), "PYTHONHASHSEED": "0",
    }  # fmt: skip


def _failure(name: str, error: papermill.PapermillExecutionError, most: limits.Limits) -> str:
    reason = error.evalue if error.ename == BadInput.__name__ else f"{error.ename}: {error.evalue}"
    message = ANSI.sub("", reason).splitlines()[0]
    if error.ename == "MemoryError":
        message = (
            f"MemoryError: it wanted more than the {most.memory / limits.GIB:g} GiB that a notebook may take; {_MORE}"
        )
    return f"{name}, cell {error.cell_index}: {message}"


@contextlib.contextmanager
def _environment(**changes: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def of_chapters(
    root: Path, chapters: Sequence[str], records: Records, scenario: Overrides
) -> dict[str, results.Results]:
    """What a notebook reads of other chapters: from the folder that the running build names, or from running them now.

    `scenario` are parameters by chapter; a chapter that they change is run, and what the whole run was asked to override
    holds over them. Where no build runs, one line of output names the chapters that are run.
    """
    folder = os.environ.get(results.FOLDER_VARIABLE)
    overrides = json.loads(os.environ.get(OVERRIDES_VARIABLE) or "{}")

    def tell(absent: Sequence[str]) -> None:
        if not folder:
            print(f"Run first, since this chapter reads them: {', '.join(absent)}", flush=True)

    plain = results_under(root, chapters, scenario, Path(folder) if folder else None, overrides, tell)
    return {name: results.Results.from_json(plain[name], records.units) for name in chapters}


def results_under(
    root: Path, names: Sequence[str], base: Overrides, standing: Path | None = None, overrides: Overrides | None = None,
    tell: Callable[[Sequence[str]], None] = lambda absent: None,
) -> dict[str, results.StoredResults]:  # fmt: skip
    """The results of chapters and of all they need, as plain data, each run once and after those it needs.

    `given` are parameters by their homes; `overrides` hold over them where a chapter is run. A chapter whose results are in
    the folder `standing` is read from there, unless these give it or a chapter that it reads other values than it has
    there. What the cache keeps of the very same run is read too; `tell` gets the names of the others, which then run side
    by side, in forks where the system forks.
    """
    story_records = records.load_once(root)
    runs = cache.Runs(cache.Store(root / cache.FOLDER), story_records.states)
    chosen = _over(base, overrides or {})
    changed: set[str] = set()
    absent: list[str] = []
    with scratch.temporary_directory() as folder, _silenced():
        ordered = notebooks.order(root, notebooks.with_needs(root, names))
        paths = {name: folder / "results" / f"{name}.json" for name, _ in ordered}
        for name, needed in ordered:
            values = story_records.values_for(name, chosen)
            complete = parameters.validated(story_records.declared(name), values, name)
            asked = {other: complete[other] for other in values}
            earlier = standing / f"{name}.json" if standing else None
            plain = (
                json.loads(earlier.read_text(encoding="utf-8")) if earlier is not None and earlier.is_file() else None
            )
            if plain is not None and asked.items() <= plain["parameters"].items() and not changed & set(needed):
                results.write(plain, paths[name])
                continue
            changed.add(name)
            left = None
            if not set(needed) & set(absent):
                hashes = {other: cache.digest(paths[other].read_text(encoding="utf-8")) for other in needed}
                notebook = notebooks.read(notebooks.path_of(root, name))
                left, _ = runs.find(name, _rests_on(root, notebook, values, hashes))
            if left is None:
                absent.append(name)
            else:
                results.write(results.of_notebook(left["notebook"], name), paths[name])
        if absent:
            tell(absent)
            engine, had_warm_parent = FORK if fork.can_fork() else PAPERMILL, fork.has_warm_parent()
            try:
                execute_all(
                    root, story_records, list(paths), chosen, folder, os.cpu_count() or 1, engine,
                    lambda name, event, seconds: None, runs,
                )  # fmt: skip
            finally:
                if not had_warm_parent:  # a kernel that goes on for hours needs none beside it
                    fork.end_warm_parent()
        return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def _over(base: Overrides, overrides: Overrides) -> dict[str, dict[str, Value]]:
    """Parameters by their homes, with others that hold over them."""
    return {home: {**base.get(home, {}), **overrides.get(home, {})} for home in {**base, **overrides}}


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep what kernels started meanwhile write to standard error off a notebook's page: errors come back as exceptions."""
    stderr = os.dup(2)
    try:
        with Path(os.devnull).open("w") as sink:
            os.dup2(sink.fileno(), 2)
            yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


Report = Callable[[str, str, float], None]


def execute_all(
    root: Path, records: Records, names: Sequence[str], overrides: Overrides, folder: Path, jobs: int,
    engine: str | None, report: Report, runs: cache.Runs | None = None, tell: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Run chapters into `folder/notebooks` and `folder/results`, `jobs` at a time, each after those it needs.

    `report(chapter, event, seconds)` is called with `start` and `done`, or with `kept` for what `runs` has kept, which is
    not run again; `tell` gets a line for each chapter that runs, with the reason. A chapter whose results lie in `folder`
    already is not run. Stops at the first failure with RunFailed.
    """
    waiting = dict(notebooks.order(root, names))
    parts: dict[str, cache.Parts] = {}
    hashes: dict[str, str] = {}  # the hash of each chapter's results, once they are there
    running: dict[Future[Notebook], tuple[str, float]] = {}
    (folder / "results").mkdir(parents=True, exist_ok=True)
    for path in (folder / "results").glob("*.json"):
        hashes[path.stem] = cache.digest(path.read_text(encoding="utf-8"))
        waiting.pop(path.stem, None)
    with _pool(engine, jobs, folder / "kernels.log", limits.of(root)) as pool:
        try:
            while waiting or running:
                for name in [name for name, wanted in waiting.items() if set(wanted) <= hashes.keys()]:
                    needed = {other: hashes[other] for other in waiting.pop(name)}
                    values = records.values_for(name, overrides)
                    if runs is not None:
                        notebook = notebooks.read(notebooks.path_of(root, name))
                        parts[name] = _rests_on(root, notebook, values, needed)
                        stored, why = _kept(runs, name, parts[name], notebook)
                        if stored is not None:
                            hashes[name] = _leave(stored, name, folder)
                            report(name, "kept", 0.0)
                            continue
                        if tell:
                            tell(f"{name} runs: {why}")
                    report(name, "start", 0.0)
                    if engine == FORK:
                        warm_up(root, names)
                    future = pool.submit(_execute_one, root, name, overrides, folder, engine)
                    running[future] = (name, time.monotonic())
                if not running:
                    continue
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name, started = running.pop(future)
                    executed = processes.result(future, f"{name}.ipynb")
                    hashes[name] = _leave(executed, name, folder)
                    if runs is not None:
                        _keep(runs, name, parts[name], executed)
                    report(name, "done", time.monotonic() - started)
        except BaseException:
            if isinstance(pool, ProcessPoolExecutor):  # what still runs is ended, not waited for
                processes.stop(pool)
            else:
                pool.shutdown(wait=False, cancel_futures=True)
                if running:
                    fork.end_warm_parent()
            raise


def _rests_on(root: Path, notebook: Notebook, values: Mapping[str, Value], needed: Mapping[str, str]) -> cache.Parts:
    """What a run is kept by: one that takes values alone has no charts, and stands for none that will be printed."""
    drawn = {} if results.is_printed() else {"what is drawn": "nothing"}
    return {**cache.run_parts(root, notebook, values, needed), **drawn}


def _kept(runs: cache.Runs, name: str, parts: cache.Parts, notebook: Notebook) -> tuple[Notebook | None, str]:
    """A chapter as it was run before, with the prose that it has now; else None, and why it has to run."""
    left, why = runs.find(name, parts)
    return (None if left is None else notebooks.with_prose(left["notebook"], notebook, f"{name}.ipynb")), why


def _keep(runs: cache.Runs, name: str, parts: cache.Parts, executed: Notebook) -> None:
    read = results.of_notebook(executed, name).get("read", [])
    try:
        runs.keep(name, parts, {"notebook": executed}, read)
    except OSError as error:  # a story that may only be read is run all the same
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise


def _pool(engine: str | None, jobs: int, log: Path, most: limits.Limits) -> Executor:
    """Threads where each notebook has a forked process of its own anyway; processes for papermill's default engine."""
    if engine == FORK and fork.can_fork():
        return ThreadPoolExecutor(max(1, jobs))
    return processes.pool(max(1, jobs), _prepare, log, most.memory)


def _prepare(log: Path, memory: int) -> None:
    """Send a worker's standard error, and that of the kernels it starts, to a file: errors come back as exceptions.

    What limits its memory limits that of each kernel too.
    """
    processes.limit_memory(memory)
    with log.open("a") as sink:
        os.dup2(sink.fileno(), 2)


def _execute_one(root: Path, name: str, overrides: Overrides, folder: Path, engine: str | None) -> Notebook:
    output = folder / "notebooks" / f"{name}.ipynb"
    values = records.load_once(root).values_for(name, overrides)
    return execute(root, name, values, output, folder / "results", engine, overrides)


def _leave(executed: Notebook, name: str, folder: Path) -> str:
    """Put an executed chapter where what comes after the run reads it; returns the hash of its results."""
    notebook = folder / "notebooks" / f"{name}.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    left = results.of_notebook(executed, name)
    notebook.write_text(results.dumps(results.without_untold(executed, left)), encoding="utf-8")
    results.write(left, folder / "results" / f"{name}.json")
    return cache.digest(results.dumps(left))


def cool_down() -> None:
    """End the warm parent, if it runs: no chapter will for a while, and others need its memory."""
    fork.end_warm_parent()


def warm_up(root: Path, names: Iterable[str]) -> None:
    """Start the warm parent that notebooks are forked from, with what these chapters import, unless it runs."""
    if fork.can_fork() and not fork.has_warm_parent():
        fork.warm_parent(root, fork.imports(notebooks.read(notebooks.path_of(root, name)) for name in names))
