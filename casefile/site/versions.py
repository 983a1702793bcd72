"""The pages of each edition as they were, under `v/VERSION/`: readable, marked, with what has changed since.

All of it is made from what `editions/` keeps and from the site as it stands, so that whoever holds both can make it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from markupsafe import Markup

from casefile.citation import archive, changes, cite, editions
from casefile.citation.archive import EDITION_RECORD, VERSIONS, Archive
from casefile.citation.catalogue import Catalogue
from casefile.citation.changes import Changed, HtmlSection, Reworded
from casefile.citation.citable import CitableItem
from casefile.citation.editions import Edition
from casefile.content.policy import CONTENT_POLICY
from casefile.site import markup
from casefile.system import cache, shares
from casefile.system.tags import Tag, rewritten
from casefile.system.tree import of_html


@dataclass
class Versions:
    """The editions of a book whose pages are kept, beside the site as it stands in `site`."""

    site: Path
    known: Catalogue
    kept: Mapping[str, Archive]
    corrections: str = ""  # the page that lists the corrections
    store: cache.Store | None = None  # where the words of a page as it stands are kept

    @classmethod
    def of(
        cls, root: Path, site: Path, catalogue: Catalogue, corrections: str, store: cache.Store | None = None
    ) -> Versions:
        """The editions of a story that keep their pages; `corrections` is the page that lists the corrections, or empty."""
        return cls(site, catalogue, archive.kept(root, catalogue.editions), corrections, store)

    def write(self, jobs: int, seconds: float) -> None:
        """Write all pages and pictures into the site, the pages by so many processes. Raises ProcessFailed as they do."""
        pages = {page: len(text) for one in self.kept.values() for page, text in one.pages.items()}
        _ = self._rested_on  # the site as it is before there are pages of editions
        parts = shares.split(pages, pages.__getitem__, jobs)
        for read in shares.worked_out(self._write_pages, parts, "the pages of editions", seconds):
            self._read_changes.update(read)
        self._put(self._rest())

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the editions by its path within the site."""
        yield from self._pages({page for one in self.kept.values() for page in one.pages})
        yield from self._rest()

    def _write_pages(self, pages: Container[str]) -> dict[tuple[str, str], tuple[list[Changed], list[Reworded]]]:
        """Write some pages of every edition; what has changed in them, by edition and page."""
        self._put(self._pages(pages))
        return self._read_changes

    def _put(self, files: Iterator[tuple[str, bytes]]) -> None:
        for path, content in files:
            (self.site / path).parent.mkdir(parents=True, exist_ok=True)
            (self.site / path).write_bytes(content)

    def _pages(self, pages: Container[str]) -> Iterator[tuple[str, bytes]]:
        for version, archived in self.kept.items():
            for page in archived.pages:
                if page in pages:
                    yield f"{VERSIONS}/{version}/{page}.html", self._page(self.known.editions[version], page).encode()

    def _rest(self) -> Iterator[tuple[str, bytes]]:
        """What lists the pages, the records, the pictures."""
        for version, archived in self.kept.items():
            yield (
                f"{VERSIONS}/{version}/{archived.contents}.html",
                self._contents(self.known.editions[version]).encode(),
            )
            yield f"{VERSIONS}/{version}/{EDITION_RECORD}", editions.told(self.known.editions[version]).encode()
            for name, content in archived.pictures.items():
                yield f"{VERSIONS}/{archive.PICTURE_FOLDER}/{name}", content
        if self.kept:
            yield f"{VERSIONS}/index.html", self._list().encode()

    # ------------------------------------------------------------------------------------------------------------ pages

    def _page(self, edition: Edition, page: str) -> str:
        """A page of an edition: what it is, what changed since, itself, its mark."""
        item = _page_item(edition, page)
        now = self.known.items.get(item.id)
        up = "../" * (2 + page.count("/"))
        text = self.kept[edition.version].pages[page]
        items, reworded = self._changes(edition, page)
        versions = [version for version in self.kept if page in self.kept[version].pages]
        at = versions.index(edition.version)
        changed_within = {section.anchor for section in reworded} | {change.before.anchor for change in items}
        return markup.render(
            "edition.html",
            book=self.known.book, edition=edition, policy=CONTENT_POLICY, item=item, now=now, up=up, page=page,
            body=Markup(self._kept_body(text, edition.version, page, up, changed_within)),
            mark=cite.mark(item, edition.version, {}), items=items, reworded=reworded, root=self._root(),
            latest=f"{up}{now.place}" if now else f"{up}{self._root()}", 
            corrections=self.corrections and f"{self.corrections}.html", newest=edition.version == list(self.known.editions)[-1],
            contents=f"{up}{VERSIONS}/{edition.version}/{self.kept[edition.version].contents}.html",
            before=self._beside(versions, at - 1, page, up), after=self._beside(versions, at + 1, page, up),
        )  # fmt: skip

    def _changes(self, edition: Edition, page: str) -> tuple[list[Changed], list[Reworded]]:
        """What a page of an edition prints that is otherwise now: its numbers, claims and charts, and its sentences."""
        if (edition.version, page) not in self._read_changes:
            item = _page_item(edition, page)
            now, text = self.known.items.get(item.id), self.kept[edition.version].pages[page]
            before = self._sections("", text, lambda: changes.sections(text))
            self._read_changes[edition.version, page] = (
                changes.of_items(edition, self.known.items, self.known.corrections.values(), page),
                changes.of_words(before, self._now(now) if now else []),
            )
        return self._read_changes[edition.version, page]

    def _contents(self, edition: Edition) -> str:
        """The pages of an edition, each with whether it changed: by what it prints, as the page itself says."""
        archived = self.kept[edition.version]
        pages = [item for item in edition.items.values() if item.kind == "page" and item.page in archived.pages]
        return markup.render(
            "edition_contents.html", book=self.known.book, edition=edition, policy=CONTENT_POLICY, pages=pages, up="../../",
            now=self.known.items, changed={item.page for item in pages if any(self._changes(edition, item.page))}, root=self._root(), kept=archived,
        )  # fmt: skip

    def _list(self) -> str:
        """The editions, the newest first."""
        return markup.render(
            "edition_list.html", book=self.known.book, policy=CONTENT_POLICY, up="../", root=self._root(),
            editions=[self.known.editions[version] for version in self.kept][::-1], kept=self.kept,
        )  # fmt: skip

    def _beside(self, versions: list[str], at: int, page: str, up: str) -> str:
        """The same page in the edition before or after, where that keeps it."""
        return f"{up}{VERSIONS}/{versions[at]}/{page}.html" if 0 <= at < len(versions) else ""

    def _root(self) -> str:
        return f"{next(item.page for item in self.known.items.values())}.html"

    @cached_property
    def _read_changes(self) -> dict[tuple[str, str], tuple[list[Changed], list[Reworded]]]:
        return {}

    @cached_property
    def _read_now(self) -> dict[str, list[HtmlSection]]:
        return {}

    def _now(self, item: CitableItem) -> list[HtmlSection]:
        """The sections of a page as it stands, read as an edition's are."""
        if item.page not in self._read_now:
            text = (self.site / f"{item.page}.html").read_text(encoding="utf-8")
            start, end = text.find("<article"), text.rfind("</article>")
            self._read_now[item.page] = self._sections(
                item.page,
                text[start:end] if 0 <= start < end else text,  # what is around an article changes with other pages
                lambda: changes.sections(archive.reading(text, item.page, self.site)),
            )
        return self._read_now[item.page]

    def _sections(self, of: str, text: str, read: Callable[[], list[HtmlSection]]) -> list[HtmlSection]:
        """The sections of a text, which come from the store where it was read before."""
        key = cache.key({"page": of, "text": cache.digest(text), "package": cache.package(pages=True)})
        stored = self.store.get("sections", key) if self.store else None
        if stored is not None:
            return [HtmlSection(one["anchor"], one["title"], tuple(one["sentences"])) for one in stored]
        sections = read()
        if self.store:
            self.store.put("sections", key, [asdict(section) for section in sections])
        return sections

    # ------------------------------------------------------------------------------------------------------------ links

    @cached_property
    def _ids(self) -> dict[tuple[str, str], frozenset[str]]:
        """The anchors of each kept page."""
        return {
            (version, page): frozenset(map(str, of_html(text).xpath("//@id")))
            for version, archived in self.kept.items()
            for page, text in archived.pages.items()
        }

    @cached_property
    def _rested_on(self) -> dict[str, str]:
        """What the addresses of kept pages rest on, by edition: its pages, and which files the site has."""
        there = sorted(path.relative_to(self.site).as_posix() for path in self.site.rglob("*") if path.is_file())
        names, package = cache.digest("\n".join(there)), cache.package(pages=True)
        return {
            version: cache.digest(repr((package, names, sorted(one.pages.items()))))
            for version, one in self.kept.items()
        }

    def _kept_body(self, text: str, version: str, page: str, up: str, changed: set[str]) -> str:
        """The same as `_told`; what was told so before comes from the store."""
        if self.store is None:
            return self._told(text, version, page, up, changed)
        key = cache.key({"page": page, "edition": self._rested_on[version], "changed": repr(sorted(changed))})
        body = self.store.get("kept", key)
        if not isinstance(body, str):
            body = self._told(text, version, page, up, changed)
            self.store.put("kept", key, body)
        return body

    def _told(self, text: str, version: str, page: str, up: str, changed: Container[str] = ()) -> str:
        """A kept page with a way from each thing that is `changed` to what changed in it.

        Its addresses lead to the same edition, else to the site as it stands, else nowhere.
        """

        def led(name: str, address: str) -> str | None:
            place, sign, anchor = address.partition("#")
            own = page if not place else place.removesuffix(".html")
            if re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
                return address
            if (version, own) in self._ids:
                anchor = sign + anchor if anchor in self._ids[version, own] else ""
                return (f"{up}{VERSIONS}/{version}/{own}.html" if place else "") + anchor or None
            return f"{up}{place}" if name == "src" or (self.site / place).is_file() else None

        def told(tag: Tag) -> str:
            name = next((name for name in ("href", "src") if name in tag.attributes), "")
            written = tag.changed(name, led(name, tag.attributes[name])) if name else tag.written
            id = tag.attributes.get("id")  # a page's own part has no anchor, and most of its elements have none
            if not id or id not in changed or tag.name not in ("section", "div", "figure"):
                return written
            return f'{written}<p class="edition-since"><a href="#since-{id}">Changed since</a></p>'

        return rewritten(text, told)


def _page_item(edition: Edition, page: str) -> CitableItem:
    """What an edition records of one of its pages."""
    return next(item for item in edition.items.values() if item.kind == "page" and item.page == page)
