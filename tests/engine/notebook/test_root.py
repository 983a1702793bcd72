"""A notebook reads the story that it lies in, told by whoever runs it, and says so or stops where nobody tells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from casefile import open_chapter
from casefile.errors import BadInput
from casefile.notebook import results, root
from casefile.notebook.root import ROOT_VARIABLE, SESSION_VARIABLE, find_root
from tests.conftest import papermill, value
from tests.support.orchard import plant
from tests.support.published import replace

NOTEBOOK = Path("chapters") / "harvest.ipynb"
# A kernel's place: a process whose parent's command names a notebook.
CHILD = "from casefile.notebook.root import find_root; print(find_root('harvest', {}))"
PARENT = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {CHILD!r}]).returncode)"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return plant(tmp_path / "one")


@pytest.fixture
def other(one: Path, tmp_path: Path) -> Path:
    """A second copy of the story, with other data."""
    copy = shutil.copytree(one, tmp_path / "other")
    replace(copy / "data" / "figures.csv", "trees,120", "trees,121")
    return copy


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: no story's, with nobody who tells of one."""
    for name in (ROOT_VARIABLE, SESSION_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def refusal(namespace: Mapping[str, Any]) -> str:
    with pytest.raises(BadInput) as caught:
        find_root("harvest", namespace)
    return str(caught.value)


@pytest.mark.parametrize("options", [[], ["--engine", "casefile", "--cwd", "../one"]], ids=["plain", "forked"])
def test_papermill_reads_the_data_beside_the_notebook_from_whatever_folder_it_runs(
    options: list[str], one: Path, other: Path, elsewhere: Path
) -> None:
    done = papermill(Path("..", "other", NOTEBOOK), elsewhere / "out.ipynb", options=options)
    assert done.returncode == 0, done.stderr[-2000:]
    found = results.of_notebook(json.loads((elsewhere / "out.ipynb").read_text(encoding="utf-8")), "harvest")
    assert value(found, "trees") == 121


def told(words: list[str], folder: Path, **environment: str) -> tuple[str, str]:
    """What a notebook whose kernel was started by a command of these words says of its story, and its last error."""
    done = subprocess.run(
        [sys.executable, "-c", PARENT, *words], cwd=folder, env={**os.environ, **environment}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip(), (done.stderr.strip().splitlines() or [""])[-1]


def test_the_command_that_started_the_kernel_tells_its_notebook(one: Path, other: Path, elsewhere: Path) -> None:
    assert told(["../other/chapters/harvest.ipynb", "out.ipynb"], elsewhere) == (str(other), "")
    assert told(["../other/chapters/harvest.ipynb"], one) == (str(other), "")
    # papermill has left for another folder, and its path starts from the one before
    assert told(["chapters/harvest.ipynb", "--cwd=x"], elsewhere, PWD=str(other)) == (str(other), "")
    _, said = told(["../other/chapters/harvest.ipynb", "../one/chapters/harvest.ipynb"], elsewhere)
    assert said.endswith(
        f"harvest: {one} and {other} both hold this chapter; set CASEFILE_ROOT to the one that is meant"
    )


def test_the_system_lists_a_process_with_its_command_where_it_has_no_folder_of_processes() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", "a.ipynb"], stdin=subprocess.PIPE) as child:
        listed = [sys.executable, "-c", "input()", "a.ipynb"] if shutil.which("ps") else []
        assert root._listed(child.pid) == listed
        assert root._command(child.pid) == ([sys.executable, "-c", "input()", "a.ipynb", ""], Path.cwd())
        child.communicate(b"\n")
    assert root._command(child.pid) == ([], Path.cwd())


def test_jupyter_vs_code_and_papermill_each_tell_their_notebook(
    one: Path, other: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_root("harvest", {"__vsc_ipynb_file__": str(one / NOTEBOOK)}) == one
    monkeypatch.setenv(SESSION_VARIABLE, str(other / NOTEBOOK))
    assert find_root("harvest", {}) == other
    assert "both hold this chapter" in refusal({"__vsc_ipynb_file__": str(one / NOTEBOOK)})
    monkeypatch.delenv(SESSION_VARIABLE)
    monkeypatch.chdir(one)
    asked = {"PAPERMILL_INPUT_PATH": str(other / NOTEBOOK)}
    assert find_root("harvest", asked) == other


def test_without_any_of_them_the_working_folders_story_is_read_and_said(
    one: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(one / "chapters")
    assert find_root("market", {}) == one
    assert capsys.readouterr().out == f"market of the story around the working folder, {one}\n"


def test_a_notebook_of_no_story_is_refused_and_so_is_a_copy_of_one(one: Path, elsewhere: Path) -> None:
    copy = Path(shutil.copyfile(one / NOTEBOOK, elsewhere / "harvest.ipynb"))
    for namespace in ({}, {"__vsc_ipynb_file__": str(copy)}, {"__vsc_ipynb_file__": "\0/harvest.ipynb"}):
        assert refusal(namespace) == (
            "harvest: no story holds this chapter here; run it inside its folder (papermill: --cwd), or set CASEFILE_ROOT "
            "to the folder that holds data/ and chapters/"
        )


def test_a_root_that_is_set_decides_and_one_that_holds_nothing_is_refused(
    one: Path, other: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(one))
    assert find_root("harvest", {"__vsc_ipynb_file__": str(other / NOTEBOOK)}) == one
    monkeypatch.setenv(ROOT_VARIABLE, str(elsewhere))
    assert refusal({}) == (
        f"harvest: CASEFILE_ROOT is {elsewhere}, where no story holds this chapter; expected the folder that holds data/ "
        "and chapters/"
    )


def test_a_path_that_papermill_tells_the_notebook_is_no_unknown_parameter(
    one: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(one))
    cells = ["", '# Parameters\nPAPERMILL_INPUT_PATH = "x.ipynb"\nPAPERMILL_OUTPUT_PATH = "y.ipynb"\nprice = 0.5\n', ""]
    namespace = {"In": cells, "PAPERMILL_INPUT_PATH": "x.ipynb", "PAPERMILL_OUTPUT_PATH": "y.ipynb", "price": 0.5}
    assert open_chapter("market", namespace, "The market", "What are they worth?").parameters == {"price": 0.5}
