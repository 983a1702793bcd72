"""A site walked as a visitor's browser would: every link of every page followed, as long as it stays on the host."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

_LEADS = "//a/@href | //link[not(@rel='canonical')]/@href | //script/@src | //img/@src | //iframe/@src | //form/@action"


def led_to(text: bytes, here: str) -> set[str]:
    """The whole addresses that a page leads to and loads, as a browser works them out."""
    tree = etree.HTML(text)
    base = urljoin(here, next(iter(tree.xpath("//base/@href")), ""))
    return {urldefrag(urljoin(base, str(one))).url for one in set(tree.xpath(_LEADS))}


def walked(address: str) -> tuple[set[str], list[str]]:
    """All that links lead to on the host of a site from its first page on, and what of it is not there or outside the site."""
    home = urlsplit(address)
    connection = HTTPConnection(home.netloc)
    waiting, seen, broken = [f"{address}index.html"], set[str](), []
    while waiting:
        here = waiting.pop()
        connection.request("GET" if here.endswith(".html") else "HEAD", urlsplit(here).path)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            broken.append(f"{here}: {answer.status}")
        elif content:
            for there in led_to(content, here) - seen:
                if urlsplit(there).netloc == home.netloc:
                    seen.add(there)
                    waiting.append(there)
                    if not there.startswith(address):
                        broken.append(f"{here}: leads to {there}")
    return seen, broken
