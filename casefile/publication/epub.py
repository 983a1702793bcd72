"""The book as an EPUB, made of the built pages: a document a page at the same relative path, with every anchor of the page.

`chapters/01_swap.html#figure-x` is `chapters/01_swap.xhtml#figure-x` in it. Nothing in it runs or asks a host. It belongs to the
edition: its files are stored and not compressed, since compressors differ, and its identifier is worked out from what it holds.
"""

from __future__ import annotations

import base64
import html
import io
import mimetypes
import posixpath
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from casefile.citation.citation_file import Book
from casefile.citation.cite import author_name
from casefile.figures import formats
from casefile.publication import articles
from casefile.publication.articles import Article, Places
from casefile.system import cache

TYPE = "application/epub+zip"
_STYLE = Path(__file__).with_name("epub.css")
_MANY_COLUMNS = 6
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # as a zip names the system that it was made on
# Pictures that every reading system shows.
_PICTURES = frozenset(("image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp"))
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_ACCESS = (
    ("accessMode", "textual"), ("accessMode", "visual"), ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "alternativeText"), ("accessibilityFeature", "MathML"),
    ("accessibilityFeature", "structuralNavigation"), ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
    ("accessibilitySummary", "Every chart says in words what it shows and is followed by its data as a table."),
)  # fmt: skip


def written(site: Path, pages: Sequence[str], book: Book, name: str) -> bytes:
    """The EPUB of some pages of a site, in their order, as bytes: `book` is its record, `name` its title on the site.

    Raises BadInput for a page that is not there.
    """
    read = articles.read(site, pages)
    places = Places.of(read, book.address)
    files: dict[str, bytes] = {}
    items: list[tuple[str, str, str]] = []  # path, media type, properties
    pictures: dict[str, str] = {}
    for article in read:
        articles.relink(article, places, lambda page, anchor, here=article.page: _address(here, page, anchor))  # type: ignore[misc]
        _gather_pictures(article, site, files, pictures)
        _name_columns(article)
        properties = " ".join(kind for tag, kind in (("svg", "svg"), ("math", "mathml")) if article.element.find(f".//{tag}") is not None)  # fmt: skip
        files[f"{article.page}.xhtml"] = _document(
            article.title, etree.tostring(article.element, encoding="unicode"), article.page.count("/")
        )
        items.append((f"{article.page}.xhtml", "application/xhtml+xml", properties))
    files["title.xhtml"] = _document(name, f'<section class="front">{front(book, name)}</section>', 0)
    files["contents.xhtml"] = _contents(read)
    files["book.css"] = _STYLE.read_bytes()
    items += [(path, kind, "") for path, kind in pictures.items()]
    identifier = uuid.uuid5(
        uuid.NAMESPACE_URL, cache.key({path: cache.digest(content) for path, content in files.items()})
    )
    files["package.opf"] = _package(book, name, str(identifier), items, read)
    return _packed(files)


def _address(here: str, page: str, anchor: str) -> str:
    """How a document of the book names another, and a place in it."""
    path = "" if page == here else f"{posixpath.relpath(page, posixpath.dirname(here) or '.')}.xhtml"
    return f"{path}#{anchor}" if anchor else path or f"{posixpath.basename(page)}.xhtml"


