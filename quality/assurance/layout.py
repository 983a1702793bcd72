"""Whether anything overlaps, is cut or runs off: every page at every width, in every state that a reader brings it into, and on paper.

    python -m quality.assurance.layout [--site DIR] [PAGE ...]

Told by the boxes of words, fields and bars as Chromium lays them out.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from casefile.execution.story import Story
from quality.assurance.measures import ROOT, Measured, record
from quality.benchmarks.page import served
from tests.support import chromium
from tests.support.boxes import cut, overlaps, strikes

WIDTHS = {
    320: 640,
    390: 844,
    640: 450,
    768: 1024,
    1024: 768,
    1280: 900,
    1920: 1080,
}  # of the window, each with its height
OTHERS = ("search", "404", "claims/value_500m", "embed/swap")
MOST_SHEETS = 6
_MOVED = """() => {
  const one = casefile.page.parameters.find(({ figure, minimum, maximum }) => figure && maximum > minimum);
  if (one) casefile.whatIf.set(one.name, one.maximum);
  casefile.whatIf.refresh();
}"""


def _depth(tab: Page, depth: str) -> None:
    tab.evaluate("depth => casefile.depth.go(depth)", depth)


def _has(tab: Page, selector: str) -> bool:
    return tab.locator(f"{selector} >> visible=true").count() > 0


@contextmanager
def _clicked(tab: Page, selector: str) -> Iterator[None]:
    """What a click opens, until it is closed again by Escape."""
    tab.locator(f"{selector} >> visible=true").first.click()
    tab.wait_for_timeout(80)
    yield
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(40)


def states(tab: Page) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The states that a page has at its width, one after another, each with the parts to look at."""
    whole = ("body", ".site-header")
    yield "as it comes", whole
    if _has(tab, ".depths"):
        for depth in ("check", "code"):
            _depth(tab, depth)
            yield depth, whole
        _depth(tab, "read")
    if _has(tab, ".site-menu-button"):
        with _clicked(tab, ".site-menu-button"):
            yield "contents open", (".site-menu",)
    if _has(tab, ".site-search input"):
        tab.locator(".site-search input").fill("rent")
        tab.locator(".site-results a").first.wait_for()
        yield "search open", (".site-results", ".site-header")
        tab.keyboard.press("Escape")
        tab.locator(".site-search input").fill("")
    for kind, link, part in (
        ("a number asked", "article a.num[href^='#figure-']", "dialog.ask"),
        ("a word opened", "article a.opens", ".opened"),
        ("a citation", "article .cite-button", ".cite-dialog"),
    ):
        if _has(tab, link):
            with _clicked(tab, link):
                if _has(tab, part):
                    yield kind, (part,)
    if _has(tab, ".what-if-toggle"):
        with _clicked(tab, ".what-if-toggle"):
            yield "what if open", (".what-if", *whole)
        tab.evaluate(_MOVED)
        tab.wait_for_timeout(300)
        yield "what if moved", (*whole, *((".version",) if _has(tab, ".version") else ()))
        _depth(tab, "check")
        yield "what if moved, check", whole
        _depth(tab, "read")
        tab.evaluate("casefile.whatIf.goBack()")


def faults(tab: Page, parts: tuple[str, ...]) -> list[str]:
    """What is wrong with the parts of a page as it stands."""
    wider = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"wider than the screen by {wider} px"] if wider > 0 else []
    for part in filter(lambda part: tab.locator(part).count(), parts):
        found += [*overlaps(tab, part), *cut(tab, part)]
    return [*found, *strikes(tab)]


def looked_at(tab: Page, address: str, page: str, say: Callable[[str], None]) -> tuple[int, int]:
    """How many states of a page were looked at, at all widths, and how many faults they have."""
    seen = wrong = 0
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{address}/{page}.html")
    tab.evaluate("document.fonts.ready")
    for width, height in WIDTHS.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(50)
        for state, parts in states(tab):
            found = faults(tab, parts)
            seen, wrong = seen + 1, wrong + len(found)
            for one in found:
                say(f"{page}, {width} px, {state}: {one}")
    return seen, wrong


def sheets(tab: Page, address: str, page: str) -> int:
    """How many sheets of A4 a page takes at the depth of Read."""
    tab.goto(f"{address}/{page}.html")
    tab.evaluate("document.fonts.ready")
    return len(PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages)


def main() -> None:
    """Look at every page, print every chapter, record what came of it, and exit 1 when something is wrong."""
    asked_for = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked_for.add_argument("pages", nargs="*")
    asked_for.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    asked = asked_for.parse_args()
    if not (asked.site / "index.html").is_file():
        sys.exit(f"{asked.site}: no site is built there; `casefile build` makes one")
    pages = asked.pages or [*Story(ROOT).pages, *OTHERS]
    seen = wrong = 0
    with served(asked.site) as address, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        tab = browser.new_page()
        for page in pages:
            some, bad = looked_at(tab, address, page, lambda line: print(line, flush=True))
            seen, wrong = seen + some, wrong + bad
        printed = {page: sheets(tab, address, page) for page in pages if (ROOT / f"{page}.ipynb").is_file() and not page.endswith("claims")}  # fmt: skip
        browser.close()
    print(", ".join(f"{page} {count}" for page, count in printed.items()))
    found = [
        Measured("layout_screens", "Pages looked at, at seven widths from 320 to 1920 pixels, each in every state it can be brought into", seen, "count"),
        Measured("layout_faults", "Words over words or fields, cut without a sign, struck through, or off the screen", wrong, "count", at_most=0),
        Measured("layout_sheets", "Most sheets of A4 that a chapter or the summary prints to, as it is read", max(printed.values(), default=0), "count", at_most=MOST_SHEETS),
    ]  # fmt: skip
    if not asked.pages:
        record("layout", found)
    sys.exit(0 if all(one.met for one in found) else 1)


if __name__ == "__main__":
    main()
