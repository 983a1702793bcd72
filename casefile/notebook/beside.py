"""The files that pages name beside them: pictures, files to download, and what is attached to a notebook's cells.

One address serves Jupyter and the book: a file stands to its page on the site as it does in the story.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from casefile.errors import BadInput, shown
from casefile.notebook import markdown
from casefile.notebook.cells import Notebook, NotebookCell
from casefile.notebook.markdown import Directive, Syntax

ATTACHMENTS = "attachments"  # the folder for them among the pages that are read
_PICTURES = frozenset(("image", "figure"))  # directives whose argument is a picture
_ATTACHED = "attachment:"  # how an address begins that names what is attached to its cell


@dataclass(frozen=True)
class Text:
    """Some Markdown of a page, and where it stands, in words."""

    place: str
    text: str


def of_page(page: str, text: str) -> list[Text]:
    """The text of a page that is no notebook."""
    return [Text(f"{page}.md", text)]


def texts_of_notebook(page: str, notebook: Notebook) -> list[Text]:
    """The Markdown of a notebook: its cells that hold prose, and what its other cells put out as Markdown."""
    texts_beside = []
    for number, cell in enumerate(notebook["cells"]):
        texts = ["".join(cell["source"])] if cell["cell_type"] == "markdown" else []
        for output in cell.get("outputs", ()):
            texts += ["".join(output.get("data", {}).get("text/markdown", ()))]
        texts_beside += [Text(f"{page}.ipynb, cell {number}", text) for text in texts if text]
    return texts_beside


def files_named(root: Path, page: str, texts: Sequence[Text], syntax: Syntax) -> tuple[dict[str, str], dict[str, str]]:
    """The files of the story in `root` that a page names: those that the book puts in a place of its own, and those in HTML.

    Each by the path at which it is looked for, among the pages or on the site, with its path in the story. Raises BadInput
    for a picture that is not there, and for a file that leads out of the story.
    """
    placed: dict[str, str] = {}
    as_they_are: dict[str, str] = {}
    for text, cell in zip(texts, markdown.read(tuple(text.text for text in texts), syntax), strict=True):
        for address, kind in _addresses(cell):
            asked = _path(page, address)
            if asked is None or (asked.startswith("_static/") and _is_file(root / "chapters" / asked)):
                continue  # of another host, or laid out with the folder that all pages share
            path = next((path for path in (asked, unquote(asked)) if _is_file(root / path)), None)
            if path is None:
                if kind == "picture":
                    raise BadInput(
                        f"{text.place}: there is no picture {shown(address)}; expected a file {unquote(asked)}"
                    )
            elif path.startswith("../") or not (root / path).resolve().is_relative_to(root.resolve()):
                raise BadInput(f"{text.place}: {shown(address)} leads out of the book; expected a file that lies in it")
            elif not path.endswith((".md", ".ipynb")):
                (as_they_are if kind == "html" else placed)[asked if kind == "picture" else path] = path
    return placed, as_they_are


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _addresses(cell: markdown.MarkdownCell) -> Iterator[tuple[str, str]]:
    """The addresses that some Markdown names, each with what it names them for: a picture, a link, or in HTML."""
    for block in cell.blocks:
        if isinstance(block, Directive):
            if block.name in _PICTURES:
                yield block.argument, "picture"
            continue
        for part in (block, *(block.children or ())):
            if part.type == "image":
                yield str(part.attrs["src"]), "picture"
            elif part.type == "link_open":
                yield str(part.attrs["href"]), "link"
            elif part.type == "myst_role" and part.meta["name"] == "download":
                yield part.content.rstrip().rpartition("<")[2].removesuffix(">"), "link"
            elif part.type in ("html_inline", "html_block"):
                sources = _Sources()
                sources.feed(part.content)
                yield from ((address, "html") for address in sources.named)


class _Sources(HTMLParser):
    """The files that HTML shows: every `src`."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.named += [value for name, value in attrs if name == "src" and value]


def _path(page: str, address: str) -> str | None:
    """The path within the story that an address of a page leads to; None for one that leads elsewhere."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # http://[
        return None
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = parts.path
    whole = PurePosixPath(path.lstrip("/") if path.startswith("/") else PurePosixPath(page).parent / path)
    steps: list[str] = []
    for step in whole.parts:
        if step == ".." and steps and steps[-1] != "..":
            steps.pop()
        else:
            steps.append(step)
    return "/".join(steps) or None


def detach(page: str, notebook: Notebook, syntax: Syntax) -> dict[str, bytes]:
    """What is attached to a notebook's cells, by the path among the pages at which their text, changed here, then names it.

    Raises BadInput for a text that names what is not attached, and for an attachment that is none.
    """
    files_detached: dict[str, bytes] = {}
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "markdown":
            files_detached |= _detached(cell, f"{page}.ipynb, cell {number}", syntax)
    return files_detached


def _detached(cell: NotebookCell, place: str, syntax: Syntax) -> dict[str, bytes]:
    attached, source = cell.pop("attachments", {}), "".join(cell["source"])
    files_detached: dict[str, bytes] = {}
    read = markdown.read((source,), syntax) if _ATTACHED in source else ()
    addresses = {address for part in read for address, _ in _addresses(part) if address.startswith(_ATTACHED)}
    for address in sorted(addresses, key=len, reverse=True):  # one may begin as another does
        name = unquote(address.removeprefix(_ATTACHED))
        if name not in attached:
            raise BadInput(
                f"{place}: there is no attachment {shown(name)}; expected one of this cell, or a file beside the page"
            )
        kind, text = next(iter(attached[name].items()))
        try:
            content = base64.b64decode("".join(text))
        except ValueError as error:
            raise BadInput(f"{place}: attachment {shown(name)}: {error}; expected it as Jupyter attaches it") from None
        path = f"{ATTACHMENTS}/{hashlib.sha256(content).hexdigest()[:16]}{mimetypes.guess_extension(kind) or ''}"
        files_detached[path] = content
        source = source.replace(address, f"/{path}").replace(unquote(address), f"/{path}")
    cell["source"] = source.splitlines(keepends=True)
    return files_detached
