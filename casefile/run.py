"""Running chapters with papermill: one with parameters, or the whole book in the order its chapters need each other."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from casefile import parameters, records, results
from casefile.errors import BadInput, CasefileError
from casefile.records import Records

Notebook = dict[str, Any]
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class RunFailed(CasefileError):
    """A chapter stopped with an error; the message names the notebook, the cell and the error."""


def notebook_path(root: Path, chapter: str) -> Path:
    """The notebook of a chapter: `chapters/NAME.ipynb`, or `NAME.ipynb` at the root. Raises BadInput when neither is."""
    for path in (root / "chapters" / f"{chapter}.ipynb", root / f"{chapter}.ipynb"):
        if path.is_file():
            return path
    from casefile.errors import nearest

    raise BadInput(f"no chapter {chapter!r}; {nearest(chapter, chapters(root))}")


def chapters(root: Path) -> list[str]:
    """The names of all notebooks of a story, the root's first, each folder in name order."""
    found = sorted(root.glob("*.ipynb")) + sorted((root / "chapters").glob("*.ipynb"))
    return [path.stem for path in found]


def read_notebook(path: Path) -> Notebook:
    """A notebook as plain data. Raises BadInput when the file is no notebook."""
    try:
        plain: Notebook = json.loads(path.read_text(encoding="utf-8"))
        nbformat.validate(plain)
    except (ValueError, nbformat.ValidationError) as error:
        raise BadInput(f"{path.name}: {str(error).splitlines()[0]}; expected a Jupyter notebook") from None
    return plain


def needs(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """The chapters a notebook reads: the literal `needs` it gives to `open_chapter`."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or "open_chapter" not in "".join(cell["source"]):
            continue
        for call in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "open_chapter":
                for keyword in call.keywords:
                    if keyword.arg == "needs":
                        return tuple(ast.literal_eval(keyword.value))
    return ()


def execute(
    root: Path, chapter: str, values: Mapping[str, Any], output: Path, results_folder: Path | None, engine: str | None = None
) -> Notebook:
    """Run one chapter with papermill and return its executed notebook, normalised; also written to `output`.

    `values` are parameters by name, validated here against their declarations. Raises RunFailed when a cell fails.
    """
    import papermill

    known = records.load_once(root)
    parameters.validated(known.declared(chapter), values, chapter)
    path = notebook_path(root, chapter)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    output.parent.mkdir(parents=True, exist_ok=True)
    with _environment(CASEFILE_ROOT=str(root), CASEFILE_RESULTS=str(results_folder or ""), PYTHONHASHSEED="0"):
        try:
            papermill.execute_notebook(
                str(path), str(output), parameters=dict(values), engine_name=engine, progress_bar=False,
                cwd=str(path.parent), kernel_name="python3", language="python",
            )  # fmt: skip
        except papermill.PapermillExecutionError as error:
            raise RunFailed(_failure(path.name, error)) from None
    executed = normalised(json.loads(output.read_text(encoding="utf-8")), path.name)
    output.write_text(results.dumps(executed), encoding="utf-8")
    return executed


def _failure(name: str, error: Any) -> str:
    message = ANSI.sub("", f"{error.ename}: {error.evalue}").splitlines()[0]
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


def normalised(notebook: Notebook, name: str) -> Notebook:
    """The notebook without what differs from run to run: times, paths, random ids. The same run gives the same bytes."""
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"].pop("widgets", None)
    language = notebook["metadata"].get("language_info", {})
    notebook["metadata"]["language_info"] = {"name": language.get("name", "python")}
    for position, cell in enumerate(notebook["cells"]):
        content = f"{name}:{position}:{''.join(cell['source'])}"
        cell["id"] = hashlib.sha256(content.encode()).hexdigest()[:8]
        for key in ("papermill", "execution"):
            cell["metadata"].pop(key, None)
        for output in cell.get("outputs", []):
            if isinstance(output.get("text"), str):
                output["text"] = output["text"].splitlines(keepends=True)
    return notebook


def results_of(root: Path, chapter: str, values: Mapping[str, Any] | None = None, engine: str | None = None) -> dict[str, Any]:
    """Run one chapter in a temporary folder and return its results as plain data."""
    with tempfile.TemporaryDirectory(prefix="casefile-") as folder:
        executed = execute(root, chapter, values or {}, Path(folder) / f"{chapter}.ipynb", None, engine)
    return results.of_notebook(executed, chapter)


def order(root: Path, names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The chapters with what each needs, needed ones first. Raises BadInput for a circle or an unknown need."""
    wanted = {name: needs(read_notebook(notebook_path(root, name))) for name in names}
    placed: list[tuple[str, tuple[str, ...]]] = []
    while len(placed) < len(wanted):
        done = {name for name, _ in placed}
        ready = [name for name in wanted if name not in done and set(wanted[name]) <= done]
        if not ready:
            left = sorted(set(wanted) - done)
            raise BadInput(f"chapters {', '.join(left)} need each other, or a chapter that is not in the book")
        placed += [(name, wanted[name]) for name in ready]
    return placed


Report = Callable[[str, str, float], None]


def execute_all(
    root: Path, known: Records, names: Sequence[str], given: Mapping[str, Mapping[str, Any]], folder: Path, jobs: int,
    engine: str | None, report: Report,
) -> None:  # fmt: skip
    """Run chapters into `folder/notebooks` and `folder/results`, `jobs` at a time, each after those it needs.

    `report(chapter, event, seconds)` is called with `start` and `done`. Stops at the first failure with RunFailed.
    """
    waiting = dict(order(root, names))
    done: set[str] = set()
    running: dict[Future[None], tuple[str, float]] = {}
    results_folder = folder / "results"
    results_folder.mkdir(parents=True, exist_ok=True)
    log = folder / "kernels.log"
    with ProcessPoolExecutor(max(1, jobs), get_context("spawn"), _quiet, (log,)) as pool:
        try:
            while waiting or running:
                for name in [name for name, wanted in waiting.items() if set(wanted) <= done]:
                    del waiting[name]
                    report(name, "start", 0.0)
                    future = pool.submit(_execute_one, root, name, dict(given.get(name, {})), folder, engine)
                    running[future] = (name, time.monotonic())
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name, started = running.pop(future)
                    future.result()
                    done.add(name)
                    report(name, "done", time.monotonic() - started)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _quiet(log: Path) -> None:
    """Send a worker's standard error, and that of the kernels it starts, to a file: errors come back as exceptions."""
    with log.open("a") as sink:
        os.dup2(sink.fileno(), 2)


def _execute_one(root: Path, name: str, values: Mapping[str, Any], folder: Path, engine: str | None) -> None:
    executed = execute(root, name, values, folder / "notebooks" / f"{name}.ipynb", folder / "results", engine)
    results.write(results.of_notebook(executed, name), folder / "results" / f"{name}.json")
