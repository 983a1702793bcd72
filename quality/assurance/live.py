"""Whether a chapter's notebook comes to the same in a reader's browser as in CPython, to the last bit, and what it asks of others.

python -m quality.assurance.live [--sets N] [--site DIR]

Random valid sets of parameters for each chapter run in Chromium and, where it is installed, in Firefox. Besides: a bundle
with a changed byte, a host that sends the pages' policy with every file, the times to the first and the next result, what
the pages themselves show (`live_page`) and say where something is missing (`live_without`), and whether the bundle is the
same wherever it is made (`live_bundle`).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import http.server
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from casefile import records
from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from casefile.live import bundle, reply
from casefile.live.story import ON_SITE
from casefile.notebook import parameters
from casefile.records import Declaration
from quality.assurance import live_bundle, live_page, live_without
from quality.assurance.measures import ROOT, Measured, record
from tests.support import chromium

SETS, SEED = 3, 2024
MOST_DRAWS = 20_000  # more take time and nothing else
POLICY = "default-src 'self'; script-src 'self'"
WORKER = "_static/worker.js"
# A page of this run's own: it takes questions from the server that brought it, and brings the answers back.
HARNESS = """
const worker = new Worker("/_static/worker.js"), started = performance.now();
const ask = (id, question) => new Promise((resolve) => {
  worker.onmessage = ({ data }) => data.id === id && resolve(data);
  worker.onerror = (event) => resolve({ id, failed: event.message || "no worker" });
  worker.postMessage({ id, question });
});
for (let id = 1; ; id++) {
  const answer = await fetch("/question"), question = await answer.text();
  if (!question) break;
  const begun = performance.now(), left = await ask(id, question);
  const seconds = (performance.now() - (id === 1 ? started : begun)) / 1000;
  await fetch("/answer", { method: "POST", body: JSON.stringify({ ...left, seconds }) });
}
"""
Question = dict[str, Any]
Answer = dict[str, Any]


def chosen(row: Declaration, chance: random.Random) -> parameters.Value:
    """A value that a parameter takes, any of them."""
    if row.type == "boolean":
        return chance.random() < 0.5
    if row.choices:
        value: parameters.Value = parameters.type_of(row)(chance.choice(row.choices))
        return value
    if row.type == "date":
        first, last = (datetime.date.fromisoformat(str(bound)).toordinal() for bound in (row.minimum, row.maximum))
        return datetime.date.fromordinal(chance.randint(first, last)).isoformat()
    low, high = float(row.minimum or 0), float(row.maximum or 1)
    high = min(high, MOST_DRAWS) if row.name == "draws" else high
    return chance.randint(int(low), int(high)) if row.type == "integer" else float(f"{chance.uniform(low, high):.4g}")


def questions(known: records.Records, chapters: Sequence[str], sets: int) -> list[Question]:
    """For each chapter its defaults and `sets` random sets of a few of its parameters, by their homes."""
    chance, asked = random.Random(SEED), []
    for chapter in chapters:
        declared = list(known.declared(chapter).values())
        for number in range(sets + 1 if declared else 1):
            moved = chance.sample(declared, min(len(declared), chance.randint(1, 4))) if number else []
            overrides: dict[str, dict[str, parameters.Value]] = {}
            for row in moved:
                overrides.setdefault(row.chapter, {})[row.name] = chosen(row, chance)
            asked.append({"chapter": chapter, "overrides": overrides})
    return asked


class Host:
    """A server of a site on this machine, with the harness beside it; `policy` gives a file's policy header."""

    def __init__(self, site: Path, asked: Sequence[Question], policy: Callable[[str], str] = lambda path: "") -> None:
        self.waiting, self.answers = [json.dumps(question) for question in asked], list[Answer]()
        host = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

            def end_headers(self) -> None:
                if header := policy(self.path):
                    self.send_header("Content-Security-Policy", header)
                super().end_headers()

            def do_GET(self) -> None:
                own = {
                    "/harness.html": (
                        "text/html",
                        '<!DOCTYPE html><title>harness</title><script type="module" src="harness.js"></script>',
                    ),
                    "/harness.js": ("text/javascript", HARNESS),
                }
                if self.path == "/question":
                    self._say("text/plain", host.waiting.pop(0) if host.waiting else "")
                elif self.path in own:
                    self._say(*own[self.path])
                else:
                    super().do_GET()

            def do_POST(self) -> None:
                host.answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self._say("text/plain", "")

            def _say(self, kind: str, text: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(site))
        )
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, count: int, seconds: float) -> list[Answer]:
        """The answers, once there are so many or time is over."""
        end = time.monotonic() + seconds
        while len(self.answers) < count and time.monotonic() < end:
            time.sleep(0.1)
        return self.answers

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()


