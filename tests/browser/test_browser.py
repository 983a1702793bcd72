"""The pages in a browser: nothing breaks, nothing is asked of another host, and everyone can read them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request

from casefile.execution.story import Story
from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Open, beside
from tests.support import breaking, chromium
from tests.support.boxes import overlaps, strikes
from tests.support.markup import soup

PAGES = [*Story(ROOT).pages, "search", "404"]
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 450}  # a screen of 1280 pixels at 200%
TABLET, WIDEST = {"width": 768, "height": 1024}, {"width": 1920, "height": 1080}
BESIDE = {"width": 1024, "height": 768}  # the narrowest that has the folds of code in a margin
WIDTHS = (NARROW, SMALLEST, ZOOMED, TABLET, WIDE, WIDEST)
COLOURS = ["color-contrast", "link-in-text-block"]
OF_WIDTH = ["scrollable-region-focusable", "css-orientation-lock"]
# What hangs on the words, links, tables, pictures and controls of a page, not on the template it shares with others.
OF_CONTENT = [
    "aria-valid-attr-value", "button-name", "definition-list", "dlitem", "document-title", "duplicate-id-aria",
    "empty-heading", "empty-table-header", "heading-order", "image-alt", "label", "link-name", "list", "listitem",
    "page-has-heading-one", "role-img-alt", "scope-attr-valid", "svg-img-alt", "table-duplicate-name", "td-headers-attr",
    "th-has-data-cells",
]  # fmt: skip
RESHAPED = ".site-header, .chart"
ONE_OF_EACH = (
    "chapters/01_swap",
    "chapters/about/article",
    "chapters/about/cite",
    "chapters/about/corrections",
    "search",
    "404",
)
_NUMBERS = "main a.num, article a.num"
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
        chromium.listen(page, functools.partial(self._note, "console"), "error", "warning")
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
        ahead = request.url.startswith("file:") and request.url.endswith(".woff2")  # as `chromium.listen` says
        if not ahead and request.failure != "net::ERR_ABORTED":  # a page that is left gives up what it had asked for
            self._note("failed", request.url)

    def _note(self, kind: str, what: str) -> None:
        self.wrong.append(f"{kind}: {what[:300]}")


def faults(tab: Page, only: Sequence[str] = (), within: str = "html") -> list[str]:
    """What axe finds wrong with a page as it stands, by all its rules or some, in all of it or a part."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    found = tab.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]


def identifiers(tab: Page) -> list[str]:
    """Names of code and days in figures among the words that are seen or heard, other than those of code that is shown."""
    tab.evaluate("document.querySelectorAll('.chart-picture').forEach((one) => one.remove())")
    seen = tab.locator("main").inner_text()
    heard, shown = tab.evaluate(
        "[[...document.querySelectorAll('main [aria-label]')].map((one) => one.getAttribute('aria-label')),"
        " [...document.querySelectorAll('main code')].map((one) => one.textContent)]"
    )
    said = re.sub(r"`[^`]*`|<[^>]*>|casefile [^\n]*", "", "\n".join([seen, *heard]))
    found = re.findall(r"\b[a-z]+[a-z0-9]*(?:_[a-z0-9]+)+\b|\b(?:pandas|numpy|casefile|calendar)\.\w+", said)
    found += re.findall(r"\b20\d\d-\d\d-\d\d\b", seen)
    return [name for name in sorted(set(found)) if not any(name in code for code in shown)]


def without_scripts(path: Path) -> list[str]:
    """The printed numbers of a page as its file has them."""
    return [number.get_text() for number in soup(path).select(_NUMBERS)]


