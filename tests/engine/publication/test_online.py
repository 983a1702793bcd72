"""A site looked at from outside: each file that is not what it should be is named, and whoever signed it."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casefile.cli.group import cli
from casefile.errors import BadInput, CasefileError
from casefile.publication import hosting, online
from casefile.publication.hosting import HostLimits, Place
from casefile.system import manifest

PAGE = "<html><head><title>A</title></head><body><p>12</p></body></html>"


@pytest.fixture
def up(tmp_path: Path) -> Path:
    """A small site that was put up as a preview, so that its page has gained something."""
    site = tmp_path / "site"
    (site / "part").mkdir(parents=True)
    (site / "part" / "a b.html").write_text(PAGE, encoding="utf-8")
    (site / "a.csv").write_text("1\n")
    manifest.write(site)
    hosting.ready(site, tmp_path / "up", Place("https://example.org/", preview=True), HostLimits())
    return tmp_path / "up"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(up: Path) -> Iterator[str]:
    """Where it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(up))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def seen(where: str) -> online.Online:
    """A site as it is seen."""
    return online.look(where, online.fetcher(where))


def test_a_site_that_is_whole_is_so_in_its_folder_and_at_its_address(up: Path, address: str) -> None:
    for where in (str(up), address):
        found = seen(where)
        assert found.differing == {}
        assert list(found.lines()) == ["3 files, each as the manifest lists it"]
        assert found.stated.address == "https://example.org/"


CHANGES: dict[str, tuple[Callable[[Path], object], dict[str, str]]] = {
    "another number": (
        lambda up: (up / "part" / "a b.html").write_text(PAGE.replace("12", "13")), {"part/a b.html": "another content"}
    ),
    "a file that is gone": (lambda up: (up / "a.csv").unlink(), {"a.csv": "missing"}),
    "another robots.txt": (lambda up: (up / "robots.txt").write_text("Disallow: /"), {"robots.txt": "another content"}),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_not_as_it_was_made_is_named(what: str, up: Path) -> None:
    change, faults = CHANGES[what]
    change(up)
    found = seen(str(up))
    assert found.differing == faults
    path, why = next(iter(faults.items()))
    assert list(found.lines()) == [f"1 of 3 files is not as the manifest lists them: {path} ({why})"]


def test_a_page_changed_together_with_its_manifest_is_not_the_editions(up: Path) -> None:
    """Whoever writes the manifest anew can list any page; what lies outside the host's marks must still be the build's."""
    page = up / "part" / "a b.html"
    page.write_text(page.read_text().replace("12", "13"))
    stated = manifest.of_text((up / manifest.NAME).read_text())
    assert stated is not None
    host = {**stated.host, "part/a b.html": manifest.files(up)["part/a b.html"]}
    (up / manifest.NAME).write_text(manifest.Manifest(stated.site, stated.files, stated.address, host).written())
    assert seen(str(up)).differing == {"part/a b.html": "more is changed than a host is given"}


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("{tmp}/none", "no folder here; expected a built site, or an address such as"),
        ("https://exa mple.org/", "the site's address is 'https://exa mple.org/'; expected an address such as"),
        ("ftp://example.org/", "the site's address is 'ftp://example.org/'"),
        ("{tmp}", "has no manifest.json of a site that casefile built"),
    ],
)
def test_what_is_no_site_is_refused_in_a_line(where: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        seen(where.replace("{tmp}", str(tmp_path)))
    assert said in str(refused.value)


def test_an_address_where_nobody_answers_is_named() -> None:
    with pytest.raises(CasefileError, match=r"^http://127\.0\.0\.1:9/: cannot be read: .*refused"):
        seen("http://127.0.0.1:9")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_manifest_is_taken_as_signed_by_whom_it_is_signed_by(up: Path, tmp_path: Path) -> None:
    fetch, signers = online.fetcher(str(up)), tmp_path / "signers"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    signers.write_text(f"press@example.org {(tmp_path / 'key.pub').read_text()}")
    with pytest.raises(CasefileError, match="nobody signed its manifest"):
        online.signed_by(fetch, signers)
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(tmp_path / "key"), "-n", online.SPACE, str(up / manifest.NAME)]
    subprocess.run(sign, check=True, capture_output=True)
    assert online.signed_by(fetch, signers) == "press@example.org"
    with (up / manifest.NAME).open("a") as file:
        file.write("\n")
    with pytest.raises(CasefileError, match=r"not what press@example\.org signed"):
        online.signed_by(fetch, signers)
    signers.write_text("")
    with pytest.raises(CasefileError, match="signed by nobody whom signers allows"):
        online.signed_by(fetch, signers)
    with pytest.raises(BadInput, match="expected the allowed signers"):
        online.signed_by(fetch, tmp_path / "none")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["publish", "--address", "example.org"],
            "--address is 'example.org'; expected an address such as https://example.org/book/",
        ),
        (["publish", "--host", "gihub"], "no host 'gihub'; did you mean github?"),
        (["publish", "--pdf", "none.pdf"], "none.pdf: no such file"),
        (["publish", "--pdf", "README.md"], "README.md: no PDF; expected one"),
        (["verify-site", "nowhere"], "nowhere: no folder here"),
        (["single-page", "01_swop"], "no page '01_swop'; did you mean 01_swap?"),
        (
            ["single-page", "01_swap", "--out", "README.md"],
            "README.md: exists already; expected the path of a new file",
        ),
        (["pdf", "--out", "none/a.pdf"], "none/a.pdf: its folder is not there"),
    ],
)
def test_a_wrong_word_is_named_before_anything_is_built(words: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, words)
    assert isinstance(done.exception, BadInput), done.output
    assert said in str(done.exception)
