"""What the tests share: the story's root, chapters run once, the site built once, a browser.

With pytest-xdist several processes run at once; what is dear is made by one of them, under a lock, and read by all.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import gc
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from casefile import records
from casefile.book import build as book
from casefile.execution import notebooks
from casefile.execution import run as casefile_run
from casefile.execution.story import Story
from casefile.live import runner
from casefile.notebook import results
from casefile.system import processes
from tests.support import breaking, chromium
from tests.support import published as publishing

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = {name: page for page, name in Story(ROOT).chapters.items()}

Plain = Any  # results, or a part of them, as plain data


# Whoever started the tests may have had Ctrl-C ignored or held back, as a shell does in the background: what they start hears it.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Look for garbage neither while thousands of tests are gathered nor, afterwards, among what they are and import."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


# The same examples on every machine, however slow.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("steady")
# Other examples each time, and what repeats one that fails; asked for by --hypothesis-profile=long.
hypothesis.settings.register_profile("long", deadline=None, derandomize=False, database=None, print_blob=True)


@pytest.fixture(scope="session")
def known() -> records.Records:
    """The story's records."""
    return records.load(ROOT)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock that every process of the test run respects."""
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def papermill(
    notebook: Path, output: Path, results_folder: Path | None = None, options: Sequence[str] = (), **parameters: Any
) -> subprocess.CompletedProcess[str]:
    """Plain papermill with its default engine, from a folder that has nothing to do with the story.

    A notebook that needs other chapters reads them from `results_folder`; without one it runs them itself.
    """
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(notebook),
        str(output),
        "-k",
        "python3",
        "--no-progress-bar",
        *options,
    ]
    for name, value in parameters.items():
        command += ["-p", name, str(value)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASEFILE_")}
    if results_folder:
        environment["CASEFILE_RESULTS"] = str(results_folder)
    return subprocess.run(command, capture_output=True, text=True, cwd=output.parent, env=environment, check=False)


@pytest.fixture(scope="session", autouse=True)
def ready() -> Iterator[None]:
    """Have what is started beside a build in this process begin loaded; a build that is broken starts it as elsewhere."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(processes, "context", breaking.ready)
        yield


Run = Callable[..., Plain]


class _Changed(runner.Session):
    """Chapters run in this process with other parameters; what these do not reach is `read` as it stands."""

    def __init__(self, read: Callable[[str], Plain]) -> None:
        super().__init__(ROOT)
        self._read = read

    def results_of(self, chapter: str, overrides: records.Overrides, tell: runner.Tell = runner.silent) -> Plain:
        """The results of a chapter, those of the book where it and all that it needs take the book's values."""
        if any(self.records.values_for(one, overrides) for one in notebooks.with_needs(ROOT, [chapter])):
            return super().results_of(chapter, overrides, tell)
        return self._read(chapter)


@pytest.fixture(scope="session")
def run_chapter(shared: Path) -> Run:
    """A chapter's results with the given parameters.

    At its defaults it is run once, under the forking engine, which `test_engine` holds equal to plain papermill, and its
    notebook left in `shared`; with others in this process, which `test_runner` holds equal to the engine.
    """
    standing = shared / "results"
    standing.mkdir(exist_ok=True)

    def at_defaults(chapter: str) -> Plain:
        for needed in notebooks.needs(notebooks.read(ROOT / f"{CHAPTERS[chapter]}.ipynb")):
            at_defaults(needed)
        stored = standing / f"{chapter}.json"
        with locked(shared, chapter):
            if not stored.is_file():
                output = shared / f"{chapter}.ipynb"
                executed = casefile_run.execute(ROOT, chapter, {}, output, standing, casefile_run.FORK)
                results.write(results.of_notebook(executed, chapter), stored)
        return json.loads(stored.read_text(encoding="utf-8"))

    changed = functools.cache(lambda: _Changed(at_defaults))

    def run(chapter: str, **parameters: Any) -> Plain:
        if not parameters:
            return at_defaults(chapter)
        overrides: dict[str, dict[str, Any]] = {}
        for name, setting in parameters.items():
            home = changed().records.declared(chapter)[name].chapter
            overrides.setdefault(home, {})[name] = setting
        return json.loads(json.dumps(changed().results_of(chapter, overrides)))

    return run


@pytest.fixture(scope="session")
def defaults(run_chapter: Run) -> dict[str, Plain]:
    """Every chapter's results at its defaults, by chapter."""
    return {chapter: run_chapter(chapter) for chapter in CHAPTERS}


def value(plain: Plain, figure: str) -> float:
    """A figure's value in a chapter's results."""
    return float(plain["figures"][figure]["value"])


@pytest.fixture(scope="session")
def site(shared: Path) -> Path:
    """The whole site, built once."""
    output = shared / "site"
    with locked(shared, "site"):
        if not output.is_dir():
            book.build(Story(ROOT), {}, output, 2, casefile_run.FORK, lambda name, event, seconds: None)
    return output


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests do the talking."""


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # a browser asks for more at once than the five that may wait by default


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address where the built site is served to this machine alone."""
    handler = functools.partial(_Quiet, directory=str(site))
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's own Chromium, or Chrome."""
    with sync_playwright() as playwright:
        yield chromium.launch(playwright)


def beside(opener: Page) -> Page:
    """A new tab in the process of another, whose start would cost more than most pages do."""
    with opener.context.expect_page() as opening:
        opener.evaluate("void open()")
    return opening.value


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A window of the browser; one of its own costs a test more than its page does."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="session")
def opener(window: BrowserContext) -> Page:
    """The empty tab from which the others are opened."""
    return window.new_page()


@pytest.fixture(scope="session")
def offline(browser: Browser) -> Iterator[Page]:
    """The empty tab of a window that reaches no network, from which others of it are opened."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def unscripted(browser: Browser) -> Iterator[Page]:
    """The one tab of a window in which no script runs: a page leaves nothing in it for the next."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


Open = Callable[..., Page]


@pytest.fixture
def new_tab(opener: Page) -> Iterator[Open]:
    """Opens a tab, 1280 by 900 pixels unless told otherwise, of a browser that remembers nothing from one test to the next."""
    tabs: list[Page] = []

    def opened(width: int = 1280, height: int = 900) -> Page:
        tabs.append(beside(opener))
        tabs[-1].set_viewport_size({"width": width, "height": height})
        return tabs[-1]

    yield opened
    for tab in tabs:
        with contextlib.suppress(BrowserError):  # a page of no site keeps nothing
            tab.evaluate("localStorage.clear()")
        tab.close()


@pytest.fixture
def tab(new_tab: Open) -> Page:
    """A tab of its own, wide and light."""
    return new_tab()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story with its first edition released; tests that change it take a copy."""
    return publishing.publish(tmp_path_factory.mktemp("published"))


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A copy of this story that a test may break: data/, contents and chapters."""
    copy = tmp_path / "story"
    copy.mkdir()
    for name in ("data", "chapters"):
        shutil.copytree(ROOT / name, copy / name)
    for path in [*ROOT.glob("*.yml"), *ROOT.glob("*.md"), *ROOT.glob("*.ipynb"), ROOT / book.BILL]:
        shutil.copyfile(path, copy / path.name)
    return copy
