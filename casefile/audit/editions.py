"""The pages of editions on a site: each has the words and the mark that its edition kept, each picture its very bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from lxml import html

from casefile.audit import elements
from casefile.audit.judge import PageAudit
from casefile.citation import archive, cite, editions
from casefile.citation.archive import Archive
from casefile.citation.catalogue import Catalogue
from casefile.content.content import Content
from casefile.system import cache
from casefile.system.tree import Element


def page_audits(site: Path, content: Content, store: cache.Store | None = None) -> dict[str, PageAudit]:
    """What the files of editions hold that differ, and what their pages ask of others, by path within the site.

    What a page said that is as it was, of an edition that is as it was, comes from `store`.
    """
    if (catalogue := content.catalogue) is None:
        return {}
    archives = archive.kept(content.records.root, catalogue.editions)
    states = {
        version: cache.digest(repr((one.pages, catalogue.editions[version].items))) for version, one in archives.items()
    }
    audits: dict[str, PageAudit] = {}
    for path in sorted(path for path in (site / archive.VERSIONS).rglob("*") if path.is_file()):
        file = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            text = elements.page_text(path, file)
            key = cache.key({
                "file": file, "text": cache.digest(text), "edition": states.get(file.split("/")[1], ""),
                "package": cache.package(pages=True),
            })  # fmt: skip
            stored = store.get("audits", key) if store else None
            audits[file] = _page_audit(catalogue, archives, file, text) if stored is None else PageAudit(**stored)
            if store and stored is None:
                store.put("audits", key, asdict(audits[file]))
        elif not _holds(catalogue, archives, file, path.read_bytes()):
            audits[file] = PageAudit(faults=[("", "not as its edition kept it")])
    return audits


def _page_audit(catalogue: Catalogue, archives: Mapping[str, Archive], file: str, text: str) -> PageAudit:
    page = elements.page_tree(text, file)
    complaint = _complaint(catalogue, archives, file, page)
    return PageAudit(
        faults=[("", complaint)] if complaint else [], anchors=[str(name) for name in page.xpath("//@id")],
        links=[str(address) for address in page.xpath("//@href | //@src")],
    )  # fmt: skip


def _complaint(catalogue: Catalogue, archives: Mapping[str, Archive], file: str, tree: Element) -> str:
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
