"""A published book to verify citations of, without a build: by the command's reader, and by the page's in a browser."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

from playwright.sync_api import Page

from casefile.citation import catalogue, citation_file, editions, registry, verify
from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import CitableItem
from casefile.citation.verify import Published
from casefile.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "casefile" / "site" / "static"
_FORM = "<form class=verify><textarea id=verify-citation></textarea><button></button><output></output></form>"


def of_edition(version: str, address: str = "", now: Mapping[str, CitableItem] | None = None) -> Published:
    """The book as it was when an edition of it was released; `now` is the book as it is, if another."""
    released = editions.load(ROOT)
    edition = released[version]
    book = dataclasses.replace(
        citation_file.book_of(ROOT), version=version, date=datetime.date.fromisoformat(edition.date), address=address
    )
    return Published(book, released, now or edition.items, registry.read(ROOT))


def answered(book: Published, text: str, computed: Mapping[str, CitableItem] | None = None) -> dict[str, str]:
    """What the command says of a citation: its status, or `unknown` for one that is refused, and its line."""
    try:
        cited = verify.read(text, book.marks)
        finding = verify.check(cited, book, computed if cited.parameters else None)
    except BadInput as error:
        return {"status": "unknown", "line": str(error), "compared": ""}
    return {"status": finding.status, "line": finding.line, "compared": finding.compared}


def open_page(tab: Page, book: Published) -> None:
    """Load the page of verification into a tab, with the records that a build of the book would leave for it."""
    known = Catalogue(book.book, book.standing, {}, {}, {}, "", frozenset(), book.registered, book.editions)
    tab.set_content(_FORM)
    tab.add_script_tag(content=catalogue.data_script("records", known.records()))
    for version, part in known.edition_parts().items():
        tab.add_script_tag(content=catalogue.data_script("editions", part, version))
    for name in ("wording", "forms", "verify", "references"):
        tab.add_script_tag(path=SCRIPTS / f"{name}.js")


def answered_by_page(tab: Page, texts: Iterable[str]) -> list[dict[str, str]]:
    """What the page says of citations: status and line of each."""
    answers = tab.evaluate(
        "texts => texts.map((text) => casefile.verified(text)).map(({ status, line, compared = '' }) => ({ status, line, compared }))",
        list(texts),
    )
    return [{name: str(said) for name, said in answer.items()} for answer in answers]
