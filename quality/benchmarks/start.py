"""How soon a notebook runs by plain papermill: what its own imports add, and what a build before it saves the chapters that read others."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from casefile.book import rebuild
from casefile.execution.story import Story
from casefile.notebook import results
from quality.benchmarks.build import clone
from quality.benchmarks.command import python, run
from quality.benchmarks.row import Row, against

CHAPTER = "01_swap"
READERS = ("claims", "summary")  # they read all other chapters, each of which ran by papermill first at edition 0.3.0
EARLIER = "0.3.0"
TIMES = 5
LIBRARIES = "import altair\nimport pandas\n"


def by_papermill(notebook: Path, output: Path, folder: Path, interpreter: str = sys.executable) -> float:
    """Seconds of papermill's command on a notebook, by this environment's Python or another."""
    command = [interpreter, *python("papermill", notebook, output, "-k", "python3", "--no-progress-bar")[1:]]
    return run(command, folder).seconds


def with_one_cell(path: Path, source: str) -> Path:
    """A notebook with one cell of code."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "one",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
    plain: dict[str, Any] = {
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5, "cells": [cell],
    }  # fmt: skip
    path.write_text(results.dumps(plain), encoding="utf-8")
    return path


def opening(root: Path, chapter: str) -> str:
    """The cell of a chapter that loads the engine and opens it."""
    page = next(page for page, name in Story(root).chapters.items() if name == chapter)
    cells = json.loads((root / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return next(source for source in sources if "open_chapter(" in source)


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about plain papermill; `work` is an empty folder."""
    story = clone(root, work / "story")
    pages = {name: story / f"{page}.ipynb" for page, name in Story(story).chapters.items()}
    bare = with_one_cell(work / "bare.ipynb", LIBRARIES)
    beside = pages[CHAPTER].with_name("99_opening.ipynb")
    own = with_one_cell(beside, LIBRARIES + opening(root, CHAPTER))
    turns = [
        (by_papermill(own, work / "o.ipynb", story), by_papermill(bare, work / "b.ipynb", story)) for _ in range(TIMES)
    ]
    beside.unlink()
    rows = [
        against(f"papermill, a notebook that opens {CHAPTER}", "an empty one that imports pandas and altair", "s",
                [ours for ours, _ in turns], [rival for _, rival in turns], 1.15)
    ]  # fmt: skip
    shutil.rmtree(story / "_build", ignore_errors=True)
    run(python("casefile", "build"), story, PYTHONPATH=str(story))
    (work / "earlier").mkdir()
    before, interpreter = rebuild.installed(root, EARLIER, work / "earlier", print)
    earlier = {Path(page).name: before / f"{page}.ipynb" for page in Story(before).pages}
    for name in READERS:
        after = [by_papermill(pages[name], work / "after.ipynb", story) for _ in range(3)]
        then = by_papermill(earlier[name], work / "then.ipynb", before, interpreter)
        rows.append(
            against(f"papermill, {name}.ipynb after a build", f"the same at edition {EARLIER}", "s", after, [then], 0.1)
        )
    return rows
