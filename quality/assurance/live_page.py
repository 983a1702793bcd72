"""Whether a page lets its reader change the chapter and run it: cells, a table of one's own, what is refused, saved, taken back.

python -m quality.assurance.live_page --site DIR [--pictures DIR]

It drives the pages of a site that was built with `make live`, and runs what they save by plain papermill.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from casefile.execution.story import Story
from casefile.live import runner
from casefile.notebook import parameters
from quality.assurance.measures import ROOT
from tests.support import chromium

SECONDS = 120  # that a run may take on a busy machine
PUBLISHED = """() => {
  const article = document.querySelector("article").cloneNode(true);
  for (const one of article.querySelectorAll(".chart-picture, .own, .own-cell")) one.remove();
  return [article.textContent, document.title, ...[...document.querySelectorAll("article [class]")].filter((one) => !one.closest(".chart-picture"))
    .flatMap((one) => ["changed", "stale", "cannot-follow", "rule-held"].filter((name) => one.classList.contains(name)))].join("|");
}"""
# What the bars of the ledger say, and what its entries do, claim by claim.
BARS = """() => [...document.querySelectorAll("a.bar")].map((one) => [one.closest("li").dataset.verdict, one.className, one.title, one.textContent].join("|"))"""
VERDICTS = """() => [...document.querySelectorAll("a.bar")].map((one) => document.getElementById(one.hash.slice(1)).querySelector(".claim-head .verdict").textContent)"""
TOLD = "document.querySelector('.own-told').textContent"
SHOWN, FAILED = "This is not the published page.", "Your changes did not run."
DOUBLED = ("gpus_redirected * months", "2 * gpus_redirected * months")


def until(page: Page, expression: str, text: str) -> bool:
    """Whether an expression comes to hold a text in time; pages forbid that it is waited for in them."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if text in str(page.evaluate(expression)):
            return True
        page.wait_for_timeout(100)
    return False


def typed(page: Page, cell: int, source: str) -> None:
    """Type a cell anew, by the keyboard, and run the chapter."""
    box = page.get_by_role("textbox", name=f"Cell {cell} of the chapter")
    if not box.count():
        page.get_by_role("button", name=f"Change cell {cell}", exact=True).click()
    box.fill(source)
    page.keyboard.press("Control+Enter")


def text_of(page: Page, figure: str) -> str:
    """What a page prints of a figure where it first stands."""
    return page.locator(f"article [data-figure={figure}][data-part=value]").first.inner_text()