def overflow(tab: Page) -> int:
    """Pixels that a page is wider than its screen."""
    wider: int = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def seen_at_once(tab: Page) -> float:
    """The share of the summary's picture that is on the screen before anyone scrolls, its heading above it."""
    share: float = tab.evaluate(
        """() => {
          const picture = [...document.querySelectorAll(".hero .chart-picture")].find((one) => one.checkVisibility());
          const { top, bottom, height } = picture.getBoundingClientRect();
          const heading = document.querySelector("h1").getBoundingClientRect();
          return scrollY === 0 && heading.top >= 0 && heading.bottom <= top ? (Math.min(bottom, innerHeight) - top) / height : 0;
        }"""
    )
    return share


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_quiet_asks_nobody_stands_still_fits_is_accessible_and_says_no_identifier(
    page: str, tab: Page, address: str, site: Path
) -> None:
    """Daily, what pages take from one sheet and one template is judged on one of each kind, each width on every second.

    What hangs on the content of the others is judged as it stands on a narrow screen.
    """
    whole = breaking.THOROUGH or page in ONE_OF_EACH
    watched = Watched(tab, address)
    tab.add_init_script(_WATCH_SHIFTS)
    for size in (WIDE, NARROW):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        if size is WIDE or whole:
            tab.emulate_media(color_scheme="light")
            tab.goto(f"{address}/{page}.html", wait_until="load")
            assert tab.evaluate("shifts") == []
            tab.evaluate(Axe().axe_script)
        assert watched.wrong == []
        assert overflow(tab) <= 0, size
        assert page != "summary" or seen_at_once(tab) > 0.5, size
        # Width changes the header, the charts, and what the rules of `OF_WIDTH` look at; light and dark differ in colours.
        if not whole:
            assert size is WIDE or faults(tab, [*OF_CONTENT, *OF_WIDTH]) == []
        else:
            assert faults(tab, OF_WIDTH if size is NARROW else []) == []
            assert size is WIDE or faults(tab, within=RESHAPED) == []
            tab.emulate_media(color_scheme="dark")
            assert faults(tab, COLOURS, "html" if size is WIDE else RESHAPED) == [], size
    for size in WIDTHS if whole else WIDTHS[PAGES.index(page) % 2 :: 2]:
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow(tab) <= 0, size
        assert overlaps(tab) == [], size
    assert watched.wrong == []
    if page in CHAPTERS.values():
        assert tab.locator(_NUMBERS).all_text_contents() == without_scripts(site / f"{page}.html")
        assert identifiers(tab) == []
        tab.get_by_role("button", name="Check", exact=True).click()
        assert identifiers(tab) == []
        for size in (WIDE, NARROW):
            tab.set_viewport_size(size)  # type: ignore[arg-type]
            assert strikes(tab) == [], size


@pytest.mark.parametrize(
    ("line", "ground", "struck"),
    [
        ('stroke="black"', "", ["apples: Series C | mark-rule"]),
        ('stroke="black"', 'stroke="white" stroke-width="3" paint-order="stroke"', []),
        ('stroke="black" stroke-width="2.5"', 'stroke="white" paint-order="stroke"', ["apples: Series C | mark-rule"]),
        ('stroke="none"', "", []),
    ],
    ids=["a thin line", "a thin line behind words on a ground", "a line of data", "a line that is not drawn"],
)
def test_a_line_through_the_words_of_a_chart_is_seen(line: str, ground: str, struck: list[str], tab: Page) -> None:
    tab.set_content(
        f"""<div class="chart-picture" data-chart="apples"><svg width="200" height="40">
        <g class="mark-rule role-mark"><line x1="0" y1="20" x2="200" y2="20" {line}/></g>
        <g class="mark-text role-mark"><text x="10" y="24" {ground}>Series C</text></g></svg></div>"""
    )
    assert strikes(tab) == struck


def test_words_beyond_a_chart_are_seen(tab: Page) -> None:
    tab.set_content(
        """<div class="chart-picture" data-chart="apples"><svg width="40" height="40" style="overflow: visible">
        <text x="10" y="24">Before Series B</text></svg></div>"""
    )
    assert strikes(tab) == ["apples: Before Series B | edge of the picture"]


def test_words_over_words_are_seen(tab: Page) -> None:
    tab.set_content("<p>Some words</p><p style='margin-top: -1.8em'>Other words</p><p>Below</p>")
    assert overlaps(tab) == ["Some words | Other words"]


def test_the_mark_of_a_fold_over_words_or_another_mark_is_seen_and_by_its_own_words_is_not(tab: Page) -> None:
    fold = "<details class='hide'><summary style='min-height: 24px'><span>Code</span></summary></details>"
    hidden = fold.replace("<span>", "<span style='opacity: 0'>")
    for page, over in (
        (f"<p>Some words</p>{fold}{fold}", []),
        (f"{hidden}<p style='margin: -24px 0 0'>Some words</p>", ["{ } | Some words"]),
        (f"{hidden}<div style='margin-top: -16px'>{hidden}</div>", ["{ } | { }"]),
    ):
        tab.set_content(page)
        assert overlaps(tab) == over