def in_chromium(page: Page, host: Host, count: int) -> tuple[list[Answer], int]:
    """The answers to a host's questions in Chromium, and how many requests went to any other host."""
    foreign: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(host.address) else foreign.append(request.url))
    page.goto(f"{host.address}/harness.html")
    end = time.monotonic() + 60 + 20 * count
    while len(host.answers) < count and time.monotonic() < end:
        page.wait_for_timeout(100)
    return host.answers, len(foreign)


def in_firefox(host: Host, count: int) -> list[Answer]:
    """The same in Firefox; none where it is not installed."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        print("Firefox is not installed: left out", flush=True)
        return []
    with tempfile.TemporaryDirectory(prefix="casefile-firefox-") as profile:
        browser = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", profile, f"{host.address}/harness.html"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return host.wait(count, 60 + 20 * count)
        finally:
            browser.terminate()
            browser.wait()


def alike(asked: Sequence[Question], answers: Sequence[Answer], expected: Sequence[str], where: str) -> int:
    """How many answers are those expected, every leaf of them."""
    same = 0
    for question, answer, right in zip(asked, answers, expected, strict=False):
        if answer.get("failed"):
            print(f"{where}: {json.dumps(question)}: {answer['failed']}", flush=True)
        elif canonical(answer["answer"]) == canonical(right):
            same += 1
        else:
            print(f"{where}: {json.dumps(question)}: another result than CPython's", flush=True)
    return same


def canonical(text: str) -> str:
    """JSON in one order of keys, so that equal data are equal texts."""
    return json.dumps(json.loads(text), sort_keys=True)


@contextlib.contextmanager
def tampered(site: Path) -> Iterator[None]:
    """A site with one byte of one archive changed."""
    path = next((site / ON_SITE).glob("code-*.bin"))
    content = path.read_bytes()
    path.write_bytes(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])
    try:
        yield
    finally:
        path.write_bytes(content)


def refusals(page: Page, site: Path) -> int:
    """How many of three broken hosts are told in one line, with the one that is well set up at work."""
    question = [{"chapter": "07_investors", "overrides": {}}]

    def answered(policy: Callable[[str], str] = lambda path: "") -> Answer:
        host = Host(site, question, policy)
        try:
            return (in_chromium(page, host, 1)[0] or [{"silent": "no answer"}])[0]
        finally:
            host.close()

    with tampered(site):
        changed = answered()
    strict = answered(lambda path: POLICY)
    allowed = answered(lambda path: f"{POLICY} 'wasm-unsafe-eval'" if path.split("?")[0] == f"/{WORKER}" else POLICY)
    print(
        f"changed byte: {changed.get('failed')}\nstrict header: {strict.get('failed')}\nworker allowed: {allowed.get('failed', 'runs')}"
    )
    return sum(["the file code" in changed.get("failed", ""), "failed" in strict, "answer" in allowed])


def main(words: Sequence[str] | None = None) -> None:
    """Make the bundle and the site, run the sets in both worlds, and record what was found; exits 1 when a goal is missed."""
    asked_for = argparse.ArgumentParser(description="Whether notebooks come to the same in a browser.")
    asked_for.add_argument("--sets", type=int, default=SETS)
    asked_for.add_argument("--site", type=Path)
    given = asked_for.parse_args(words)
    if missing := [program for program in ("node", "npm") if shutil.which(program) is None]:
        print(
            f"live: {' and '.join(missing)} not installed, and without it there is no bundle to run: left out",
            flush=True,
        )
        return
    story = Story(ROOT)
    asked = questions(story.records, list(story.chapters.values()), given.sets)
    with tempfile.TemporaryDirectory(prefix="casefile-live-") as folder:
        site = given.site or Path(folder) / "site"
        if given.site is None:
            if not (ROOT / bundle.PLACE / bundle.LIST).is_file():
                bundle.make(ROOT / bundle.PLACE, lambda line: print(line, flush=True))
            book.build(story, {}, site, 2, run.FORK, lambda name, event, seconds: None)
        answerer = reply.Answerer(ROOT)
        expected = [answerer.answer(json.dumps(question)) for question in asked]
        host = Host(site, asked)
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            answers, foreign = in_chromium(browser.new_page(), host, len(asked))
            told = refusals(browser.new_page(), site)
            kept = live_page.held(browser, host.address)
            without = live_without.held(browser, host.address, site)
            browser.close()
        host.close()
        made_elsewhere = live_bundle.differing(ROOT / bundle.PLACE)
        host = Host(site, asked)
        others = in_firefox(host, len(asked))
        host.close()
        listed = json.loads((site / ON_SITE / bundle.LIST).read_text(encoding="utf-8"))
    same = alike(asked, answers, expected, "Chromium")
    sent = sum(entry["sent"] for part in ("python", "libraries", "story") for entry in listed[part])
    rows = [
        Measured("live_sets", "Sets of parameters run in the reader's browser, each chapter's defaults among them", len(asked), "count"),
        Measured("live_same", "Share of them that come to CPython's results, every value, word and chart", same / len(asked), "fraction", at_least=1),
        Measured("live_foreign", "Requests to any other host meanwhile", foreign, "count", at_most=0),
        Measured("live_refusals", "Broken or strict hosts that are told in a line, or served when told how, of three", told, "count", at_least=3),
        Measured("live_own", "Share of what holds when every control is moved, and cells and tables are a reader's own: run, refused, stopped, saved, taken back", sum(kept) / len(kept), "fraction", at_least=1),
        Measured("live_without", "Share of what holds where something is missing: workers, WebAssembly, memory, a network, files whole and unaltered; each told in a line, the page whole", sum(without) / len(without), "fraction", at_least=1),
        Measured("live_bundles", "Files of the bundle that are others when it is made in another folder, language, time zone and hour", len(made_elsewhere), "count", at_most=0),
        Measured("live_first", "Seconds to the first result in Chromium, with all files at hand", answers[0]["seconds"], "second"),
        Measured("live_next", "Milliseconds to a next result in Chromium, the middle one of all chapters", round(1000 * statistics.median(one["seconds"] for one in answers[1:])), "count"),
        Measured("live_sent", "Megabytes that are fetched once", round(sent / 1e6), "count"),
    ]  # fmt: skip
    if others:
        same = alike(asked, others, expected, "Firefox")
        rows += [
            Measured("live_same_firefox", "Share of the sets that come to the same in Firefox", same / len(asked), "fraction", at_least=1),
            Measured("live_first_firefox", "Seconds to the first result in Firefox", others[0]["seconds"], "second"),
            Measured("live_next_firefox", "Milliseconds to a next result in Firefox, the middle one of all chapters", round(1000 * statistics.median(one["seconds"] for one in others[1:])), "count"),
        ]  # fmt: skip
    record("live", rows)
    sys.exit(not all(row.met for row in rows))


if __name__ == "__main__":
    main()
