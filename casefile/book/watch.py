"""A story watched while it is written: built on every change, served to this machine, loaded again by the page.

What the watch adds to a page, one script of its own, is added as the page is served: the site stays as it was built.
"""

from __future__ import annotations

import contextlib
import html
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from casefile.book import build as book
from casefile.errors import BadInput, CasefileError, of_system
from casefile.execution import run
from casefile.execution.story import Story
from casefile.site.renderer import Renderer
from casefile.system import cache, place

WATCH_SCRIPT = Path(__file__).with_name("watch.js")
HOST = "127.0.0.1"
_HOSTS = (
    HOST,
    "localhost",
)  # names that this machine has for itself; a page of another site that leads here has another
_EVERY = 0.25  # seconds between two looks
_LONGEST = 20.0  # seconds that a question waits for an answer

Stamps = frozenset[tuple[str, int, int]]


def stamps(root: Path) -> Stamps:
    """The path, time and size of every file that a site of the story rests on."""
    states = set()
    for path in cache.story_files(root):
        with contextlib.suppress(OSError):  # gone meanwhile, which is a change too
            state = path.stat()
            states.add((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(states)


@dataclass
class State:
    """How many builds have ended, and the line of the last when it failed; whoever asks can wait for the next."""

    round: int = 0
    failed: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def done(self, failed: str = "") -> None:
        """Note that a build has ended, with its line when it failed."""
        with self._changed:
            self.round, self.failed = self.round + 1, failed
            self._changed.notify_all()

    def after(self, round: int, seconds: float) -> dict[str, int | str]:
        """The state when another round than `round` has ended, or when `seconds` are over."""
        with self._changed:
            self._changed.wait_for(lambda: self.round != round, seconds)
            return {"round": self.round, "failed": self.failed}


class Handler(http.server.SimpleHTTPRequestHandler):
    """The site, each page with the watch's script before its end, and what that script asks."""

    def __init__(self, *asked: object, state: State, directory: str) -> None:
        self.state = state
        super().__init__(*asked, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer one request; one that names this machine as another host does is refused."""
        if (self.headers.get("Host") or "").rpartition(":")[0] not in _HOSTS:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        address = urlsplit(self.path)
        if address.path == "/casefile-watch.js":
            self._answer(WATCH_SCRIPT.read_bytes(), "text/javascript")
        elif address.path == "/casefile-watch":
            after = parse_qs(address.query).get("after", [""])[0]
            state = self.state.after(int(after) if after.isdecimal() else -1, _LONGEST)
            self._answer(json.dumps(state).encode(), "application/json")
        elif (page := self._page(address.path)) is not None:
            self._answer(page, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _page(self, path: str) -> bytes | None:
        """The page at a path as it is served; before there is a site, one that says so. None for another file."""
        file = Path(self.translate_path(path))
        file = file / "index.html" if file.is_dir() else file
        script = f'<script src="/casefile-watch.js?round={self.state.round}" defer></script>'.encode()
        if file.suffix == ".html" and file.is_file():
            before, end, after = file.read_bytes().rpartition(b"</body>")
            return before + script + end + after
        if not Path(self.directory).is_dir():
            message = html.escape(self.state.failed or "The first build is under way.")
            return f"<!doctype html><title>casefile watch</title><body><p>{message}</p>".encode() + script
        return None

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        """Have no browser keep what the next build changes."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the builds do the talking."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True  # a question that still waits keeps nobody from stopping
    request_queue_size = 128


@contextlib.contextmanager
def served(site: Path, state: State, port: int) -> Iterator[str]:
    """Serve `site` to this machine while the block runs; gives its address. Raises BadInput for a port that is taken."""
    try:
        server = _Server((HOST, port), partial(Handler, state=state, directory=str(site)))
    except OSError as error:
        raise BadInput(f"--port {port}: {error.strerror}; expected one that is free") from None
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_port}/"
        finally:
            server.shutdown()


def watch(root: Path, port: int, jobs: int, engine: str, tell: Callable[[str], None]) -> None:
    """Build the story on every change and serve it, until somebody stops it; `tell` gets a line for each build."""
    state, built = State(), Stamps()
    with served(root / place.SITE, state, port) as address:
        tell(f"{address}  (Ctrl-C stops)")
        renderer = Renderer()  # the next one loads while nobody waits for it
        try:
            while True:
                now = stamps(root)
                if now == built or now != _settled(root):
                    time.sleep(_EVERY)
                    continue
                built, started = now, time.monotonic()
                failed = _built(root, renderer, jobs, engine)
                tell(f"casefile: {failed}" if failed else f"built in {time.monotonic() - started:.1f} s")
                state.done(failed)
                renderer = Renderer()
        finally:
            renderer.end()


def _settled(root: Path) -> Stamps:
    """The stamps a moment later: an editor may write a file in several steps."""
    time.sleep(_EVERY / 5)
    return stamps(root)


def _built(root: Path, renderer: Renderer, jobs: int, engine: str) -> str:
    """Build once; the line of what went wrong, empty when nothing did."""
    try:
        story = Story(root)
        book.build(story, {}, root / place.SITE, jobs, engine, lambda name, event, seconds: None, renderer=renderer)
        if engine == run.FORK:  # the next notebook that changes finds it loaded
            run.warm_up(root, story.chapters.values())
    except CasefileError as error:
        return str(error)
    except OSError as error:
        return of_system(error)
    finally:
        renderer.end()
    return ""
