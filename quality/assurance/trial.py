"""A worker: tries mutants on the real tests, in a copy of the project of its own.

python -m quality.assurance.trial ASKED  is started by `assurance.mutation` in such a copy, with what it is to do as JSON.

The worker lets pytest collect the tests once, in place of running them, and forks for what it tries: each child is as fresh
as a new run of pytest, without its start; chapters run in it, cell by cell, without a kernel. Mutants of the data are many and their tests small, so that one child tries a
batch of them on the tests that should see them, and at last the unchanged data, which must pass: nothing of a mutant
stayed behind. What these tests do not see, and every mutant of a formula, gets a child to itself, which runs first
the tests that should see it and then all others, until one fails.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import itertools
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from casefile.execution import notebooks, run
from casefile.notebook import results
from casefile.notebook.cells import Output
from casefile.records import tables
from casefile.records.tables import Overrides
from quality.assurance import formula_mutants, mutants
from quality.assurance.mutants import DATA, FORMULAS, Mutant

ROOT = Path(__file__).resolve().parents[2]

# The tests that judge: all that hold this story's data and its chapters' figures, and those of the statistics.
JUDGES = (
    "tests/story/test_transcription.py", "tests/story/test_chapters.py", "tests/engine/figures/test_statistics.py", "tests/engine/figures/test_event_study.py",
    "tests/engine/figures/test_uncertainty.py", "tests/engine/figures/test_charts_rows.py",
    "tests/story/test_notebooks.py::test_a_notebooks_parameters_are_those_declared",
    "tests/story/test_notebooks.py::test_figures_move_as_they_should_and_the_others_stay",
    "tests/story/test_notebooks.py::test_another_seed_moves_the_bands_a_little_and_no_value",
    "tests/story/test_notebooks.py::test_a_rival_chosen_is_the_rival_told",
    "tests/story/test_notebooks.py::test_verdicts_follow_their_rules",
    "tests/story/test_notebooks.py::test_of_a_day_without_trading_the_next_with_it_is_tested_and_the_page_says_so",
    "tests/engine/records/test_records.py::test_sound_data_passes", "tests/story/test_boundaries.py",
)  # fmt: skip
TIMEOUT = 120.0  # seconds for one test; a mutant that makes it hang counts as caught: no run of the tests would end
BATCH = 100

CAUGHT, SURVIVED, STOPPED = "caught", "survived", "stopped"
_ENDED = {0: SURVIVED, 1: CAUGHT, -signal.SIGKILL: STOPPED}
Numbered = tuple[int, Mutant]
Found = Callable[[int, str, str], None]


class Trial:
    """A pytest plugin that tries mutants in place of running the tests once.

    `found` gets each mutant's number, how it ended, and the test that ended it. Tests with `without` in their id take no part.
    """

    def __init__(self, work: Path, tried: Sequence[Numbered], without: str, found: Found) -> None:
        self.work, self.tried, self.without, self.found = work, tried, without, found
        self.failed = False
        self.results = work / "results"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
        """Note a failure and make nothing of it; a test that is skipped saw nothing."""
        if call.excinfo is None or call.excinfo.errisinstance(pytest.skip.Exception):
            return None
        self.failed = True
        when: Any = call.when
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", "", when)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the unchanged project, then every mutant."""
        self.items = {item.nodeid: item for item in session.items if not (self.without and self.without in item.nodeid)}
        self.config = session.config
        run.execute = execute_here
        run.warm_up = lambda root, names: None  # nothing is forked
        formulas = any(mutant.part == FORMULAS for _, mutant in self.tried)
        for name, _ in (
            notebooks.order(ROOT, notebooks.chapters(ROOT)) if formulas else ()
        ):  # also does once what is slow at first
            executed = execute_here(ROOT, name, {}, self.work, self.results)
            results.write(results.of_notebook(executed, name), self.results / f"{name}.json")
        gc.collect()
        gc.freeze()  # what stands now stays shared with the children
        self._unchanged()
        for file, group in itertools.groupby(self.tried, lambda numbered: (numbered[1].part, numbered[1].file)):
            of_file = list(group)
            if file[0] == DATA:
                batches = [of_file[start : start + BATCH] for start in range(0, len(of_file), BATCH)]
                of_file = [left for batch in batches for left in self._batch(batch)]
            for number, mutant in of_file:
                with changed(mutant):
                    outcome, said = self._forked(functools.partial(self._alone, mutant))
                self.found(number, outcome, said[-1] if said else "")
        return True

    # ------------------------------------------------------------------------------------------------- in the worker

    def _unchanged(self) -> None:
        def every(tell: Callable[[str], None]) -> NoReturn:
            self._until_one_fails(self.items.values(), tell)
            os._exit(0)

        outcome, said = self._forked(every)
        if outcome != SURVIVED:
            raise SystemExit(f"the unchanged project fails {said[-1] if said else ''}: mutants would tell nothing")

    def _batch(self, batch: Sequence[Numbered]) -> Iterator[Numbered]:
        """Try mutants of one file on the tests that should see them; yields those that these did not catch."""

        def each(tell: Callable[[str], None]) -> NoReturn:
            used: dict[str, pytest.Item] = {}
            for number, mutant in batch:
                judges = self._judges(mutant)
                used |= {item.nodeid: item for item in judges}
                with changed(mutant):
                    by = next((item.nodeid for item in judges if self._fails(item)), "")
                tell(json.dumps([number, by]))
            os._exit(any(self._fails(item) for item in used.values()))

        outcome, said = self._forked(each)
        by = dict(json.loads(line) for line in said) if outcome == SURVIVED else {}
        for number, mutant in batch:
            if by.get(number):
                self.found(number, CAUGHT, by[number])
            else:
                yield number, mutant

    def _forked(self, act: Callable[[Callable[[str], None]], NoReturn]) -> tuple[str, list[str]]:
        """Let a forked child act: how it ended, and the lines it told.

        Raises RuntimeError when the child ends in another way: what it was to try is then not known.
        """
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                gc.disable()  # the child is short-lived, and a collection would copy the pages it shares
                sink = os.open(os.devnull, os.O_RDWR)
                for descriptor in (0, 1, 2):
                    os.dup2(sink, descriptor)
                with os.fdopen(theirs, "w", buffering=1) as pipe:
                    act(lambda line: print(line, file=pipe))
            finally:
                os._exit(3)
        os.close(theirs)
        said = b""
        while select.select([ours], [], [], TIMEOUT)[0]:
            part = os.read(ours, 65536)
            if not part:
                break
            said += part
        else:
            os.killpg(child, signal.SIGKILL)
        os.close(ours)
        lines, code = said.decode().splitlines(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in _ENDED:
            raise RuntimeError(f"a child ended with {code} after {lines[-1] if lines else 'nothing'}")
        return _ENDED[code], lines

    def _judges(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that should see a mutant, in their order."""
        found: dict[str, pytest.Item] = {}
        for judge in mutant.judges:
            if judge in self.items:
                found[judge] = self.items[judge]
            else:
                found |= {name: item for name, item in self.items.items() if name.startswith(judge)}
        return list(found.values())

    def _shared(self) -> Path:
        factory: Any = self.config
        return Path(factory._tmp_path_factory.getbasetemp()) / "shared"

    # --------------------------------------------------------------------------------------------------- in the child

    def _fails(self, item: pytest.Item, following: pytest.Item | None = None) -> bool:
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self.failed

    def _until_one_fails(self, items: Iterable[pytest.Item], tell: Callable[[str], None]) -> None:
        for item, following in itertools.pairwise([*items, None]):
            assert item is not None
            tell(item.nodeid)
            if self._fails(item, following):
                os._exit(1)

    def _alone(self, mutant: Mutant, tell: Callable[[str], None]) -> NoReturn:
        if mutant.file.endswith(".py"):
            module = sys.modules[mutant.file.removesuffix(".py").replace("/", ".")]
            try:
                reloaded(module)
            except Exception:
                tell(f"import of {module.__name__}")
                os._exit(1)
        elif mutant.part == FORMULAS:
            self._stand_by(Path(mutant.file).stem)
        first = self._judges(mutant)
        names = {item.nodeid for item in first}
        self._until_one_fails([*first, *(item for name, item in self.items.items() if name not in names)], tell)
        os._exit(0)

    def _stand_by(self, chapter: str) -> None:
        """Put the results of chapters that a mutant of this one cannot reach where the tests look for them."""
        standing = self._shared() / "results"
        standing.mkdir(parents=True)
        for name, needs in notebooks.order(ROOT, notebooks.chapters(ROOT)):
            if name != chapter and chapter not in needs:
                shutil.copyfile(self.results / f"{name}.json", standing / f"{name}.json")


def reloaded(module: ModuleType) -> None:
    """Import a module anew, also for those who took single names from it."""
    before = dict(vars(module))
    importlib.reload(module)
    for other in [other for name, other in sys.modules.items() if name.startswith(("casefile.", "tests."))]:
        for name, value in list(vars(other).items()):
            if getattr(value, "__module__", "") == module.__name__ and value is before.get(name):
                setattr(other, name, getattr(module, name))


def execute_here(
    root: Path,
    chapter: str,
    values: Mapping[str, Any],
    output: Path,
    results_folder: Path | None,
    engine: str | None = None,
    overrides: Overrides | None = None,
) -> notebooks.Notebook:
    """What `casefile.execution.run.execute` does, in this process and with nothing but the results as output; `test_mutation` compares."""
    tables._loaded.cache_clear()  # changes come faster than a file's time tells
    os.environ.update(run.environment(root, results_folder, overrides))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    published: Any = None
    for cell in notebooks.read(notebooks.path_of(root, chapter))["cells"]:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, chapter, "exec"), namespace)
            if isinstance(last, ast.Expr):
                published = eval(compile(ast.Expression(last.value), chapter, "eval"), namespace)
        if "parameters" in cell["metadata"].get("tags", []):
            namespace |= values
    plain = json.loads(json.dumps(published.plain))
    left: Output = {"output_type": "execute_result", "data": {results.MEDIA_TYPE: plain}}
    return {"cells": [{"cell_type": "code", "source": "", "outputs": [left]}]}


@contextlib.contextmanager
def changed(mutant: Mutant) -> Iterator[None]:
    """The project with one mutant in it."""
    after = mutant.change()
    before = {path: (ROOT / path).read_text(encoding="utf-8") for path in after}
    try:
        for path, text in after.items():
            (ROOT / path).write_text(text, encoding="utf-8")
        yield
    finally:
        for path, text in before.items():
            (ROOT / path).write_text(text, encoding="utf-8")


def drawn(parts: Sequence[str], file: str, sample: int, seed: int) -> list[Mutant]:
    """The mutants to try, in their order: of these parts, in files that begin so, all or a sample of each part."""
    found: list[Mutant] = []
    for part, source in ((DATA, mutants.of_data), (FORMULAS, formula_mutants.of_formulas)):
        if part in parts:
            whole = [mutant for mutant in source(ROOT) if mutant.file.startswith(file)]
            found += mutants.spread(whole, sample, seed) if sample else whole
    return found


def main() -> None:
    """Try this worker's share of the mutants; a line of JSON for each on standard output."""
    asked = json.loads(sys.argv[1])
    work = Path(asked["work"])
    pipe = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what tests print does not mix with what the worker tells

    def found(number: int, outcome: str, by: str) -> None:
        pipe.write(json.dumps([number, outcome, by]) + "\n")

    whole = drawn(asked["parts"], asked["file"], asked["sample"], asked["seed"])
    plugin = Trial(work, list(enumerate(whole))[asked["share"] :: asked["of"]], asked["without"], found)
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no", "--assert=plain", "-o", "addopts="]
    code = pytest.main([*quiet, f"--basetemp={work / 'pytest'}", *(asked["judges"] or JUDGES)], plugins=[plugin])
    sys.exit(int(code))


if __name__ == "__main__":
    main()
