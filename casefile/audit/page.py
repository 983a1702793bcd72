"""One built page as a reader meets it: every text and attribute, held against what it claims to be.

What an element speaks of `scopes` lists, and `expected` what it must say. What no line there covers must be accounted for
by the texts of the scope around it, or by what accounts for a numeral anywhere.
"""

from __future__ import annotations

import json
import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from casefile.audit import charts, elements, numerals
from casefile.audit.accounts import CITATION, HOLE, KINDS, RECORD, STRUCTURE, Scope
from casefile.audit.elements import classes
from casefile.audit.expected import RULES
from casefile.audit.judge import Judge, PageAudit, place
from casefile.audit.scopes import SCOPES
from casefile.content import policy
from casefile.content.ledger import SCALE
from casefile.system import document
from casefile.system.plain import JSON
from casefile.system.tree import Element

_INLINE = frozenset((
    "a", "abbr", "b", "cite", "code", "data", "em", "i", "kbd", "label", "mark", "math", "mi", "mn", "mo", "mrow", "mfrac",
    "msup", "msub", "mtext", "output", "q", "s", "small", "span", "strong", "sub", "sup", "tspan", "u", "var",
))  # fmt: skip
_SILENT = frozenset(("script", "style", "template", "link", "meta", "title", "base"))
_SAID = ("aria-label", "aria-description", "aria-valuetext", "alt", "title", "placeholder", "label", "summary")
_WORKED = frozenset(("input", "button", "option", "meter", "progress"))  # whose `value` a reader sees
_SENTENCE = re.compile(r"(?<=[.?!])\s+")


