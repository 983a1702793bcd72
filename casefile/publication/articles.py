"""The articles of a built site, as a book for reading holds them: what runs, folds or downloads is gone, proofs are notes.

EPUB and PDF are both made of these, so every number, chart, formula and anchor in them is that of the page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from casefile.errors import BadInput
from casefile.figures.pictures import in_colours
from casefile.site.downloads import light_colours
from casefile.system.tree import Element, parent_of, removed

SVG, MATHML = "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"
NOTES = "How the numbers were worked out"
# What works on a page alone: code and what unfolds it, the drawing for a phone, files beside the page, what a script fills.
_TAGS_OF_PAGES = frozenset(("script", "form", "button", "input", "dialog", "iframe"))
_CLASSES_OF_PAGES = frozenset((
    "headerlink", "print-only", "above-input", "silent", "chart-narrow", "chart-files", "cite-files", "cite-button", "scripted",
    "toctree-wrapper", "source-filter", "verify", "notebook-files", "score-all",
))  # fmt: skip
_DROPPED = frozenset(("tabindex", "popovertarget", "download", "loading"))
# Names that HTML's reader writes small, and SVG does not.
_SVG_CASE = {
    name.lower(): name
    for name in (
        "viewBox", "clipPath", "clipPathUnits", "gradientUnits", "gradientTransform", "linearGradient", "radialGradient",
        "preserveAspectRatio", "textLength", "lengthAdjust", "markerWidth", "markerHeight", "refX", "refY", "patternUnits",
    )
}  # fmt: skip


def _by_class(name: str) -> str:
    return f"descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


def having(element: Element, name: str) -> list[Element]:
    """The elements below one that have a class."""
    elements: list[Element] = element.xpath(_by_class(name))
    return elements


@dataclass
class Article:
    """A page's article: its place on the site (`chapters/01_swap`), its element, and the headings that contents list."""

    page: str
    element: Element

    @cached_property
    def title(self) -> str:
        """What the page is called."""
        return next((text_line(heading) for heading in self.element.iter("h1")), self.page)

    @property
    def sections(self) -> Iterator[tuple[str, str]]:
        """Its sections: the anchor and what the heading says."""
        for heading in self.element.iter("h2"):
            anchor = heading.get("id") or parent_of(heading).get("id")
            if anchor:
                yield anchor, text_line(heading)

    @property
    def anchors(self) -> set[str]:
        """Every id on it."""
        return set(self.element.xpath("descendant-or-self::*/@id"))


def text_line(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def read(site: Path, pages: Iterable[str]) -> list[Article]:
    """The articles of some pages of a site, in their order, ready for a book. Raises BadInput for one that is not there."""
    return [readable_article(page, page_element(site, page)) for page in pages]


def page_element(site: Path, page: str) -> Element:
    """A page of a site, parsed. Raises BadInput for one that is not there, or is no page of a book."""
    path = site / f"{page}.html"
    if not path.is_file():
        raise BadInput(f"{page}.html: not in {site}; run `casefile build` first")
    tree = etree.HTML(path.read_bytes(), etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True))
    if tree is None or tree.find(".//article") is None:
        raise BadInput(f"{page}.html: no page of a book; expected one that `casefile build` made")
    return tree


def readable_article(page: str, tree: Element) -> Article:
    """The article of a parsed page for reading on paper or a reading device; the page itself is used up."""
    (article,) = tree.xpath("(.//article)[1]")
    article.tail = None
    for element in [element for element in article.iter(etree.Element) if _is_of_pages(element)]:
        removed(element)
    for svg in article.iter("svg"):
        _drawn(svg)
    for formula in article.iter("math"):
        formula.set("xmlns", MATHML)
    _gather_notes(article)
    for fold in list(article.iter("details")):
        fold.tag = "div"
        fold.attrib.pop("open", None)
    for head in list(article.iter("summary")):
        head.tag = "p"
        head.set("class", "fold-head")
    for element in article.iter(etree.Element):
        for name in list(element.attrib):
            if name in _DROPPED or ":" in name or name.startswith("data-"):
                del element.attrib[name]
    for picture in having(article, "chart-picture"):  # a picture says what it shows, its parts nothing of their own
        for svg in picture.iter("svg"):
            svg.set("role", "img")
            svg.set("aria-label", picture.get("aria-label", ""))
        for name in ("role", "aria-label"):
            picture.attrib.pop(name, None)
    _drop_empty(article)
    return Article(page, article)