def by_papermill(command: str, folder: Path, output: str = "out.ipynb") -> dict[str, float]:
    """The values of what a command of a page publishes, run in a folder as it stands there."""
    done = subprocess.run([sys.executable, "-m", *command.split(), "-k", "python3"], cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        print(done.stderr[-500:], flush=True)
        return {}
    cells = json.loads((folder / output).read_text(encoding="utf-8"))["cells"]
    kinds = [data for cell in cells for out in cell.get("outputs", ()) for data in out.get("data", {}).values()]
    published = [data for data in kinds if isinstance(data, dict) and "figures" in data and "verdicts" in data]
    return {name: figure["value"] for name, figure in published[-1]["figures"].items()}


def of_cells(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """A cell of chapter 3 changed, broken, stopped, saved and taken back."""
    page.goto(f"{address}/chapters/03_delay.html?depth=code&notebook=1&cells=1&run=1")
    page.wait_for_selector(".own-cell", state="attached")
    before = page.evaluate(PUBLISHED)
    yield "nothing of an address runs", page.evaluate("casefile.own.asked()") is None
    source = "".join(runner.read(ROOT, "03_delay")["cells"][5]["source"])
    typed(page, 5, source.replace(*DOUBLED))
    yield "a changed cell runs", until(page, TOLD, SHOWN) and text_of(page, "rental_value_delayed") == "$210 million"
    page.evaluate("casefile.cite.open('rental_value_delayed')")
    yield "what it shows has no citation", "has no citation" in page.locator(".cite-about").inner_text() and page.locator(".cite-text").is_hidden()  # fmt: skip
    page.keyboard.press("Escape")
    page.evaluate("casefile.whatIf.set('delay_months', 7)")
    yield "parameters move in it", until(page, TOLD, SHOWN) and until(page, "document.querySelector('article [data-figure=rental_value_delayed][data-part=value]').textContent", "$430 million")  # fmt: skip
    with page.expect_download() as saved, tempfile.TemporaryDirectory() as folder:
        page.get_by_role("button", name="Save the notebook").click()
        command = page.locator(".own-how code").text_content() or ""
        story = Path(folder)
        for name in ("data", "chapters"):
            (story / name).symlink_to(ROOT / name)
        saved.value.save_as(story / saved.value.suggested_filename)
        told = page.evaluate("casefile.page.figures.rental_value_delayed.value")
        yield f"plain papermill runs it: {command}", by_papermill(command, story).get("rental_value_delayed") == told
    typed(page, 5, "raise ValueError('so it is')")
    failed = until(page, TOLD, FAILED) and until(page, "document.querySelector('.own-error:not(:empty)')?.textContent", "03_delay.ipynb, cell 5: ValueError: so it is")  # fmt: skip
    yield "a cell that fails is told at its cell, and no number of it stands", failed and text_of(page, "rental_value_delayed") == "$210 million"  # fmt: skip
    typed(page, 5, "while True: pass")
    page.get_by_role("button", name="Stop").click()
    yield "what never ends is stopped", until(page, "document.querySelector('.live-status').textContent", "Stopped.")
    page.get_by_role("button", name="Back to the published page").click()
    page.wait_for_timeout(500)
    yield "reset brings the published page back", page.evaluate(PUBLISHED) == before and page.locator(".own-bar").is_hidden()  # fmt: skip


def of_parameters(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """Every value of every choice, and an end of every other parameter, is painted on its page."""
    story = Story(ROOT)
    for place, chapter in story.chapters.items():
        page.goto(f"{address}/{place}.html")
        rows = page.evaluate("(casefile.page.parameters ?? []).map(({ name, type, choices, maximum, value }) => [name, choices ?? (type === 'boolean' ? [!value] : [maximum])])")  # fmt: skip
        unpainted = []
        for name, values in rows if page.evaluate("Boolean(casefile.whatIf)") else ():
            for value in values if name not in ("draws", "seed") else ():
                page.evaluate("([name, value]) => { casefile.whatIf.set(name, value); casefile.whatIf.refresh(); }", [name, value])  # fmt: skip
                until(page, "!document.documentElement.classList.contains('live-busy')", "True")
                page.wait_for_timeout(100)
                said = page.locator(".live-status").text_content() or ""
                if any(words in said for words in ("cannot be shown", "cannot run")) and page.evaluate("!document.querySelector('.live-status').hidden"):  # fmt: skip
                    unpainted.append(
                        f"{name} = {value}: {said}"
                    )  # what the notebook itself refuses is no fault of the page
                page.evaluate("casefile.whatIf.goBack()")
        print(*unpainted, sep="\n", end="\n" if unpainted else "", flush=True)
        yield f"every parameter of {chapter} is painted", not unpainted


def of_tables(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """A table of one's own in chapter 7: refused, then run and saved."""
    page.goto(f"{address}/chapters/07_investors.html?depth=code")
    page.wait_for_selector(".own summary")
    before = page.evaluate(PUBLISHED)
    lines = (ROOT / "data" / "series" / "closing_prices.csv").read_text(encoding="utf-8").splitlines()
    day = next(place for place, line in enumerate(lines) if line.startswith("2024-06-04"))
    cells = lines[day].split(",")
    page.locator(".own summary").click()

    def chosen(price: str) -> None:
        table = "\n".join([*lines[:day], ",".join([cells[0], price, *cells[2:]]), *lines[day + 1 :], ""])
        page.set_input_files("#own-closing_prices", {"name": "mine.csv", "mimeType": "text/csv", "buffer": table.encode()})  # fmt: skip
        page.get_by_role("button", name="Run the chapter").click()

    chosen("cheap")
    said = f"data/series/closing_prices.csv, row {day + 1}, column tsla: 'cheap'; expected a number"
    yield "a table that does not fit is refused", until(page, "document.querySelector('.live-status').textContent", said)  # fmt: skip
    chosen("160")
    yield "one that fits runs", until(page, TOLD, SHOWN) and "closing_prices.csv" in page.evaluate(TOLD)
    told = page.evaluate("casefile.page.figures.tsla_return_event.value")
    with page.expect_download() as saved, tempfile.TemporaryDirectory() as folder:
        page.get_by_role("button", name="Save the notebook with its data").click()
        command = page.locator(".own-how code").text_content() or ""
        zipfile.ZipFile(saved.value.path()).extractall(folder)
        yield f"plain papermill runs it: {command}", by_papermill(command, Path(folder)).get("tsla_return_event") == told  # fmt: skip
    yield "nothing is at work when it is saved", settled(page)
    page.get_by_role("button", name="Back to the published page").click()
    page.wait_for_timeout(500)
    yield "reset brings the published page back", page.evaluate(PUBLISHED) == before


def settled(page: Page) -> bool:
    """Whether the notebook has come to an end, and no line says otherwise."""
    page.wait_for_timeout(300)
    return until(page, "!document.documentElement.classList.contains('live-busy')", "True")


def moved(page: Page, name: str, value: object) -> None:
    """A parameter moved, and what the notebook says of it painted."""
    page.evaluate("([name, value]) => { casefile.whatIf.set(name, value); casefile.whatIf.refresh(); }", [name, value])
    settled(page)


def of_verdicts(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """Each scenario of the ledger: every claim's bar says what its entry does, and the published ones come back."""
    page.goto(f"{address}/chapters/claims.html")
    before, bars = page.evaluate(PUBLISHED), page.evaluate(BARS)
    for scenario in parameters.scenarios(Story(ROOT).records):
        moved(page, "scenario", scenario)
        said = page.evaluate(VERDICTS)
        yield f"bars follow verdicts: {scenario}", [bar.split("|")[0] for bar in page.evaluate(BARS)] == said
        told = page.locator(".what-if-told").text_content() or ""
        yield f"what differs is told: {told}", ("otherwise" in told) == (page.evaluate(PUBLISHED) == before)
    page.evaluate("casefile.whatIf.goBack()")
    yield "reset brings the ledger back", settled(page) and [page.evaluate(PUBLISHED), page.evaluate(BARS)] == [before, bars]  # fmt: skip


def of_reaching(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """A control that is only reached has the page say what it fetches, and what that takes; then nothing has changed."""
    page.goto(f"{address}/chapters/07_investors.html")
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.querySelector('.live-status')?.textContent ?? ''))"
        ".observe(document.body, { subtree: true, childList: true, characterData: true }); }"
    )
    page.locator("#what-if-benchmark").dispatch_event("focusin")
    yield (
        "what is fetched ahead is told with its size",
        until(page, "said.some((text) => /MB, once/.test(text))", "True"),
    )
    yield "and the line goes when it is there", until(page, "document.querySelector('.live-status').hidden", "True")


def of_margin(page: Page, address: str) -> Iterator[tuple[str, bool]]:
    """A margin that is built beside a run says what the run does, and the published numbers when that is taken back."""
    page.goto(f"{address}/chapters/07_investors.html?depth=check")
    published = page.evaluate(PUBLISHED)
    page.goto(f"{address}/chapters/07_investors.html?depth=read")
    moved(page, "benchmark", "spy")
    page.evaluate("casefile.depth.go('check')")
    yield "a margin that comes later follows", page.locator(".slips .changed").count() > 0
    for benchmark in ("qqq", "spy") * 3:  # remembered the second time, so that one drawing overtakes the other
        page.evaluate("(value) => { casefile.whatIf.set('benchmark', value); casefile.whatIf.refresh(); }", benchmark)
        page.wait_for_timeout(15)
    drawings = "Math.max(...[...document.querySelectorAll('.chart-wide, .chart-narrow')].map((one) => one.querySelectorAll('.chart-live').length))"  # fmt: skip
    yield "a chart is drawn once", settled(page) and page.evaluate(drawings) == 1
    page.evaluate("casefile.whatIf.goBack()")
    yield "reset brings its published numbers back", settled(page) and page.evaluate(PUBLISHED) == published


def held(browser: Browser, address: str) -> list[bool]:
    """What holds of all that is asked of a reader's own changes, each told in a line."""
    page, kept = browser.new_page(viewport={"width": 1280, "height": 900}), []

    def complained(error: Error) -> None:
        print(f"the page complains: {error}", flush=True)
        kept.append(False)

    page.on("pageerror", complained)
    for asked in (of_reaching, of_parameters, of_cells, of_tables, of_verdicts, of_margin):
        for words, holds in asked(page, address):
            print(f"{'holds' if holds else 'FAILS'}: {words}", flush=True)
            kept.append(bool(holds))
    return kept


def main(words: Sequence[str] | None = None) -> None:
    """Drive the pages of a site that is served here; exits 1 when something does not hold."""
    from quality.assurance.live import Host

    asked_for = argparse.ArgumentParser(description="Whether readers' own changes run in the page.")
    asked_for.add_argument("--site", type=Path, required=True)
    host = Host(asked_for.parse_args(words).site, [])
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        kept = held(browser, host.address)
        browser.close()
    host.close()
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
