"""The book as a PDF, printed by Chromium from the built pages: text for reading, the proof as notes at each chapter's end.

It is printed twice: the first print tells on which page each heading stands, the second has that in its contents. It
brings the book's own fonts. Its bytes depend on the browser, so it is no part of an edition's hash.
"""

from __future__ import annotations

import functools
import html
import io
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lxml import etree

from casefile.citation.citation_file import Book
from casefile.errors import BadInput, CasefileError, of_library
from casefile.figures import formats, pictures
from casefile.publication import articles, chromium
from casefile.publication.articles import Article, Places
from casefile.publication.epub import front
from casefile.publication.single_page import as_data

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pypdf import PdfReader, PdfWriter  # both optional: a build does without

_STYLE = Path(__file__).with_name("pdf.css")
# The book's two fonts, cut at one weight each (fontTools' instancer, from `site/static/fonts`): of a font with an axis of
# weight Chromium prints each letter as a drawing.
_FONTS = Path(__file__).with_name("fonts")
_FACES = {
    _FONTS / "CasefileSerif-Regular.woff2": ("Casefile Serif", "400", "normal"),
    _FONTS / "CasefileSerif-Bold.woff2": ("Casefile Serif", "700", "normal"),
    _FONTS / "CasefileSerif-Italic.woff2": ("Casefile Serif", "400", "italic"),
    _FONTS / "CasefileSerif-BoldItalic.woff2": ("Casefile Serif", "700", "italic"),
    pictures.FONTS / "CasefileSans-Regular.ttf": ("Casefile Sans", "400", "normal"),
    pictures.FONTS / "CasefileSans-Bold.ttf": ("Casefile Sans", "700", "normal"),
}
TEXT_AREA = {
    "width": 643,
    "height": 971,
}  # pixels of A4 between its margins: another viewport lays out otherwise each time
_PASSES = 3
_REFERRING = ("aria-labelledby", "aria-describedby", "headers", "for")
_Bookmark = tuple[int, str, str]  # level, anchor, title


def written(site: Path, pages: Sequence[str], book: Book, title: str) -> bytes:
    """The PDF of some pages of a site, in their order. Raises BadInput where there is nothing to print with."""
    if chromium.browser_path() is None:
        raise BadInput("no Chromium or Chrome on this machine; expected one on the PATH, or named by CHROMIUM")
    try:
        import pypdf  # noqa: F401
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise BadInput(f"{error.name} is not installed; expected the extra `pdf`: pip install -e '.[pdf]'") from None
    if fault := chromium.driver_fault():
        raise BadInput(f"Playwright's driver does not start: {fault}; on Debian, apt-get install libatomic1")
    try:
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            try:
                return printed_by(browser, site, pages, book, title)
            finally:
                browser.close()
    except Error as error:
        raise CasefileError(f"Chromium could not print the book: {of_library(error)}") from None


def printed_by(browser: Browser, site: Path, pages: Sequence[str], book: Book, title: str) -> bytes:
    """The PDF of some pages of a site, as a browser prints it that runs already."""
    from pypdf import PdfReader

    read = articles.read(site, pages)
    entries = list(_entries(read))
    places = Places.of(read, book.address)
    for article in read:
        articles.relink(article, places, lambda page, anchor: f"#{_name(page, anchor)}")
        _prepare(article, site)
    bodies = [etree.tostring(article.element, method="html", encoding="unicode") for article in read]
    tab = browser.new_page(viewport=TEXT_AREA)  # type: ignore[arg-type]
    try:
        tab.emulate_media(media="print")
        at: dict[str, int] = {}
        for _ in range(_PASSES):
            printed = _printed(tab, _whole(book, title, read, bodies, entries, at))
            reader = PdfReader(io.BytesIO(printed))
            before, at = at, _pages_of(reader, [anchor for _, anchor, _ in entries])
            if at == before:
                return _finished(reader, book, entries)
    finally:
        tab.close()
    raise CasefileError("Chromium lays the book out anew each time; expected the same pages twice")


def _name(page: str, anchor: str) -> str:
    """The anchor in the whole book of one on a page; of the page itself without one."""
    return f"{page}--{anchor}" if anchor else page


def _entries(read: Sequence[Article]) -> Iterator[_Bookmark]:
    """What the contents and the bookmarks list."""
    for article in read:
        yield 1, article.page, article.title
        for anchor, heading in article.sections:
            yield 2, _name(article.page, anchor), heading


