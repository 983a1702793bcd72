"""What an address or a saved page says of itself as a source: guesses, which whoever records it confirms."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from casefile.errors import BadInput, shown
from casefile.records.columns import is_date
from casefile.records.tables import UNPRINTED

# The names under which pages say what a source's row holds, the surest first.
_META = {
    "publisher": ("citation_publisher", "citation_journal_title", "og:site_name", "DC.publisher"),
    "title": ("citation_title", "og:title", "DC.title"),
    "author": ("citation_author", "author", "article:author", "DC.creator"),
    "published": ("citation_publication_date", "article:published_time", "DC.date", "date"),
    "url": ("og:url", "citation_public_url"),
}
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\/?#]+[^\s\"'<>\\]*")
_MOST_BYTES = 1 << 26


def guesses(what: str) -> dict[str, str]:
    """The columns of a source that an address or a file answers. Nothing is fetched.

    Raises BadInput for what is neither.
    """
    if _ADDRESS.fullmatch(what):
        return {"url": what, "publisher": re.sub(r"^www\.", "", urlsplit(what).hostname or "")}
    path = Path(what)
    if not path.is_file():
        raise BadInput(f"{shown(what)}: neither an address nor a file; expected https://… or a saved page")
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput(f"{what}: more than {_MOST_BYTES:,} bytes; expected a saved page or document")
    content = path.read_bytes()
    row = _of_page(content) if path.suffix.lower() in (".html", ".htm", ".xhtml") else {}
    day = datetime.date.fromtimestamp(path.stat().st_mtime).isoformat()
    copy = hashlib.sha256(content).hexdigest()
    return {**row, "checked": f"Read in the copy {path.name} of {day}, SHA-256 {copy}."}


def _of_page(content: bytes) -> dict[str, str]:
    """What a page's head says of it."""
    tree: Any = etree.HTML(content, etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=False))
    if tree is None:
        return {}
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("name") or meta.get("property") or ""
        values.setdefault(name.lower(), _line(meta.get("content") or ""))
    row = {
        column: next(filter(None, (values.get(name.lower(), "") for name in names)), "")
        for column, names in _META.items()
    }
    row["title"] = row["title"] or _line(" ".join(tree.xpath("string(//title)").split()))
    canonical = tree.xpath("string(//link[@rel='canonical']/@href)")
    row["url"] = next((url for url in (canonical, row["url"]) if _ADDRESS.fullmatch(url)), "")
    day = row["published"].replace("/", "-")[:10]
    row["published"] = day if is_date(day) else ""
    return row


def _line(text: str) -> str:
    return " ".join(UNPRINTED.sub(" ", text).split())


def source_id(row: Mapping[str, str], taken: Container[str]) -> str:
    """An id for a source, from its publisher and year, that no other has."""
    words = re.sub(r"[^a-z0-9]+", "_", f"{row['publisher']} {row['published'][:4]}".lower()).strip("_")
    name = words if re.match(r"[a-z]", words) else f"source_{words}".rstrip("_")
    return next(
        candidate
        for number in range(1, 10_000)
        if (candidate := name if number == 1 else f"{name}_{number}") not in taken
    )
