"""The elements of a page: their classes and ids, what they say, and the names by which the tables know them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from casefile.errors import BadInput
from casefile.system.tree import Element, of_html, parent_of

LEADS_TO = re.compile(r"#(figure|claim|source)-([\w-]+)$")


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def keys(element: Element) -> list[str]:
    """The names by which the tables know an element, the most special first."""
    names = [f"[{name}]" for name in ("data-figure", "data-word") if element.get(name)]
    if name := element.get("id"):
        names.append(f"#{name.partition('-')[0]}")
    names += classes(element)
    parent = element.getparent()
    names += [f"{name}>{element.tag!s}" for name in classes(parent)] if parent is not None else []
    return [*names, str(element.tag)]


def anchors(heading: Element) -> Iterator[Element]:
    """The elements around a heading whose ids lead to it."""
    yield from (heading, parent_of(heading), *heading.itersiblings("span", preceding=True))


def is_number(element: Element) -> bool:
    """Whether an element is a number that Sphinx gives to a section, a figure, a table or an equation."""
    return not {"section-number", "caption-number", "eqno"}.isdisjoint(classes(element))


def whole(element: Element) -> str:
    """All that an element says, its parts joined."""
    return "".join(element.itertext())


def id_of(element: Element) -> str:
    """The id of what an element's own id, `claim-ID`, names."""
    return str(element.get("id")).partition("-")[2]


def term(element: Element) -> Element:
    """The `dt` that an element of a list of definitions belongs to; itself where there is none."""
    return element if element.tag == "dt" else next(element.itersiblings("dt", preceding=True), element)


def index_among_siblings(element: Element) -> int:
    """Which of its parent's elements of the same name an element is, from 0."""
    return len(list(element.itersiblings(str(element.tag), preceding=True)))


def numbered_lines(element: Element) -> list[Element]:
    """The numbers beside the lines of some code."""
    return [line for line in element.iter("span") if "linenos" in classes(line)]


def page_text(path: Path, file: str) -> str:
    """The text of a page that lies on a site. Raises BadInput for what is no HTML."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    if "<html" not in text.lower():
        raise BadInput(f"{file}: no page of a site; expected HTML in UTF-8")
    return text


def page_tree(text: str, file: str) -> Element:
    """The tree of a page, with a head and a body. Raises BadInput for what has none."""
    tree = of_html(text)
    if not (tree.xpath("head") and tree.xpath("body/*")):
        raise BadInput(f"{file}: no page of a site; expected HTML with a head and a body")
    return tree
