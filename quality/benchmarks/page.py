"""How soon a reader sees a chart, and how fast the page follows a parameter: ours against the stock build, in a browser.

Both sites come from the same notebook. The stock one is `jupyter-book build` on the executed notebook with its charts as
Altair's default renderer gives them; the scripts that it asks of another host are served from this one. One small server
on this machine serves both, compressed. The phone is a narrow screen, a processor slowed four times, and 9 Mbit/s with
85 ms for a round trip.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
from playwright.sync_api import Browser, Page, sync_playwright

from casefile.execution import run as running
from casefile.execution.story import Story
from casefile.notebook import results
from casefile.site import downloads
from quality.benchmarks.command import python, run
from quality.benchmarks.row import Row
from tests.support import chromium

CHAPTER = "03_delay"
LOADS, CHANGES = 5, 300
SLOWED, LATENCY, BYTES_A_SECOND = 4, 85, 9_000_000 / 8
PHONE = {"width": 390, "height": 844}
OURS, STOCK = "figure.chart svg", ".vega-embed :is(canvas, svg)"
_CDN = re.compile(r"https://cdn\.jsdelivr\.net/npm/([\w-]+)@([\w.]+)\?noext")
_COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".xml", ".txt"}

# Notes when the first chart has been laid out and its frame begun, and every shift of what was there already.
_WATCH = """(selector) => {
  globalThis.seen = { at: 0, shift: 0 };
  const look = () => {
    const chart = [...document.querySelectorAll(selector)].find((one) => one.getBoundingClientRect().width > 0);
    if (chart) requestAnimationFrame(() => { seen.at = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
# What was asked for before that moment, headers included.
_BYTES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ startTime }) => startTime <= seen.at).reduce((sum, { transferSize }) => sum + transferSize, 0)"""
# The work of each change: the call itself, and its frame from its beginning until it is painted, without the wait between.
_CHANGES = """async (count) => {
  const { name, minimum, maximum } = casefile.page.parameters.find((one) => one.figure && one.maximum > one.minimum);
  const work = [];
  for (let step = 1; step <= count; step += 1) {
    work.push(await new Promise((resolve) => {
      let began = 0;
      requestAnimationFrame(() => { began = performance.now(); });
      const called = performance.now();
      casefile.whatIf.set(name, minimum + (maximum - minimum) * step / count);
      const returned = performance.now();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(returned - called + performance.now() - began);
        port2.postMessage(null);
      });
    }));
  }
  return work;
}"""


@dataclass(frozen=True)
class Seen:
    """Milliseconds until the first chart was on screen, bytes asked for until then, and the layout's shift."""

    milliseconds: float
    bytes: float
    shift: float


