"""The pages in a browser: nothing breaks, nothing is asked of another host, and everyone can read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from casefile import book
from tests.conftest import CHAPTERS, ROOT

PAGES = [*book.pages(ROOT), "search"]
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = {"narrow": NARROW, "wide": WIDE}


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.wrong = page, list[str]()
        page.on(
            "console",
            lambda message: self._note("console", message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("requestfailed", lambda request: self._note("failed", request.url))
        page.on("response", lambda response: self._note("status", response.url) if response.status >= 400 else None)
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:", "blob:")) else self._note("foreign", request.url)
            ),
        )

    def _note(self, kind: str, what: str) -> None:
        self.wrong.append(f"{kind}: {what[:300]}")


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def watched(browser: Browser, address: str, size: str, scheme: str) -> Iterator[Watched]:
    context = browser.new_context(viewport=SIZES[size], color_scheme="dark" if scheme == "dark" else "light")  # type: ignore[arg-type]
    yield Watched(context.new_page(), address)
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_quiet_asks_nobody_fits_and_is_accessible(
    page: str, watched: Watched, address: str, scheme: str
) -> None:
    watched.page.goto(f"{address}/{page}.html", wait_until="networkidle")
    assert watched.wrong == []
    overflow = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the screen"
    # Colours are all that light and dark differ in.
    options = {"resultTypes": ["violations"]} | (
        {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}
    )
    found = Axe().run(watched.page, options=options)
    assert [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]] == []


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
