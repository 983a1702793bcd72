"""Marks, `id@edition:hash`, found in a text however it was bent on its way, by what the book's editions gave out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from casefile.citation import cite
from casefile.citation.editions import Edition
from casefile.citation.wording import plain_form

LENGTH = 12
# A mark as it was given out, and as it may be bent: joined, in small letters, without the signs that copying adds or drops.
_WHOLE = re.compile(r"(?<![\w-])([\w-]+)@(\d[\w.]*(?:\+draft)?)(?:\?([^\s:`@]+))?:([0-9a-f]+)(?![\w])")
_JOINED = re.compile(r"@v?(\d[\d.]*)(\+?draft)?(?:\?([^@:]+))?:([0-9a-f]{12})")
_KEPT = "@:.?=;%+"
_BETWEEN = re.compile(r"[\w\s@:.?=;%+\\{}-]+")


@dataclass(frozen=True)
class Mark:
    """What a mark names, and where it stands in its text; `parameters` as it carries them, empty for the book's own."""

    id: str
    edition: str
    hash: str
    parameters: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.id}@{self.edition}{self.parameters and '?' + self.parameters}:{self.hash}"


@dataclass(frozen=True)
class Marks:
    """What marks may say: the editions with their hashes, every id, and the version whose drafts may be cited."""

    editions: Mapping[str, Edition]
    ids: frozenset[str]
    version: str

    @cached_property
    def by_letters(self) -> Mapping[str, Sequence[str]]:
        """The ids that have the same letters alone, by these, the longest first."""
        ids: dict[str, list[str]] = {}
        for name in sorted(self.ids, key=lambda name: (-len(letters(name)), name)):
            ids.setdefault(letters(name), []).append(name)
        return ids

    def ending(self, line: str, end: int) -> Iterator[tuple[str, int]]:
        """Each id whose letters stand in a line up to `end`, and where they begin; the longest first."""
        for length in dict.fromkeys(map(len, self.by_letters)):
            start = end - length
            for id in self.by_letters.get(line[start:end], ()) if start >= 0 else ():
                yield id, start

    def kept(self, edition: str, parameters: str) -> bool:
        """Whether an edition keeps what a mark cites: it is of no draft, and by the book's own parameters."""
        return edition in self.editions and not parameters

    def fits(self, mark: Mark) -> bool:
        """Whether the book gave out such a mark: by its hash where an edition keeps it, else by its id and edition."""
        if self.kept(mark.edition, mark.parameters):
            items = self.editions[mark.edition].items
            return mark.id in items and items[mark.id].hash == mark.hash
        released = mark.edition.removesuffix(cite.DRAFT)
        return mark.id in self.ids and (
            released in self.editions or (released == self.version and released != mark.edition)
        )

    def of_hash(self, text: str) -> list[str]:
        """The marks whose hash a text holds after a colon, whatever it says before it."""
        marks_read = re.findall(r"(?:@v?(\d[\d.]*\d))?:([0-9a-f]{12})(?!\w)", "".join(text.split()).lower())
        return [
            f"{name}@{version}:{item.hash}"
            for version, edition in self.editions.items()
            for name, item in edition.items.items()
            if any(item.hash == hash and of in ("", version) for of, hash in marks_read)
        ]


NONE = Marks({}, frozenset(), "")


def marks_of_book(editions: Mapping[str, Edition], registered: Iterable[str], version: str) -> Marks:
    """The marks that a book gave out, by its editions, the ids of its registry and the version that it is a draft of."""
    ids = {*registered, *(name for edition in editions.values() for name in edition.items)}
    return Marks(editions, frozenset(ids), version)


def letters(text: str) -> str:
    """The letters and digits of a text, without case."""
    return re.sub(r"[\W_]+", "", text).lower()


def unescaped(text: str) -> str:
    """A text with LaTeX's underscores as signs, and with the marks of addresses in it as they are read."""
    text = re.sub(r"\\textunderscore(?:\{\}|\s)?", "_", text)
    return unquote(text) if re.search(r"cite=[^\s&#]*%40", text) else text


def marks_of(text: str) -> list[Mark]:
    """The marks of a text that look as they were given out, whether or not the book gave them out."""
    return [
        Mark(place[1], place[2], place[4], place[3] or "", place.start(), place.end())
        for place in _WHOLE.finditer(text)
    ]


def bent(text: str, marks: Marks) -> list[Mark]:
    """The marks of a text that fit what the book gave out, however they were bent on their way."""
    if "@" not in unicodedata.normalize("NFKC", text):
        return []
    joined, places = [], []
    for place, sign in enumerate(text):
        for plain in plain_form(sign):
            if plain.isalnum() or plain in _KEPT:
                joined.append(plain)
                places.append(place)
    line = "".join(joined)
    read = []
    for match in _JOINED.finditer(line):
        end = places[match.end() - 1] + 1
        if re.match(r"\w", text[end:]):
            continue
        version = match[1] + (cite.DRAFT if match[2] else "")
        parameters = text[places[match.start(3)] : places[match.end(3) - 1] + 1] if match[3] else ""
        for id, start in marks.ending(line, match.start()):
            if re.search(r"[\w-]$", text[: places[start]][-1:]):
                continue
            between = text[places[start] : end]
            mark = Mark(id, version, match[4], re.sub(r"[\s\\]", "", parameters), places[start], end)
            # Words after a hash cut short may read as its end.
            unsure = " " in between and not marks.kept(version, parameters)
            if _BETWEEN.fullmatch(unicodedata.normalize("NFKC", between)) and marks.fits(mark) and not unsure:
                read.append(mark)
                break
    return read


def without(text: str, read: Iterable[Mark]) -> str:
    """A text without some of its marks."""
    for mark in sorted(read, key=lambda mark: -mark.start):
        before, after = text[: mark.start], text[mark.end :]
        opened = re.sub(r"<(?:mailto:)?$", "", before)
        if opened != before and after.startswith(">"):  # as Markdown has an address of mail
            before, after = opened, after[1:]
        text = f"{before} {after}"
    return text
