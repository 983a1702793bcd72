"""The pages in a browser: nothing breaks, nothing is asked of another host, and everyone can read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from casefile.book import build as book
from tests.conftest import CHAPTERS, ROOT

PAGES = [*book.pages(ROOT), "search", "404"]
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 450}  # a screen of 1280 pixels at 200%
COLOURS = ["color-contrast", "link-in-text-block"]
OF_WIDTH = ["scrollable-region-focusable", "css-orientation-lock"]
RESHAPED = ".site-header, .chart"
_WATCH_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(
    [entry.value, ...entry.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 100))]);
}).observe({ type: "layout-shift", buffered: true });
"""


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.wrong = page, list[str]()
        page.on(
            "console",
            lambda message: self._note("console", message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("requestfailed", self._failed)
        page.on("response", lambda response: self._note("status", response.url) if response.status >= 400 else None)
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:", "blob:")) else self._note("foreign", request.url)
            ),
        )

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left gives up what it had asked for
            self._note("failed", request.url)

    def _note(self, kind: str, what: str) -> None:
        self.wrong.append(f"{kind}: {what[:300]}")


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of its own, wide and light."""
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def faults(tab: Page, only: list[str] | None = None, within: str = "html") -> list[str]:
    """What axe finds wrong with a page as it stands, by all its rules or only some, in all of it or in a part."""
    options = {"resultTypes": ["violations"], **({"runOnly": only} if only else {})}
    found = tab.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]


def overflow(tab: Page) -> int:
    """Pixels that a page is wider than its screen."""
    wider: int = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_quiet_asks_nobody_stands_still_fits_and_is_accessible(page: str, tab: Page, address: str) -> None:
    watched = Watched(tab, address)
    tab.add_init_script(_WATCH_SHIFTS)
    for size in (WIDE, NARROW):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{address}/{page}.html", wait_until="load")
        assert watched.wrong == []
        assert tab.evaluate("shifts") == []
        assert overflow(tab) <= 0, size
        tab.evaluate(Axe().axe_script)
        # Width changes the header, the charts, and what the rules of `OF_WIDTH` look at; light and dark differ in colours.
        if size is WIDE:
            assert faults(tab) == []
        else:
            assert faults(tab, within=RESHAPED) == []
            assert faults(tab, OF_WIDTH) == []
        tab.emulate_media(color_scheme="dark")
        assert faults(tab, COLOURS, "html" if size is WIDE else RESHAPED) == [], size
    for size in (SMALLEST, ZOOMED):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow(tab) <= 0, size


@pytest.mark.parametrize("page", [book.pages(ROOT)[0], "chapters/claims", "search"])
def test_a_page_is_readable_in_high_contrast_and_in_colours_of_the_readers_own(
    page: str, tab: Page, address: str
) -> None:
    tab.goto(f"{address}/{page}.html", wait_until="load")
    tab.evaluate(Axe().axe_script)
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme, contrast="more", forced_colors="none")
        assert faults(tab, ["color-contrast-enhanced"]) == [], scheme
        tab.emulate_media(color_scheme=scheme, contrast="no-preference", forced_colors="active")
        assert faults(tab, ["color-contrast"]) == [], scheme


@pytest.mark.parametrize("page", CHAPTERS.values())
def test_a_chapter_has_its_numbers_and_charts_without_scripts(page: str, browser: Browser, address: str) -> None:
    with_scripts, without = (browser.new_context(java_script_enabled=enabled) for enabled in (True, False))
    texts = []
    for context in (with_scripts, without):
        tab = context.new_page()
        tab.goto(f"{address}/{page}.html", wait_until="load")
        texts.append(tab.locator("main a.num, article a.num").all_text_contents())
        if context is without:
            for chart in tab.locator("figure.chart").all():
                assert chart.locator("svg >> visible=true").count() >= 1
        context.close()
    assert texts[0] == texts[1]
    assert texts[1]


def test_the_site_opens_from_a_folder_without_a_server(browser: Browser, site: Path) -> None:
    context = browser.new_context(offline=True)
    watched = Watched(context.new_page(), site.as_uri())
    for page in CHAPTERS.values():
        watched.page.goto(f"{site.as_uri()}/{page}.html", wait_until="networkidle")
        assert watched.page.locator("a.num").count() > 0
    foreign = [line for line in watched.wrong if line.startswith(("foreign", "failed"))]
    context.close()
    assert foreign == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_number_leads_to_its_derivation(browser: Browser, address: str, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    tab = context.new_page()
    tab.goto(f"{address}/chapters/01_swap.html")
    tab.locator("article a.num[data-figure=implied_unit_price]").first.focus()
    tab.keyboard.press("Enter")
    if scripts:
        asked = tab.locator("dialog.ask[open]")
        assert "$41,667" in asked.inner_text()
        assert asked.locator("[data-ask=order_value], a[href$=figure-order_value]").count() > 0
    else:
        tab.wait_for_url("**#figure-implied_unit_price")
        assert tab.locator("#figure-implied_unit_price").count() == 1
    context.close()


def test_a_number_of_another_chapter_is_explained_down_to_its_sources(tab: Page, address: str) -> None:
    tab.goto(f"{address}/summary.html")
    tab.locator("article a.num[data-figure=rental_value_delayed]").first.click()
    asked = tab.locator("dialog.ask[open]")
    told = asked.inner_text()
    assert "12,000" in told  # the chips, from the memo
    assert "$3.49" in told  # the rent of one for an hour
    assert "12k of shipped H100 GPUs" in told  # as the source prints it
    assert asked.locator("a[href*='sources.html#source-']").count() >= 2
    asked.locator("a[href*='03_delay.html#figure-rental_value_delayed']").click()
    tab.wait_for_url("**/chapters/03_delay.html#figure-rental_value_delayed")
    assert tab.locator("#figure-rental_value_delayed").is_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_keyboard_alone_reaches_the_content_the_menu_the_search_what_if_and_a_number(
    size: dict[str, int], tab: Page, address: str
) -> None:
    def walk_to(selector: str) -> None:
        for _ in range(60):
            tab.keyboard.press("Tab")
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"sixty tabs do not reach {selector}")

    tab.set_viewport_size(size)  # type: ignore[arg-type]
    tab.goto(f"{address}/chapters/03_delay.html", wait_until="networkidle")
    walk_to(".skip-link")
    assert tab.locator(".skip-link").is_visible()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")
    tab.reload(wait_until="networkidle")
    walk_to(".what-if-toggle")
    tab.keyboard.press("Enter")
    assert tab.locator("#what-if").is_visible()
    assert tab.evaluate("document.querySelector('#what-if').contains(document.activeElement)")
    tab.keyboard.press("Escape")
    assert not tab.locator("#what-if").is_visible()
    walk_to("a.num")
    number = tab.evaluate("document.activeElement.dataset.figure")
    tab.keyboard.press("Enter")
    assert tab.locator("dialog.ask[open]").get_by_role("heading", level=2).is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator("dialog.ask[open]").count() == 0
    assert tab.evaluate("document.activeElement.dataset.figure") == number
    tab.reload(wait_until="networkidle")
    if size is NARROW:
        walk_to(".site-menu-button")
        tab.keyboard.press("Enter")
    walk_to(".site-search input")
    tab.keyboard.type("rent")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=rent")
    walk_to(".search-results a")
