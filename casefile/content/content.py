"""What the pages show: the records and every chapter's results, and how a page looks a figure up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from casefile import records
from casefile.citation import changes, corrections
from casefile.citation.catalogue import Catalogue
from casefile.errors import BadInput, nearest
from casefile.execution.story import PAGES, PLACES
from casefile.figures.claims import StoredVerdict
from casefile.figures.nodes import Figure
from casefile.figures.pictures import Pictures
from casefile.notebook import results
from casefile.notebook.homes import Homes
from casefile.notebook.results import Results
from casefile.records import Correction, Records
from casefile.system import cache


@dataclass
class Content:
    """The records of a story and the results of its chapters, by docname (`chapters/01_swap`).

    `digests` has the hash of each chapter's results, `places` the page of each directive: what a link to the sources,
    the ledger or the corrections leads to. `language` is that of what the reviewed work printed, empty for the book's own.
    """

    records: Records
    pages: dict[str, Results]
    digests: dict[str, str] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=Pictures)
    catalogue: Catalogue | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    language: str = ""

    @classmethod
    def load(cls, root: Path, folder: Path) -> Content:
        """Read `data/` of `root`, and the results that a run left in `folder`, keyed by the page they belong to."""
        tables = records.load(root)
        chapters = json.loads((folder / PAGES).read_text(encoding="utf-8"))
        pages = {page: results.read(folder / f"{name}.json", tables.units) for page, name in chapters.items()}
        digests = {page: cache.digest((folder / f"{name}.json").read_bytes()) for page, name in chapters.items()}
        pictures = Pictures(cache.Store(root / cache.FOLDER))
        places = json.loads((folder / PLACES).read_text(encoding="utf-8")) if (folder / PLACES).is_file() else {}
        return cls(tables, pages, digests, pictures, Catalogue.read(root, folder, tables), places)

    @cached_property
    def corrected(self) -> dict[str, Correction]:
        """The latest correction that names each figure."""
        rows = corrections.newest_first(self.records.corrections.values())
        return {name: row for row in reversed(rows) for name in row.figures}

    @cached_property
    def restated(self) -> dict[str, Correction]:
        """The figures that a correction changed in what they say, and not in their digits alone, each with the latest."""
        if self.catalogue is None:
            return self.corrected
        rows, catalogue = self.records.corrections.values(), self.catalogue
        return changes.restated(rows, catalogue.items, catalogue.editions.values())

    @cached_property
    def homes(self) -> Homes:
        """On which page each figure, word, chart and verdict lives."""
        return Homes(self.pages)

    def page_of(self, name: str, page: str) -> str:
        """The page whose graph answers for a figure or word asked for on `page`: that page itself where it can."""
        home = self.homes.answering(name, page)
        if home is None:
            ids = [*self.homes.figures, *self.homes.words]
            raise BadInput(f"{page}: no figure or word {name!r} in any chapter; {nearest(name, ids)}")
        return home

    def home(self, figure: Figure) -> str:
        """The page where a figure is published and explained."""
        return self.homes.figures[figure.id]

    @cached_property
    def verdicts(self) -> dict[str, StoredVerdict]:
        """Every verdict, by claim."""
        return {name: self.pages[page].verdicts[name] for name, page in self.homes.verdicts.items()}

    @cached_property
    def cited_on(self) -> dict[str, list[str]]:
        """The pages whose figures or charts rest on each source, by source id."""
        pages_by_source: dict[str, list[str]] = {}
        for page, chapter in self.pages.items():
            used = {source for name in chapter.graph.figures for source in chapter.graph.sources(name)}
            used |= {source for chart in chapter.charts.values() for source in chart["sources"]}
            for source in used:
                pages_by_source.setdefault(source, []).append(page)
        return pages_by_source

    @cached_property
    def read(self) -> frozenset[str]:
        """The facts and events that some chapter's figure, some claim or some parameter rests on."""
        records = self.records
        ids = {figure.record for chapter in self.pages.values() for figure in chapter.graph.figures.values()}
        ids |= {name for claim in records.claims.values() for name in claim.figures}
        return frozenset(ids | {row.basis for row in records.declarations.values()})