class Page(Judge):
    """The reading of one page, from its head to its last element."""

    def read(self) -> PageAudit:
        """Read the whole page."""
        head, body = (next(self.tree.iterchildren(name)) for name in ("head", "body"))
        self._index()
        self._head(head, body)
        self._part(body, Scope(open=True))
        self.page_audit.numerals = {kind: self.counted[kind] for kind in KINDS if self.counted[kind]}
        return self.page_audit

    # --------------------------------------------------------------------------------------------------------- walking

    def _text(self, element: Element, scope: Scope) -> str:
        """The text of an element for the passage around it, with holes where parts were held against something already."""
        pieces = [element.text or ""]
        for child in element:
            if child.tag == "script" and child.get("type") == "application/ld+json":
                self._linked_data(child)
            elif isinstance(child.tag, str) and child.tag not in _SILENT:
                pieces.append(self._part(child, scope))
            pieces.append(child.tail or "")
        return "".join(pieces)

    def _part(self, element: Element, scope: Scope) -> str:
        keys = elements.keys(element)
        for key in keys:
            if key in SCOPES:
                scope = SCOPES[key](self, element, scope) or scope
        for name in _SAID:
            if value := element.get(name):
                self._attribute(element, name, value, scope)
        if element.tag in _WORKED and (value := element.get("value")):
            self.passage(value, scope, element)
        for key in keys:
            if key in RULES and RULES[key](self, element, scope):
                return HOLE
        text = self._text(element, scope)
        if element.tag == "a" and self._left_to_its_heading(element, text, scope):
            return HOLE
        if element.tag in _INLINE:
            return text
        self.passage(text, scope, element)
        return f" {HOLE} "

    def _attribute(self, element: Element, name: str, value: str, scope: Scope) -> None:
        expected = charts.alternative(element, name, scope)
        if expected is None:
            self.passage(value, scope, element)
        else:
            self.exact(value, "figure", expected, element)

    def _left_to_its_heading(self, element: Element, text: str, scope: Scope) -> bool:
        """Whether a link's text is held against the heading that it leads to: in a list of pages or sections, or where
        nothing else accounts for it. The card of the next page says more than its heading, and is held as prose is.
        """
        address = element.get("href") or ""
        if "//" in address or not numerals.numeral_count(text):
            return False
        listed = "next" not in classes(element) and next(element.iterancestors("nav"), None) is not None
        if not listed and not numerals.numeral_count(self.truth.accounts.judge(text, scope, Counter())):
            return False
        self.page_audit.namings.append((address, numerals.plain(text), place(element)))
        self.counted[STRUCTURE] += numerals.numeral_count(text)
        return True

    def _index(self) -> None:
        """Note the anchors, headings and links of the page, and its pictures without words."""
        tree = self.tree
        self.page_audit.anchors = [str(name) for name in tree.xpath("//@id")]
        self.page_audit.links = [str(address) for address in tree.xpath("//@href | //@src | //@action | //@poster")]
        for refreshed in tree.xpath("//meta[@http-equiv='refresh']/@content"):
            self.page_audit.links.append(refreshed.partition("url=")[2])
        for element in tree.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6"):
            self._names(element, "", *(near.get("id") for near in elements.anchors(element)))
        for element in tree.xpath("//*[@class='caption-number' or @class='eqno']"):
            self._names(
                element.getparent(), next((up.get("id") for up in element.iterancestors() if up.get("id")), None)
            )
        for element, what in policy.of_tree(tree, self.truth.address):
            self.fault(element, what)
        for element in tree.xpath(
            "//*[contains(@class, 'cell_output')]/*[contains(@class, 'text_plain')][not(ancestor::details)]"
        ):
            self.fault(
                element, "a cell's value in Python's words; expected a cell that ends in what it shows, or in “;”"
            )
        for element in tree.xpath(
            "//img | //*[@role='img'] | //svg[not(ancestor::*[@role='img'] or @aria-hidden='true')]"
        ):
            if not (element.get("alt") or element.get("aria-label") or "").strip():
                self.fault(element, "picture without alternative text")

    def _names(self, element: Element, *anchors: str | None) -> None:
        """Note what a heading or caption says, and its number, for the links that lead to its anchors."""
        number = next((numerals.last(part.text or "") for part in element.iter("span") if elements.is_number(part)), "")
        # a claim's heading begins with its verdict, which links to the claim do without
        element = next((part for part in element.iter("span") if "claim-words" in classes(part)), element)
        title = numerals.plain(spoken(element).replace(number, "", 1).lstrip(". ")) if number else spoken(element)
        for anchor in anchors:
            if anchor is not None:
                self.page_audit.headings.setdefault(anchor, title)
                if number:
                    self.page_audit.numbers.setdefault(anchor, number)

    # ------------------------------------------------------------------------------------------------------------ head

    def _head(self, head: Element, body: Element) -> None:
        lead = next(iter(body.xpath("(.//h1/following::p)[1]")), None)
        answer = "" if lead is None else spoken(lead)
        scope = self._of_the_book().add(STRUCTURE, answer, *_SENTENCE.split(answer))
        for element in head.iter(etree.Element):
            if element.tag == "title":
                self.passage(element.text or "", scope, element)
            elif element.tag == "link" and (text := element.get("title")):
                if element.get("rel") in ("next", "prev"):
                    self.page_audit.namings.append((element.get("href") or "", numerals.plain(text), place(element)))
                    self.counted[STRUCTURE] += numerals.numeral_count(text)
                else:
                    self.passage(text, scope, element)
            elif element.tag == "meta":
                self._meta(element, scope, answer)
            elif element.tag == "script" and element.get("type") == "application/ld+json":
                self._linked_data(element)

    def _meta(self, element: Element, scope: Scope, lead: str) -> None:
        value, name = element.get("content") or "", element.get("name") or element.get("property") or ""
        if name == "viewport" or element.get("http-equiv"):
            return  # instructions to the browser
        if name in ("og:image:width", "og:image:height"):
            width, height = _size(self.truth.site / "share" / f"{self.name}.png")
            self.exact(value, STRUCTURE, str(width if name.endswith("width") else height), element)
        elif value.endswith(" …") and lead.startswith(numerals.plain(value[:-2])):
            self.counted[STRUCTURE] += numerals.numeral_count(value)
        else:
            self.passage(value, scope, element)

    def _of_the_book(self) -> Scope:
        """What a page's head says of the book and of the page."""
        scope = Scope().add(
            STRUCTURE, self.page_audit.headings.get(""), self.truth.title, f"{self.name}.html", f"{self.name}.png"
        )
        if number := self.page_audit.numbers.get(""):
            scope.add(STRUCTURE, f"{number}. {self.page_audit.headings['']}")
        if self.reviewed:
            scope.add(RECORD, self.reviewed.claim, self.reviewed.finding)
        if catalogue := self.content.catalogue:
            book = catalogue.book
            scope.add(CITATION, *(author[part] for author in book.authors for part in author))
            scope.add(CITATION, book.title, book.version, book.abstract, book.address, *book.keywords)
            scope.add(CITATION, *(f"https://spdx.org/licenses/{name}" for name in book.licences))
            scope.add(CITATION, f"{book.date:%Y-%m-%d}", f"{book.date:%Y/%m/%d}")
        return scope

    def _linked_data(self, element: Element) -> None:
        """Each text and number of a page's JSON-LD."""
        try:
            plain = json.loads(element.text or "")
        except ValueError:
            self.fault(element, "JSON-LD that cannot be read")
            return
        scope, records = self._of_the_book(), self.content.records
        if catalogue := self.content.catalogue:
            pages = [item for item in catalogue.items.values() if item.kind == "page"]
            scope.add(STRUCTURE, *(item.title for item in pages), *(item.place for item in pages))
        if self.reviewed:
            scope.add(RECORD, self.reviewed.finding)
            appeared = _at(plain, "itemReviewed", "appearance", "url")
            for source in records.sources.values():
                if source.url and source.url == appeared:
                    scope.add(CITATION, source.title, source.url, source.published, source.publisher)
        if _at(plain, "@type") == "Dataset":
            package = document.read(records.data / "datapackage.json", "data/datapackage.json")
            scope.add(RECORD, *(package.get(key) for key in ("title", "name", "description", "version")))
            scope.add(
                CITATION,
                *(licence.get("path") for licence in package.get("licenses", ())),
                *package.get("keywords", ()),
            )
        works = {(source.title, source.publisher, source.url) for source in records.sources.values()}
        for work in plain.pop("isBasedOn", []) if isinstance(plain, dict) else []:
            texts = (work.get("name"), _at(work, "publisher", "name"), work.get("url", ""))
            if texts not in works:
                self.fault(element, f"based on a work that is no source: {texts[0]}")
            self.counted[CITATION] += numerals.numeral_count(" ".join(map(str, texts)))
        for holder, name, value, position in _leaves(plain, {}, "", 0):
            if isinstance(value, str):
                self.passage(value, scope, element)
            elif value is None or isinstance(value, bool):
                continue  # no numeral
            elif value == _counted(holder, name, position):
                self.counted[STRUCTURE] += 1
            else:
                self.fault(element, f"numeral from nowhere: {name} {value}")


