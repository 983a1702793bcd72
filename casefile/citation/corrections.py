"""Corrections as data: what was wrong or has been updated, and from it the feed, the JSON and the notes on the pages."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from casefile.citation.citable import CitableItem, content_hash
from casefile.citation.citation_file import Book
from casefile.records import Correction


def newest_first(rows: Iterable[Correction]) -> list[Correction]:
    """Corrections by their day, the latest first."""
    return sorted(rows, key=lambda row: (row.date, row.id), reverse=True)


def ids_named(row: Correction) -> frozenset[str]:
    """The ids that a correction names."""
    return frozenset((*row.figures, *row.sections, *row.claims))


def touching(item: CitableItem, rows: Iterable[Correction]) -> list[Correction]:
    """The corrections that name an item, or something it prints or is made from."""
    return [row for row in rows if ids_named(row) & {item.id, *item.rests_on}]


def by_page(rows: Iterable[Correction], items: Mapping[str, CitableItem]) -> dict[str, list[Correction]]:
    """The corrections that each page tells of: those that touch it, its sections, numbers or claims; the latest first."""
    by_page: dict[str, dict[str, Correction]] = {}
    for row in newest_first(rows):
        ids = ids_named(row)
        for item in items.values():
            if item.id in ids or (item.kind == "page" and not ids.isdisjoint(item.rests_on)):
                by_page.setdefault(item.page, {})[row.id] = row
    return {page: list(corrections_of_page.values()) for page, corrections_of_page in by_page.items()}


def on_page(rows: Iterable[Correction], page: str, items: Mapping[str, CitableItem]) -> dict[str, list[CitableItem]]:
    """What stands on a page that each correction, by its id, names: what a reader who is told of it can look at there."""
    told = ("number", "section", "claim")
    standing = [item for item in items.values() if item.page == page and item.anchor and item.kind in told]
    return {row.id: [item for item in standing if item.id in ids_named(row)] for row in rows}


def corrections_json(rows: Iterable[Correction]) -> str:
    """The corrections as JSON, the latest first."""
    return json.dumps([asdict(row) for row in newest_first(rows)], ensure_ascii=False, indent=1) + "\n"


def feed(book: Book, rows: Iterable[Correction], page: str) -> str:
    """The corrections as an Atom feed, the latest first, each at its place on `page`."""
    entries = [
        FeedEntry(f"correction:{row.id}", f"{row.kind.capitalize()} {row.id}", f"{page}#correction-{row.id}", row.date,
              f"Said: {row.wrong} Right: {row.right} {row.note}".strip(), tuple(sorted(ids_named(row))))
        for row in newest_first(rows)
    ]  # fmt: skip
    return atom(book, "corrections", "What was wrong, and what is right", entries)


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed: its name, title, place within the site, day, words and categories."""

    name: str
    title: str
    place: str
    day: str
    words: str
    categories: tuple[str, ...] = ()


def atom(book: Book, what: str, words: str, entries: Sequence[FeedEntry]) -> str:
    """An Atom feed, `WHAT.xml` on the site, of entries with the latest first; dated by them, so that the same ones give the
    same bytes.
    """
    from feedgenerator import Atom1Feed

    latest = _midnight(entries[0].day if entries else book.date.isoformat())

    class Dated(Atom1Feed):  # type: ignore[misc]
        """The library dates an empty feed by the clock."""

        def latest_post_date(self) -> datetime.datetime:
            return latest

    name = f"urn:casefile:{_name(book.title)}"
    dated = Dated(
        title=f"{book.title}: {what}", link=book.address or name, description=words, language="en", author_name=book.author,
        feed_url=f"{book.address}{what}.xml" if book.address else None, feed_guid=f"{name}:{what}",
    )  # fmt: skip
    for entry in entries:
        dated.add_item(
            title=entry.title, link=f"{book.address}{entry.place}", description=entry.words, unique_id=f"{name}:{entry.name}",
            pubdate=_midnight(entry.day), updateddate=_midnight(entry.day), categories=entry.categories,
        )  # fmt: skip
    written = io.StringIO()
    dated.write(written, "utf-8")
    return written.getvalue()


def _name(title: str) -> str:
    """A book's title as a part of an address; with a hash of it where letters were lost, so that no two books share it."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    lost = any(letter.isalnum() and not letter.isascii() for letter in title)
    return "-".join(filter(None, (name, content_hash(title)))) if lost or not name else name


def _midnight(day: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), datetime.UTC)