def _document(title: str, content: str, depth: int) -> bytes:
    """An XHTML document, `depth` folders below the book's own."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">\n'
        f'<head><title>{html.escape(title)}</title><link rel="stylesheet" type="text/css" href="{"../" * depth}book.css"/></head>\n'
        f"<body>{content}</body>\n</html>\n"
    ).encode()


def front(book: Book, name: str) -> str:
    """What a book says of itself before it begins, as markup: title, authors, edition, licence, address."""
    lines = [f"<h1>{html.escape(name)}</h1>"]
    if book.abstract:
        lines.append(f'<p class="abstract">{html.escape(book.abstract)}</p>')
    lines.append(f"<p>Edition {html.escape(book.version)} of {formats.day(book.date.isoformat())}</p>")
    if book.author != name:
        lines.append(f"<p>{html.escape(book.author)}</p>")
    if book.licences:
        lines.append(f"<p>{html.escape(', '.join(book.licences))}</p>")
    if book.address:
        address = html.escape(book.address)
        lines.append(f'<p><a href="{address}">{address}</a></p>')
    return "".join(lines)


def _contents(read: Iterable[Article]) -> bytes:
    """The table of contents, for readers and for reading systems."""
    entries = []
    for article in read:
        page = html.escape(f"{article.page}.xhtml")
        inner = "".join(
            f'<li><a href="{page}#{html.escape(anchor)}">{html.escape(title)}</a></li>'
            for anchor, title in article.sections
        )
        below = f"<ol>{inner}</ol>" if inner else ""
        entries.append(f'<li><a href="{page}">{html.escape(article.title)}</a>{below}</li>')
    return _document("Contents", f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(entries)}</ol></nav>', 0)


def _gather_pictures(article: Article, site: Path, files: dict[str, bytes], pictures: dict[str, str]) -> None:
    """Bring the picture files that an article shows into the book; one that no reading system shows becomes its words."""
    for picture in list(article.element.iter("img")):
        source = picture.get("src", "")
        for name in ("srcset", "sizes", "width", "height"):
            picture.attrib.pop(name, None)
        if inside := re.fullmatch(r"data:(image/[\w.+-]+);base64,(.*)", source, re.DOTALL):
            kind, content = inside[1], base64.b64decode(inside[2])
            path = f"pictures/{cache.digest(content)[:16]}{mimetypes.guess_extension(kind) or ''}"
        else:
            path = posixpath.normpath(
                posixpath.join(posixpath.dirname(article.page), unquote(source.partition("?")[0]))
            )
            kind, content = mimetypes.guess_type(path)[0] or "", b""
            if (site / path).is_file():
                content = (site / path).read_bytes()
        if kind in _PICTURES and content:
            files[path], pictures[path] = content, kind
            picture.set("src", "../" * article.page.count("/") + path)
            picture.set("alt", picture.get("alt", ""))
        else:
            picture.tag = "span"
            picture.text = picture.get("alt", "")
            for name in ("src", "alt"):
                picture.attrib.pop(name, None)


def _name_columns(article: Article) -> None:
    """Have each cell of a table of many columns carry its column's name, for a screen on which a row is no line."""
    for table in article.element.iter("table"):
        names = [articles.text_line(head) for head in table.xpath("./thead/tr[last()]/*")]
        if len(names) < _MANY_COLUMNS:
            continue
        table.set("class", f"{table.get('class', '')} many-columns".strip())
        for row in table.iterfind("./tbody/tr"):
            for name, cell in zip(names, row, strict=False):
                if cell.tag == "td":
                    cell.set("data-column", name)


def _package(
    book: Book, name: str, identifier: str, items: Sequence[tuple[str, str, str]], read: Sequence[Article]
) -> bytes:
    """The package document: what the book is, what it holds, in which order it is read."""
    metadata = [
        f'<dc:identifier id="identifier">urn:uuid:{identifier}</dc:identifier>', f"<dc:title>{html.escape(book.title or name)}</dc:title>",
        "<dc:language>en</dc:language>", *(f"<dc:creator>{html.escape(author_name(author))}</dc:creator>" for author in book.authors),
        f"<dc:date>{book.date.isoformat()}</dc:date>", *(f"<dc:subject>{html.escape(word)}</dc:subject>" for word in book.keywords),
        *(f"<dc:rights>{html.escape(licence)}</dc:rights>" for licence in book.licences),
        f"<dc:description>{html.escape(book.abstract)}</dc:description>" if book.abstract else "",
        f"<dc:source>{html.escape(book.address)}</dc:source>" if book.address else "",
        f'<meta property="dcterms:modified">{book.date.isoformat()}T00:00:00Z</meta>',
        f'<meta property="schema:version">{html.escape(book.version)}</meta>',
        *(f'<meta property="schema:{key}">{value}</meta>' for key, value in _ACCESS),
    ]  # fmt: skip
    listed = [
        '<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>',
        '<item id="style" href="book.css" media-type="text/css"/>',
    ]
    named = {path: f"item-{place}" for place, (path, _, _) in enumerate(items, start=1)}
    for path, kind, properties in items:
        about = f' properties="{properties}"' if properties else ""
        listed.append(f'<item id="{named[path]}" href="{html.escape(path)}" media-type="{kind}"{about}/>')
    order = ["title", "contents", *(named[f"{article.page}.xhtml"] for article in read)]
    spine = "".join(f'<itemref idref="{one}"/>\n' for one in order)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="en">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{}\n</metadata>\n<manifest>\n{}\n</manifest>\n<spine>\n{}</spine>\n</package>\n'
    )  # fmt: skip
    return text.format("\n".join(filter(None, metadata)), "\n".join(listed), spine).encode()


def _packed(files: Mapping[str, bytes]) -> bytes:
    """An EPUB's files as one: the same bytes for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as target:
        paths = {"mimetype": TYPE.encode(), "META-INF/container.xml": _CONTAINER.encode()}
        for path, content in (*paths.items(), *((f"book/{path}", files[path]) for path in sorted(files))):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system = _UNIX
            target.writestr(entry, content)
    return whole.getvalue()
