"""Search: a figure, a claim, a source, a section or a term is found by its words, and the jump lands on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from docutils import nodes
from docutils.utils import new_document
from playwright.sync_api import Page, expect

from casefile.records import Records
from casefile.site import search
from tests.conftest import Plain, beside
from tests.support import breaking

# Whether the element that the address names stands on the screen.
_LANDED = """() => {
  const landed = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const { top } = landed.getBoundingClientRect();
  return landed.checkVisibility() && top >= 0 && top < innerHeight;
}"""


@pytest.fixture(scope="module")
def index(site: Path) -> list[dict[str, str]]:
    """The entries of the site's index, by their parts."""
    text = (site / "_static" / search.SCRIPT).read_text(encoding="utf-8")
    rows: list[list[str]] = json.loads(text.partition("casefile.searchIndex = ")[2].rstrip().removesuffix(";"))
    return [dict(zip(("kind", "title", "value", "text", "place", "href"), row, strict=True)) for row in rows]


def found(tab: Page) -> list[str]:
    """The titles listed, in their order."""
    return tab.locator(".search-results .search-head").all_inner_texts()


def test_no_entry_holds_an_address_that_is_there_for_print(index: list[dict[str, str]]) -> None:
    assert [entry["href"] for entry in index if re.search(r"<https?://", f"{entry['title']} {entry['text']}")] == []


def test_the_index_holds_every_figure_claim_and_source(
    index: list[dict[str, str]], defaults: dict[str, Plain], known: Records
) -> None:
    addresses = {entry["href"].partition("#")[2] for entry in index}
    figures = {name for plain in defaults.values() for name in plain["figures"]}
    assert {f"figure-{name}" for name in figures} <= addresses
    assert {f"claim-{name}" for name in known.claims} <= addresses
    assert {f"source-{name}" for name in known.sources} <= addresses
    assert {f"chart-{name}" for plain in defaults.values() for name in plain["charts"]} <= addresses
    assert {entry["kind"] for entry in index} == {"figure", "claim", "chart", "section", "source", "term"}


def test_every_entry_leads_to_a_place_of_the_site_once(index: list[dict[str, str]], site: Path) -> None:
    pages: dict[str, str] = {}
    for entry in index:
        page, _, anchor = entry["href"].partition("#")
        if page not in pages:
            pages[page] = (site / page).read_text(encoding="utf-8")
        assert not anchor or f'id="{anchor}"' in pages[page], entry["href"]
    addresses = [entry["href"] for entry in index]
    assert len(addresses) == len(set(addresses))


@pytest.fixture(scope="module")
def searching(opener: Page, address: str) -> Iterator[Page]:
    """The page of the search, opened once for all who only type."""
    page = beside(opener)
    page.goto(f"{address}/search.html")
    yield page
    page.close()


SOUGHT = [
    ("greatest power drawn H100 SXM", "700 W", "figure-h100_power"),  # folded away on its page
    ("equal of ChatGPT and Gemini", "supported", "claim-"),
    ("least value one H100 implies", "$42,000", "figure-implied_unit_price"),
    ("zerohedge diverted", "ZeroHedge", "source-zerohedge_memo"),
    ("abnormal return link market", "Abnormal return", "term-abnormal-return"),
    ("result moves most with the length of the delay", "length of the delay", "chart-"),
    ("how long was the delay", "How long was the delay?", "delay-months"),
]


def test_words_find_it(searching: Page) -> None:
    for words, says, anchor in SOUGHT:
        searching.locator("#search-words").fill(words)
        first = searching.locator(".search-results li").first
        assert says in first.inner_text()
        assert first.locator("mark").count() >= 2
        assert anchor in str(first.get_by_role("link").get_attribute("href"))


@pytest.mark.parametrize(("words", "says", "anchor"), breaking.rounds(SOUGHT[:2], SOUGHT[2:]))
def test_the_jump_lands_on_it(words: str, says: str, anchor: str, tab: Page, address: str) -> None:
    tab.goto(f"{address}/search.html?{urlencode({'q': words})}")
    tab.locator(".search-results li").first.get_by_role("link").click()
    tab.wait_for_url(f"**#{anchor}*" if anchor.endswith("-") else f"**#*{anchor}*")
    tab.wait_for_function(_LANDED)


def test_accents_case_number_and_beginnings_do_not_matter(searching: Page) -> None:
    for one, other in (("détourner", "DETOURNER"), ("promises", "promise"), ("12,000 h100", "12000 H100s")):
        lists = []
        for words in (one, other):
            searching.locator("#search-words").fill(words)
            lists.append(found(searching))
        assert lists[0], one
        assert set(lists[0][:3]) & set(lists[1]), (one, other)
    searching.locator("#search-words").fill("abnor")
    assert any("Abnormal" in title for title in found(searching))


