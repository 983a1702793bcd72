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


# A value of a parameter, as its page prints it.
_PRINTED = (
    "([name, value]) => casefile.whatIf.printedValue(casefile.page.parameters.find((one) => one.name === name), value)"
)


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


# What only a screen can do, and what says how: buttons, fields, and the lines beside them.
_FOR_HANDS = """() => [...document.querySelectorAll(
    "button, input, select, textarea, .scripted, .chart-cue, .version, .what-if, .score-all, .above-input > summary, .cite-button"
  )].filter((one) => one.checkVisibility()).map((one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""


@pytest.mark.parametrize("depth", ["read", "check", "code"])
@pytest.mark.parametrize(
    "page", [CHAPTERS[name] for name in breaking.rounds(["03_delay", "08_money", "claims"], list(CHAPTERS))]
)
def test_paper_asks_nobody_to_drag_press_or_fold(page: str, depth: str, tab: Page, address: str) -> None:
    tab.goto(f"{address}/{page}.html?depth={depth}")
    tab.emulate_media(media="print")
    left = tab.evaluate(_FOR_HANDS)
    text = tab.locator("article").inner_text()
    tab.emulate_media(media="null")
    assert left == []
    assert re.findall(r"Drag the ring|Hide the code|Next claim", text) == []


def test_a_page_printed_with_moved_parameters_says_so_above_its_text_and_in_its_mark(
    tab: Page, address: str, known: Records
) -> None:
    page = f"{address}/{CHAPTERS['03_delay']}.html"
    rows = {row.name: row for row in known.declarations.values() if row.chapter == "03_delay"}
    months, rent = rows["delay_months"], rows["rent_usd_per_hour"]
    tab.goto(f"{page}?{months.name}=6&{rent.name}=4")
    tab.locator(".version >> visible=true").wait_for()
    bar, paper = tab.locator(".version-told").inner_text(), tab.locator(".version-paper")
    assert not paper.is_visible()  # on a screen the bar at the foot says it
    tab.emulate_media(media="print")
    said, top = paper.inner_text(), paper.evaluate("one => one === one.closest('article').firstElementChild")
    mark = tab.locator(".cite-mark").inner_text()
    tab.emulate_media(media="null")
    assert top and said.startswith(f"Not the published page. {bar}. Moved by the reader: ")
    own, of_the_book = (tab.evaluate(_PRINTED, [rent.name, value]) for value in (4, rent.default))
    assert f"“{months.meaning}”, 6 months (in the book 3.5 months)" in said
    assert f"“{rent.meaning}”, {own} (in the book {of_the_book})" in said
    whole = re.fullmatch(r".*\b(\S+@\S+)\?(\S+):([0-9a-f]{12})", mark)
    assert whole and sorted(whole[2].split(";")) == [f"03_delay.{months.name}=6", f"03_delay.{rent.name}=4"]
    sheets = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages
    printed = plain(sheets[0].extract_text())
    assert plain("Not the published page. Your version: 6 months") in printed[:400]
    assert plain("came 6 months late") in printed  # once: a letter that is drawn with a stroke is two in a PDF
    tab.locator(".version button", has_text="Reset").click()
    tab.emulate_media(media="print")
    published = tab.locator(".cite-mark").inner_text()
    assert not paper.is_visible() and "?" not in published and published.endswith(whole[3])
    tab.emulate_media(media="null")


def test_the_foot_has_no_mark_while_the_notebook_has_not_worked_out_what_moved(tab: Page, address: str) -> None:
    tab.route("**/live/**", lambda route: route.abort())  # so that it never does
    tab.goto(f"{address}/{CHAPTERS['07_investors']}.html?depth=check")
    mark = tab.locator(".cite-mark")
    assert mark.is_visible()
    name = tab.evaluate("casefile.page.parameters.find(({ code, type }) => code && type === 'integer').name")
    tab.evaluate("(name) => casefile.whatIf.set(name, casefile.whatIf.value(name) + 1)", name)
    mark.wait_for(state="hidden")
    tab.evaluate("casefile.whatIf.goBack()")
    mark.wait_for()
    tab.unroute_all()
