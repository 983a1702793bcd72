"""A story opened for questions: `casefile.open_story(path).run("03_delay", delay_months=6)`.

What runs is the chapter's own notebook, cell by cell, in a fork of a parent that stays warm, as a sweep runs it; nothing
here works out a figure of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casefile import records
from casefile.analysis import sensitivity as sensitivities
from casefile.analysis import tables
from casefile.analysis.chapter_run import ChapterRun
from casefile.analysis.sensitivity import Sensitivity
from casefile.citation import cite, request
from casefile.errors import BadInput, nearest, shown
from casefile.execution import fork, notebooks, run
from casefile.execution.story import Story
from casefile.notebook import parameters
from casefile.notebook.results import Results
from casefile.records import Overrides, Records, Scenario, Value, laid
from casefile.sweep import scenario
from casefile.sweep.job import Job, prepared
from casefile.system import place, provenance

if TYPE_CHECKING:
    import pandas as pd

VERSION = "1.2"  # of this interface, as docs/api.md describes it

_CHANGED = "data or notebooks have changed since this run; expected it to be run again"

Params = str | Path | Mapping[str, object] | None
_Stamps = tuple[tuple[str, int, int], ...]


def open_story(path: str | Path = ".", data: str | Path | None = None) -> OpenedStory:
    """The story in a folder, or in the nearest one above it, with the tables of the folder `data` laid over its own.

    Raises BadInput where there is no story, and for data that do not fit it.
    """
    start = Path(path).expanduser().resolve()
    root = place.nearest_root(start)
    if root is None:
        raise BadInput(f"{start}: no case file here or above; expected a folder with data/ and _toc.yml")
    if data is None:
        return OpenedStory(root)
    folder = Path(data).expanduser()
    return OpenedStory(_kept.enter_context(laid.over(root, folder)), folder)


_kept = contextlib.ExitStack()  # stories with other data, for as long as this process lives
atexit.register(_kept.close)


class OpenedStory:
    """A story whose chapters can be run with other values; data and notebooks that change meanwhile are read anew."""

    def __init__(self, root: Path, data: Path | None = None) -> None:
        self.root, self._data = root, data

    def __repr__(self) -> str:
        return f"casefile.open_story({str(self.root)!r})"

    @property
    def records(self) -> Records:
        """What `data/` holds now."""
        return records.load_once(self.root)

    @property
    def chapters(self) -> list[str]:
        """The chapters that can be run, by name."""
        return notebooks.chapters(self.root)

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The named scenarios: `title`, `meaning`, and `parameters` by chapter."""
        return parameters.scenarios(self.records)

    def parameters(self, chapter: str) -> pd.DataFrame:
        """The parameters that a chapter takes, a row each, by name: default, plausible range, bounds, meaning."""
        notebooks.path_of(self.root, chapter)
        return tables.parameters_table(self.records.declared(chapter), {})

    def run(self, chapter: str, params: Params = None, /, **values: object) -> ChapterRun:
        """Run a chapter with other values of its parameters, and return what it says.

        `params` are parameters of any chapters, `{"03_delay": {"delay_months": 6}}`, or a scenario's name, or a file of
        them; `values` are the chapter's own, and hold over those. A text is read as the command line reads it.
        Raises BadInput for an unknown chapter, name or value, RunFailed when a cell fails: one line each, as the command's.
        """
        notebooks.path_of(self.root, chapter)
        overrides = self._overrides(chapter, params, values)
        records = self.records
        at = _stamps(self.root)
        for name in notebooks.with_needs(self.root, [chapter]) if _has_texts(overrides) else ():
            taken = records.values_for(name, overrides)
            notebooks.check_ranges(notebooks.read(notebooks.path_of(self.root, name)), name, records, taken)

        def check_unchanged() -> None:
            if _stamps(self.root) != at:
                raise BadInput(f"{chapter}: {_CHANGED}")

        def draw() -> Results:
            check_unchanged()
            return self._results(chapter, overrides, records, printed=True)

        def quote(id: str, style: str) -> str:
            if self._data is not None:
                raise BadInput(
                    f"{shown(id)} is worked out with the data of {self._data}; nothing but the book's own can be cited"
                )
            check_unchanged()
            engine = run.FORK if fork.can_fork() else run.PAPERMILL
            return request.citation_of(
                Story(self.root), id, style, cite.single(records, overrides), os.cpu_count() or 1, engine
            )

        def made_from() -> dict[str, str]:
            check_unchanged()
            return self._manifest(chapter, overrides)

        results = self._results(chapter, overrides, records)
        return ChapterRun(chapter, overrides, results, records, draw, quote, made_from)

    def home_of(self, figure: str) -> str:
        """The chapter that publishes a figure. Raises BadInput that names the nearest figures."""
        names = [*Story(self.root).chapters.values()]
        homes = {
            name: chapter
            for chapter, plain in run.results_under(self.root, names, {}).items()
            for name, node in plain["figures"].items()
            if node.get("published") and node["chapter"] == chapter
        }
        if figure not in homes:
            raise BadInput(f"no figure {shown(figure)}; {nearest(figure, homes)}")
        return homes[figure]

    def sensitivity(self, figure: str, params: Params = None, /, **values: object) -> Sensitivity:
        """What moves a published figure: a tornado over the ranges and choices of all parameters, and Sobol's indices.

        Parameters are given as to `run`: what has one value is not moved, what has a range is moved within it.
        Raises BadInput where nothing that has a range moves the figure.
        """
        chapter, records = self.home_of(figure), self.records
        overrides = self._overrides(chapter, params, values)
        reached = notebooks.with_needs(self.root, [chapter])
        declared = {f"{row.chapter}.{row.name}": row for name in reached for row in records.declared(name).values()}

        def moved(move: sensitivities.Moved | None) -> Results:
            if move is None:
                return self._results(chapter, overrides, records)
            home, name, value = move
            return self._results(chapter, {**overrides, home: {**overrides.get(home, {}), name: value}}, records)

        return sensitivities.sensitivity_of(figure, declared, overrides, records, moved)

    def _manifest(self, chapter: str, overrides: Overrides) -> dict[str, str]:
        read = [notebooks.path_of(self.root, name) for name in notebooks.with_needs(self.root, [chapter])]
        rests = {**provenance.inputs(self.root, read), **provenance.commit(self.root)}
        rests |= rests.pop("libraries") | rests.pop("inputs")
        given = {f"{home}.{name}": value for home, named in overrides.items() for name, value in named.items()}
        return {
            "chapter": chapter,
            **{name: parameters.in_print(value) for name, value in given.items()},
            **({"data laid over the book's": str(self._data)} if self._data else {}),
            **{name: str(value) for name, value in rests.items()},
        }

    def _overrides(self, chapter: str, params: Params, values: Mapping[str, object]) -> dict[str, dict[str, Value]]:
        if isinstance(params, str | Path):
            overrides = parameters.from_file(str(params), self.records, chapter)
        else:
            overrides = parameters.of_mapping(_plain(params or {}), self.records, "params")
        own = parameters.of_mapping({chapter: _plain(values)} if values else {}, self.records, chapter)
        return {home: {**overrides.get(home, {}), **own.get(home, {})} for home in {**overrides, **own}}

    def _results(self, chapter: str, overrides: Overrides, records: Records, printed: bool = False) -> Results:
        moved = tuple(sorted((home, name) for home, named in overrides.items() for name in named))
        job = _job(self.root, chapter, moved, _stamps(self.root))
        return Results.from_json(scenario.published_results(job, overrides, printed), records.units)


