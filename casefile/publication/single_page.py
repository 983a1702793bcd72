"""One page of a built site as one file, to be sent by mail: pictures and styles inside, nothing that runs, nothing that loads."""

from __future__ import annotations

import base64
import mimetypes
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from casefile.publication import articles
from casefile.publication.articles import Places
from casefile.system.tree import Element, removed

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_TAGS = frozenset(("script", "form", "button", "input", "dialog", "iframe"))
_CLASSES = frozenset((
    "site-header", "site-menu", "prev-next", "skip-link", "headerlink", "chart-files", "cite-files", "notebook-files", "offline", "scripted",
    "print-only", "score-all",
))  # fmt: skip
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")
_KEPT_IN_HEAD = frozenset(("description", "viewport", "color-scheme"))


def written(site: Path, page: str, address: str) -> str:
    """A page of a site as HTML that stands alone; its links lead to the site where its `address` is known.

    Raises BadInput for a page that is not there.
    """
    tree = articles.page_element(site, page)
    root = tree.getroottree().getroot()
    head, body = (next(root.iterchildren(name)) for name in ("head", "body"))
    styles = [_style(site, page, link) for link in root.iterfind(".//head/link") if link.get("rel") == "stylesheet"]
    for element in [element for element in root.iter(etree.Element) if _works_online(element)]:
        removed(element)
    places = Places({page: frozenset(root.xpath("//@id"))}, address)
    articles.relink(articles.Article(page, body), places, lambda _, anchor: f"#{anchor}" if anchor else "#")
    for picture in root.iter("img"):
        source = picture.get("src", "")
        picture.attrib.pop("srcset", None)
        if not source.startswith("data:"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(source.partition("?")[0])))
            picture.set("src", as_data(site / path))
    for element in list(head):
        if element.tag != "title" and element.get("name") not in _KEPT_IN_HEAD:
            head.remove(element)
    head.insert(0, etree.Element("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}))
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
    style = etree.SubElement(head, "style")
    style.text = "\n".join(styles).replace("</", r"<\/")
    html_of_page: str = etree.tostring(root, method="html", encoding="unicode", doctype="<!DOCTYPE html>")
    return html_of_page + "\n"


def as_data(path: Path) -> str:
    """A picture as an address that holds it; empty for one that is not there."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}" if path.is_file() else ""


def _style(site: Path, page: str, link: Element) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link.get("href", "").partition("?")[0])))
    return _FONTS.sub(
        "", (site / path).read_text(encoding="utf-8")
    )  # a file of its own shows in the fonts of whoever reads it


def _works_online(element: Element) -> bool:
    classes = (element.get("class") or "").split()
    return element.tag in _TAGS or not _CLASSES.isdisjoint(classes)
