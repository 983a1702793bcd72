"""A site made ready for a host: at the root and below a path, every link holds; what a host is given can be taken away again."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from casefile.content.policy import CONTENT_POLICY
from casefile.errors import BadInput
from casefile.execution.story import Story
from casefile.publication import hosting
from casefile.publication.hosting import BEGIN, END, HOSTS, HostLimits, Place
from casefile.system import manifest, place
from tests.conftest import ROOT
from tests.support import crawling

BELOW = Place("https://example.org/some/book/")


class _Host(SimpleHTTPRequestHandler):
    """A host that has a site below a path and answers with its page 404 for what is not there."""

    def __init__(self, *given: Any, below: str, **more: Any) -> None:
        self.below = below
        super().__init__(*given, **more)

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(self.below)) if path.startswith(self.below) else ""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        content = (Path(self.directory) / hosting.NOT_THERE).read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def list_directory(self, path: Any) -> None:
        """Answer as for what is not there: hosts of sites list no folders."""
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def served(folder: Path, below: str) -> Iterator[str]:
    """The address at which a host on this machine has a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder), below=below)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{below}"
        server.shutdown()


@pytest.fixture(scope="module")
def put_up(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site ready for a host below a path, with a PDF."""
    folder = tmp_path_factory.mktemp("hosted")
    (folder / "a.pdf").write_bytes(b"%PDF-" + b"0" * 2_000_000)
    hosting.ready(site, folder / "public", BELOW, HOSTS["cloudflare"], folder / "a.pdf", "the-book.pdf")
    return folder / "public"


@pytest.fixture(scope="module")
def address(put_up: Path) -> Iterator[str]:
    """Where it is served, below that path."""
    yield from served(put_up, "/some/book/")


def test_below_a_path_every_link_of_every_page_leads_somewhere_and_stays_below_it(address: str) -> None:
    seen, broken = crawling.walked(address)
    assert not broken, broken[:5]
    assert {f"{address}{page}.html" for page in [*Story(ROOT).pages, "search"]} <= seen
    assert f"{address}the-book.pdf" in seen


@pytest.mark.parametrize("missing", ["nope.html", "chapters/nope.html", "chapters/deep/er/nope", "claims/"])
def test_what_is_not_there_is_said_by_a_page_that_is_whole_at_any_depth(
    address: str, missing: str, put_up: Path
) -> None:
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", f"/some/book/{missing}")
    answer = connection.getresponse()
    assert answer.status == 404
    content = answer.read()
    assert b"There is no such page" in content and b'name="robots" content="noindex"' in content
    leads = [
        one
        for one in crawling.led_to(content, f"{address}{missing}")
        if urlsplit(one).netloc == urlsplit(address).netloc
    ]
    assert len(leads) > 10
    for one in leads:
        assert (put_up / unquote(urlsplit(one.removeprefix(address)).path)).exists(), one


def test_the_first_folder_of_a_host_is_served_the_same(site: Path) -> None:
    dressed = hosting._dressed((site / "404.html").read_text(encoding="utf-8"), "404.html", Place(), None)
    assert '<base href="/" />' in dressed
    assert hosting.undressed(dressed) == (site / "404.html").read_text(encoding="utf-8")


def test_the_manifest_says_what_the_host_was_given_and_keeps_the_sites_hash(site: Path, put_up: Path) -> None:
    before = manifest.of_text((site / manifest.NAME).read_text(encoding="utf-8"))
    after = manifest.of_text((put_up / manifest.NAME).read_text(encoding="utf-8"))
    assert before is not None and after is not None
    assert (after.site, dict(after.files)) == (before.site, dict(before.files))
    assert after.address == BELOW.address
    assert {"robots.txt", "the-book.pdf", "404.html", "chapters/01_swap.html"} <= set(after.host)
    for path, content in after.standing.items():
        assert hashlib.sha256((put_up / path).read_bytes()).hexdigest() == content, path
    listed = manifest.read(put_up)
    assert listed is not None and manifest.strange(put_up, listed) == ""


def test_what_a_page_gains_can_be_taken_away_again(site: Path, put_up: Path) -> None:
    for path in ("404.html", "chapters/01_swap.html", "claims/value_500m.html", "search.html"):
        text = (put_up / path).read_text(encoding="utf-8")
        assert BEGIN in text and END in text
        assert hosting.undressed(text) == (site / path).read_text(encoding="utf-8"), path
    assert '<a class="offline-file" href="../the-book.pdf" download>PDF, <span class="file-size">2.0 MB</span></a>' in (
        put_up / "chapters" / "01_swap.html"
    ).read_text(encoding="utf-8")


def test_a_preview_says_so_on_every_page_and_is_not_listed(site: Path) -> None:
    preview = Place("https://example.org/", preview=True)
    for path in ("summary.html", "chapters/01_swap.html", "search.html", "embed/swap.html"):
        text = (site / path).read_text(encoding="utf-8")
        dressed = hosting._dressed(text, path, preview, None)
        assert dressed.count('<meta name="robots" content="noindex"') >= 1
        assert "This is a preview, not yet the published book." in dressed
        assert hosting.undressed(dressed) == text
    assert "X-Robots-Tag: noindex" in hosting.headers({"a.html": ""}, preview)
    assert "Sitemap" not in hosting.robots(preview)
    assert "Sitemap: https://example.org/sitemap.xml" in hosting.robots(Place("https://example.org/"))


def rules(text: str) -> dict[str, list[str]]:
    """The rules of a `_headers` file."""
    found: dict[str, list[str]] = {}
    path = ""
    for line in text.splitlines():
        if line.startswith(" "):
            found[path].append(line.strip())
        else:
            path = line
            assert path not in found
            found[path] = []
    return found


def applied(path: str, known: dict[str, list[str]]) -> list[str]:
    """The headers that a host sends with a path."""
    matching = [rule for rule in known if re.fullmatch(re.escape(rule).replace(r"\*", ".*"), path)]
    return [line for rule in matching for line in known[rule]]


def test_each_file_is_sent_each_header_once_and_each_page_a_policy(put_up: Path) -> None:
    known = rules((put_up / manifest.HEADERS).read_text(encoding="utf-8"))
    listed = manifest.read(put_up)
    assert listed is not None
    for path in listed:
        sent = applied(f"/some/book/{path}", known)
        names = [line.partition(":")[0] for line in sent]
        assert len(names) == len(set(names)), path
        assert "X-Content-Type-Options: nosniff" in sent
        framed = any("frame-ancestors" in line for line in sent)
        if path.endswith(".html"):
            assert "Content-Security-Policy" in names, path
            assert framed != path.startswith("embed/"), path
        assert any("'wasm-unsafe-eval'" in line for line in sent) == (path == "_static/worker.js"), path


def test_a_worker_alone_may_compile_and_what_is_named_by_its_hash_is_kept() -> None:
    content = hashlib.sha256(b"x").hexdigest()
    files = {
        "index.html": "0",
        hosting.WORKER: "0",
        f"_static/live/a.{content[:12]}.wasm": content,
        "_static/b.0123456789ab.js": content,
    }
    known = rules(hosting.headers(files, Place()))
    assert known[f"/{hosting.WORKER}"] == [
        "Content-Security-Policy: "
        + CONTENT_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    ]
    assert known[f"/_static/live/a.{content[:12]}.wasm"] == ["Cache-Control: public, max-age=31536000, immutable"]
    assert "/_static/b.0123456789ab.js" not in known


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (HostLimits(whole=10), r"^the site has [\d,]+ bytes, and this host takes 10; expected less, or another host$"),
        (HostLimits(files=2), r"^the site has 3 files, and this host takes 2"),
        (HostLimits(file=11), r"^b\.html has 12 bytes, and this host takes 11 in a file"),
        (HostLimits(rules=1), r"^_headers has 2 rules, and this host reads 1"),
        (HostLimits(letters=4), r"^_headers has a line of 6 letters, and this host reads 4"),
    ],
)
def test_a_limit_of_a_host_that_is_not_kept_is_named(tmp_path: Path, limits: HostLimits, said: str) -> None:
    (tmp_path / "a.html").write_bytes(b"1")
    (tmp_path / "b.html").write_bytes(b"0" * 12)
    (tmp_path / manifest.HEADERS).write_text("/*\n  A: b\n/b\n  C: d\n")
    hosting.check(tmp_path, HostLimits())
    with pytest.raises(BadInput, match=said):
        hosting.check(tmp_path, limits)


def test_a_host_that_nobody_knows_and_a_folder_that_is_no_site_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^no host 'netlfy'; did you mean netlify\?"):
        hosting.host_named("netlfy")
    with pytest.raises(BadInput, match=r"no site that `casefile build` made"):
        hosting.ready(tmp_path, tmp_path / "out", Place(), HostLimits())


def test_a_file_of_the_storys_own_that_a_host_is_given_is_refused(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "robots.txt").write_text("mine")
    manifest.write(site)
    with pytest.raises(BadInput, match=r"^robots\.txt: a file of that name lies beside a page"):
        hosting.ready(site, tmp_path / "out", Place(), HostLimits())
    assert not (tmp_path / "out").exists()


def test_a_site_that_was_put_up_may_be_replaced_and_one_with_more_in_it_not(tmp_path: Path) -> None:
    site, output = tmp_path / "site", tmp_path / "story" / "public"
    site.mkdir()
    (site / "index.html").write_text("<title>A</title><body>b</body>")
    manifest.write(site)
    hosting.ready(site, output, Place(preview=True), HostLimits())
    (output / manifest.SIGNATURE).write_text("signed")
    place.check_site(tmp_path / "elsewhere", output)
    (output / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"holds notes\.txt"):
        place.check_site(tmp_path / "elsewhere", output)
    assert json.loads((output / manifest.NAME).read_text())["host"].keys() == {"index.html", "robots.txt"}