def _has_texts(overrides: Overrides) -> bool:
    """Whether a value is a text, which may be a range."""
    return any(isinstance(value, str) for values in overrides.values() for value in values.values())


def _plain(value: object) -> object:
    """A value of Python's own: numbers of NumPy and days of `datetime` too are parameters."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    for convert in ("isoformat", "item"):
        if not isinstance(value, str) and hasattr(value, convert):
            value = getattr(value, convert)()
    return value.partition("T00:00:00")[0] if isinstance(value, str) else value


@functools.lru_cache(maxsize=16)
def _job(root: Path, chapter: str, moved: Iterable[tuple[str, str]], stamps: _Stamps) -> Job:
    """What runs when these parameters move, prepared once for each state of the story (`stamps`)."""
    story_records = records.load_once(root)
    named: dict[str, dict[str, Value]] = {}
    for home, name in moved:
        named.setdefault(home, {})[name] = ""
    read = notebooks.with_needs(root, [chapter])
    for name in read:
        parameters.check_cell(notebooks.read(notebooks.path_of(root, name)), name, story_records)
    return prepared(root, chapter, [name for name in read if story_records.values_for(name, named)], {})


def _stamps(root: Path) -> _Stamps:
    """The name, time and size of every notebook and of every file of data/: what a run rests on."""
    files = [*root.glob("*.ipynb"), *(root / "chapters").glob("*.ipynb"), *(root / "data").rglob("*")]
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files) if path.is_file())
