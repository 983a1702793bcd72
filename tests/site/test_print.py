"""On paper: every chart whole on one sheet, sheets numbered, sources with their full addresses, as deep as was chosen."""

from __future__ import annotations

import functools
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from casefile.citation import citation_file
from casefile.publication import articles, pdf
from casefile.records import Records
from quality.assurance import offline
from tests.conftest import CHAPTERS, ROOT
from tests.support import breaking

# Of each chart: the words of its caption, and those of the picture that paper shows.
_CHARTS = """() => [...document.querySelectorAll("figure.chart")].map((figure) => ({
  caption: figure.querySelector(".chart-title").textContent,
  labels: [...figure.querySelectorAll("svg text")].filter((text) => text.checkVisibility() && text.getAttribute("opacity") !== "0").map((text) => text.textContent.trim()),
}))"""


# The addresses that paper shows behind links.
_ADDRESSES = """() => [...document.querySelectorAll("a[href]")]
  .filter((link) => link.checkVisibility() && /attr\\(href\\)|https?:/.test(getComputedStyle(link, "::after").content))
  .map((link) => link.getAttribute("href"))"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def plain(words: str) -> str:
    """Words without spaces, and without the ligatures that fonts have and texts have not."""
    return "".join(unicodedata.normalize("NFKC", words).split())


@functools.cache
def printed(tab: Page, address: str) -> list[str]:
    """The words on each sheet of a page printed on A4, without the spaces between them; they are slow to read, so read once."""
    tab.goto(address, wait_until="networkidle")
    sheets = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages
    assert all(round(sheet.mediabox.width) == 595 for sheet in sheets)
    assert all(round(sheet.mediabox.height) == 842 for sheet in sheets)
    return [plain(sheet.extract_text()) for sheet in sheets]


DRAWN = ["03_delay", "07_investors"]  # with the tallest charts, and most kinds of them


@pytest.mark.parametrize(
    "page", [CHAPTERS[name] for name in breaking.rounds(DRAWN, [name for name in CHAPTERS if name not in DRAWN])]
)
def test_every_chart_of_a_page_is_printed_whole_on_one_sheet(page: str, tab: Page, address: str) -> None:
    sheets = printed(tab, f"{address}/{page}.html?depth=check")
    tab.goto(f"{address}/{page}.html?depth=check")
    tab.emulate_media(media="print")
    charts = tab.evaluate(_CHARTS)
    tab.emulate_media(media="null")
    for chart in charts:
        wanted = [plain(words) for words in (chart["caption"], *chart["labels"])]
        assert len(wanted) > 1, chart["caption"]
        missing = [[words for words in wanted if words not in sheet] for sheet in sheets]
        assert [] in missing, (chart["caption"], min(missing, key=len))
    for number, sheet in enumerate(sheets, start=1):
        assert f"{number}/{len(sheets)}" in sheet
        assert plain("The Diverted Chips") in sheet[:200] and re.search(r"[Ee]dition\d", sheet[:200]), (
            "a sheet names its book and edition"
        )


def test_every_source_is_printed_with_its_full_address(tab: Page, address: str, known: Records) -> None:
    page = f"{address}/chapters/about/sources.html"
    if breaking.THOROUGH:
        text = "".join(printed(tab, page))
    else:  # what the browser lays out for paper; to read the addresses off every sheet takes long
        tab.goto(page)
        tab.emulate_media(media="print")
        text = plain(tab.locator("body").inner_text() + " ".join(tab.evaluate(_ADDRESSES)))
        tab.emulate_media(media="null")
    missing = [source.url for source in known.sources.values() if source.url and plain(source.url) not in text]
    assert missing == []


def test_paper_shows_the_depth_that_the_reader_chose(tab: Page, address: str) -> None:
    rule = plain("The rule, read from the top; the first line that holds decides")
    claims, chapter = f"{address}/chapters/claims.html", f"{address}/chapters/03_delay.html"
    if breaking.THOROUGH:
        read = printed(tab, claims)
        assert rule not in "".join(read)
        assert len(read) <= 18
        assert rule in "".join(printed(tab, f"{claims}?depth=code"))
    read = printed(tab, chapter)
    proof = plain("Hours of H100 work that Tesla went without")
    assert len(read) <= 6
    assert proof not in "".join(read)
    checked = "".join(printed(tab, f"{chapter}?depth=check"))
    assert proof in checked
    assert plain("import altair") not in checked
    assert plain("import altair") in "".join(printed(tab, f"{chapter}?depth=code"))


def test_the_book_as_a_pdf_has_its_own_fonts_words_for_pictures_and_every_number(browser: Browser, site: Path) -> None:
    pages = [CHAPTERS["01_swap"]]
    made = pdf.printed_by(browser, site, pages, citation_file.book_of(ROOT), "A book")
    (article,) = read = articles.read(site, pages)
    assert list(offline.of_pdf(made, read)) == []
    contents = PdfReader(io.BytesIO(made)).pages[1].extract_text().splitlines()
    assert f"{article.title} 3" in contents  # after the title and the contents
