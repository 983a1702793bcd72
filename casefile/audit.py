"""Prove every number on the pages: each numeral a reader sees is accounted for, or the audit names it.

A numeral is accounted for when it stands inside an element that the build filled from the graph, the results or the
records (`data-figure`, `data-word`, `data-records`, charts, derivations, code), or when one narrow rule of text covers
it: a date, a year, the number of a paragraph, or a name of `data/names.csv` that holds digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from bs4 import BeautifulSoup, Tag

from casefile.errors import CasefileError
from casefile.records import Records

_ACCOUNTED = (
    "[data-figure], [data-word], [data-records], .derivation, .chart-picture, .chart-data, .cell_input, code, pre, "
    ".all-figures > summary, .chart-number, .chart-credit, .print-only, .source-link, script, style"
)
_NUMERAL = re.compile(r"\d+(?:[.,\N{NO-BREAK SPACE}]\d+)*")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_RULES = (
    re.compile(r"\bParagraph \d+\b"),
    re.compile(rf"\b\d{{1,2}} (?:{_MONTHS})(?: (?:19|20)\d\d)?\b"),
    re.compile(r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b"),
    re.compile(r"\b(?:19|20)\d\d\b"),
)


class AuditFailed(CasefileError):
    """A page holds something that cannot be accounted for; the message lists the first findings."""


@dataclass(frozen=True)
class Finding:
    """One fault of a built page."""

    page: str
    what: str


@dataclass(frozen=True)
class Coverage:
    """The numerals of one page: how many there are, and how many the build itself put there."""

    page: str
    numerals: int
    from_graph: int


def audit(site: Path, known: Records) -> tuple[list[Coverage], list[Finding]]:
    """Read every page of a built site; return each page's coverage and all faults found."""
    pages = {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in _pages(site)
    }
    anchors = {page: {str(tag["id"]) for tag in soup.find_all(id=True)} for page, soup in pages.items()}
    names = known.names()
    coverage, findings = [], []
    for page, soup in pages.items():
        body = soup.find("article") or soup
        findings += [Finding(page, f"picture without alternative text: {tag}") for tag in _unnamed_pictures(body)]
        findings += [Finding(page, f"link to nowhere: {href}") for href in _broken_links(page, body, anchors, site)]
        everything = len(_NUMERAL.findall(body.get_text(" ")))
        unaccounted = list(_unaccounted(body, names))
        prose = len(_NUMERAL.findall(_prose(body)))
        findings += [Finding(page, f"numeral from nowhere: {text}") for text in unaccounted]
        coverage.append(Coverage(page, everything, everything - prose))
    return coverage, findings


def _pages(site: Path) -> Iterable[Path]:
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def _prose(body: Tag) -> str:
    copied = BeautifulSoup(str(body), "html.parser")
    for tag in copied.select(_ACCOUNTED):
        tag.replace_with("\N{WHITE SQUARE}")
    return copied.get_text(" ")


def _unaccounted(body: Tag, names: Iterable[str]) -> Iterable[str]:
    """The numerals of the prose that no rule of text covers, with the words around them."""
    text = " ".join(_prose(body).split())
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\d)", "\N{WHITE SQUARE}", text)
    for rule in _RULES:
        text = rule.sub("\N{WHITE SQUARE}", text)
    for match in _NUMERAL.finditer(text):
        yield text[max(0, match.start() - 40) : match.end() + 30]


def _unnamed_pictures(body: Tag) -> Iterable[str]:
    for tag in body.find_all("img"):
        if not tag.get("alt"):
            yield str(tag)[:80]
    for tag in body.select(".chart-picture"):
        if not tag.get("aria-label"):
            yield str(tag)[:80]


def _broken_links(page: str, body: Tag, anchors: dict[str, set[str]], site: Path) -> Iterable[str]:
    for tag in body.find_all("a", href=True):
        href = str(tag["href"])
        address = urlparse(href)
        if address.scheme or address.netloc:
            continue
        parts: list[str] = []
        folder = Path(page).parent.parts if address.path else ()
        for part in (*folder, *Path(unquote(address.path) or page).parts):
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        target = "/".join(parts)
        if (target not in anchors and not (site / target).is_file()) or (
            address.fragment and target in anchors and unquote(address.fragment) not in anchors[target]
        ):
            yield href
