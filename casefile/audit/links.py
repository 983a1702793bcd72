"""What pages ask of each other: every link within a site leads to a file and an anchor that are there."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from casefile.audit import numerals
from casefile.audit.judge import PageAudit
from casefile.errors import BadInput

_Fault = tuple[str, str, str]  # page or file, place, what


def _of_index(text: str) -> list[str]:
    lines = text.partition("[\n")[2].rpartition("\n]")[0]
    return [str(entry[-1]) for entry in json.loads(f"[{lines}]")]


def _of_figures(text: str) -> list[str]:
    return [str(figure["page"]) for name, figure in json.loads(text).items() if not name.startswith("@")]


def _of_xml(text: str) -> list[str]:
    tree = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    return [element.text or element.get("href") or "" for element in tree.iter("{*}loc", "{*}link")]


# The files for machines, each with where its addresses lead from and what finds them.
_MACHINES: dict[str, tuple[str, Callable[[str], list[str]]]] = {
    "_static/search-index.js": ("search.html", _of_index), "sitemap.xml": ("sitemap.xml", _of_xml),
    "corrections.xml": ("corrections.xml", _of_xml), "editions.xml": ("editions.xml", _of_xml), "api/figures.json": ("index.html", _of_figures),
}  # fmt: skip


class Links:
    """The links of a site, whose `address` on the web is empty without one."""

    def __init__(self, site: Path, audits: Mapping[str, PageAudit], address: str) -> None:
        self.site, self.audits, self.address = site, audits, address
        self._anchors = {page: frozenset(page_audit.anchors) for page, page_audit in audits.items()}
        self._resolved = lru_cache(maxsize=None)(self._resolve)

    def faults(self) -> Iterator[_Fault]:
        """Every broken link of pages and of the files for machines, and every link that misnames the heading it leads to."""
        for page, page_audit in self.audits.items():
            for href in dict.fromkeys(page_audit.links):
                if not self._stands(page, href):
                    yield page, "link", f"leads nowhere: {href}"
        yield from self.namings()
        for file, href in self._of_machines():
            if not self._stands(file, href):
                yield file, "link", f"leads nowhere: {href}"

    def namings(self) -> Iterator[_Fault]:
        """Every link with a numeral that says something else than the heading it leads to."""
        for page, page_audit in self.audits.items():
            for href, text, place in page_audit.namings:
                heading, number = self._heading(page, href)
                if heading is None or numerals.numeral_count(text.replace(heading, "", 1).replace(number, "", 1)):
                    yield page, place, f"says “{text}”; expected “{heading or ''}”, the heading it leads to"

    @property
    def anchors(self) -> set[str]:
        """The anchors of all pages."""
        return set().union(*self._anchors.values())

    def cited(self, kind: str) -> set[str]:
        """The ids that anchors `KIND-ID` hold to which a page links from elsewhere than their own."""
        ids = set()
        for page, page_audit in self.audits.items():
            for href in set(page_audit.links):
                target, _, anchor = href.partition("#")
                if anchor.startswith(f"{kind}-") and target and self._place(page, target) != page:
                    ids.add(unquote(anchor).removeprefix(f"{kind}-"))
        return ids

    def _heading(self, page: str, href: str) -> tuple[str | None, str]:
        """What a heading or caption says that an address leads to, None without one, and its number."""
        target, _, anchor = href.partition("#")
        page_audit = self.audits.get((self._place(page, target) if target else page) or "")
        if page_audit is None:
            return None, ""
        return page_audit.headings.get(unquote(anchor)), page_audit.numbers.get(unquote(anchor), "")

    def _stands(self, page: str, href: str) -> bool:
        try:
            parts = urlsplit(href)
        except ValueError:  # http://[
            return False
        home = next(
            (home for home in (self.address, urlsplit(self.address).path) if home and href.startswith(home)), ""
        )
        if home:
            page, href = "index.html", href.removeprefix(home) or "index.html"
        elif parts.scheme or parts.netloc:
            return True
        target, _, anchor = href.partition("#")
        target_page = self._resolved(posixpath.dirname(page), target.partition("?")[0]) if target else page
        if target_page is None:
            return False
        return not anchor or target_page not in self._anchors or unquote(anchor) in self._anchors[target_page]

    def _place(self, page: str, target: str) -> str | None:
        return self._resolved(posixpath.dirname(page), target)

    def _resolve(self, folder: str, target: str) -> str | None:
        """The file that an address leads to from a folder, as a path within the site; None when it is not there."""
        path = posixpath.normpath(posixpath.join(folder, unquote(target)))
        try:
            there = not path.startswith(("..", "/")) and (self.site / path).is_file()
        except OSError:  # a name that is longer than a file's may be
            there = False
        return path if there or path in self.audits else None

    def _of_machines(self) -> Iterator[tuple[str, str]]:
        """Addresses in the search index, the sitemap, the feed of corrections and the files for programs.

        Raises BadInput for one that is not as a build writes it.
        """
        for file, (page, addresses) in _MACHINES.items():
            if (self.site / file).is_file():
                try:
                    targets = addresses((self.site / file).read_text(encoding="utf-8"))
                except (ValueError, LookupError, TypeError, AttributeError, etree.XMLSyntaxError):
                    raise BadInput(f"{file}: cannot be read; expected it as a build writes it") from None
                yield from ((page, href) for href in targets)
