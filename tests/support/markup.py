"""What the tests ask of many built pages, those of the site that all tests share; each is parsed once for each question."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from lxml import html


def parsed(page: Path) -> Any:
    """The root element of a page."""
    return html.document_fromstring(page.read_bytes())


@functools.cache
def soup(page: Path) -> BeautifulSoup:
    """A page, to be asked by selectors and not to be changed."""
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


@functools.cache
def ids(page: Path) -> tuple[str, ...]:
    """The ids on a page, in their order."""
    return tuple(map(str, parsed(page).xpath("//@id")))


@functools.cache
def links(page: Path) -> tuple[str, ...]:
    """Where the links of a page lead, as they stand there."""
    return tuple(map(str, parsed(page).xpath("//a/@href")))