def spoken(element: Element) -> str:
    """The text of an element, without the signs that link a heading to itself and a number to its correction, and what is there for paper alone."""
    silent = {
        part for part in element.iter("a", "span") if {"corrected", "headerlink", "print-only"} & set(classes(part))
    }

    def pieces(of: Element) -> Iterator[str]:
        if of not in silent:
            yield of.text or ""
            for child in of:
                yield from pieces(child)
                yield child.tail or ""

    return numerals.plain("".join(pieces(element)))


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG picture, from its header; nothing for one that is not there."""
    if not path.is_file():
        return 0, 0
    with path.open("rb") as file:
        head = file.read(24)
    return struct.unpack(">II", head[16:24]) if len(head) == 24 else (0, 0)


def _at(plain: JSON, *names: str) -> JSON:
    """What stands in JSON below some names, one in the other; None where nothing does."""
    for name in names:
        plain = plain.get(name) if isinstance(plain, dict) else None
    return plain


def _leaves(
    plain: JSON, holder: Mapping[str, JSON], name: str, position: int
) -> Iterator[tuple[Mapping[str, JSON], str, JSON, int]]:
    """Every text and number in JSON, with the object that holds it, its name there, and that object's place in a list."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield from _leaves(value, plain, key, position)
    elif isinstance(plain, list):
        for number, value in enumerate(plain, start=1):
            yield from _leaves(value, holder, name, number)
    else:
        yield holder, name, plain, position


def _counted(holder: Mapping[str, JSON], name: str, position: int) -> int | None:
    """What a number of JSON-LD must be: the place of a part among the parts, a verdict's place on the scale."""
    scale = {"worstRating": min(SCALE.values()), "bestRating": max(SCALE.values())}
    if name == "position":
        return position
    if name == "ratingValue":
        return SCALE.get(str(holder.get("alternateName")).lower())
    return scale.get(name)
