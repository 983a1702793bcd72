"""The forking engine against papermill's default one: the same notebooks, in a fresh process each, at a fraction of the time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import papermill
import pytest
from nbclient.exceptions import CellTimeoutError

from casefile.execution import fork, notebooks, run
from casefile.execution.fork import NotebookDied, NotebookLost
from casefile.notebook.cells import Notebook
from tests.conftest import CHAPTERS, ROOT, Run
from tests.conftest import papermill as papermill_command
from tests.support import breaking
from tests.support.orchard import plant
from tests.support.published import replace

pytestmark = pytest.mark.skipif(not fork.can_fork(), reason="this system cannot fork")

STREAMS = """
import os, sys
print("to standard output")
print("to standard error", file=sys.stderr)
os.write(1, b"past Python\\n")
os.system("echo from a command")
print("ümläut")
"""
DISPLAYS = """
from IPython.display import HTML, SVG, display, clear_output
print("gone")
clear_output()
display({"text/plain": "plain", "application/x-own+json": {"a": [1, None]}}, metadata={"application/x-own+json": {"b": 2}}, raw=True)
handle = display(HTML("<b>first</b>"), display_id="one")
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>"))
"""
OWN = """
class Own:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/x-own+json": {"x": 1}, "text/plain": "own"}, {"application/x-own+json": {"y": 2}}
Own()
"""
RICHEST = "07_investors"  # tables, charts, words, figures by formulas and by functions
LOOK = "open the notebook in Jupyter to see why"
AGAIN = "run the same command again, which goes on from what is finished"
CELLS = [
    STREAMS,
    DISPLAYS,
    OWN,
    "handle.update(HTML('<b>second</b>')); In[1][:8], Out.get(3) is _3",
    "import pandas as pd; pd.DataFrame({'a': [1.5, 2]})",
    "import asyncio\nawait asyncio.sleep(0)\n_ = 3",
    "",
    "print('before'); 1 / 0",
    "print('never')",
]


def notebook(folder: Path, *cells: str, tags: dict[int, str] | None = None) -> Path:
    """A notebook of code cells."""
    tagged = {place: {"tags": [tag]} for place, tag in (tags or {}).items()}
    made = {
        "cells": [
            {"cell_type": "code", "id": f"cell-{place}", "metadata": tagged.get(place, {}), "source": source,
             "execution_count": None, "outputs": []}
            for place, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    path = folder / "in.ipynb"
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def outcome(path: Path, engine: str | None, **options: Any) -> tuple[Any, BaseException | None]:
    """The notebook as an engine leaves it, normalised, and the error it raised."""
    output = path.parent / f"{engine}.ipynb"
    failed = None
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel leaves descriptors 1 and 2 alone when it sees it
    try:
        papermill.execute_notebook(
            str(path), str(output), engine_name=engine, progress_bar=False, kernel_name="python3", **options
        )
    except Exception as error:
        failed = error
    return notebooks.normalised(json.loads(output.read_text(encoding="utf-8")), path.name), failed


def texts(plain: Any, cell: int) -> str:
    """What a cell printed."""
    return "".join("".join(output.get("text", [])) for output in plain["cells"][cell]["outputs"])


@pytest.mark.parametrize("chapter", breaking.rounds([RICHEST], [name for name in CHAPTERS if name != RICHEST]))
def test_a_chapter_comes_out_of_plain_papermill_and_of_the_engine_the_same(
    chapter: str, run_chapter: Run, shared: Path, tmp_path: Path
) -> None:
    run_chapter(chapter)
    done = papermill_command(ROOT / f"{CHAPTERS[chapter]}.ipynb", tmp_path / "out.ipynb", shared / "results")
    assert done.returncode == 0, done.stderr[-2000:]
    reference = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))
    mine = json.loads((shared / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    assert mine == notebooks.normalised(reference, f"{chapter}.ipynb")


def test_a_notebook_that_fails_after_all_kinds_of_output_comes_out_the_same(tmp_path: Path) -> None:
    path = notebook(tmp_path, *CELLS)
    mine, my_error = outcome(path, "casefile")
    reference, its_error = outcome(path, None)
    for plain in (mine, reference):  # a kernel hears what goes past Python by another way, and not always in its turn
        for output in plain["cells"][1]["outputs"]:
            output["text"].sort()
    for place, (cell, expected) in enumerate(zip(mine["cells"], reference["cells"], strict=True)):
        assert cell == expected, place
    assert mine == reference
    assert isinstance(my_error, papermill.PapermillExecutionError)
    assert str(my_error) == str(its_error)
    error = mine["cells"][9]["outputs"][-1]  # papermill puts two notes before it
    assert error["ename"] == "ZeroDivisionError"
    assert any("1 / 0" in run.ANSI.sub("", line) for line in error["traceback"])


def test_a_cell_tagged_as_raising_lets_the_notebook_go_on(tmp_path: Path) -> None:
    path = notebook(
        tmp_path, "1 / 0", "print('on')", "print('skipped')", tags={0: "raises-exception", 2: "skip-execution"}
    )
    mine, error = outcome(path, "casefile")
    reference, its_error = outcome(path, None)
    assert mine == reference
    assert type(error) is type(its_error)


def test_cells_that_only_ipython_reads_run(tmp_path: Path) -> None:
    path = notebook(
        tmp_path, '%config InlineBackend.figure_format = "svg"', "%%bash\necho from bash", "!echo from a shell",
        "caught = !echo caught\nprint(caught)", "len?", "%%capture\nprint('unheard')", "%%time\nkept = 3", "print(kept)",
    )  # fmt: skip
    mine, error = outcome(path, "casefile")
    assert error is None
    assert [texts(mine, cell).strip() for cell in (1, 2, 3, 5, 7)] == [
        "from bash",
        "from a shell",
        "['caught']",
        "",
        "3",
    ]


def test_each_notebook_has_a_fresh_state_and_a_process_of_its_own(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        "import os, pandas\nprint(os.getpid(), hasattr(pandas, 'left_here'), 'left_here' in globals())\n"
        "pandas.left_here = left_here = True",
    )
    first, second = (texts(outcome(path, "casefile")[0], 0).split() for _ in range(2))
    assert first[1:] == second[1:] == ["False", "False"]
    assert first[0] != second[0] != str(os.getpid())


def test_a_notebook_runs_in_the_folder_and_environment_it_is_given(tmp_path: Path) -> None:
    path = notebook(tmp_path, "import os; print(os.getcwd(), os.environ['STORY'], len(os.environ))")
    plain, _ = outcome(path, "casefile", folder=str(tmp_path), env={"STORY": "told"})
    assert texts(plain, 0).split() == [str(tmp_path), "told", texts(plain, 0).split()[2]]


def test_a_cell_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = notebook(tmp_path, "print('soon')", "import time; time.sleep(60)")
    started = time.monotonic()
    plain, error = outcome(path, "casefile", execution_timeout=1)
    assert isinstance(error, CellTimeoutError)
    assert time.monotonic() - started < 30
    assert texts(plain, 0) == "soon\n"


def test_a_crash_takes_down_that_notebook_alone(tmp_path: Path) -> None:
    path = notebook(tmp_path, "import os, signal", "os.kill(os.getpid(), signal.SIGSEGV)", "print('never')")
    plain, error = outcome(path, "casefile")
    assert isinstance(error, NotebookDied)
    assert str(error) == f"cell 1: the notebook's process was ended by signal 11 (SIGSEGV); {LOOK}"
    assert plain["cells"][2]["outputs"] == []
    after, error = outcome(notebook(tmp_path, "print('on')"), "casefile")
    assert (texts(after, 0), error) == ("on\n", None)


def test_a_notebook_that_ends_its_process_says_with_what_code(tmp_path: Path) -> None:
    _, error = outcome(notebook(tmp_path, "import os; os._exit(7)"), "casefile")
    assert str(error) == f"cell 0: the notebook's process ended itself with code 7; {LOOK}"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process holds")
def test_a_notebook_that_takes_too_much_memory_fails_in_its_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path, "small = bytearray(10_000_000)", "large = bytearray(2_000_000_000)")
    _, error = outcome(path, "casefile", memory_limit=500_000_000)
    assert isinstance(error, papermill.PapermillExecutionError)
    assert error.ename == "MemoryError"
    assert outcome(path, "casefile")[1] is None


def test_an_interrupt_ends_the_notebook_and_all_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    source = f"import os, subprocess, time\nchild = subprocess.Popen(['sleep', '60'])\nopen({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\ntime.sleep(60)"
    path = notebook(tmp_path, source)
    process = subprocess.Popen(
        [sys.executable, "-m", "papermill", "--engine", "casefile", "--no-progress-bar", str(path), str(tmp_path / "out.ipynb")],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: mark.is_file() and len(mark.read_text().split()) == 2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Aborted!" in said  # papermill's word for a KeyboardInterrupt
    for number in mark.read_text().split():
        wait_for(lambda number=number: not alive(int(number)))
    assert (tmp_path / "out.ipynb").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_notebook_ends_with_the_process_that_asked_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    path = notebook(tmp_path, f"import os, time\nopen({str(mark)!r}, 'w').write(f'{{os.getpid()}} ')\ntime.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-m", "papermill", "--engine", "casefile", str(path), str(tmp_path / "out.ipynb")],
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: mark.is_file() and mark.read_text().endswith(" "))
    process.kill()
    process.wait()
    wait_for(lambda: not alive(int(mark.read_text())))


def test_several_notebooks_run_at_once(tmp_path: Path) -> None:
    found: list[str] = []

    def one(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append(
            texts(outcome(notebook(folder, f"import time; time.sleep(0.2); print({number})"), "casefile")[0], 0)
        )

    fork.warm_parent()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["0\n", "1\n", "2\n", "3\n"]


def test_a_notebook_cannot_ask_anybody(tmp_path: Path) -> None:
    plain, error = outcome(notebook(tmp_path, "input('who? ')"), "casefile")
    assert isinstance(error, papermill.PapermillExecutionError)
    assert error.ename == outcome(notebook(tmp_path, "input('who? ')"), None)[1].ename == "StdinNotImplementedError"  # type: ignore[union-attr]
    assert plain


def test_without_fork_the_default_engine_runs_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(os, "fork")
    with caplog.at_level("WARNING", logger="papermill"):
        plain, error = outcome(notebook(tmp_path, "print('on')"), "casefile")
    assert (texts(plain, 0), error) == ("on\n", None)
    assert "this system cannot fork: notebooks run in papermill's default engine" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_notebook_whose_guard_is_gone_is_lost_and_may_be_run_again(tmp_path: Path) -> None:
    source = "import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)"
    _, error = outcome(notebook(tmp_path, source), "casefile")
    assert isinstance(error, NotebookLost)
    assert str(error) == f"cell 0: the notebook's process is gone; {AGAIN}"


def test_a_warm_parent_that_is_gone_is_said() -> None:
    parent = fork.WarmParent(None, [])
    parent._process.kill()
    parent._process.wait()
    with pytest.raises(NotebookLost) as caught:
        parent.fork()
    assert str(caught.value) == f"the warm parent of the notebooks is gone; {AGAIN}"


def test_a_warm_parent_is_ended_by_the_process_that_started_it_alone() -> None:
    parent = fork.WarmParent(None, [])
    other = multiprocessing.get_context("fork").Process(target=parent.close)
    other.start()
    other.join()
    assert (other.exitcode, parent.alive()) == (0, True)
    parent.close()
    assert not parent.alive()


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story on disk."""
    return plant(tmp_path_factory.mktemp("orchard"))


