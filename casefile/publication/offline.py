"""The book as files to keep: the EPUB that each build makes, a PDF where there is one, and the line in every page's foot that offers them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.citation.citation_file import Book
from casefile.figures import formats
from casefile.publication import epub

_PLACE = "<!-- the book to keep -->"  # in a page's foot, where the files are offered


@dataclass(frozen=True)
class File:
    """A file that holds the whole book: its kind as readers know it, its path on the site, its size in bytes."""

    kind: str
    path: str
    size: int


def name_of(title: str, ending: str) -> str:
    """The name of a book's file, from its title: `the-diverted-chips.epub`."""
    return f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-') or 'book'}.{ending}"


def write(site: Path, pages: Sequence[str], book: Book, title: str) -> None:
    """Write the EPUB of a finished site into it, and have every page offer it."""
    epub_bytes = epub.written(site, pages, book, title)
    file = File("EPUB", name_of(title, "epub"), len(epub_bytes))
    (site / file.path).write_bytes(epub_bytes)
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if _PLACE in text:
            up = "../" * (len(path.relative_to(site).parts) - 1)
            path.write_text(text.replace(_PLACE, offer_line([file], up)), encoding="utf-8")


def offer_line(files: Iterable[File], up: str) -> str:
    """What a page's foot offers, as HTML; `up` leads from the page to the site's first folder."""
    return f'<p class="offline">This edition to keep and read offline: {" · ".join(file_link(file, up) for file in files)}</p>'


def file_link(file: File, up: str) -> str:
    """The link to a file of the book, with its kind and size."""
    size = f'<span class="file-size">{formats.file_size(file.size)}</span>'
    return f'<a class="offline-file" href="{up}{file.path}" download>{file.kind}, {size}</a>'
