"""A notebook's code cells run one after the other in one namespace, as papermill would run them, without a kernel.

This is what runs in the reader's browser, where there is no process to start; it runs the same in any Python.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from altair.utils.schemapi import debug_mode

from casefile import records
from casefile.errors import BadInput, CasefileError
from casefile.notebook import parameters, results
from casefile.notebook.cells import Notebook
from casefile.notebook.chapter import OTHERS, RunOthers
from casefile.notebook.results import StoredResults
from casefile.notebook.root import ROOT_VARIABLE
from casefile.records import Overrides, Records, Value

INJECTED = "# Parameters"  # how the cell that papermill injects begins
REMEMBERED = 20  # results of each chapter
Tell = Callable[[str], None]


def silent(chapter: str) -> None:
    """Say nothing of a chapter that begins."""


class CellFailed(CasefileError):
    """A cell of a notebook raised an error; the message says which cell, and what."""


class Session:
    """A story's chapters run one by one in this process; what came out is remembered for who asks for the same again."""

    def __init__(self, root: Path) -> None:
        self.root, self.records = root, records.load_once(root)
        self._done: dict[str, list[tuple[Overrides, StoredResults]]] = {}

    def results_of(self, chapter: str, overrides: Overrides, tell: Tell = silent) -> StoredResults:
        """The results of a chapter, as its notebook publishes them, under `overrides` by their homes.

        `tell` gets the name of each chapter that begins to run. Raises BadInput for a value that a chapter refuses,
        CellFailed where a cell fails.
        """
        done = self._done.setdefault(chapter, [])
        for before, plain in done:
            if self._alike((chapter, *plain["needs"]), before, overrides):
                return plain
        with debug_mode(
            False
        ):  # each chart is held to its schema whole; these notebooks need not be told of which part
            plain = self.of_notebook(read(self.root, chapter), chapter, overrides, tell)
        self._done[chapter] = [(overrides, plain), *done[: REMEMBERED - 1]]
        return plain

    def of_notebook(self, notebook: Notebook, chapter: str, overrides: Overrides, tell: Tell = silent) -> StoredResults:
        """The same for another notebook than the story's own; nothing of it is remembered."""
        values = self.records.values_for(chapter, overrides)
        parameters.validated(self.records.declared(chapter), values, chapter)

        def others(
            root: Path, needs: Sequence[str], story_records: Records, scenario: Overrides
        ) -> Mapping[str, results.Results]:
            chosen = {home: {**scenario.get(home, {}), **overrides.get(home, {})} for home in {**scenario, **overrides}}
            return {
                name: results.Results.from_json(self.results_of(name, chosen, tell), story_records.units)
                for name in needs
            }

        tell(chapter)
        with _told(self.root):
            return run_cells(notebook, chapter, values, others)

    def _alike(self, chapters: Iterable[str], some: Overrides, others: Overrides) -> bool:
        """Whether two sets of overrides are the same for some chapters."""
        return all(self.records.values_for(one, some) == self.records.values_for(one, others) for one in chapters)


def read(root: Path, chapter: str) -> Notebook:
    """The notebook of a chapter. Raises BadInput where there is none."""
    for path in (root / "chapters" / f"{chapter}.ipynb", root / f"{chapter}.ipynb"):
        if path.is_file():
            plain: Notebook = json.loads(path.read_text(encoding="utf-8"))
            return plain
    raise BadInput(f"{chapter}: no such chapter; expected the name of a notebook in chapters/")


def run_cells(
    notebook: Notebook, name: str, values: Mapping[str, Value], others: RunOthers | None = None
) -> StoredResults:
    """What a notebook's code cells publish, run from the top in one namespace with `values` in place of its parameters.

    `others` gives the results of chapters that it reads. Raises BadInput where the notebook refuses, or publishes
    nothing; CellFailed where a cell fails.
    """
    history = [""]
    namespace: dict[str, Any] = {"__name__": "__main__", "In": history, OTHERS: others}
    published: StoredResults | None = None
    with contextlib.redirect_stdout(io.StringIO()):
        for position, source in _cells(notebook, values):
            where = f"{name}.ipynb, cell {position}"
            history.append(source)
            try:
                shown = _cell(source, where, namespace)
            except CasefileError as error:
                error.cell = position
                raise
            if hasattr(shown, "_repr_mimebundle_"):
                published = shown._repr_mimebundle_().get(results.MEDIA_TYPE, published)
    if published is None:
        raise BadInput(f"{name}: published no results; expected `chapter.publish()` in its last cell")
    return published


def _cells(notebook: Notebook, values: Mapping[str, Value]) -> Iterator[tuple[int, str]]:
    """The sources of the cells that run, with their places; the given values right after the cell that has the defaults."""
    for position, cell in enumerate(notebook["cells"]):
        tags = cell.get("metadata", {}).get("tags", ())
        if cell["cell_type"] == "code" and parameters.SKIPPED not in tags:
            yield position, "".join(cell["source"])
            if parameters.TAG in tags and values:
                yield position, "\n".join([INJECTED, *(f"{name} = {value!r}" for name, value in values.items())])


def _cell(source: str, where: str, namespace: dict[str, Any]) -> object:
    """Run one cell and return the value of its last line, where that is an expression and the cell shows it."""
    statements, last = _code(source, where)
    try:
        exec(statements, namespace)
        if last is not None:
            value = eval(last, namespace)
            return None if source.rstrip().endswith(";") else value
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None
    except Exception as error:
        raise CellFailed(f"{where}: {type(error).__name__}: {error}") from error
    return None


@functools.lru_cache(maxsize=512)
def _code(source: str, where: str) -> tuple[CodeType, CodeType | None]:
    """A cell compiled: its statements, and its last line where that is an expression."""
    tree = parameters.syntax_tree(source, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    shown = compile(ast.Expression(last.value), where, "eval") if isinstance(last, ast.Expr) else None
    return compile(tree, where, "exec"), shown


@contextlib.contextmanager
def _told(root: Path) -> Iterator[None]:
    """Tell the notebooks that run meanwhile of which story they are."""
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROOT_VARIABLE]
        else:
            os.environ[ROOT_VARIABLE] = before
