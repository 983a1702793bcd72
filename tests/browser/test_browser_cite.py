"""The dialog of citations in a browser: on headings, charts and numbers, by keyboard, from a folder, with moved parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from casefile.citation import citation_file, cite, registry
from tests.browser.test_browser import Watched
from tests.conftest import ROOT, Open, beside
from tests.support.orchard import built
from tests.support.published import standing, verified

BESIDE_NOTHING: ViewportSize = {"width": 1000, "height": 720}  # too narrow for a margin: each figure keeps its row
AT_CHECK = "localStorage.setItem('depth', 'check')"  # where each figure's own row, with its button, is to be seen


@pytest.fixture(scope="module")
def orchard_site(published: Path) -> Path:
    return built(published)


@pytest.fixture
def tab(offline: Page, orchard_site: Path) -> Iterator[Page]:
    """A page of the orchard, from a folder and offline."""
    watched = Watched(beside(offline), orchard_site.as_uri())
    watched.page.set_viewport_size(BESIDE_NOTHING)
    watched.page.add_init_script(AT_CHECK)
    watched.page.goto(f"{orchard_site.as_uri()}/chapters/market.html")
    yield watched.page
    assert watched.wrong == []
    watched.page.evaluate("localStorage.clear()")
    watched.page.close()


# What the dialog says when each style is clicked in turn.
_TEXTS = """() => Object.fromEntries([...document.querySelectorAll(".cite-styles input")].map((radio) => {
  radio.click();
  return [radio.value, document.querySelector(".cite-text").innerText];
}))"""


def texts(page: Page) -> dict[str, str]:
    """Every style of the open dialog."""
    page.locator(".cite-dialog[open] .cite-styles input").first.wait_for()
    found: dict[str, str] = page.evaluate(_TEXTS)
    return found


def test_every_style_is_the_commands(tab: Page, published: Path) -> None:
    now, known = standing(published), citation_file.book_of(published)
    for opener, name in (("h1 .cite-button", "market"), ("#figure-worth .cite-button", "worth")):
        tab.locator(opener).click()
        found = texts(tab)
        assert set(found) == set(cite.STYLES) - {"url"}
        for style, text in found.items():
            assert text.split() == cite.cited(now[name], known, "1.0", {}, "", style).split(), style
        tab.keyboard.press("Escape")
        expect(tab.locator("dialog.cite-dialog")).to_be_hidden()


def test_the_keyboard_opens_copies_and_closes_and_the_focus_returns(browser: Browser, orchard_site: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], viewport=BESIDE_NOTHING)
    page = context.new_page()
    page.goto(f"{orchard_site.as_uri()}/chapters/market.html?depth=check")
    page.locator("#figure-worth .cite-button").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.cite-dialog[open]")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Sentence")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".cite-text")).to_contain_text("Gardener, & Pippin")
    dialog.get_by_role("button", name="Copy").press("Enter")
    expect(dialog.locator(".cite-said")).not_to_be_empty()
    read = "async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    assert "In <i>The Orchard: its harvest</i> (Version 1.0)" in page.evaluate(read)
    assert Axe().run(page, "dialog", {"resultTypes": ["violations"]})["violations"] == []
    page.keyboard.press("Escape")
    expect(page.locator("#figure-worth .cite-button")).to_be_focused()
    context.close()


def test_a_number_offers_the_references_of_its_sources(tab: Page) -> None:
    tab.locator("#figure-worth .cite-button").click()
    sources = tab.locator(".cite-sources button")
    expect(sources).to_have_text(["Trees", "Prices"])
    sources.last.click()
    expect(tab.locator("dialog.cite-dialog h2")).to_have_text("Cite this source")
    found = texts(tab)
    assert set(found) == {"apa", "chicago", "bibtex", "ris", "csl-json"}
    assert found["apa"] == "The Grocer. (2020, September 1). Prices. https://example.org/prices"
    expect(tab.locator(".cite-file")).to_be_hidden()


def test_a_number_in_the_text_is_cited_from_its_dialog(tab: Page) -> None:
    tab.locator("article a.num[data-figure=worth]").first.click()
    tab.locator("dialog.ask").get_by_role("button", name="Cite it").click()
    expect(tab.locator("dialog.cite-dialog h2")).to_have_text("Cite this number")
    expect(tab.locator(".cite-text")).to_contain_text("€12,000")


def test_a_citation_with_moved_parameters_says_so_and_can_be_verified(tab: Page, published: Path) -> None:
    tab.goto(f"{tab.url}?price=0.8")
    tab.locator("#figure-worth > .cite-button").click()
    expect(tab.locator(".cite-supposing code")).to_have_text("casefile cite worth -p market price 0.8 --style bibtex")
    found = texts(tab)
    assert {"sentence", "apa", "ris", "csl-json"} == set(found)
    now, computed = standing(published), standing(published, {"market": {"price": 0.8}})
    for style, text in found.items():
        assert "€24,000" in text and "€12,000" not in text, style
        assert "Computed with price of market at 0.8 instead of 0.4, not with the book's own parameters" in text, style
        text = f"{text}\n" if style != "ris" else re.sub(r"ER  -\s*$", "ER  - \n", text)
        assert verified(published, text, now, computed) == (
            "stands: worth, by the parameters it names, made as it was, and computed anew: €24,000"
        ), style
        altered = verified(published, text.replace("€24,000", "€25,000"), now, computed)
        assert altered == "refused: altered: the citation says €25,000; it is €24,000 by the parameters it names", style


def test_a_moved_section_is_cited_with_what_was_moved(tab: Page, published: Path) -> None:
    tab.goto(f"{tab.url}?price=0.8")
    tab.locator("h1 .cite-button").click()
    text = texts(tab)["sentence"]
    now, computed = standing(published), standing(published, {"market": {"price": 0.8}})
    assert verified(published, text, now, computed) == (
        "stands: market, by the parameters it names, made as it was, and computed anew"
    )


def test_without_scripts_the_page_leads_to_its_citation(unscripted: Page, orchard_site: Path) -> None:
    page = unscripted
    page.goto(f"{orchard_site.as_uri()}/chapters/market.html")
    assert page.locator(".cite-button").count() == 0
    hrefs = [str(link.get_attribute("href")) for link in page.locator(".cite-files a").all()]
    assert hrefs == ["../cite/market.bib", "../cite/market.ris", "../cite/market.json", "../cite.html"]
    assert all((orchard_site / "chapters" / href).resolve().is_file() for href in hrefs)
    page.goto(f"{orchard_site.as_uri()}/verify.html")
    assert page.locator("form.verify button").is_disabled()
    assert "casefile verify" in page.locator("noscript").inner_text()


def test_the_books_own_page_has_its_buttons_and_files(site: Path, new_tab: Open, address: str) -> None:
    """Headings, charts, derivations and claims of the real book: each has a button, and each its record."""
    page = new_tab()
    for name in ("chapters/01_swap", "chapters/claims", "claims/value_500m"):
        page.goto(f"{address}/{name}.html")
        tagged = page.locator("[data-cite]")
        assert page.locator("[data-cite] .cite-button").count() >= tagged.count() > 0
        plain = (site / "_static" / "cite" / f"{name}.js").read_text(encoding="utf-8").partition(" = ")[2]
        entries = json.loads(plain.rstrip(";\n"))
        assert set(tagged.evaluate_all("all => all.map(one => one.dataset.cite)")) <= set(entries)
    files = {path.name for path in (site / "cite").iterdir()}
    assert files == {f"{name}.{kind}" for name in registry.read(ROOT) for kind in ("bib", "ris", "json")}


def test_under_a_moved_parameter_a_chart_is_cited_with_the_title_shown_and_a_fact_as_sure_as_its_source(
    site: Path, offline: Page
) -> None:
    watched = Watched(beside(offline), site.as_uri())
    titles = []
    for moved in ("", "?order_value_usd=300000000"):
        watched.page.goto(f"{(site / 'chapters' / '01_swap.html').as_uri()}{moved}")
        shown = watched.page.locator("#chart-unit_price .chart-title")
        titles.append(re.sub(r"\s+", " ", shown.inner_text().replace("†", "")).strip())  # the sign of a correction
        watched.page.locator("#chart-unit_price .cite-button").click()
        for style, text in texts(watched.page).items():
            if style not in ("bibtex", "chicago", "markdown"):
                assert titles[-1] in text.replace('\\"', '"'), (style, text)
            assert "†" not in text
        expect(watched.page.locator(".cite-about")).to_contain_text(titles[-1])
    assert titles[0] != titles[1]
    for name, said in (("chip_price_ft", "about $40,000"), ("order_value", "$300 million")):
        watched.page.keyboard.press("Escape")
        watched.page.evaluate("(name) => casefile.cite.open(name)", name)
        cited = texts(watched.page)
        assert f"”, {said} [" in cited["sentence"], cited["sentence"]
        assert f": {said} (computed with" in cited["apa"], cited["apa"]
    assert watched.wrong == []
    watched.page.close()


def test_an_address_that_carries_a_citation_says_whether_it_stands_and_leads_on(tab: Page, published: Path) -> None:
    item = standing(published)["worth"]
    address = tab.url
    for hash, said in ((item.hash, "It stands: “Worth of the harvest: €12,000”."), ("0123456789ab", "none that edition 1.0 gave out")):  # fmt: skip
        tab.goto(f"{address}?cite=worth%401.0%3A{hash}#figure-worth")
        expect(tab.locator(".cite-arrived")).to_contain_text(said)
    tab.goto(f"{address}?cite=worth%401.0%3A{item.hash}#figure-worth")
    tab.locator(".cite-arrived a").click()
    expect(tab.locator("output.verify-found")).to_contain_text(
        "“Worth of the harvest” is €12,000 in edition 1.0 of 2021-02-01, and so it stands now"
    )
    expect(tab.locator(".verify-compared")).to_have_text("Compared: mark.")
    tab.fill("#verify-citation", "worth@1.0:0123456789ab")
    tab.locator("form.verify button").click()
    expect(tab.locator(".verify-found strong")).to_have_text("It was altered")
    tab.fill("#verify-citation", "")
    expect(tab.locator(".verify-found")).to_be_empty()
