"""Pages as an edition had them: words, numbers, tables, anchors and pictures, without script, style, code or frame.

`editions/VERSION/` keeps a file for each page, a line for each block, so that two editions differ where their pages do, and
`editions/pictures/` the charts, by their hash, which editions share. `pages.json` lists both with their hashes, and is
sealed as an edition's record is. A page is kept as it reads, not as it looks.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from casefile.citation.citable import content_hash
from casefile.errors import BadInput, of_library
from casefile.system import document, scratch
from casefile.system.tree import Element, of_html, of_svg, parent_of, removed, written

_LIST = "pages.json"
VERSIONS, EDITION_RECORD = "v", "record.json"  # on a site: where editions lie, and the record of each
PICTURE_FOLDER = "pictures"
_MOST_BYTES = 1 << 24  # of a page
_HASH = 16  # hexadecimal digits of a picture's hash, which names its file
_EXPECTED = "it as `casefile release` or `casefile editions rebuild` wrote it"
_MATHEMATICS = frozenset((
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded",
))  # fmt: skip
BLOCKS = frozenset((
    "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption",
    "thead", "tbody", "tr", "blockquote", "pre", "figure", "figcaption", "details", "summary", "div", "hr",
))  # fmt: skip
_WORDS = frozenset((
    "a", "abbr", "b", "br", "cite", "code", "data", "em", "i", "img", "q", "s", "small", "strong", "sub", "sup", "td",
    "th", "u",
))  # fmt: skip
_KEPT = frozenset(("id", "href", "src", "alt", "colspan", "rowspan", "scope", "start", "lang", "dir", "display", "displaystyle", "mathvariant"))  # fmt: skip
_CLASSES = frozenset(("number", "verdict", "derivation", "correction", "correction-note"))
# What no reader of the words needs: what runs, what leads on, what is shown another way, what this edition did not print.
_LEFT_OUT = frozenset((
    "script", "style", "link", "meta", "form", "button", "input", "select", "textarea", "output", "noscript", "template", "nav", "iframe",
    "audio", "video", "object", "embed", "progress", "meter",
))  # fmt: skip
_CLASSES_LEFT_OUT = (
    "headerlink", "print-only", "cell_input", "above-input", "admonition hide", "chart-narrow", "chart-files", "cite-files", "cite-mark",
    "cite-editions", "corrected", "correction-line", "correction-note", "derivation-corrected",
    "scripted", "what-if", "visually-hidden", "toctree-wrapper",
)  # fmt: skip
_NAMES_LEFT_OUT = re.compile(f"(?<= )(?:{'|'.join(_CLASSES_LEFT_OUT)})(?= )")


@dataclass(frozen=True)
class Archive:
    """The pages that are kept of an edition: page → its HTML, with the addresses in it from the site's root.

    `pictures` are those that they show, by the names of their files. `made` says how they came to be kept.
    """

    version: str
    pages: Mapping[str, str]
    pictures: Mapping[str, bytes]
    made: str = ""

    @property
    def contents(self) -> str:
        """The page that lists these: the one that a folder opens with, unless the edition has a page of that name."""
        return contents_page(self.pages)


# ------------------------------------------------------------------------------------------------------------- keeping


def of_site(site: Path, version: str, pages: Iterable[str], origin: str = "") -> Archive:
    """The pages of a built site as they are kept. Raises BadInput for one that the site has not."""
    pictures: dict[str, bytes] = {}
    articles = {}
    for page in pages:
        path = site / f"{page}.html"
        if not path.is_file():
            raise BadInput(f"{page}.html: not on the site; expected every page of edition {version}")
        articles[page] = reading(path.read_text(encoding="utf-8"), page, site, pictures)
    return Archive(version, articles, pictures, origin)


def reading(text: str, page: str, site: Path, pictures: dict[str, bytes] | None = None) -> str:
    """A page of a site as it is kept; the pictures of its charts go to `pictures`, and without it are only named."""
    tree = of_html(text)
    article = next(iter([*tree.xpath("//article"), *tree.xpath("//main"), tree.find("body")]))
    for element in article.xpath(".//*[@data-chart or contains(concat(' ', @class, ' '), ' chart-picture ')]"):
        _pictured(element, site, pictures)
    for element in [*article.iterdescendants(etree.Element)]:
        if element.tag in _LEFT_OUT or _NAMES_LEFT_OUT.search(f" {element.get('class') or ''} "):
            removed(element)
    root = etree.Element("div")
    _copied(article, root, page)
    return _in_lines(root)


def _pictured(element: Element, site: Path, pictures: dict[str, bytes] | None) -> None:
    """Put a chart's picture, as it can be downloaded, in place of the one that needs the page's style; else its words."""
    label = element.get("aria-label") or ""
    path = site / "charts" / f"{element.get('data-chart')}.svg"
    picture = etree.Element("p")
    if path.is_file():
        content = _bare(path.read_text(encoding="utf-8")).encode()
        name = f"{hashlib.sha256(content).hexdigest()[:_HASH]}.svg"
        if pictures is not None:
            pictures[name] = content
        picture.append(etree.Element("img", src=f"v/{PICTURE_FOLDER}/{name}", alt=label))
    elif label:
        picture.text = label
    picture.tail = element.tail
    parent_of(element).replace(element, picture)


def _bare(picture: str) -> str:
    """A downloaded picture without the title and credit around it, which name its edition: so two editions share it."""
    tree = of_svg(picture)
    inner = next(iter(tree.xpath("/*[*[local-name() = 'metadata']]/*[local-name() = 'svg'][@y]")), None)
    if inner is None:
        return picture
    del inner.attrib["y"]
    return written(inner)


def _copied(source: Element, target: Element, page: str) -> None:
    """What is kept of an element's content, put at the end of another's."""
    _say(target, source.text)
    for child in source:
        if isinstance(child.tag, str):
            tag = child.tag.rpartition("}")[2]
            blocks, carries = tag == "div" and _holds_words(child), child.get("id") is not None
            if tag in _MATHEMATICS or tag in _WORDS or (tag in BLOCKS and (tag != "div" or blocks or carries)):
                copy = etree.SubElement(target, tag)
                for name in filter(_KEPT.__contains__, child.keys()):
                    copy.set(
                        name, _address(child.get(name, ""), page) if name in ("href", "src") else child.get(name, "")
                    )
                if named := " ".join(name for name in (child.get("class") or "").split() if name in _CLASSES):
                    copy.set("class", named)
                _copied(child, copy, page)
            elif carries:
                copy = etree.SubElement(target, "span", id=child.get("id", ""))
                _copied(child, copy, page)
            elif tag == "svg" and child.get("aria-label"):
                _say(target, child.get("aria-label"))
            elif tag != "svg":
                _copied(child, target, page)
        _say(target, child.tail)


def _holds_words(element: Element) -> bool:
    """Whether an element has words of its own, beside those of the blocks in it."""
    own = [element.text, *(child.tail for child in element)]
    inline = any(isinstance(child.tag, str) and child.tag not in BLOCKS for child in element)
    return inline or any((text or "").strip() for text in own)


def _say(target: Element, text: str | None) -> None:
    if not text:
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def _address(address: str, page: str) -> str:
    """An address of a page as one from the site's root; one of another site, or within the page, as it is."""
    if not address or address.startswith("#") or re.match(r"[a-z][a-z0-9+.-]*:|//|v/", address, re.IGNORECASE):
        return address
    place, sign, anchor = address.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), place.partition("?")[0])) + sign + anchor