@pytest.mark.parametrize("page", breaking.rounds(["chapters/02_promise", "search"], ["summary", "chapters/claims"]))
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


@pytest.mark.parametrize(
    "page", breaking.rounds(["chapters/03_delay"], [page for page in CHAPTERS.values() if page != "chapters/03_delay"])
)
def test_a_chapter_shows_its_numbers_and_charts_without_scripts(page: str, unscripted: Page, address: str) -> None:
    tab = unscripted
    tab.goto(f"{address}/{page}.html", wait_until="load")
    assert tab.locator(_NUMBERS).first.is_visible()
    charts = tab.locator("figure.chart").all()
    assert charts
    assert all(chart.locator("svg >> visible=true").count() >= 1 for chart in charts)


@pytest.mark.parametrize("page", ["summary", *CHAPTERS.values()])
def test_without_scripts_no_mark_of_a_fold_lies_over_words_or_another_mark(
    page: str, unscripted: Page, address: str
) -> None:
    unscripted.goto(f"{address}/{page}.html", wait_until="load")
    folds = unscripted.locator("details.hide > summary")
    assert folds.count() > 0
    for size in (*WIDTHS, BESIDE):
        unscripted.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert all(fold.is_visible() for fold in folds.all()), size
        assert overlaps(unscripted) == [], size
        assert overflow(unscripted) <= 0, size


