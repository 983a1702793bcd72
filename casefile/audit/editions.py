"""The pages of editions on a site: each has the words and the mark that its edition kept, each picture its very bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import html  # type: ignore[import-untyped]

from casefile.audit import elements
from casefile.audit.judge import Outcome
from casefile.citation import archive, cite, editions
from casefile.citation.archive import Archive
from casefile.citation.catalogue import Catalogue
from casefile.content.content import Content


def outcomes(site: Path, content: Content) -> dict[str, Outcome]:
    """What the files of editions hold that differ, and what their pages ask of others, by path within the site."""
    if (catalogue := content.catalogue) is None:
        return {}
    archives = archive.kept(content.records.root, catalogue.editions)
    outcomes: dict[str, Outcome] = {}
    for path in sorted(path for path in (site / archive.VERSIONS).rglob("*") if path.is_file()):
        file, outcome = path.relative_to(site).as_posix(), Outcome()
        if path.suffix == ".html":
            page = elements.page_tree(elements.page_text(path, file), file)
            outcome.anchors = [str(name) for name in page.xpath("//@id")]
            outcome.links = [str(address) for address in page.xpath("//@href | //@src")]
            complaint = _complaint(catalogue, archives, file, page)
        else:
            complaint = "" if _holds(catalogue, archives, file, path.read_bytes()) else "not as its edition kept it"
        outcome.faults += [("", complaint)] if complaint else []
        if path.suffix == ".html" or complaint:
            outcomes[file] = outcome
    return outcomes


def _complaint(catalogue: Catalogue, archives: Mapping[str, Archive], file: str, tree: Any) -> str:
    """What is wrong with a page of an edition that lies on a site, parsed; empty for one that says what was kept."""
    version, _, page = file.removeprefix(f"{archive.VERSIONS}/").removesuffix(".html").partition("/")
    kept_edition = archives.get(version)
    if file == f"{archive.VERSIONS}/index.html" or (kept_edition and page == kept_edition.contents):
        return ""
    if kept_edition is None or page not in kept_edition.pages:
        return "no page of an edition that is kept"
    edition = catalogue.editions[version]
    item = next(item for item in edition.items.values() if item.kind == "page" and item.page == page)
    for added in tree.xpath("//*[@class='edition-since']"):
        added.getparent().remove(added)
    text = "".join(tree.xpath("//article[@class='edition-page']//text()"))
    if text.split() != "".join(html.fragment_fromstring(f"<div>{kept_edition.pages[page]}</div>").itertext()).split():
        return f"not the words that edition {version} had"
    mark = cite.mark(item, version, {})
    return "" if "".join(tree.xpath("//*[@class='edition-mark']//text()")).endswith(mark) else f"not marked {mark}"


def _holds(catalogue: Catalogue, archives: Mapping[str, Archive], file: str, content: bytes) -> bool:
    """Whether a file other than a page is that of an edition."""
    _, folder, name = file.split("/", 2)
    if folder == archive.PICTURE_FOLDER:
        return any(kept_edition.pictures.get(name) == content for kept_edition in archives.values())
    return (
        folder in archives
        and name == archive.EDITION_RECORD
        and content == editions.told(catalogue.editions[folder]).encode()
    )