def _in_lines(root: Element) -> str:
    """The content of an element as HTML, a line for each block in it."""
    as_they_are = {element for block in root.iter("pre") for element in block.iterdescendants()}
    for element in root.iter():
        if element.tag != "pre" and element not in as_they_are:
            element.text = _closer(element.text)
        if element not in as_they_are:
            element.tail = _closer(element.tail)
    for element in root.iter(*BLOCKS, "td", "th"):
        if element.tag != "pre":
            element.text = (element.text or "").lstrip() or None
            if len(element):
                element[-1].tail = (element[-1].tail or "").rstrip() or None
            elif element.text:
                element.text = element.text.rstrip()
        element.tail = (element.tail or "").strip() or None
    for element in root.iterdescendants(*BLOCKS):
        before = element.getprevious()
        if before is None:
            parent_of(element).text = (parent_of(element).text or "") + "\n"
        else:
            before.tail = (before.tail or "") + "\n"
    return "".join(etree.tostring(child, encoding="unicode", method="html") for child in root).strip() + "\n"


def _closer(text: str | None) -> str | None:
    return re.sub(r"[ \t\r\n]+", " ", text) if text else None


# ------------------------------------------------------------------------------------------------------------- storing


def contents_page(pages: Container[str]) -> str:
    """The page that lists pages of an edition beside them: the one that a folder opens with, unless one of them has its name."""
    return "contents" if "index" in pages else "index"


