"""The built site held against what others wrote for machines that read it: validators of HTML, of RO-Crate and of signposts,
and Zotero's own translator.

`python -m quality.assurance.machines [TRANSLATORS UTILITIES]` fetches html-validate, Nu, the validator of RO-Crate and the client of
FAIR Signposting for one run. Zotero's code is under another licence than the book's and no part of it: the two folders are clones of
zotero/translators and zotero/utilities. What is not run is said, and has no row.

The validator of RO-Crate would ask w3id.org for the vocabulary of the format. It is told to ask nobody, and finds that vocabulary in
its own store of answers, where it is laid from the npm package of RO-Crate's tools, which carries it.
"""

from __future__ import annotations

import contextlib
import functools
import html
import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from casefile.citation import citation_file, cite
from quality.assurance import fetched
from quality.assurance.measures import ROOT, Measured, record

SITE = ROOT / "_build" / "html"
RULES = {
    "extends": ["html-validate:standard"],
    "rules": {"no-trailing-whitespace": "off"},
}  # what the standard of HTML asks
SCRIPTS = Path(__file__).parent
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
# Lays what stands at an address, read from the standard input, into a store of answers of requests-cache, as if it had been fetched.
_LAY = """
import sys, requests, requests_cache
store, address = sys.argv[1:]
request = requests_cache.CachedRequest.from_request(requests.Request("GET", address).prepare())
answer = requests_cache.CachedResponse(request=request, url=address, status_code=200)
answer._content = sys.stdin.buffer.read()
answer.headers["Content-Type"] = "application/ld+json"
requests_cache.CachedSession(store, backend="sqlite").cache.save_response(answer)
"""
_SPAN = re.compile(r'<span class="Z3988" title="([^"]*)"')


def main() -> None:
    """Run what can be run, record what came of it, and exit 1 when something failed."""
    if not (SITE / "index.html").is_file():
        sys.exit("no site is built; `casefile build` makes one")
    pages = sorted(page for page in SITE.rglob("*.html") if "v" not in page.relative_to(SITE).parts[:1])
    with tempfile.TemporaryDirectory() as folder:
        modules = fetched.npm(Path(folder) / "npm", "html-validate@10.17.0", "vnu-jar@26.9.27", "ro-crate@3.4.10")
        tools = fetched.pip(Path(folder) / "venv", "signposting==0.9.9", "roc-validator==0.13.0")
        measured = [
            Measured("pages_validated", "Pages of the site read by two validators of HTML", len(pages), "count"),
            Measured("html_validate_errors", "Errors that html-validate finds on them by the rules of the standard", html_validate(modules, pages), "count", at_most=0),
        ]  # fmt: skip
        if shutil.which("java"):
            measured += [Measured("nu_errors", "Errors that the W3C's validator, Nu, finds on them", nu(modules, pages), "count", at_most=0)]  # fmt: skip
        else:
            print("not run: Nu, which needs java")
        with served() as address:
            measured += [Measured("pages_signposted", "Pages whose signposts the client of FAIR Signposting reads", signposted(tools, address), "count", at_least=10)]  # fmt: skip
        checked, required, recommended = research_object(tools, modules)
        measured += [
            Measured("crate_checks", "Checks of RO-Crate's own validator made of the site", checked, "count", at_least=60),
            Measured("crate_issues", "Requirements of RO-Crate that the site does not meet", required, "count", at_most=0),
            Measured("crate_recommended", "Recommendations of RO-Crate that it does not follow: its publisher has no address", recommended, "count", at_most=1),
        ]  # fmt: skip
    if len(sys.argv) == 3:
        right, wrong = zotero(pages, *map(Path, sys.argv[1:]))
        measured += [
            Measured("zotero_right", "Things to cite that Zotero's own translator lists, title, author, edition and all", right, "count", at_least=500),
            Measured("zotero_wrong", "Those that it lists otherwise", wrong, "count", at_most=0),
        ]  # fmt: skip
    else:
        print("not run: Zotero's translator, of which no folder was given")
    record("machines", measured)
    sys.exit(0 if all(one.met for one in measured) else 1)


