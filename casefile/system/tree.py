"""Markup as trees: pages, pictures and formulas are read by lxml, HTML as a browser reads it."""

from __future__ import annotations

from lxml import etree

Element = etree._Element


def of_html(markup: str | bytes) -> Element:
    """The tree of some HTML in UTF-8, with a head and a body where there is something for them."""
    content = markup.encode() if isinstance(markup, str) else markup
    tree = etree.HTML(content, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    return etree.Element("html") if tree is None else tree


def parent_of(element: Element) -> Element:
    """The element that another stands in. Raises LookupError for one that stands in none."""
    parent = element.getparent()
    if parent is None:
        raise LookupError(f"<{element.tag!r}> stands in no other element")
    return parent


def removed(element: Element) -> None:
    """Take an element out of its tree, with all in it, and leave the text behind it; a root stays."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)
