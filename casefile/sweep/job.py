"""What runs in each scenario: the notebooks that a parameter reaches, and the results of those that none does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.execution import fork, notebooks, run
from casefile.execution.story import Story
from casefile.notebook import parameters, results
from casefile.sweep.grid import Values

BOOK = ""  # in place of a chapter: all that a parameter reaches, in the whole book


@dataclass(frozen=True)
class SweptChapter:
    """A notebook that runs in each scenario: its code, and the place in it where parameters go."""

    name: str
    cells: tuple[tuple[int, str, bool], ...]
    at: int = 0

    @classmethod
    def of(cls, name: str, notebook: notebooks.Notebook) -> SweptChapter:
        """The code of a notebook."""
        tagged = [
            place for place, cell in enumerate(notebook["cells"]) if parameters.TAG in cell["metadata"].get("tags", [])
        ]
        cells = fork.runnable(notebook["cells"])
        return cls(name, tuple(cells), sum(1 for place, _, _ in cells if tagged and place <= tagged[0]))


@dataclass(frozen=True)
class Job:
    """What a worker needs to know, wherever it is: plain data, and where the story lies."""

    root: str
    chapter: str
    values: Mapping[str, Values]  # by `NAME` for the chapter's own parameters, `OTHER.NAME` for those of others
    found: (
        str  # the results of the chapters that no value reaches, of its own too for formulas alone, by chapter, as JSON
    )
    chapters: tuple[SweptChapter, ...] = ()  # those that run, each after those it needs, the chapter itself last
    standing: str = "{}"  # the results of those that run, at their defaults, by chapter, as JSON: to be rehearsed
    modules: tuple[str, ...] = ()  # what the notebooks import: read once, as Python before 3.11.8 cannot in two threads


def names_of(root: Path, chapter: str) -> list[str]:
    """The chapters that a sweep may run: the one that is swept and all that it needs, or those of the whole book."""
    return notebooks.with_needs(root, [chapter] if chapter else [*Story(root).chapters.values()])


def prepared(
    root: Path, chapter: str, takers: Iterable[str], values: Mapping[str, Values], figures_only: bool = False
) -> Job:
    """The job of a chapter: those that take what varies (`takers`), and those that read them, run; the others once, now."""
    ordered = notebooks.order(root, names_of(root, chapter))
    takers, reached = set(takers), list[str]()
    for name, needed in ordered:
        if not figures_only and (name == chapter or name in takers or set(needed) & set(reached)):
            reached.append(name)
    all_results = _standing_results(root, [name for name, _ in ordered], reached)
    needed_results = json.dumps({name: plain for name, plain in all_results.items() if name not in reached})
    if figures_only:
        return Job(str(root), chapter, values, needed_results)
    read = {name: notebooks.read(notebooks.path_of(root, name)) for name in reached}
    chapters = tuple(SweptChapter.of(name, notebook) for name, notebook in read.items())
    modules = tuple(sorted(fork.imports(read.values())))
    rehearsed = json.dumps({name: {**all_results[name], "charts": {}} for name in reached if name in all_results})
    return Job(str(root), chapter, values, needed_results, chapters, rehearsed, modules)


def _standing_results(root: Path, names: Sequence[str], reached: Sequence[str]) -> dict[str, results.StoredResults]:
    """The results of chapters at their defaults; of those that run in each scenario only when they do not fail there."""
    try:
        return run.results_under(root, names, {})
    except run.RunFailed:
        if not reached:
            raise
        others = [name for name in names if name not in reached]
        return run.results_under(root, others, {}) if others else {}