def _is_of_pages(element: Element) -> bool:
    """Whether an element works on a page alone, or is hidden on it."""
    if element.tag in _TAGS_OF_PAGES or "hidden" in element.attrib:
        return True
    classes = element.get("class")
    return classes is not None and not _CLASSES_OF_PAGES.isdisjoint(classes.split())


def unwrapped(element: Element) -> None:
    """Take an element's tags away and leave what is in it."""
    parent = parent_of(element)
    place = parent.index(element)
    marker = etree.Element("span")
    parent.insert(place, marker)
    marker.tail, element.tail = element.tail, None
    marker.text = element.text
    marker.extend(list(element))
    parent.remove(element)


def _gather_notes(article: Element) -> None:
    """Put every derivation at the end of the article, under a heading, each once where its number's link leads."""
    folds = [*having(article, "proof"), *having(article, "all-figures")]
    notes = [note for fold in folds for note in having(fold, "derivation")]
    if not notes:
        return
    section = etree.SubElement(article, "section", {"class": "notes"})
    etree.SubElement(section, "h2", {"id": _NOTES_ID}).text = NOTES
    for note in notes:
        removed(note)
        section.append(note)
        note.tail = "\n"
    for fold in folds:
        if not fold.xpath("descendant-or-self::*[@id]"):
            removed(fold)
    foot = [element for name in ("corrected-here", "cite-mark") for element in having(article, name)]
    for element in foot:  # what closes a page closes it still
        tail, element.tail = element.tail, None
        if tail and tail.strip():
            raise BadInput(f"text after what closes a page: {tail.strip()[:80]}")
        article.append(element)


_NOTES_ID = "notes-on-numbers"


def _drawn(svg: Element) -> None:
    """Give a drawing its colours, and the names of its parts as SVG writes them."""
    colours = light_colours()
    for element in svg.iter(etree.Element):
        if element.tag in _SVG_CASE:
            element.tag = _SVG_CASE[element.tag]
        for name, value in element.items():
            if name.startswith(("aria-", "role", "xmlns")):
                del element.attrib[name]
            elif name in _SVG_CASE or name == "xlink:href":
                del element.attrib[name]
                element.set(_SVG_CASE.get(name, "href"), value)
            elif "var(" in value:
                element.set(name, in_colours(value, colours))
    svg.set("xmlns", SVG)


def _drop_empty(article: Element) -> None:
    """Take away boxes that hold nothing any more and that nothing leads to."""
    for element in reversed(list(article.iter("div", "aside", "ul"))):
        if not len(element) and not (element.text or "").strip() and not element.get("id"):
            removed(element)


# ---------------------------------------------------------------------------------------------------------------- links


@dataclass(frozen=True)
class Places:
    """Where a book's links lead: its own pages with their anchors, and the address of the site for everything else."""

    anchors: Mapping[str, frozenset[str]]
    address: str

    @classmethod
    def of(cls, articles: Iterable[Article], address: str) -> Places:
        """The places of a book."""
        return cls({article.page: frozenset(article.anchors) for article in articles}, address)

    def within(self, page: str, href: str) -> tuple[str, str] | None:
        """The page and the anchor (empty for its top) in the book that an address on a page leads to; None for elsewhere.

        A page that a claim has to itself stands for its entry in the ledger.
        """
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return None
        target = _joined(page, parts.path).removesuffix(".html") if parts.path else page
        anchor = unquote(parts.fragment)
        if target not in self.anchors and target.startswith("claims/"):
            anchor = f"claim-{target.removeprefix('claims/')}"
            target = next((name for name, anchors in self.anchors.items() if anchor in anchors), target)
        if target not in self.anchors:
            return None
        return target, anchor if anchor in self.anchors[target] else ""

    def outside(self, page: str, href: str) -> str:
        """The whole address of what is not in the book; empty for a file of a site whose address nobody knows."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return href
        if not self.address:
            return ""
        asked = f"?{parts.query}" if parts.query else ""
        return self.address + _joined(page, parts.path) + asked + (f"#{parts.fragment}" if parts.fragment else "")


def _joined(page: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path)))


def relink(article: Article, places: Places, written: Callable[[str, str], str]) -> None:
    """Have every link of an article lead on in the book: `written` says how it names a page and an anchor.

    A link to what has no place in a book keeps its text alone.
    """
    for link in list(article.element.iter("a")):
        href = link.get("href")
        if href is None:
            continue
        inner = places.within(article.page, href)
        target = written(*inner) if inner else places.outside(article.page, href)
        if target:
            link.set("href", target)
        elif link.get("id"):
            del link.attrib["href"]
        else:
            unwrapped(link)
