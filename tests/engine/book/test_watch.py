"""A story that is watched: what is served besides the site, and when it is built again. The builds are those of `make assurance`."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.book import watch
from casefile.errors import BadInput
from tests.support.orchard import plant


@pytest.fixture
def state() -> watch.State:
    """No build has ended yet."""
    return watch.State()


@pytest.fixture
def port(state: watch.State, tmp_path: Path) -> Iterator[int]:
    """The port at which a site of one page will be served, once it stands."""
    with watch.served(tmp_path / "site", state, 0) as address:
        yield int(address.rpartition(":")[2].rstrip("/"))


def answer(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str, http.client.HTTPMessage]:
    """What the watch answers: status, content, headers."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("GET", path, headers={"Host": f"{host}:{port}"})
    got = asking.getresponse()
    return got.status, got.read().decode(), got.headers


def page(tmp_path: Path) -> str:
    """Put the site's one page there; its text."""
    text = "<!doctype html><html><body><p>Trees.</p></body></html>"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(text)
    (tmp_path / "site" / "a.css").write_text("p {}")
    return text


def test_a_page_has_the_script_as_it_is_served_and_not_as_it_was_built(
    port: int, state: watch.State, tmp_path: Path
) -> None:
    built = page(tmp_path)
    state.done()
    script = '<script src="/casefile-watch.js?round=1" defer></script>'
    for path in ("/", "/index.html", "/index.html?q=1"):
        status, text, headers = answer(port, path)
        assert (status, text, headers["Cache-Control"]) == (
            200,
            built.replace("</body>", f"{script}</body>"),
            "no-store",
        )
    assert (tmp_path / "site" / "index.html").read_text() == built
    assert answer(port, "/a.css")[:2] == (200, "p {}")
    assert answer(port, "/casefile-watch.js?round=1")[1] == watch.WATCH_SCRIPT.read_text()
    assert answer(port, "/none.html")[0] == 404


def test_before_there_is_a_site_the_page_says_why(port: int, state: watch.State) -> None:
    assert "<p>The first build is under way.</p>" in answer(port, "/")[1]
    state.done("chapters/a: <no> title")
    assert "<p>chapters/a: &lt;no&gt; title</p>" in answer(port, "/")[1]


def test_who_waits_is_told_when_a_build_has_ended_and_why_it_failed(port: int, state: watch.State) -> None:
    assert json.loads(answer(port, "/casefile-watch?after=7")[1]) == {"round": 0, "failed": ""}
    told: list[str] = []
    waiting = threading.Thread(target=lambda: told.append(answer(port, "/casefile-watch?after=0")[1]))
    waiting.start()
    state.done("no title")
    waiting.join(30)
    assert json.loads(told[0]) == {"round": 1, "failed": "no title"}


def test_a_page_of_another_site_reads_nothing(port: int, tmp_path: Path) -> None:
    page(tmp_path)
    assert answer(port, "/", host="evil.example")[0] == 403


def test_a_port_that_is_taken_is_told(state: watch.State, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(BadInput, match=rf"^--port {port}: .*; expected one that is free$"),
            watch.served(tmp_path, state, port),
        ):
            pass


def test_every_file_that_a_site_rests_on_is_looked_at_and_nothing_else(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    before = watch.stamps(root)
    (root / "_build").mkdir()
    (root / "_build" / "x.md").write_text("made")
    (root / "notes.txt").write_text("mine")
    assert watch.stamps(root) == before
    seen = {before}
    for path in ("index.md", "data/figures.csv", "chapters/harvest.ipynb", "_toc.yml"):
        (root / path).write_text((root / path).read_text() + " ")
        seen.add(watch.stamps(root))
    (root / "chapters" / "new.md").write_text("# New")
    seen.add(watch.stamps(root))
    assert len(seen) == 6