class _Compressing(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix in _COMPRESSED:
            body = _compressed(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@functools.cache
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served to this machine alone, compressed."""
    handler = functools.partial(_Compressing, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def stock(root: Path, work: Path) -> Path:
    """The stock site with the chapter executed and drawn as Jupyter Book and Altair do; the others stand as committed."""
    source = work / "source"
    for page in Story(root).pages:
        name = next(f"{page}{ending}" for ending in (".ipynb", ".md") if (root / f"{page}{ending}").is_file())
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, source / name)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, source / name)
    target = source / f"{_page(root)}.ipynb"
    executed = running.execute(root, CHAPTER, {}, target, None)
    charts = results.of_notebook(executed, CHAPTER)["charts"]
    for cell in executed["cells"]:
        for output in cell.get("outputs", []):
            if drawn := output.get("data", {}).get(results.CHART_MEDIA_TYPE):
                spec = downloads.standalone(charts[drawn["chart"]]["spec"])
                with alt.renderers.enable("html"):
                    output["data"] = dict(alt.Chart.from_dict(spec)._repr_mimebundle_())  # type: ignore[arg-type]
    target.write_text(results.dumps(executed), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(source), "--path-output", str(work)]
    run(command, work)
    site = work / "_build" / "html"
    _serve_scripts(site / f"{_page(root)}.html", site / "_static" / "npm", work)
    return site


def _serve_scripts(page: Path, folder: Path, work: Path) -> None:
    """Put the scripts that Altair asks of another host beside the page, and let the page ask for them there."""
    text = page.read_text(encoding="utf-8")
    folder.mkdir(parents=True)
    for name, version in sorted(set(_CDN.findall(text))):
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=work, check=True, capture_output=True)
        (packed,) = work.glob(f"{name}-[0-9]*.tgz")
        with tarfile.open(packed) as archive:
            described = json.load(archive.extractfile("package/package.json") or io.BytesIO(b"{}"))
            script = archive.extractfile(f"package/{described['jsdelivr'].removeprefix('./')}")
            (folder / f"{name}.js").write_bytes(script.read() if script else b"")
        packed.unlink()
    up = "../" * (len(page.relative_to(folder.parents[1]).parts) - 1)
    page.write_text(_CDN.sub(lambda found: f"{up}_static/npm/{found[1]}.js", text), encoding="utf-8")


def _page(root: Path) -> str:
    return next(page for page in Story(root).pages if Path(page).name == CHAPTER)


def opened(browser: Browser, address: str, selector: str, slow: bool) -> Seen:
    """One first visit to a page."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.route(lambda url: not url.startswith("http://127.0.0.1"), lambda route: route.abort())
    if slow:
        _slow(page)
    page.add_init_script(f"({_WATCH})({json.dumps(selector)})")
    page.goto(address, wait_until="load")
    page.wait_for_function("seen.at > 0")
    page.wait_for_load_state("networkidle")
    seen = Seen(page.evaluate("seen.at"), page.evaluate(_BYTES), page.evaluate("seen.shift"))
    context.close()
    return seen


def _slow(page: Page) -> None:
    """Let a page have the processor and the network of a mid-range phone."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = {"latency": LATENCY, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})


def changes(browser: Browser, address: str) -> list[float]:
    """Milliseconds of work for each of many changes of one parameter, the first of the page first."""
    page = browser.new_page()
    page.goto(address, wait_until="networkidle")
    work: list[float] = page.evaluate(_CHANGES, CHANGES)
    page.close()
    return work


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about a page of `root`; `work` is an empty folder."""
    ours, theirs = work / "ours", work / "stock"
    run(python("casefile", "build", "--out", ours), root)
    theirs.mkdir()
    stock_site = stock(root, theirs)
    page = f"{_page(root)}.html"
    with served(ours) as here, served(stock_site) as there, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        our_visits, stock_visits = (
            [opened(browser, f"{host}/{page}", selector, slow=True) for _ in range(LOADS)]
            for host, selector in ((here, OURS), (there, STOCK))
        )
        first, *moved = changes(browser, f"{here}/{page}")
        moved.sort()
        browser.close()
    our_bytes, stock_bytes = (max(seen.bytes for seen in visits) / 1000 for visits in (our_visits, stock_visits))
    our_time, stock_time = (
        statistics.median(seen.milliseconds for seen in visits) / 1000 for visits in (our_visits, stock_visits)
    )
    our_shift, stock_shift = (max(seen.shift for seen in visits) for visits in (our_visits, stock_visits))
    rival = "jupyter-book and Altair as they come"
    sent = "compressed bytes asked for before the first chart is on screen"
    update = f"a parameter's change to the page updated, {CHANGES} changes"
    middle, late = statistics.median(moved), moved[int(len(moved) * 0.99)]
    return [
        Row(sent, rival, "kB", our_bytes, stock_bytes, our_bytes / stock_bytes, 0.06),
        Row(sent, "–", "kB", our_bytes, None, our_bytes, 250),
        Row("time to the first chart on screen, mid-range phone on 4G", rival, "s", our_time, stock_time,
            our_time / stock_time, 0.25),
        Row("layout shift", rival, "of the screen", our_shift, stock_shift, our_shift, 0),
        Row(f"{update}, median", "–", "ms", middle, None, middle, 5),
        Row(f"{update}, 99th percentile", "–", "ms", late, None, late, 10),
        Row("the first change of a parameter to the page updated", "–", "ms", first, None, first, 16),
    ]  # fmt: skip
