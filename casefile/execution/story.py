"""A story as it stands in its folder, and a run of it: what every verb begins with, each part read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casefile import records
from casefile.errors import BadInput, shown
from casefile.execution import notebooks, run
from casefile.execution.notebooks import Notebook
from casefile.execution.run import Report
from casefile.notebook import markdown, results
from casefile.notebook.cells import NotebookCell
from casefile.notebook.homes import Homes
from casefile.notebook.results import Results
from casefile.records import Overrides
from casefile.system import cache, document

PAGES = "pages.json"  # among the results: which page each chapter is
PLACES = "places.json"  # among the results: on which page each directive of this package stands
_PAGE = re.compile(r"\w[\w-]*(/\w[\w-]*)*")
_LISTS = ("parts", "chapters", "sections", "subtrees", "entries", "items")  # of what holds pages, in the contents
_TOLD = frozenset(
    ("format", "defaults", "meta", "options", "title", "caption", "url", "numbered", "titlesonly", "maxdepth", "hidden", "reversed")
)  # fmt: skip
_CONTENTS = f"a list of {', '.join(_LISTS[:-1])} or {_LISTS[-1]}"


def pages_of(root: Path) -> list[str]:
    """The pages of the book in reading order, as `_toc.yml` names them. Raises BadInput for a page without a file."""
    toc = document.read(root / "_toc.yml", "_toc.yml", "YAML with the pages of the book")
    if not isinstance(toc, dict) or not isinstance(toc.get("root"), str):
        raise BadInput("_toc.yml: no root; expected `root: PAGE`, then parts or chapters")
    pages: list[str] = []

    def collect(node: Any) -> None:
        if not isinstance(node, dict):
            raise BadInput(f"_toc.yml: {shown(node)}; expected `file: PAGE`, or parts and chapters")
        for key, value in node.items():
            if key in ("root", "file"):
                pages.append(str(value).removesuffix(".ipynb").removesuffix(".md"))
            elif key in _LISTS and isinstance(value, list):
                for child in value:
                    collect(child)
            elif key not in _TOLD:
                raise BadInput(
                    f"_toc.yml: {shown(key)}: {shown(value)}; expected `file: PAGE` for each page, or {_CONTENTS}"
                )

    collect(toc)
    home = root.resolve()
    for page in pages:
        if not _PAGE.fullmatch(page):
            raise BadInput(f"_toc.yml: {shown(page)}; expected a page of the book, such as chapters/NAME")
        files = [root / f"{page}{ending}" for ending in (".ipynb", ".md")]
        if not any(file.is_file() for file in files):
            raise BadInput(f"_toc.yml: {page!r} has no file; expected {page}.ipynb or {page}.md")
        if not all(file.resolve().is_relative_to(home) for file in files):
            raise BadInput(f"_toc.yml: {page!r} leads out of the book; expected a file that lies in it")
    return pages


def title_of(root: Path) -> str:
    """The book's title, from `_config.yml`."""
    plain = document.read(root / "_config.yml", "_config.yml", "YAML with the book's title")
    title = plain.get("title") if isinstance(plain, dict) else None
    if not isinstance(title, str) or not title.isprintable() or re.search("[<>]", title):
        raise BadInput(f"_config.yml: title is {shown(title)}; expected one line of text without < and >")
    return title


def _nothing_told(name: str, event: str, seconds: float) -> None:
    """A report of a run that nobody watches."""


@dataclass(frozen=True)
class Story:
    """A story: its contents, its records and the text of its pages, by page (`chapters/01_swap`)."""

    root: Path

    @cached_property
    def pages(self) -> list[str]:
        """The pages of the book in reading order."""
        return pages_of(self.root)

    @cached_property
    def chapters(self) -> dict[str, str]:
        """The pages that are notebooks, in reading order: page → chapter."""
        return {page: Path(page).name for page in self.pages if (self.root / f"{page}.ipynb").is_file()}

    @cached_property
    def title(self) -> str:
        """The book's title."""
        return title_of(self.root)

    @cached_property
    def records(self) -> records.Records:
        """What `data/` holds."""
        return records.load(self.root)

    @cached_property
    def syntax(self) -> markdown.Syntax:
        """The extensions of MyST's syntax that its pages are written in."""
        return markdown.syntax(self.root)

    @cached_property
    def store(self) -> cache.Store:
        """What its builds keep for the next."""
        return cache.Store(self.root / cache.FOLDER)

    @cached_property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """The Markdown of every page: a notebook's cells, or a whole text."""
        return {
            page: markdown.markdown_cells(notebooks.read(self.root / f"{page}.ipynb"))
            if page in self.chapters
            else (markdown.page_text_of_file(self.root, page),)
            for page in self.pages
        }

    @cached_property
    def places(self) -> dict[str, str]:
        """The first page on which each directive of this package stands, by its name: `casefile-sources` → page."""
        return markdown.places({page: markdown.read(text, self.syntax) for page, text in self.texts.items()})

    def run(
        self,
        overrides: Overrides,
        folder: Path,
        jobs: int,
        engine: str | None,
        report: Report = _nothing_told,
        **options: Any,
    ) -> Run:
        """Run every chapter with `overrides` of its parameters, by their homes, into `folder`; what is kept is not run again.

        `options` are those of `run.execute_all`. Raises RunFailed at the first failure.
        """
        runs = cache.Runs(self.store, self.records.states)
        names = list(self.chapters.values())
        run.execute_all(self.root, self.records, names, overrides, folder, jobs, engine, report, runs, **options)
        (folder / "results" / PAGES).write_text(results.dumps(self.chapters), encoding="utf-8")
        (folder / "results" / PLACES).write_text(results.dumps(self.places), encoding="utf-8")
        return Run(self, folder, overrides)


@dataclass(frozen=True)
class Run:
    """A run of a whole story, left in `folder`: `results/` and `notebooks/`, a file a chapter."""

    story: Story
    folder: Path
    overrides: Overrides

    @property
    def results(self) -> Path:
        """The folder of the results, a JSON file a chapter."""
        return self.folder / "results"

    @cached_property
    def chapters(self) -> dict[str, Results]:
        """The results of every chapter, by page."""
        units = self.story.records.units
        return {page: results.read(self.results / f"{name}.json", units) for page, name in self.story.chapters.items()}

    @cached_property
    def homes(self) -> Homes:
        """On which page each figure, word, chart and verdict lives."""
        return Homes(self.chapters)

    @cached_property
    def executed(self) -> dict[str, Notebook]:
        """The executed notebook of every chapter, by page."""
        folder = self.folder / "notebooks"
        return {page: notebooks.read(folder / f"{name}.ipynb") for page, name in self.story.chapters.items()}

    @cached_property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """The Markdown of every page, without the passages that this run left untold."""
        texts = {page: markdown.markdown_cells(executed) for page, executed in self.executed.items()}
        return {page: texts.get(page) or self.story.texts[page] for page in self.story.pages}

    @cached_property
    def cells(self) -> dict[str, list[NotebookCell]]:
        """The cells of every page: of an executed notebook, or the one that a whole text is."""
        return {
            page: list(self.executed[page]["cells"])
            if page in self.executed
            else [{"cell_type": "markdown", "source": self.story.texts[page][0]}]
            for page in self.story.pages
        }