def edition_folder(root: Path, version: str) -> Path:
    """Where the pages of an edition are kept."""
    return root / "editions" / version


def write(root: Path, archive: Archive) -> Path:
    """Write the kept pages of an edition, each picture once for all editions; the folder that holds the pages."""
    place = edition_folder(root, archive.version)
    for page, text in archive.pages.items():
        path = place / f"{page}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write(path, text)
    pictures = root / "editions" / PICTURE_FOLDER
    pictures.mkdir(parents=True, exist_ok=True)
    for name, content in archive.pictures.items():
        if not (pictures / name).is_file():
            (pictures / name).write_bytes(content)
    plain: dict[str, Any] = {
        "version": archive.version, "made": archive.made,
        "pages": {page: _whole(text.encode()) for page, text in archive.pages.items()}, "pictures": sorted(archive.pictures),
    }  # fmt: skip
    scratch.write(
        place / _LIST, json.dumps({**plain, "seal": content_hash(plain)}, ensure_ascii=False, indent=1) + "\n"
    )
    return place


def read(root: Path, version: str) -> Archive | None:
    """The kept pages of an edition; None for one of which none are kept.

    Raises BadInput for a list, page or picture that was altered since it was written, or that may not lie on a site.
    """
    place = edition_folder(root, version)
    if not (place / _LIST).is_file():
        return None
    where = f"editions/{version}/{_LIST}"
    plain = document.read(place / _LIST, where, _EXPECTED, _MOST_BYTES)
    try:
        listed = {key: value for key, value in plain.items() if key != "seal"}
        sound = plain["seal"] == content_hash(listed) and plain["version"] == version
        hashes, named, origin = dict(plain["pages"]), list(plain["pictures"]), str(plain["made"])
        sound = sound and all(re.fullmatch(r"\w[\w-]*(/\w[\w-]*)*", page) for page in hashes)
        sound = sound and all(re.fullmatch(rf"[0-9a-f]{{{_HASH}}}\.svg", name) for name in named)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{where}: {of_library(error)}; expected {_EXPECTED}") from None
    if not sound:
        raise BadInput(f"{where}: was altered after it was written; expected {_EXPECTED}")
    pages = {
        page: _sound(place / f"{page}.html", f"editions/{version}/{page}.html", hash).decode()
        for page, hash in hashes.items()
    }
    pictures = {
        name: _sound(
            root / "editions" / PICTURE_FOLDER / name, f"editions/{PICTURE_FOLDER}/{name}", name.partition(".")[0]
        )
        for name in named
    }
    return Archive(version, pages, pictures, origin)


def kept(root: Path, versions: Iterable[str]) -> dict[str, Archive]:
    """The kept pages of the editions that keep them, by version. Raises BadInput as `read` does."""
    read_ones = {version: read(root, version) for version in versions}
    return {version: archive for version, archive in read_ones.items() if archive is not None}


def listed(root: Path, versions: Iterable[str]) -> dict[str, frozenset[str]]:
    """The pages that are kept of each edition of which any are."""
    return {version: frozenset(archive.pages) for version, archive in kept(root, versions).items()}


def _sound(path: Path, where: str, hash: str) -> bytes:
    content = path.read_bytes() if path.is_file() and path.stat().st_size <= _MOST_BYTES else b""
    if not _whole(content).startswith(hash):
        raise BadInput(f"{where}: missing, or altered after it was written; expected {_EXPECTED}")
    return content


def _whole(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
