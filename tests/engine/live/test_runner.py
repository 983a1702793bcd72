"""A chapter run without a kernel, as the reader's browser runs it: the same results as the ordinary engine's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casefile.errors import BadInput
from casefile.execution import run
from casefile.live import runner
from casefile.notebook import results
from casefile.notebook.cells import Notebook, NotebookCell
from tests.conftest import CHAPTERS, ROOT, Plain

# Chapters run here are compared with what JSON keeps of them: tuples are lists there.
CARRIED = {"numpy", "pandas", "sympy", "mpmath", "altair", "narwhals", "jinja2", "markupsafe", "jsonschema", "attr", "attrs",
           "pint", "flexcache", "flexparser", "platformdirs", "packaging", "typing_extensions", "yaml", "six", "dateutil",
           "casefile"}  # fmt: skip
# What one of those takes where it is installed, and does without elsewhere.
OPTIONAL = {"babel", "charset_normalizer", "cloudpickle", "cython_runtime", "dask", "idna", "importlib_metadata", "rpds",
            "jsonschema_specifications", "lazy_importer", "psutil", "pyarrow", "referencing", "scipy", "tblib", "tlz",
            "toolz", "uncertainties", "zipp", "zoneinfo", "pytz", "fsspec", "numexpr", "bottleneck", "xarray"}  # fmt: skip

# Modules of Python that Pyodide leaves out: https://pyodide.org/en/0.27.7/usage/wasm-constraints.html
LEFT_OUT = ("curses", "dbm", "ensurepip", "fcntl", "grp", "idlelib", "lib2to3", "msvcrt", "pwd", "resource", "syslog", "termios",
            "tkinter", "turtle", "venv", "winreg", "frictionless")  # fmt: skip


@pytest.fixture(scope="module")
def session() -> runner.Session:
    """The story's own chapters, each run once by whatever test asks first."""
    return runner.Session(ROOT)


def canonical(plain: Plain) -> str:
    return json.dumps(plain, sort_keys=True)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_without_a_kernel_comes_to_what_the_engine_comes_to(
    chapter: str, session: runner.Session, defaults: dict[str, Plain]
) -> None:
    assert canonical(session.results_of(chapter, {})) == canonical(defaults[chapter])


@pytest.mark.parametrize(
    ("chapter", "values"),
    [("07_investors", {"benchmark": "spy", "window_after": 3}), ("05_autopilot", {"as_of": "2022-01-01"})],
)
def test_so_does_one_with_other_parameters(
    chapter: str,
    values: dict[str, Any],
    session: runner.Session,
    defaults: dict[str, Plain],
    shared: Path,
    tmp_path: Path,
) -> None:
    executed = run.execute(ROOT, chapter, values, tmp_path / "out.ipynb", shared / "results", run.FORK)
    found = json.loads(json.dumps(session.results_of(chapter, {chapter: values})))
    assert canonical(found) == canonical(results.of_notebook(executed, chapter))


def test_a_scenario_runs_the_chapters_that_it_changes_and_no_other(session: runner.Session) -> None:
    session.results_of("claims", {})
    begun: list[str] = []
    plain = session.results_of("claims", {"claims": {"scenario": "narrow_promises"}}, begun.append)
    assert begun == ["claims", "05_autopilot"]
    assert plain["verdicts"]["autopilot_put_off"] != session.results_of("claims", {})["verdicts"]["autopilot_put_off"]


def cells(*sources: str, tags: tuple[str, ...] = ()) -> Notebook:
    code: list[NotebookCell] = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    code[0]["metadata"] = {"tags": list(tags)}
    return {"cells": code}


class Shown:
    """What a notebook shows as its results."""

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def _repr_mimebundle_(self) -> dict[str, Any]:
        return {results.MEDIA_TYPE: self.plain}


def test_values_are_set_after_the_defaults_and_the_last_line_is_shown() -> None:
    shown = f"from {__name__} import Shown\nShown(x)"
    values: tuple[tuple[dict[str, Any], Any], ...] = (({"x": 2}, 2), ({}, 1))
    for overrides, value in values:
        assert runner.run_cells(cells("x = 1", shown, tags=("parameters",)), "orchard", overrides) == value
    with pytest.raises(BadInput, match="published no results"):
        runner.run_cells(cells("x = 1", f"{shown};", tags=("parameters",)), "orchard", {})


def test_a_cell_that_fails_is_named_in_one_line() -> None:
    with pytest.raises(runner.CellFailed, match=r"^orchard\.ipynb, cell 1: ZeroDivisionError: division by zero$"):
        runner.run_cells(cells("x = 1", "x / 0"), "orchard", {})
    with pytest.raises(BadInput, match=r"^orchard\.ipynb, cell 0: invalid syntax; expected Python$"):
        runner.run_cells(cells("!ls"), "orchard", {})


def test_a_value_that_a_chapter_refuses_is_refused_before_it_runs(session: runner.Session) -> None:
    with pytest.raises(BadInput, match=r"window_after.*is 21; expected a whole number from 0 to 20"):
        session.results_of("07_investors", {"07_investors": {"window_after": 21}}, pytest.fail)


def test_a_run_imports_nothing_that_the_bundle_does_not_carry() -> None:
    """No kernel, no papermill, no Pydantic, no SciPy of its own: nothing heavy stands on the notebook's side."""
    program = (
        f"import sys, pathlib; sys.modules.update(dict.fromkeys({LEFT_OUT})); from casefile.live import reply, runner; "
        f"runner.Session(pathlib.Path({str(ROOT)!r})).results_of('07_investors', {{}}); "
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path("/"))
    of_the_interpreter = {"sitecustomize", "usercustomize"}  # which some systems bring
    imported = {name for name in done.stdout.split() if not name.startswith("_")} - set(LEFT_OUT) - of_the_interpreter
    assert imported <= CARRIED | OPTIONAL, imported - CARRIED - OPTIONAL
    assert "casefile" in imported
