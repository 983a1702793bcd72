"""Prove every number on the pages of a built site, as a reader sees them.

Every numeral of every page, in text, charts, tables, alternative texts, metadata, must be accounted for by what it claims
to be: `accounts` says what a numeral may be, `scopes` what each element speaks of, `expected` what it must say,
`page` reads, `drawing` reads charts, `links` what pages ask of each other. The measure is a run of the chapters and the records; nothing of the site is believed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from casefile.audit import editions, elements
from casefile.audit.accounts import KINDS
from casefile.audit.judge import PageAudit, Truth, Written
from casefile.audit.links import Links
from casefile.audit.page import Page
from casefile.citation import archive
from casefile.content.content import Content
from casefile.errors import BadInput, CasefileError
from casefile.records import Event, Fact
from casefile.system import cache, limits, shares


@dataclass(frozen=True)
class Fault:
    """One fault: the page, the place on it, and what is wrong."""

    page: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.page}: {self.place}: {self.what}" if self.place else f"{self.page}: {self.what}"


@dataclass(frozen=True)
class AuditReport:
    """What an audit found: the numerals of each page by kind of account, and every fault."""

    pages: Mapping[str, Mapping[str, int]]
    findings: tuple[Fault, ...]

    def lines(self) -> Iterator[str]:
        """The coverage of each page in a line, and of all in the last."""
        for page, counted in self.pages.items():
            yield f"{page}: {_told(counted)}"
        whole: Counter[str] = Counter()
        for counted in self.pages.values():
            whole.update(counted)
        yield f"{len(self.pages)} pages: {_told(whole)}"


def _told(counted: Mapping[str, int]) -> str:
    kinds = ", ".join(f"{counted[kind]} {kind}" for kind in KINDS if counted.get(kind))
    return f"{sum(counted.values())} numerals accounted for" + (f" ({kinds})" if kinds else "")


class AuditFailed(CasefileError):
    """A site holds something that cannot be accounted for; the message lists the first `shown` findings."""

    def __init__(self, findings: Sequence[Fault], shown: int = 10) -> None:
        more = [f"and {len(findings) - shown} more"] if len(findings) > shown else []
        faults = f"{len(findings)} fault{'s' * (len(findings) != 1)}"
        super().__init__("\n  ".join([f"the audit found {faults}:", *map(str, findings[:shown]), *more]))
        self.findings = findings


def audit(
    site: Path, content: Content, written: Mapping[str, Written], book: str, store: cache.Store | None = None, jobs: int = 1,
) -> AuditReport:  # fmt: skip
    """Audit a built site against the run and records in `content`.

    `written` is what the book's folder holds of each page, `book` its title. The audit of a page that is judged by the same
    as before comes from `store`; the others are read by `jobs` processes. Raises BadInput for a folder that is no site or a
    page that is no HTML.
    """
    paths = sorted(
        path for path in site.rglob("*.html") if path.relative_to(site).parts[0] not in ("_static", archive.VERSIONS)
    )
    if not paths or not (site / "index.html").is_file():
        raise BadInput(f"{site}: no site here; expected a folder with index.html and the pages of the book")
    truth, base = Truth(content, book, site), _judged_by(content, book) if store else ""
    root = next(iter(written), "")
    audits: dict[str, PageAudit] = {}
    waiting: list[_Unread] = []
    files = {path.relative_to(site).as_posix(): path for path in paths}
    for file, path in files.items():
        name = root if file == "index.html" else file.removesuffix(".html")
        text, source = elements.page_text(path, file), written.get(name, Written())
        asked = [said.split()[0] for said in source.asked("casefile-citations") if said]
        cited = repr([content.catalogue.find(name) for name in asked]) if content.catalogue else ""
        key = cache.key({
            "page": cache.digest(text), "name": name, "written": repr(source), "cited": cited, "by": base,
        })  # fmt: skip
        stored = store.get("audits", key) if store else None
        if stored is None:
            waiting.append(_Unread(file, name, text, source, key))
        else:
            audits[file] = PageAudit(**stored)

    def read(homes: Sequence[Sequence[_Unread]]) -> dict[str, PageAudit]:
        worked = {}
        for page in itertools.chain.from_iterable(homes):
            worked[page.file] = Page(page.name, elements.page_tree(page.text, page.file), page.source, truth).read()
            if store:
                store.put("audits", page.key, asdict(worked[page.file]))
        return worked

    homes: dict[str, list[_Unread]] = {}  # a chart's frame goes with the page that shows it: its drawing is read once
    for page in waiting:
        folder, _, chart = page.name.partition("/")
        home = content.homes.charts.get(chart, page.name) if folder == "embed" else page.name
        homes.setdefault(home, []).append(page)
    if waiting:
        truth.prepare()
    parts = shares.split(homes.values(), lambda pages: sum(len(page.text) for page in pages), jobs)
    for worked in shares.worked_out(read, parts, "the audit", limits.of(content.records.root).seconds):
        audits |= worked
    audits = {file: audits[file] for file in files} | editions.page_audits(site, content, store)
    findings = [Fault(page, *fault) for page, page_audit in audits.items() for fault in page_audit.faults]
    links = Links(site, audits, truth.address)
    findings += [Fault(*fault) for fault in links.faults()]
    findings += _unused(content, links)
    pages = {
        page: page_audit.numerals for page, page_audit in audits.items() if not page.startswith(f"{archive.VERSIONS}/")
    }
    return AuditReport(pages, tuple(findings))


class _Unread(NamedTuple):
    """A page that has to be read: its file, its name in the book, its text, what is written of it, the key of its audit."""

    file: str
    name: str
    text: str
    source: Written
    key: str


def _judged_by(content: Content, book: str) -> str:
    """The hash of all that an audit rests on besides the page, what is written of it and what it cites."""
    root, catalogue = content.records.root, content.catalogue
    files = [root / "CITATION.cff", root / "_config.yml", *(root / "editions").glob("*.json")]
    pages = [(item.title, item.place) for item in catalogue.items.values() if item.kind == "page"] if catalogue else []
    return cache.key({
        **cache.data_parts(root), **cache.file_parts(root, files), **content.digests, "book": book, "pages": repr(pages),
        "left": repr(catalogue.left_behind if catalogue else {}), "package": cache.package(pages=True),
        "address": catalogue.book.address if catalogue else "",
    })  # fmt: skip


def _unused(content: Content, links: Links) -> Iterator[Fault]:
    """A fact or event that nothing reads and no page lists, a source that neither a page nor a row of a series cites."""
    records = content.records
    listed = {anchor.removeprefix("fact-") for anchor in links.anchors if anchor.startswith("fact-")}
    for table, rows in (("figures", records.figures), ("events", records.events)):
        for name in rows:
            if name not in content.read | listed:
                yield Fault(f"data/{table}.csv", name, "nobody uses it: no chapter, claim, parameter or list of facts")
    facts: dict[str, Fact | Event] = {**records.figures, **records.events}
    cited = (
        links.cited("source")
        | records.series_of_sources().keys()
        | {facts[name].source for name in listed & facts.keys()}
    )
    for name in records.sources:
        if name not in cited:
            yield Fault("data/sources.csv", name, "nobody cites it: no page and no row of a series")