@pytest.mark.parametrize(
    ("typed", "says"), [("nvida", "Nvidia"), ("autopliot", "utopilot"), ("shareholdres", "hareholder")]
)
def test_a_slip_of_the_hand_is_forgiven(typed: str, says: str, searching: Page) -> None:
    searching.locator("#search-words").fill(typed)
    assert found(searching)
    assert says in searching.locator(".search-results").inner_text()
    assert "Nothing holds the word as it was typed" in searching.get_by_role("status").inner_text()


def test_what_the_book_says_comes_before_what_it_read_and_the_pages_before_a_word(tab: Page, address: str) -> None:
    tab.goto(f"{address}/search.html?q=BYD")
    assert not tab.locator(".search-place").first.inner_text().startswith("Source")
    tab.goto(f"{address}/search.html")
    assert len(found(tab)) > 10


def test_nothing_that_is_found_holds_an_identifier_or_a_date_in_figures(index: list[dict[str, str]]) -> None:
    for entry in index:
        said = f"{entry['title']} {entry['value']} {entry['text']}"
        assert not re.search(r"\b[a-z]+_[a-z_]+\b|\b20\d\d-\d\d-\d\d\b", said), said[:200]


def test_titles_that_hold_the_words_come_first(searching: Page) -> None:
    searching.locator("#search-words").fill("glossary")
    assert found(searching)[0] == "Glossary"


def test_one_kind_can_be_asked_for_and_the_address_keeps_it(tab: Page, address: str) -> None:
    tab.goto(f"{address}/search.html?q=reuters")
    tab.get_by_role("radio", name="Sources").check()
    places = tab.locator(".search-place").all_inner_texts()
    assert places
    assert all(place.startswith("Source ") for place in places)
    tab.wait_for_url("**kind=source*")
    tab.reload()
    assert tab.locator(".search-place").all_inner_texts() == places


def test_the_arrows_go_through_the_results_and_back(tab: Page, address: str) -> None:
    tab.goto(f"{address}/search.html?q=rent")
    tab.locator("#search-words").focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator(".search-results a").nth(1)).to_be_focused()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    expect(tab.locator("#search-words")).to_be_focused()


def test_nothing_found_is_said_and_markup_typed_is_only_text(searching: Page) -> None:
    searching.locator("#search-words").fill("<b>xyzzy</b> qwertz")
    assert "Nothing holds all of these words" in searching.get_by_role("status").inner_text()
    assert found(searching) == []


def test_it_searches_from_a_folder_without_a_server(tab: Page, site: Path) -> None:
    tab.goto(f"{(site / 'chapters' / '01_swap.html').as_uri()}")
    tab.locator(".site-search input").fill("least value one H100 implies")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=*")
    assert any("$42,000" in title for title in found(tab))


def test_without_scripts_the_page_says_so_and_lists_what_there_is(unscripted: Page, address: str) -> None:
    tab = unscripted
    tab.goto(f"{address}/search.html")
    text = tab.locator("main").inner_text()
    assert "scripts are off" in text
    assert "$42,000" in text
    for page in ("chapters/01_swap.html", "chapters/about/sources.html", "chapters/claims.html"):
        assert tab.locator(f"main a[href='{page}']").is_visible()
    assert not tab.locator("#search-words").is_visible()


def test_the_site_holds_no_other_index(site: Path) -> None:
    names = {path.name for path in site.rglob("*.js")}
    assert not names & {"searchindex.js", "searchtools.js", "language_data.js", "doctools.js", "sphinx_highlight.js"}


def sentence(*children: Any) -> nodes.paragraph:
    return nodes.paragraph("", "", *children)


def test_words_keep_the_numbers_in_a_sentence_and_leave_code_and_tables_out() -> None:
    number = nodes.raw("", '<a class="num" href="#f">$5 &amp; more</a>', format="html")
    publisher = nodes.raw(
        "", '<a href="#s">Them</a><span class="print-only"> &lt;https://x.org&gt;</span>', format="html"
    )
    section = nodes.section(
        "",
        sentence(nodes.Text("It costs "), number, nodes.Text(".")),
        nodes.literal_block("", "import pandas"),
        nodes.raw("", "<table><tr><td>a whole table</td></tr></table>", format="html"),
        sentence(nodes.Text("So say "), publisher, nodes.Text(".")),
    )
    assert search.reader_text(section) == "It costs $5 & more. So say Them."


def test_a_term_without_an_address_gets_one_and_one_with_its_own_keeps_it() -> None:
    def item(words: str, ids: list[str]) -> nodes.definition_list_item:
        return nodes.definition_list_item(
            "", nodes.term(words, words, ids=ids), nodes.definition("", sentence(nodes.Text("Bears.")))
        )

    trees = nodes.definition_list("", item("Old tree", []), item("Young tree", ["sapling"]))
    document = new_document("glossary")
    document += nodes.section("", nodes.title("", "Trees"), trees)
    search._anchor_terms(cast(Any, None), document)
    found = [
        (entry.title, entry.href)
        for entry in search.documents_of_page("glossary", "Glossary", document)
        if entry.kind == "term"
    ]
    assert found == [("Old tree", "glossary.html#term-old-tree"), ("Young tree", "glossary.html#sapling")]