def html_validate(modules: Path, pages: list[Path]) -> int:
    """How many errors html-validate finds."""
    (modules / "rules.json").write_text(json.dumps(RULES), encoding="utf-8")
    command = ["node", str(modules / "html-validate" / "bin" / "html-validate.mjs"), "--config", str(modules / "rules.json"), "-f", "json"]  # fmt: skip
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=False)
    faults = [(page["filePath"], fault) for page in json.loads(done.stdout) for fault in page["messages"]]
    for place, fault in faults[:20]:
        print(f"html-validate: {place}: line {fault['line']}: {fault['message']}")
    return len(faults)


def nu(modules: Path, pages: list[Path]) -> int:
    """How many errors Nu finds."""
    command = ["java", "-jar", str(modules / "vnu-jar" / "build" / "dist" / "vnu.jar"), "--format", "json", "--errors-only"]  # fmt: skip
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=False)
    faults = json.loads(done.stderr or done.stdout)["messages"]
    for fault in faults[:20]:
        print(f"Nu: {fault['url']}: line {fault.get('lastLine')}: {fault['message']}")
    return len(faults)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The site at an address of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        """A server that tells of no request."""

        def log_message(self, format: str, *words: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def signposted(tools: Path, address: str) -> int:
    """On how many pages of the book the client finds what describes them and under which licence they are."""
    pages = [SITE / "summary.html", *sorted((SITE / "chapters").glob("*.html"))]
    count = 0
    for page in pages:
        place = page.relative_to(SITE).as_posix()
        done = subprocess.run([str(tools / "signposting"), f"{address}/{place}"], capture_output=True, text=True, check=False)  # fmt: skip
        count += all(sign in done.stdout.lower() for sign in ("describedby: ", "license: "))
    return count


def research_object(tools: Path, modules: Path) -> tuple[int, int, int]:
    """How many checks RO-Crate's validator made, and how many requirements and recommendations it says are not met."""
    report, answers = tools.parent / "crate.json", tools.parent / "answers"
    vocabulary = fetched.node(SCRIPTS / "crate_context.cjs", modules, CONTEXT)
    laid = [str(tools / "python"), "-c", _LAY, str(answers), CONTEXT]
    subprocess.run(laid, input=json.dumps(vocabulary), text=True, check=True)
    command = [str(tools / "rocrate-validator"), "-y", "validate", "-p", "ro-crate-1.1", "-l", "RECOMMENDED", "--offline", "--cache-path", str(answers), "-f", "json", "-o", str(report)]  # fmt: skip
    done = subprocess.run([*command, str(SITE)], capture_output=True, text=True, check=False)
    if not report.is_file():
        raise RuntimeError(f"the validator of RO-Crate gave no report: {(done.stderr or done.stdout).strip()[-500:]}")
    plain = json.loads(report.read_text(encoding="utf-8"))
    if plain["skipped_checks"]:
        raise RuntimeError(f"the validator of RO-Crate left checks out: {plain['skipped_check_details']}")
    for issue in plain["issues"]:
        print(f"RO-Crate, {issue['severity'].lower()}: {issue['message']}")
    severities = [issue["severity"] for issue in plain["issues"]]
    return plain["statistics"]["total_checks"], severities.count("REQUIRED"), severities.count("RECOMMENDED")


def zotero(pages: list[Path], translators: Path, utilities: Path) -> tuple[int, int]:
    """How many items Zotero's translator makes of the spans of all pages as the book's records have them, and how many not."""
    spans = [[html.unescape(title) for title in _SPAN.findall(page.read_text(encoding="utf-8"))] for page in pages]
    expected: dict[str, set[str]] = {}
    book = citation_file.book_of(ROOT)
    for path in sorted((SITE / "cite").glob("*.json")):
        (made,) = json.loads(path.read_text(encoding="utf-8"))
        title, version = (made[name].replace("+", "＋") for name in ("title", "version"))
        expected.setdefault(title, set()).add(version)
    items = fetched.node(SCRIPTS / "zotero.cjs", None, spans, str(translators), str(utilities))
    right = total = 0
    for page, titles in zip(items, spans, strict=True):
        total += len(titles)
        for item in page:
            names = [f"{one.get('firstName', '')} {one['lastName']}".strip() for one in item["creators"]]
            right += names == [cite.author_name(one) for one in book.authors] and item["edition"] in expected.get(item["title"], ())  # fmt: skip
    return right, total - right


if __name__ == "__main__":
    main()