@pytest.mark.parametrize("page", ["summary", CHAPTERS["claims"], CHAPTERS["03_delay"]])
@pytest.mark.parametrize("place", ["served", "folder"])
def test_without_scripts_a_page_has_its_own_fonts(
    page: str, place: str, unscripted: Page, address: str, site: Path
) -> None:
    """The fonts that Chromium took for what is drawn, which a style alone does not say."""
    unscripted.goto(f"{address if place == 'served' else site.as_uri()}/{page}.html", wait_until="networkidle")
    session = unscripted.context.new_cdp_session(unscripted)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    taken: dict[str, set[str]] = {}
    for text in ("h1", ".bd-article p em", ".site-menu-button"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": text})["nodeId"]
        if node:
            fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            taken[text] = {font["familyName"] for font in fonts if font["glyphCount"]}
    session.detach()
    assert taken.pop(".site-menu-button") == {"Casefile Sans"}
    assert taken["h1"] == {"Casefile Serif"} and set.union(*taken.values()) == {"Casefile Serif"}


def test_the_summary_opens_with_its_picture_without_scripts_and_its_code_is_one_line_after_it(
    unscripted: Page, address: str
) -> None:
    for size in (NARROW, SMALLEST, ZOOMED):
        unscripted.set_viewport_size({"width": size["width"], "height": size["height"]})
        unscripted.goto(f"{address}/summary.html", wait_until="load")
        bottom, folds = unscripted.evaluate("""() => {
          const box = (node) => node.getBoundingClientRect();
          const hero = document.querySelector(".hero.chart"), folds = hero.closest("section").querySelectorAll("details.above-input > summary");
          return [box(hero).bottom, [...folds].map((fold) => [box(fold).top, fold.checkVisibility()])];
        }""")
        assert len(folds) > 2
        assert all(top >= bottom and seen for top, seen in folds), size
        assert len({round(top) for top, _ in folds}) == 1, size
    unscripted.locator(".cell.of-hero details.above-input > summary").click()
    assert unscripted.locator(".cell.of-hero details.above-input pre").is_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_summary_stands_still_however_slowly_it_comes(new_tab: Open, address: str, size: dict[str, int]) -> None:
    """Its picture stands above words that come before it: neither is drawn before both are there."""
    tab = new_tab(**size)
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    speed = {"latency": 50, "downloadThroughput": 150_000, "uploadThroughput": 150_000}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    tab.add_init_script(_WATCH_SHIFTS)
    tab.goto(f"{address}/summary.html", wait_until="load")
    assert tab.evaluate("shifts") == []
    assert tab.locator("link[rel=expect]").count() == 2


@pytest.mark.parametrize("page", ["summary", "chapters/03_delay", "chapters/08_money"])
def test_a_number_is_as_wide_before_its_page_has_scripts_as_after(tab: Page, address: str, page: str) -> None:
    """Or the sentence would be wrapped anew when they come, under a reader who has begun."""
    tab.set_viewport_size(NARROW)  # type: ignore[arg-type]
    widths = []
    for scripts in (False, True):
        tab.unroute_all()
        if not scripts:
            tab.route(re.compile(r"/(?!theme\.js)[\w.]+\.js"), lambda route: route.abort())
        tab.goto(f"{address}/{page}.html", wait_until="networkidle")
        assert (tab.locator("article p .num.movable").count() > 0) == (scripts and page != "summary")
        numbers = "[...document.querySelectorAll('article section > p .num')].filter((one) => one.checkVisibility())"
        widths.append(tab.evaluate(f"{numbers}.map((one) => [one.dataset.figure, one.getBoundingClientRect().width])"))
    assert len(widths[0]) > 5
    assert widths[0] == widths[1]


def test_the_site_opens_from_a_folder_without_a_server(offline: Page, site: Path) -> None:
    watched = Watched(beside(offline), site.as_uri())
    for page in breaking.rounds(["summary", "chapters/07_investors"], list(CHAPTERS.values())):
        watched.page.goto(f"{site.as_uri()}/{page}.html", wait_until="networkidle")
        assert watched.page.locator("a.num").count() > 0
    foreign = [line for line in watched.wrong if line.startswith(("foreign", "failed"))]
    faces = watched.page.evaluate(
        "[...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)"
    )
    watched.page.close()
    assert {"Casefile Serif", "Casefile Sans"} <= {face.strip('"') for face in faces}
    assert foreign == []


@pytest.mark.parametrize("page", ["summary", "chapters/03_delay", "chapters/claims", "chapters/about/sources"])
def test_a_page_asks_at_once_for_the_fonts_that_its_words_need_and_for_no_other(
    tab: Page, unscripted: Page, address: str, page: str
) -> None:
    """Those that it asks for late are drawn late, or not at all; those that it does not need keep back the others."""
    needed = 2 + (page in ("summary", "chapters/claims"))
    for each in (tab, unscripted):
        each.goto(f"{address}/{page}.html", wait_until="networkidle")
        asked = each.evaluate("""() => performance.getEntriesByType("resource")
          .filter(({ name }) => name.endsWith(".woff2")).map(({ initiatorType }) => initiatorType)""")
        assert set(asked) == {"link"}
        assert each.locator("link[rel=preload][as=font]").count() == needed
        loaded = each.evaluate(
            "[...document.fonts].filter(({ status }) => status === 'loaded').map(({ family, style }) => `${family} ${style}`)"
        )
        assert len(set(loaded)) == needed  # without scripts each is declared twice, and fetched once


@pytest.mark.parametrize("scripts", [True, False])
def test_a_number_leads_to_its_derivation(new_tab: Open, unscripted: Page, address: str, scripts: bool) -> None:
    tab = new_tab() if scripts else unscripted
    tab.goto(f"{address}/chapters/01_swap.html")
    tab.locator("article a.num[data-figure=implied_unit_price]").first.focus()
    tab.keyboard.press("Enter")
    if scripts:
        asked = tab.locator("dialog.ask[open]")
        assert "$42,000" in asked.inner_text()
        assert asked.locator("[data-ask=order_value], a[href$=figure-order_value]").count() > 0
    else:
        tab.wait_for_url("**#figure-implied_unit_price")
        assert tab.locator("#figure-implied_unit_price").count() == 1


def test_the_list_of_sources_is_short_and_a_word_or_an_address_opens_what_it_folds(
    tab: Page, unscripted: Page, address: str, known: Records
) -> None:
    """An address does so without scripts, too; that paper shows all of it is seen in tests/site/test_print.py."""
    page, entries = f"{address}/chapters/about/sources.html", ".source-entry:visible"
    tab.set_viewport_size(NARROW)  # type: ignore[arg-type]
    tab.goto(page)
    assert tab.evaluate("document.documentElement.scrollHeight") < 9_000
    field = tab.get_by_label("Search the sources")
    field.fill("cnbc")
    shown = tab.locator(entries).count()
    assert 0 < shown < len(known.sources)
    assert tab.locator(".source-filter output").inner_text() == f"{shown} of {len(known.sources)}"
    field.fill("")
    assert tab.locator(entries).count() == 0
    tab.goto(f"{page}#sources-of-01_swap")
    assert tab.locator("#sources-of-01_swap .source-entry").first.is_visible()
    unscripted.goto(f"{page}#{tab.locator('.source-entry').last.get_attribute('id')}")
    assert unscripted.locator(".source-entry").last.is_visible()


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
    tab.goto(f"{address}/chapters/03_delay.html")
    walk_to(".skip-link")
    assert tab.locator(".skip-link").is_visible()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")
    tab.reload()
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
    tab.reload()
    if size is NARROW:
        walk_to(".site-menu-button")
        tab.keyboard.press("Enter")
        walk_to(".search-link a")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/search.html")
        walk_to("#search-words")
        tab.keyboard.type("rent")
        tab.keyboard.press("Enter")
    else:
        walk_to(".site-search input")
        tab.keyboard.type("rent")
        found = tab.locator(".site-results a")  # below the field while one types
        found.first.wait_for()
        tab.keyboard.press("ArrowDown")
        assert tab.evaluate("document.activeElement.closest('.site-results') !== null")
        assert found.first.get_attribute("href") == f"{address}/chapters/03_delay.html#figure-rent"
        tab.keyboard.press("Escape")
        assert not found.first.is_visible()
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/search.html?q=rent")
        walk_to(".search-results a")
    assert tab.evaluate("document.activeElement.closest('.search-results') !== null")
    for word, of_the_book in (("lawsuits", "suit"), ("rental", "to rent")):  # a reader's word finds the book's
        tab.fill("#search-words", word)
        assert of_the_book in (tab.locator(".search-results").text_content() or "")
        assert tab.locator(".search-results mark", has_text=re.compile(f"^{of_the_book.split()[-1]}s?$")).count(), word


def test_read_is_prose_check_brings_what_proves_it_and_code_the_cells(tab: Page, address: str) -> None:
    """The choice stands in the address, goes along to other pages, and a link to a figure shows it at any depth."""
    proof, cell = tab.locator(".proof .derivation >> visible=true"), tab.locator(".cell_input >> visible=true")
    tab.set_viewport_size(NARROW)  # type: ignore[arg-type]
    tab.goto(f"{address}/chapters/03_delay.html")
    assert (proof.count(), cell.count()) == (0, 0)
    tab.get_by_role("button", name="Check", exact=True).click()
    assert proof.count() > 5 and cell.count() == 0
    assert tab.url.endswith("?depth=check")
    tab.get_by_role("button", name="Code", exact=True).click()
    assert proof.count() > 5 and cell.count() > 5
    tab.goto(f"{address}/chapters/02_promise.html")
    assert cell.count() > 3
    tab.get_by_role("button", name="Read", exact=True).click()
    assert (proof.count(), cell.count()) == (0, 0)
    assert "depth" not in tab.url
    tab.goto(f"{address}/chapters/03_delay.html#figure-energy_delayed")
    assert tab.locator("#figure-energy_delayed").is_visible()


def test_what_an_address_names_stays_where_it_is_when_the_depth_changes(tab: Page, address: str) -> None:
    """A claim has folds above it that open with the depth, and an entry of the sources too."""
    claims = [one.get_attribute("id") for one in _claims(tab, address)]
    tab.goto(f"{address}/chapters/claims.html#{claims[len(claims) // 2]}")
    tab.wait_for_timeout(100)
    named = tab.locator(f"#{claims[len(claims) // 2]}")
    top = named.evaluate("one => one.getBoundingClientRect().top")
    for depth in ("check", "code", "read"):
        tab.locator(f".depths [data-depth={depth}]").evaluate("one => one.click()")  # Playwright's own scrolls the page
        assert named.evaluate("one => one.getBoundingClientRect().top") == pytest.approx(top, abs=1), depth
    tab.goto(f"{address}/chapters/03_delay.html")
    heading = tab.locator("article h2").nth(1)
    heading.evaluate("one => scrollBy({ top: one.getBoundingClientRect().top - 200, behavior: 'instant' })")
    tab.evaluate("scrollBy({ top: 100, behavior: 'instant' })")
    top = heading.evaluate("one => one.getBoundingClientRect().top")
    for depth in ("check", "code", "read"):
        tab.locator(f".depths [data-depth={depth}]").evaluate("one => one.click()")  # Playwright's own scrolls the page
        assert heading.evaluate("one => one.getBoundingClientRect().top") == pytest.approx(top, abs=1), depth


def _claims(tab: Page, address: str) -> list[Locator]:
    tab.goto(f"{address}/chapters/claims.html")
    return tab.locator("article section.claim").all()


def test_a_choice_of_claims_shows_as_many_as_it_counts_and_gives_way_to_one_that_is_asked_for(
    tab: Page, address: str
) -> None:
    verdicts = {str(one.get_attribute("id")): str(one.get_attribute("data-verdict")) for one in _claims(tab, address)}
    chosen = verdicts[next(iter(verdicts))]
    other = next(name for name, verdict in verdicts.items() if verdict != chosen)
    tab.goto(f"{address}/chapters/claims.html#{other}")
    choice, shown = tab.locator(f".score input[value={chosen}]"), tab.locator("section.claim >> visible=true")
    for _ in range(2):  # the second time the address says the claim already
        choice.check(force=True)
        assert shown.count() == list(verdicts.values()).count(chosen)
        tab.locator(f'.barcode a[href$="#{other}"]').click()
        tab.locator(f"#{other}").wait_for()
        assert tab.locator('.score input[value=""]').is_checked()
        assert shown.count() == len(verdicts)
        assert 0 <= tab.locator(f"#{other}").evaluate("one => one.getBoundingClientRect().top") < 300
    first = next(iter(verdicts))
    choice.check(force=True)
    tab.locator(f'.barcode a[href$="#{first}"]').click()
    assert choice.is_checked()  # one of those that are shown leaves the choice as it is


def test_without_scripts_a_claim_that_the_address_names_is_seen_whatever_is_chosen(
    unscripted: Page, address: str
) -> None:
    tab = unscripted
    tab.goto(f"{address}/chapters/claims.html")
    other = tab.locator("section.claim:not([data-verdict=supported])").first
    name = other.get_attribute("id")
    tab.locator(".score input[value=supported]").check(force=True)
    assert not other.is_visible()
    tab.locator(f'.barcode a[href$="#{name}"]').click()
    assert other.is_visible()


def test_the_margin_proves_each_number_beside_its_sentence(tab: Page, address: str) -> None:
    tab.goto(f"{address}/chapters/03_delay.html?depth=check")
    slip = tab.locator(".slip:has([data-figure=gpu_hours_delayed])")
    assert "3.5 × 12,000 × 730.5 hours a month" in slip.inner_text()
    number, beside = (
        tab.locator("article p a.num[data-figure=gpu_hours_delayed]").first.bounding_box(),
        slip.bounding_box(),
    )
    assert number and beside
    assert beside["x"] > number["x"] + number["width"]
    assert abs(beside["y"] - number["y"]) < 300
    boxes = tab.evaluate(
        "[...document.querySelectorAll('.slip')].map((one) => one.getBoundingClientRect()).map(({top, bottom}) => [top, bottom])"
    )
    assert all(one[1] <= other[0] + 1 for one, other in pairwise(boxes))  # none lies over another


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_back_closes_what_a_number_opened_and_stays_on_the_page(size: dict[str, int], tab: Page, address: str) -> None:
    tab.set_viewport_size(size)  # type: ignore[arg-type]
    tab.goto(f"{address}/summary.html")
    tab.goto(f"{address}/chapters/03_delay.html")
    number = tab.locator("article p a.num[data-figure=rental_value_delayed]").first
    number.click()
    asked = tab.locator("dialog.ask[open]")
    asked.locator(".ask-inputs button").first.click()
    first = asked.locator("h2").inner_text()
    tab.go_back()
    assert asked.locator("h2").inner_text() != first
    tab.go_back()
    assert asked.count() == 0
    assert tab.url.endswith("03_delay.html")
    number.click()
    box, sentence = asked.bounding_box(), number.bounding_box()
    assert box and sentence
    assert size is NARROW or box["x"] > sentence["x"] + sentence["width"]  # beside the sentence, not over it
    tab.get_by_role("button", name="Close").click()
    assert asked.count() == 0
    word, opened = tab.locator("article a.opens").first, tab.locator(".opened")
    word.click()
    assert opened.inner_text().startswith(word.get_attribute("title") or "no meaning")
    tab.go_back()
    assert not opened.is_visible() and tab.url.endswith("03_delay.html")
    tab.go_back()
    assert tab.url.endswith("summary.html")
