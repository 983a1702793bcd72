"""Whether the servers of `docs/publish.md` hold a site as it says: nginx and Caddy, at the root of a host and below a path.

    python -m quality.assurance.hosts [SITE]

Builds the book unless a site is named. Each server gets the lines of that page as they stand, on this machine alone; its
site is walked link by link, asked for what is not there, and held against its manifest. A server that is not installed is
unpacked from its Debian package for the run; where there is none that is said, and counts as a fault.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from casefile.publication import hosting, online
from quality.assurance.measures import ROOT
from tests.support import crawling

SAID = ROOT / "docs" / "publish.md"
_NOWHERE = ("nope.html", "nope", "chapters/deep/er/nope", "chapters/")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
_STARTS = 30.0  # seconds until a server answers
# What of nginx is a machine's own, with the types that the files of a site have.
_NGINX = """daemon off; pid {work}/pid; error_log {work}/errors; {user} events {{}}
http {{ access_log off; default_type application/octet-stream;
types {{ text/html html; text/css css; application/javascript js; application/json json; image/svg+xml svg; }}
client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;
server {{ listen 127.0.0.1:{port};
{lines}}} }}
"""
_CADDY = "{{\nadmin off\nauto_https off\n}}\nhttp://127.0.0.1:{port} {{\n{lines}}}\n"
SERVERS = {
    "nginx": (_NGINX, ("-p", "{work}", "-e", "{work}/errors", "-c", "{file}")),
    "caddy": (_CADDY, ("run", "--adapter", "caddyfile", "--config", "{file}")),
}


def program(server: str, work: Path) -> str | None:
    """The path of a server: the one installed, else the one in Debian's package, unpacked into `work`; None without either."""
    installed = shutil.which(server)
    if installed or shutil.which("apt-get") is None:
        return installed
    folder = work / server
    folder.mkdir()
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "download", server], **quiet)  # type: ignore[call-overload]
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder], **quiet)  # type: ignore[call-overload]
    return shutil.which(server, path=f"{folder}/usr/sbin{os.pathsep}{folder}/usr/bin")


def lines_of(server: str, path: str, folder: Path) -> str:
    """What the page has a server of one's own be told, for a site in `folder` below `path` of the host."""
    found = re.search(rf"```{server}\n(.*?)```", SAID.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"{SAID.name}: no lines for {server}")
    lines = (
        found[1] if path != "/" else found[1].partition("\n")[2]
    )  # whose first line leads from the path without a slash
    return re.sub(r"(/srv)?/book\b", lambda named: str(folder) if named[1] else path.rstrip("/"), lines)


@contextmanager
def served(server: str, command: str, path: str, folder: Path) -> Iterator[str]:
    """The address at which a server, started by `command`, has the site in `folder`. Raises TimeoutError when it does not answer."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port = int(some.getsockname()[1])
    form, options = SERVERS[server]
    with tempfile.TemporaryDirectory() as work:
        file, user = Path(work) / "settings", "user root;" if os.geteuid() == 0 else ""
        file.write_text(form.format(work=work, port=port, user=user, lines=lines_of(server, path, folder)))
        words = [command, *(word.format(work=work, file=file) for word in options)]
        kept = {**os.environ, "XDG_DATA_HOME": work, "XDG_CONFIG_HOME": work}
        process = subprocess.Popen(words, env=kept, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}{path}"
        finally:
            process.terminate()
            process.communicate()


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + _STARTS
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    process.terminate()
    raise TimeoutError(process.communicate()[0][-500:] or f"it does not answer within {_STARTS:g} s")


def faults(address: str, path: str) -> Iterator[str]:
    """What is not as the page says at an address, a line each."""
    seen, broken = crawling.walked(address)
    yield from broken[:5]
    print(f"{address}: {len(seen):,} addresses led to, {len(broken)} broken", flush=True)
    home = urlsplit(address)
    connection = HTTPConnection(home.netloc)
    for asked in ("index.html", "", *_NOWHERE):
        connection.request("GET", home.path + asked)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != (404 if asked in _NOWHERE else 200):
            yield f"{path}{asked}: answered {answer.status}"
        if asked in _NOWHERE and b"There is no such page" not in content:
            yield f"{path}{asked}: not by the page of the book"
        yield from (
            f"{path}{asked}: sent without {name}" for name, said in _HEADERS.items() if answer.getheader(name) != said
        )
        away = [
            there for there in crawling.led_to(content, address + asked) if there.startswith(f"http://{home.netloc}/")
        ]
        yield from (
            f"{path}{asked}: leads to {there}"
            for there in away
            if there not in seen | {f"{address}index.html", address}
        )
    if home.path != "/":
        connection.request("GET", home.path.rstrip("/"))
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (301, 302, 308):
            yield f"{home.path.rstrip('/')}: answered {answer.status}"
    looked = online.look(address, online.fetcher(address))
    yield from looked.lines() if looked.differing else ()


def main() -> None:
    """Try each server at the root and below a path; exit 1 with a line for each fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", type=Path)
    named, wrong = parser.parse_args().site, []
    with tempfile.TemporaryDirectory() as work:
        site = (named or Path(work) / "site").resolve()
        if named is None:
            book.build(Story(ROOT), {}, site, 2, run.FORK, lambda name, event, seconds: None)
        programs = {server: program(server, Path(work)) for server in SERVERS}
        for number, path in enumerate(("/", "/some/where/")):
            folder = Path(work) / str(number)
            hosting.ready(site, folder, hosting.Place(f"https://example.org{path}"), hosting.HOSTS["own"])
            for server, command in programs.items():
                if command is None:
                    wrong.append(f"{server}: not installed; expected it, or Debian's package of that name")
                    continue
                try:
                    with served(server, command, path, folder) as address:
                        wrong += [f"{server}: {said}" for said in faults(address, path)]
                except TimeoutError as error:
                    wrong.append(f"{server}: {error}")
    print("\n".join(wrong) or "nginx and Caddy hold the site as docs/publish.md says")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
