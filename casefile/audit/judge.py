"""What a page is held against, and how a text on it is judged: the tools of whoever reads its elements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from casefile.audit import numerals
from casefile.audit.accounts import Accounts, Scope
from casefile.audit.drawing import Drawing
from casefile.citation import citation_file
from casefile.content import ledger
from casefile.content.content import Content
from casefile.notebook import markdown, parameters
from casefile.notebook.cells import Notebook
from casefile.records import Scenario
from casefile.system.tree import Element, of_html


@dataclass
class PageAudit:
    """What one page holds: its numerals by kind of account, its faults with their places, and what it asks of others.

    `headings` and `numbers` are what a heading or caption says, and its number, by the anchors that lead to it. `namings`
    are links that say what only the heading they lead to accounts for: address, text, place.
    """

    numerals: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    namings: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """What the book's folder holds of a page: its Markdown, cell by cell, its code cells, the formulas they put out."""

    text: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    syntax: markdown.Syntax = markdown.SYNTAX
    formulas: tuple[str, ...] = ()

    @classmethod
    def of_notebook(cls, notebook: Notebook, syntax: markdown.Syntax = markdown.SYNTAX) -> Written:
        """What a notebook holds."""
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        formulas = (
            "".join(output["data"]["text/latex"])
            for cell in cells
            for output in cell.get("outputs", ())
            if "text/latex" in output.get("data", {})
        )
        return cls(
            markdown.markdown_cells(notebook), tuple("".join(cell["source"]) for cell in cells), syntax, tuple(formulas)
        )

    def code(self) -> set[str]:
        """Every code cell, code block and inline code."""
        lines = markdown.code(markdown.read(self.text, self.syntax))
        return {numerals.plain(code) for code in (*self.cells, *lines)}

    def asked(self, directive: str) -> list[str]:
        """What stands behind each directive of a name."""
        directives = markdown.directives(markdown.read(self.text, self.syntax))
        return [asked.argument for asked in directives if asked.name == directive]

    def has_formula(self, tex: str) -> bool:
        """Whether a formula stands in the text, or was put out by a cell."""
        return any("".join(tex.split()) in "".join(text.split()) for text in (*self.text, *self.formulas))


@dataclass(frozen=True)
class Truth:
    """What all pages of a site are held against: the records and a run of the chapters, the book's title.

    `site` is the folder that pages stand in, for the pictures they speak of.
    """

    content: Content
    title: str
    site: Path

    def prepare(self) -> None:
        """Work out what all pages are held against, before they are shared between processes."""
        for part in ("address", "accounts", "entries", "definitions", "scenarios", "drawings"):
            getattr(self, part)

    @cached_property
    def address(self) -> str:
        """The book's address on the web; empty without one."""
        return citation_file.address_of(self.content.records.root)

    @cached_property
    def accounts(self) -> Accounts:
        """What accounts for a numeral anywhere."""
        catalogue = self.content.catalogue
        return Accounts(self.content.records, [catalogue.book.date.isoformat()] if catalogue else ())

    @cached_property
    def entries(self) -> dict[str, ledger.Entry]:
        """The judged claims."""
        return {entry.claim.id: entry for entry in ledger.entries(self.content)}

    @cached_property
    def definitions(self) -> dict[str, tuple[str, str]]:
        """The terms that the site's glossary defines, by their anchors: the word, and what it says of it."""
        file = self.site / f"{self.content.places.get('casefile-glossary', '')}.html"
        entries = of_html(file.read_bytes()).iterfind(".//dt[@id]") if file.is_file() else ()
        return {
            entry.get("id", ""): (" ".join(entry.itertext()), " ".join(" ".join(said.itertext()).split()))
            for entry in entries
            if (said := entry.getnext()) is not None
        }

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The named scenarios, with what each sets."""
        return parameters.scenarios(self.content.records)

    @cached_property
    def figures(self) -> dict[tuple[str, str], Scope]:
        """What may be said of each figure, by the page whose graph answers for it; filled as figures are met."""
        return {}

    @cached_property
    def drawings(self) -> dict[str, Drawing]:
        """What each chart is drawn from."""
        charts = [chart for results in self.content.pages.values() for chart in results.charts.values()]
        return {chart["id"]: Drawing(chart["spec"], self.content.pictures) for chart in charts}


class Judge:
    """One page and what it is held against; `name` is its docname in the book, `tree` has a head and a body."""

    def __init__(self, name: str, tree: Element, written: Written, truth: Truth) -> None:
        self.name, self.tree, self.written, self.truth = name, tree, written, truth
        self.content = truth.content
        self.code = written.code() | {results.chapter for results in self.content.pages.values()}
        self.reviewed = truth.content.records.claims.get(PurePosixPath(name).name)  # on the page of a claim
        self.charts: Counter[bool] = Counter()  # how many were met so far, and of those that prove
        self.chart = ""  # what the latest of them is called
        self.counted: Counter[str] = Counter()
        self.numbering: dict[str, tuple[int, ...]] = {}  # the latest number of each kind that counts what a page holds
        self.page_audit = PageAudit()

    @cached_property
    def anchored(self) -> dict[str, list[Element]]:
        """The elements of the page by their ids."""
        anchored: dict[str, list[Element]] = {}
        for element in self.tree.iterfind(".//*[@id]"):
            anchored.setdefault(element.get("id", ""), []).append(element)
        return anchored

    def fault(self, element: Element, what: str) -> None:
        """Note a fault with its place."""
        self.page_audit.faults.append((place(element), what))

    def passage(self, text: str, scope: Scope, element: Element) -> None:
        """Hold a text against its scope, and what accounts for a numeral anywhere."""
        if numerals.NUMERAL.search(text):
            for numeral in numerals.around(self.truth.accounts.judge(text, scope, self.counted)):
                self.fault(element, f"numeral from nowhere: {numeral}")

    def exact(self, text: str, kind: str, expected: str, element: Element) -> None:
        """Hold a text against the one thing that it may say."""
        text, expected = numerals.plain(text), numerals.plain(expected)
        if text == expected:
            self.counted[kind] += numerals.numeral_count(text)
        elif numerals.numeral_count(text) or numerals.numeral_count(expected):
            self.fault(element, f"says “{_short(text)}”; expected “{_short(expected)}”")


def place(element: Element) -> str:
    """Where an element stands: the nearest id, its name and class."""
    near = next((f"#{up.get('id')} " for up in (element, *element.iterancestors()) if up.get("id")), "")
    return near + ".".join([str(element.tag), *(element.get("class") or "").split()[:1]])


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]} …"