def _prepare(article: Article, site: Path) -> None:
    """Give an article's anchors names that hold in the whole book, and have its pictures come with it."""
    element = article.element
    for one in element.iter(etree.Element):
        if (own := one.get("id")) and not any(up.tag == "svg" for up in (one, *one.iterancestors())):
            one.set("id", _name(article.page, own))
        for name in _REFERRING:
            if name in one.attrib:
                one.set(name, " ".join(_name(article.page, target) for target in one.get(name, "").split()))
    for picture in element.iter("img"):
        path = posixpath.normpath(
            posixpath.join(posixpath.dirname(article.page), unquote(picture.get("src", "").partition("?")[0]))
        )
        if not picture.get("src", "").startswith("data:"):
            picture.set("src", as_data(site / path))
    element.set("id", article.page)


@functools.cache
def _fonts() -> str:
    """The rules that name the book's fonts, each with its file in it: what is printed waits for them, and asks nobody."""
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; src: url("{as_data(path)}"); }}'
        for path, (family, weight, style) in _FACES.items()
    )


def _whole(
    book: Book,
    title: str,
    read: Sequence[Article],
    bodies: Sequence[str],
    entries: Sequence[_Bookmark],
    at: Mapping[str, int],
) -> str:
    """The whole book as one page of HTML; `at` has the pages of its headings, as far as they are known."""
    rules, parts = [], []
    for place, (article, body) in enumerate(zip(read, bodies, strict=True)):
        name = f"part-{place}"
        heading = article.title.replace("\\", "\\\\").replace('"', '\\"')
        rules.append(f'.{name} {{ page: {name}; }} @page {name} {{ @top-right {{ content: "{heading}"; }} }}')
        parts.append(f'<div class="part {name}">{body}</div>')
    head = title.replace("\\", "\\\\").replace('"', '\\"')
    rules.append(f'@page {{ @top-left {{ content: "{head}, edition {book.version}"; }} }}')
    lines = "".join(
        f'<li class="level-{level}"><a href="#{html.escape(anchor)}"><span>{html.escape(heading)}</span>'
        f"<span>{at.get(anchor, 0) or '000'}</span></a></li>"
        for level, anchor, heading in entries
    )
    style = f"{_fonts()}\n{_STYLE.read_text(encoding='utf-8')}\n{' '.join(rules)}".replace("</", "<\\/")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(book.title)}</title>'
        f'<style>{style}</style></head><body><section class="front">{front(book, title)}</section>'
        f'<nav class="contents"><h1>Contents</h1><ol>{lines}</ol></nav>{"".join(parts)}</body></html>'
    )


def _printed(tab: Page, whole: str) -> bytes:
    tab.set_content(whole, wait_until="load")
    tab.evaluate("() => document.fonts.ready")
    return tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=False)


def _pages_of(reader: PdfReader, anchors: Sequence[str]) -> dict[str, int]:
    """On which page, counted from one, each anchor stands."""
    destinations = {re.sub("^/", "", name): place for name, place in reader.named_destinations.items()}
    page_numbers = {
        anchor: reader.get_destination_page_number(destinations[anchor]) for anchor in anchors if anchor in destinations
    }
    return {anchor: number + 1 for anchor, number in page_numbers.items() if number is not None}


def _finished(reader: PdfReader, book: Book, entries: Sequence[_Bookmark]) -> bytes:
    """A printed book with bookmarks, and with what it says of itself."""
    from pypdf import PdfWriter
    from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=reader)
    destinations = {re.sub("^/", "", name): place for name, place in reader.named_destinations.items()}
    _bookmark(writer, reader, destinations, entries)
    day = f"D:{book.date:%Y%m%d}000000Z"
    writer.add_metadata({
        "/Title": book.title, "/Author": book.author, "/Subject": f"Edition {book.version} of {formats.day(book.date.isoformat())}",
        "/Keywords": ", ".join(book.keywords), "/CreationDate": day, "/ModDate": day,
    })  # fmt: skip
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject("en")
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    for page in writer.pages:
        page.compress_content_streams()
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


def _bookmark(
    writer: PdfWriter, reader: PdfReader, destinations: Mapping[str, Any], entries: Sequence[_Bookmark]
) -> None:
    """Give a book a bookmark for each line of its contents."""
    from pypdf.generic import Fit

    above: Any = None
    for level, anchor, heading in entries:
        if anchor not in destinations:
            continue
        number = reader.get_destination_page_number(destinations[anchor])
        bookmark = writer.add_outline_item(
            title=heading,
            page_number=number,
            parent=above if level == 2 else None,
            fit=Fit.xyz(top=destinations[anchor].top),
        )
        above = bookmark if level == 1 else above
