"""What a page says where its notebook cannot run: one line that names what is missing, the command beside it, the page whole.

python -m quality.assurance.live_without --site DIR

Each case takes something from a real browser or from the host of a site that was built with `make live`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from quality.assurance.live_page import PUBLISHED, settled, until
from tests.support import chromium

CHAPTER, PARAMETER, VALUE = "07_investors", "benchmark", "spy"
COMMAND = f"casefile rerun {CHAPTER} -p {PARAMETER} {VALUE}"
STATUS = "document.querySelector('.live-status:not([hidden])')?.textContent"
Taken = Callable[[BrowserContext], object]


@dataclass(frozen=True)
class Missing:
    """Something that is not there, how it is taken from a browser or a host, and the words that name it."""

    words: str
    says: str
    taken: Taken = lambda context: None
    as_file: bool = False


def _from_browser(script: str) -> Taken:
    return lambda context: context.add_init_script(script)


def _from_worker(script: str) -> Taken:
    """Take something from the worker's own world, before the first line of its script."""

    def altered(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"{script}\n{answer.text()}")

    return lambda context: context.route("**/_static/worker.js", altered)


def _from_host(pattern: str, change: Callable[[bytes], bytes | None]) -> Taken:
    """Have the host send other bytes for a file, or nothing."""

    def altered(route: Route) -> None:
        answer = route.fetch()
        body = change(answer.body())
        if body is None:
            route.fulfill(status=404, body="")
        else:
            route.fulfill(response=answer, body=body)

    return lambda context: context.route(pattern, altered)


_NOT_PUBLISHED = "is not there, or is not the published one"
CASES = (
    Missing("no workers", "this browser starts none for this page", _from_browser("delete globalThis.Worker")),
    Missing("no WebAssembly", "lets no WebAssembly run", _from_worker("delete self.WebAssembly;")),
    Missing("a browser that opens no archives", "this browser is too old", _from_worker("delete self.DecompressionStream;")),
    Missing("a page opened as a file", "a page opened as a file may start none", as_file=True),
    Missing(
        "no memory", "this device has not enough memory for it",
        _from_worker("WebAssembly.Memory = class { constructor() { throw new RangeError('could not allocate memory'); } };"),
    ),
    Missing("a site without a bundle", "this site was built without it", _from_host("**/live/bundle.json", lambda body: b"null")),
    Missing("no list of its files", "this site was built without it", _from_host("**/live/bundle.json", lambda body: None)),
    Missing("a list cut short", "what lists its files cannot be read", _from_host("**/live/bundle.json", lambda body: body[:200])),
    Missing("an archive that is missing", f"the file memory {_NOT_PUBLISHED}", _from_host("**/live/memory-*.bin", lambda body: None)),
    Missing("an archive cut short", f"the file code {_NOT_PUBLISHED}", _from_host("**/live/code-*.bin", lambda body: body[: len(body) // 2])),
    Missing("a changed byte of Python", f"the file pyodide.asm.wasm {_NOT_PUBLISHED}", _from_host("**/pyodide.asm.wasm", lambda body: body[:999] + bytes([body[999] ^ 1]) + body[1000:])),
    Missing("another story", f"the file story {_NOT_PUBLISHED}", _from_host("**/live/story-*.json", lambda body: body.replace(b"tsla", b"TSLA"))),
)  # fmt: skip


def turned(page: Page, value: str) -> None:
    """Turn the parameter, which only the notebook follows."""
    page.evaluate("([name, value]) => { casefile.whatIf.set(name, value); casefile.whatIf.refresh(); }", [PARAMETER, value])  # fmt: skip


def of_missing(browser: Browser, address: str, site: Path) -> Iterator[tuple[str, bool]]:
    """Each thing that may be missing."""
    for case in CASES:
        context = browser.new_context()
        case.taken(context)
        page = context.new_page()
        place = f"chapters/{CHAPTER}.html"
        page.goto((site / place).resolve().as_uri() if case.as_file else f"{address}/{place}")
        page.wait_for_function("() => globalThis.casefile?.whatIf")
        before = page.evaluate(PUBLISHED)
        turned(page, VALUE)
        told = until(page, STATUS, "cannot run in this page")
        line = str(page.evaluate(STATUS))
        command = page.locator(".what-if-command code").text_content()
        whole = page.evaluate(PUBLISHED) == before
        print(f"{case.words}: {line}", flush=True)
        yield f"{case.words} is told in a line", told and case.says in line and "\n" not in line
        yield f"{case.words}: the command stands there and the page is whole", command == COMMAND and whole
        context.close()


def of_being_offline(browser: Browser, address: str) -> Iterator[tuple[str, bool]]:
    """What was fetched once is asked for no more."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/chapters/{CHAPTER}.html")
    page.wait_for_function("() => globalThis.casefile?.whatIf")
    turned(page, VALUE)
    first = until(page, "casefile.live.shown()", "True") and settled(page)
    context.set_offline(True)
    turned(page, "spx")
    page.wait_for_timeout(50)
    yield "without a network a page that has run its notebook runs it again", first and until(page, "casefile.live.shown()", "True") and settled(page)  # fmt: skip
    context.close()


def of_crafted_addresses(browser: Browser, address: str) -> Iterator[tuple[str, bool]]:
    """An address changes declared parameters within their bounds, and its text is never run or shown."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    crafted = "?benchmark=<img src=x onerror=alert(1)>&event_date=2024-06-04';import os&gap_days=1e9&window_after=-1&__proto__=x&constructor=y&notebook=print(1)"
    page.goto(f"{address}/chapters/{CHAPTER}.html{crafted}")
    page.wait_for_function("() => globalThis.casefile?.live")
    values = page.evaluate("casefile.page.parameters.filter(({ name, value }) => casefile.whatIf.value(name) !== value).length")  # fmt: skip
    refused = page.locator(".what-if-refused").all_inner_texts()
    yield "nothing of a crafted address is taken, each value of it is refused in a line", not errors and values == 0 and len(refused) == 4  # fmt: skip
    yield "no text of it is shown", not any("onerror" in line or "import" in line for line in refused)
    context.close()


def held(browser: Browser, address: str, site: Path) -> list[bool]:
    """What holds of all that, each told in a line."""
    kept = []
    for asked in (of_missing(browser, address, site), of_being_offline(browser, address), of_crafted_addresses(browser, address)):  # fmt: skip
        for words, holds in asked:
            print(f"{'holds' if holds else 'FAILS'}: {words}", flush=True)
            kept.append(bool(holds))
    return kept


def main(words: list[str] | None = None) -> None:
    """Take from a browser what a run needs, one thing after the other; exits 1 when one is not told."""
    from quality.assurance.live import Host

    asked_for = argparse.ArgumentParser(description="What a page says where its notebook cannot run.")
    asked_for.add_argument("--site", type=Path, required=True)
    site = asked_for.parse_args(words).site
    host = Host(site, [])
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        kept = held(browser, host.address, site)
        browser.close()
    host.close()
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