@pytest.fixture(scope="module")
def safe(orchard: Path) -> Iterator[fork.WarmParent]:
    """A warm parent with the small story's records, where Python looks for modules in safe places only."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("PYTHONSAFEPATH", "1")
        parent = fork.WarmParent(orchard, [])
    yield parent
    parent.close()


def run_to_its_end(parent: fork.WarmParent, folder: Path, source: str) -> str:
    """What a cell prints in a child of a warm parent; the child then ends by itself."""
    with fork.Fork([(0, source, False)], str(folder), {**os.environ}, parent=parent) as child:
        said = [message["content"]["text"] for message in child.messages(60) if message["msg_type"] == "stream"]
        with pytest.raises(NotebookDied, match="ended itself with code 0"):
            child.message(60)
    return "".join(said)


def test_a_notebook_imports_what_lies_beside_it_wherever_python_looks(safe: fork.WarmParent, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("WORD = 'from beside'")
    assert run_to_its_end(safe, tmp_path, "import beside; print(beside.WORD)") == "from beside\n"


def test_all_kinds_of_charts_are_there_before_a_notebook_asks(safe: fork.WarmParent, tmp_path: Path) -> None:
    kinds = ("charts", "chronology", "deferred", "lanes", "multiples", "sparks", "standing", "wedge")
    source = f"import sys; print([kind for kind in {kinds} if f'casefile.figures.{{kind}}' not in sys.modules])"
    assert run_to_its_end(safe, tmp_path, source) == "[]\n"


def test_data_that_changed_since_the_warm_parent_read_them_are_read_again(
    safe: fork.WarmParent, orchard: Path, tmp_path: Path
) -> None:
    source = f"import pathlib; from casefile import records\nprint(records.load_once(pathlib.Path({str(orchard)!r})).figures['trees'].value)"
    assert run_to_its_end(safe, tmp_path, source) == "120.0\n"
    replace(orchard / "data" / "figures.csv", "trees,120", "trees,121")
    assert run_to_its_end(safe, tmp_path, source) == "121.0\n"


def test_of_a_notebooks_imports_those_are_loaded_ahead_that_are_installed_and_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "of_no_origin", types.ModuleType("of_no_origin"))
    cells = [
        "import altair as alt, json", "from pandas import DataFrame", "from . import beside", "import of_no_origin",
        "import nowhere.at_all", "%matplotlib inline\nimport csv", "%%time\nimport math", "-" * 100_000 + "1; import scipy", "[" * 1000,
    ]  # fmt: skip
    made: Notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    text: Notebook = {"cells": [{"cell_type": "markdown", "source": "import scipy"}]}
    assert fork.imports([made, text]) == {"altair", "csv", "json", "math", "pandas"}


def test_where_no_file_lies_in_memory_one_without_a_name_takes_its_place() -> None:
    number = fork._unnamed_file()
    os.write(number, b"ten bytes!")
    assert (os.pread(number, 20, 0), os.fstat(number).st_nlink) == (b"ten bytes!", 0)
    os.close(number)


def wait_for(condition: Any) -> None:
    """Wait until a condition holds, a minute at most."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("waited in vain")


def alive(number: int) -> bool:
    """Whether a process runs; one that has ended but was not reaped yet does not."""
    try:
        if Path("/proc").is_dir():
            return ") Z" not in Path(f"/proc/{number}/stat").read_text()
        os.kill(number, 0)
        return True
    except (ProcessLookupError, FileNotFoundError):
        return False
