"""What can be cited: the book, its pages, sections, numbers, charts and claims, each with an id that stays and a hash.

An id is never given to another thing and never lost: `data/ids.csv` lists them all, with the page and anchor they lead
to. The hash says whether what was cited is still the same: for a number it covers its value, formula and sources, and
those of all it was made from; for a section its text and the numbers, charts and verdicts in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from docutils.nodes import make_id

from casefile.citation import sections
from casefile.errors import BadInput, shown
from casefile.execution.story import Run, Story
from casefile.figures import formats
from casefile.figures.nodes import Figure
from casefile.notebook import markdown
from casefile.notebook.cells import NotebookCell
from casefile.notebook.homes import Homes
from casefile.notebook.results import Results
from casefile.records import Overrides, Records
from casefile.system import scratch

ITEM_KINDS = ("book", "page", "section", "number", "chart", "claim")
BOOK_ID = "book"

_HASH_LENGTH = 12
# An id names files and a page is one, so neither may lead anywhere else.
FORMS = {
    "id": re.compile(r"\w[\w-]*"), "page": re.compile(r"\w[\w-]*(/\w[\w-]*)*"), "anchor": re.compile(r"(\w[\w-]*)?"),
}  # fmt: skip
FORM_EXPECTED = "letters, digits, underscores and hyphens, and for a page the folders it lies in"


@dataclass(frozen=True)
class CitableItem:
    """One thing that can be cited, as it stands.

    `text` is what it says in short: the number as printed, or the verdict; empty for others. `qualifier` is what the source
    of a number puts before it. `rests_on` holds the ids of figures and claims that it prints or is made from.
    """

    id: str
    kind: str
    page: str
    anchor: str
    title: str
    text: str
    hash: str
    value: float | None = None
    unit: str = ""
    range: str = ""
    rests_on: tuple[str, ...] = ()
    qualifier: str = ""

    @property
    def said(self) -> str:
        """What it says in short, no more certain than its source: `more than $500 million`."""
        return f"{self.qualifier} {self.text}".lstrip()

    @property
    def place(self) -> str:
        """Its address within the site."""
        return f"{self.page}.html" + (f"#{self.anchor}" if self.anchor else "")


def checked_item(item: CitableItem) -> CitableItem:
    """The item, when its id, page and anchor can be those of files and elements. Raises BadInput otherwise."""
    for column, form in FORMS.items():
        if not form.fullmatch(str(getattr(item, column))):
            raise BadInput(
                f"{item.kind} {shown(item.id)}: {column} {shown(getattr(item, column))}; expected {FORM_EXPECTED}"
            )
    return item


def content_hash(*parts: object) -> str:
    """A short SHA-256 over plain data; numbers by their twelve first digits, so that no processor's last bit counts."""
    plain = json.dumps([_steady(part) for part in parts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:_HASH_LENGTH]


def _steady(plain: object) -> object:
    if isinstance(plain, float):
        return f"{plain:.12g}"
    if isinstance(plain, Mapping):
        return {str(key): _steady(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_steady(value) for value in plain]
    return plain


# ---------------------------------------------------------------------------------------------------------- collecting


@dataclass
class CitableBook:
    """What the pages of a book say: records, results by page, and the cells of each page in order.

    `extensions` are those of MyST's syntax that the book uses.
    """

    records: Records
    chapters: Mapping[str, Results]
    cells: Mapping[str, list[NotebookCell]]
    extensions: markdown.Syntax = markdown.SYNTAX
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @cached_property
    def homes(self) -> Homes:
        """On which page each figure, word, chart and verdict lives."""
        return Homes(self.chapters)

    @cached_property
    def ledger_page(self) -> str:
        """The page that lists every verdict; empty without one."""
        places = markdown.places({page: sections.texts(cells, self.extensions) for page, cells in self.cells.items()})
        return places.get("casefile-ledger", "")

    def figure_hash(self, page: str, name: str) -> str:
        """The hash of a figure: its value, range, unit, formula and sources, and those of all its inputs."""
        graph = self.chapters[page].graph
        figure = graph[name]
        home = self.homes.publishers.get(name, page)
        if home != page and name in self.chapters[home].graph:
            return self.figure_hash(home, name)
        if (page, name) not in self._hashes:
            tree = figure.formula.scaled_tree if figure.formula is not None else None
            self._hashes[page, name] = content_hash(
                name, figure.value, figure.low, figure.high, figure.unit, tree, figure.function, figure.rows,
                sorted(figure.sources), {inner: self.figure_hash(page, inner) for inner in figure.inputs},
            )  # fmt: skip
        return self._hashes[page, name]

    def parts(self, kind: str, name: str, page: str) -> tuple[str, frozenset[str]]:
        """The hash of something a page shows, and the ids it rests on: none where there is no such thing."""
        if kind == "chart":
            chart = self.chapters[page].charts[name]
            graph = self.chapters[page].graph
            texts = [graph.fill(chart[key]) for key in ("title", "note")]
            named = frozenset(re.findall(r"\{(\w+)", chart["title"] + chart["note"])) & frozenset(graph.figures)
            listed = {str(row.get("figure")) for row in chart["rows"]} & set(graph.figures)
            return content_hash(texts, chart["columns"], chart["rows"], sorted(chart["sources"])), self.through(
                page, named | listed
            )
        if kind == "claim" and name in self.records.claims:
            claim = self.records.claims[name]
            home = self.homes.verdicts.get(name)
            judge = self.chapters[home] if home else None
            verdict = judge.verdicts[name]["verdict"] if judge else None
            choice = judge.graph.choices.get(f"claim_{name}") if judge else None
            over = choice.inputs if choice else ()
            rule = [[label, condition.written] for label, condition in choice.options] if choice else None
            rested = {inner: self.figure_hash(home, inner) for inner in over} if home else {}
            replies = [self.records.replies[reply].meaning for reply in claim.replies]
            claim_hash = content_hash(claim.claim, claim.finding, sorted(claim.sources), replies, verdict, rule, rested)
            return claim_hash, self.through(home, over) if home else frozenset()
        answering = self.homes.answering(name, page)
        if answering is None:
            return content_hash(name), frozenset()
        graph = self.chapters[answering].graph
        if name in graph.choices:
            return content_hash(graph.chosen(name)), frozenset()
        return self.figure_hash(answering, name), self.through(answering, [name])

    def through(self, page: str, names: Iterable[str]) -> frozenset[str]:
        """Some figures and all that they were made from."""
        graph = self.chapters[page].graph
        ids: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in ids:
                continue
            ids.add(name)
            home = self.homes.publishers.get(name, page)
            waiting += graph[name].inputs
            if home != page and name in self.chapters[home].graph:
                ids |= self.through(home, [name])
        return frozenset(ids)


def items(book: CitableBook) -> dict[str, CitableItem]:
    """Everything that can be cited, by id: pages and their sections in order, then numbers, charts and claims, the book.

    Raises BadInput when two things have one id, and for a page that cannot be told apart (`markdown.check`).
    """
    by_id: dict[str, CitableItem] = {}

    def add(item: CitableItem) -> None:
        if item.id in by_id:
            other = by_id[item.id]
            raise BadInput(
                f"{item.page}: the id {item.id!r} of a {item.kind} is that of a {other.kind} of {other.page}"
            )
        by_id[item.id] = checked_item(item)

    for page, cells in book.cells.items():
        markdown.check(page, sections.texts(cells, book.extensions))
        for section in sections.sections_of_page(page, cells, book.records, book.homes, book.extensions):
            if not section.label and section.level > 1:
                continue  # without a label it has no id that stays; its text counts to the section above
            shown = dict.fromkeys(section.shown)
            parts = {(kind, name): book.parts(kind, name, page) for kind, name in shown}
            text = " ".join(" ".join(section.lines).split())
            rests = frozenset[str]().union(*(rested for _, rested in parts.values()))
            rests |= {name for kind, name in parts if kind == "claim"} | {
                f"chart-{n}" for k, n in parts if k == "chart"
            }
            hashed = content_hash(section.title, text, [[kind, name, part[0]] for (kind, name), part in parts.items()])
            whole = section.level == 1
            anchor = "" if whole else make_id(section.label)
            add(CitableItem(section.label or Path(page).name, "page" if whole else "section", page, anchor, section.title, "", hashed,
                     rests_on=tuple(sorted(rests))))  # fmt: skip
    for name, page in book.homes.figures.items():
        graph = book.chapters[page].graph
        figure = graph[name]
        has_range = bool(figure.band) and figure.value is not None
        add(CitableItem(
            name, "number", page, f"figure-{name}", figure.meaning, graph.printed(name), book.figure_hash(page, name),
            figure.value, figure.unit, f"{graph.printed(name, 'range')}, {figure.band}" if has_range else "",
            tuple(sorted(book.through(page, [name]) - {name})), _qualifier(figure, book.records),
        ))  # fmt: skip
    for name, page in book.homes.charts.items():
        hashed, rests = book.parts("chart", name, page)
        title = book.chapters[page].graph.fill(book.chapters[page].charts[name]["title"])
        add(
            CitableItem(
                f"chart-{name}", "chart", page, f"chart-{name}", title, "", hashed, rests_on=tuple(sorted(rests))
            )
        )
    for name, page in book.homes.verdicts.items():
        hashed, rests = book.parts("claim", name, page)
        title, verdict = book.records.claims[name].claim, book.chapters[page].verdicts[name]["verdict"]
        home = book.ledger_page or page
        add(CitableItem(name, "claim", home, f"claim-{name}", title, verdict, hashed, rests_on=tuple(sorted(rests))))
    root = next(iter(book.cells))
    whole_book = content_hash({item.id: item.hash for item in by_id.values()})
    add(CitableItem(BOOK_ID, "book", root, "", "", "", whole_book, rests_on=tuple(sorted(by_id))))
    return by_id


def _qualifier(figure: Figure, records: Records) -> str:
    """What the source of a fact puts before it; nothing for what was worked out, or set to another value than the source's."""
    fact = records.figures.get(figure.record)
    if fact is None or figure.value is None or (figure.kind == "parameter" and figure.value != fact.value):
        return ""
    # The range of a parameter is an assumption's.
    low, high = (fact.low, fact.high) if figure.kind == "parameter" else (figure.low, figure.high)
    return formats.qualifier(figure.printed_form, figure.value, low, high)


def of_run(run: Run) -> CitableBook:
    """What a run of the book has its pages say."""
    return CitableBook(run.story.records, run.chapters, run.cells, run.story.syntax)


def current(story: Story, overrides: Overrides, jobs: int = 1, engine: str | None = None) -> dict[str, CitableItem]:
    """Everything that can be cited as it stands now, with `overrides` of parameters; runs what has not run before."""
    with scratch.temporary_directory() as folder:
        return items(of_run(story.run(overrides, folder, jobs, engine)))
