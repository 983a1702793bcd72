"""Markup as trees: pages, pictures and formulas are read by lxml, HTML as a browser reads it."""

from __future__ import annotations

from lxml import etree

Element = etree._Element


def of_html(markup: str | bytes) -> Element:
    """The tree of some HTML in UTF-8, with a head and a body where there is something for them."""
    content = markup.encode() if isinstance(markup, str) else markup
    tree = etree.HTML(content, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    return etree.Element("html") if tree is None else tree


def of_svg(drawn: str) -> Element:
    """The tree of a drawing; signs that XML does not take are left out. Raises ValueError for what is no drawing at all."""
    tree = etree.fromstring(drawn.encode(), etree.XMLParser(recover=True, resolve_entities=False, huge_tree=True))
    if tree is None:
        raise ValueError("no drawing; expected SVG")
    return tree


def written(tree: Element) -> str:
    """A tree as XML, without what follows it."""
    return etree.tostring(tree, encoding="unicode", with_tail=False)


def put_before(element: Element, present: str, name: str, value: str) -> None:
    """Give an element an attribute, written before one that it has."""
    later = list(element.items())[element.keys().index(present) :]
    for other, _ in later:
        del element.attrib[other]
    for other, text in ((name, value), *later):
        element.set(other, text)


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
