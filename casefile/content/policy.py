"""What pages may hold: nothing of another host, no script in the HTML. The rule that browsers get, and the same as a check.

The check reads parsed HTML, as a browser does, and every attribute from which a browser loads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from casefile.system.tree import Element, of_html

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
REFUSAL = (
    "pages hold no inline script and ask no other host (keep a copy beside the page, draw charts with chapter.chart)"
)

_FOLLOWED = ("href", "xlink:href")
_LOADED = ("src", "data", "poster", "background", "action", "formaction", "ping", "manifest", "codebase")
_SETS = ("srcset", "imagesrcset")
_ADDRESSED = frozenset(("base", "image", "use", "feimage", "script", "mpath", "lineargradient", "radialgradient", "pattern", "filter"))  # fmt: skip
# The links of a page's head that say something and load nothing.
_TELLING = frozenset(("alternate", "author", "canonical", "cite-as", "collection", "describedby", "help", "index", "item", "latest-version", "license", "next", "predecessor-version", "successor-version", "type", "prev", "search"))  # fmt: skip
_PICTURES = frozenset(("img", "image", "source", "input", "feimage", "link"))
_PLUGINS = frozenset(("object", "embed", "applet"))
_IN_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?\s*([^\"')\s;]+)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_JSON = re.compile(r"application/([\w.+-]*\+)?json", re.IGNORECASE)
# The few elements of a page that need a closer look: by their names, by those of their attributes, by what these say.
_SUSPECT_TAGS = _ADDRESSED | _PLUGINS | {"style", "meta", "link"}
_SUSPECT_NAMES = frozenset((*_LOADED, *_SETS, "srcdoc", "style"))
_SUSPECT_WORDS = re.compile(r"url\(", re.IGNORECASE)


def forbidden(html: str) -> str:
    """The first thing in the HTML of a page's content that no page may hold, in a few words; empty when there is none."""
    tree = of_html(f"<body>{html}")
    return next((what for _, what in of_tree(tree)), "")


def of_tree(tree: Element, home: str = "") -> Iterator[tuple[Element, str]]:
    """Each element of parsed HTML that holds what no page may hold, and what that is.

    `home` is the book's own address on the web, empty without one: the one that a page's base may have.
    """
    for element in tree.iter(etree.Element):
        if element.tag in _SUSPECT_TAGS or any(_suspect(name, value) for name, value in element.items()):
            for what in _of_element(element, home):
                yield element, what


def _suspect(name: str, value: str) -> bool:
    """Whether an attribute may be one of those that a page may not have, told fast: almost none is."""
    return (
        name in _SUSPECT_NAMES
        or name.startswith("on")
        or (name in _FOLLOWED and (":" in value or "//" in value))
        or _SUSPECT_WORDS.search(value) is not None
    )


def elsewhere(address: str) -> bool:
    """Whether an address names a host, or a scheme, instead of a place in the site."""
    plain = _plain(address)
    return plain.startswith("//") or bool(_SCHEME.match(plain))


def _of_element(element: Element, home: str) -> Iterator[str]:
    tag = str(element.tag)
    named = f"a{'n' * (tag[0] in 'aeiou')} <{tag}>"
    outside = any(element.get(name) for name in ("src", *_FOLLOWED))
    if tag == "script" and not outside and not _JSON.fullmatch(element.get("type", "")):
        yield "a script inside the HTML"
    if tag in _PLUGINS:
        yield named
    if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
        address = element.get("content", "").partition("=")[2].strip(" \"'")
        if elsewhere(address):
            yield f"{named} that leads to another host: {_short(address)}"
    for name, value in element.items():
        if name.startswith("on"):
            yield f"an event handler {name}"
        elif name == "srcdoc":
            yield f"{named} with a page of its own"
        elif name in _FOLLOWED and re.match("(java|vb)script:", _plain(value), re.IGNORECASE):
            yield f"{named} whose address is a script"
        for address in _loaded(element, name, value):
            if elsewhere(address) and not _is_picture(address, tag) and not (tag == "base" and address == home):
                yield f"{named} from another host: {_short(address)}"
    for address in _IN_STYLE.findall(" ".join([element.text or "" if tag == "style" else "", *element.values()])):
        if elsewhere(address) and not _is_picture(address, "img"):
            yield f"{named} with a style from another host: {_short(address)}"


def _loaded(element: Element, name: str, value: str) -> Iterator[str]:
    """The addresses in an attribute from which a browser loads, or to which it sends."""
    if name in _LOADED:
        yield value
    elif name in _SETS:
        yield from (part.split()[0] for part in value.split(",") if part.strip())
    elif name in _FOLLOWED:
        tells = element.tag == "link" and set((element.get("rel") or "").lower().split())
        if element.tag in _ADDRESSED or (element.tag == "link" and not (tells and tells <= _TELLING)):
            yield value


def _is_picture(address: str, tag: str) -> bool:
    return tag in _PICTURES and _plain(address).lower().startswith("data:image/")


def _plain(address: str) -> str:
    """An address as browsers read it: without the signs that they pass over."""
    return re.sub(r"[\x00-\x20]", "", address).replace("\\", "/")


def _short(address: str) -> str:
    return address if len(address) <= 80 else f"{address[:77]} …"
