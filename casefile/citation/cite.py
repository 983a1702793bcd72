"""Citations: one CSL-JSON record for each thing that can be cited, and from it every style.

CSL styles are rendered by citeproc-py, BibTeX by pybtex, RIS by rispy. Every citation ends in its mark,
`id@edition:hash`, by which `verify` later says whether what was cited still stands.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from casefile.citation import bibliography, phrasing
from casefile.citation.citable import Item
from casefile.citation.record_formats import Record as Record
from casefile.citation.record_formats import author_name as author_name
from casefile.citation.record_formats import bibtex, csl_json, markdown, ris
from casefile.errors import BadInput, nearest, of_library, one_line, shown
from casefile.notebook import drawing, parameters
from casefile.records.tables import Overrides, Records
from casefile.system import cache, document

# Each by the name of its CSL file; then its language, and whether it is a note that is asked for.
CSL_STYLES: dict[str, tuple[Any, ...]] = {"apa": ("apa",), "chicago": ("chicago-author-date",)}
# Styles that the command knows and the pages do not offer.
MORE_STYLES: dict[str, tuple[Any, ...]] = {
    "chicago-note": ("chicago-notes-bibliography", "en-US", True), "mla": ("modern-language-association",),
    "chicago-short-note": ("chicago-shortened-notes-bibliography", "en-US", True), "harvard": ("harvard-cite-them-right",),
    "ieee": ("ieee",), "vancouver": ("nlm-citation-sequence",), "iso690": ("iso690-author-date-en", "en-GB"),
    "apa-fr": ("apa", "fr-FR"), "iso690-fr": ("iso690-author-date-fr", "fr-FR"),
}  # fmt: skip
_OF_RECORD = {"bibtex": bibtex, "ris": ris, "csl-json": csl_json, "markdown": markdown}
_OF_ITEM = {
    "sentence": phrasing.phrased_sentence, "news": phrasing.news, "wikipedia": phrasing.wikipedia, "html": phrasing.link,
    "sentence-fr": phrasing.french_sentence,
}  # fmt: skip
STYLES = (*CSL_STYLES, *_OF_RECORD, "sentence", "news", "wikipedia", "url")  # of the pages too
ALL_STYLES = (*dict.fromkeys((*STYLES, *MORE_STYLES, *_OF_ITEM)),)
Defaults = Mapping[tuple[str, str], Any]  # of parameters, by chapter and name
DRAFT = "+draft"
MOST_CITATION = 20_000  # characters; the longest that `cite` gives have some two thousand
_TYPES = {"book": "report", "page": "chapter", "section": "chapter", "claim": "chapter", "number": "dataset", "chart": "dataset"}  # fmt: skip
_FILES = (".bib", ".json", ".md", ".ris", ".txt")  # what a citation is kept in


@dataclass(frozen=True)
class Book:
    """What every citation of the book says: from `CITATION.cff`, the address from `html.baseurl` of `_config.yml`."""

    title: str
    authors: tuple[Mapping[str, str], ...]
    version: str
    date: datetime.date
    address: str
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    doi: str = ""
    url: str = ""
    repository: str = ""

    @property
    def licence(self) -> str:
        """The address of the licence of the text and its charts: Creative Commons' where the project has one, for its code has
        another; empty without one.
        """
        named = next((name for name in self.licences if name.startswith("CC")), next(iter(self.licences), ""))
        return f"https://spdx.org/licenses/{named}" if named else ""

    @property
    def author(self) -> str:
        """The authors in one line."""
        return " and ".join(author_name(author) for author in self.authors)


def book_of(root: Path) -> Book:
    """The book's own record. Raises BadInput for a `CITATION.cff` or an address that cannot be used."""
    path = root / "CITATION.cff"
    if not path.is_file():
        raise BadInput("CITATION.cff: not found; expected title, authors, version and date-released of the book")
    plain = document.read(path, "CITATION.cff", "title, authors, version and date-released")
    try:
        authors = tuple(_author(author) for author in plain["authors"])
        date = plain["date-released"]
        date = date if isinstance(date, datetime.date) else datetime.date.fromisoformat(str(date))
        title, version = _line(plain["title"]), str(plain["version"])
        licences = plain.get("license") or []
        licences = (licences,) if isinstance(licences, str) else tuple(_line(name) for name in licences)
        keywords = tuple(_line(word) for word in plain.get("keywords") or ())
        abstract = _line(plain.get("abstract") or "")
        if not authors or not title:
            raise ValueError("no title or no authors")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadInput(
            f"CITATION.cff: {of_library(error)}; expected title, authors, version and date-released"
        ) from None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}", version):
        raise BadInput(f"CITATION.cff: version {shown(version)}; expected numbers and points, such as 0.1.0")
    return Book(
        title, authors, version, date, address_of(root), abstract, keywords, licences, _doi(plain),
        _web(plain, "url"), _web(plain, "repository-code"),
    )  # fmt: skip


def _doi(plain: Mapping[str, Any]) -> str:
    """The DOI of the book: `doi`, or the first of `identifiers` that is one. Raises BadInput for one that cannot be."""
    listed = plain.get("identifiers") or []
    kinds = ("doi", "url", "swh", "other")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("type") in kinds for one in listed):
        raise BadInput(
            f"CITATION.cff: identifiers; expected a list, each with a value and a type of {', '.join(kinds)}"
        )
    doi = str(plain.get("doi") or next((one.get("value") for one in listed if one["type"] == "doi"), ""))
    doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", doi)
    if doi and not re.fullmatch(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+", doi):
        raise BadInput(f"CITATION.cff: doi {shown(doi)}; expected one such as 10.5281/zenodo.1234567")
    return doi


def _web(plain: Mapping[str, Any], name: str) -> str:
    address = str(plain.get(name) or "")
    if address and not re.fullmatch(r"https?://[!-~]+", address):
        raise BadInput(f"CITATION.cff: {name} {shown(address)}; expected an address that begins with https://")
    return address


# The parts of a person's name in CFF, and in CSL.
_PARTS = {
    "family-names": "family", "given-names": "given", "name-particle": "non-dropping-particle", "name-suffix": "suffix"
}  # fmt: skip


def _author(plain: Mapping[str, Any]) -> dict[str, str]:
    """An author of CFF as CSL has it. What is left out or empty is left out; without a family name it is one name."""
    parts = {of_csl: part for of_cff, of_csl in _PARTS.items() if (part := _line(plain.get(of_cff) or ""))}
    if orcid := str(plain.get("orcid") or ""):
        parts["ORCID"] = _orcid(orcid)
    if "name" not in plain and "family" in parts:
        return parts
    name = _line(plain.get("name") or "") or author_name(parts) or _line(plain.get("alias") or "")
    if not name:
        raise ValueError("an author without a name")
    return {"literal": name}


def _orcid(address: str) -> str:
    """An ORCID as an address. Raises BadInput for one whose last sign is not the check sum of the others (ISO 7064, MOD 11-2)."""
    digits = re.sub(r"^https?://orcid\.org/", "", address)
    if re.fullmatch(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]", digits):
        total = 0
        for digit in digits[:-1].replace("-", ""):
            total = (total + int(digit)) * 2
        if digits[-1] == "0123456789X"[(12 - total % 11) % 11]:
            return f"https://orcid.org/{digits}"
    raise BadInput(f"CITATION.cff: orcid {shown(address)}; expected one such as https://orcid.org/0000-0002-1825-0097")


def _line(text: object) -> str:
    """A text on one line: some styles give a line's end a meaning."""
    return " ".join(one_line(str(text)).split())


def address_of(root: Path) -> str:
    """The site's public address, ending in a slash; empty when none is set.

    It stands in `_config.yml` as `html.baseurl`; `at` has another in its place for a while, a preview's for one.
    """
    if (asked := os.environ.get(cache.ADDRESS)) is not None:
        return sound_address(asked, "--address") if asked else ""
    path = root / "_config.yml"
    plain = document.read(path, "_config.yml", "YAML") if path.is_file() else {}
    html = plain.get("html") if isinstance(plain, dict) else None
    address = str((html.get("baseurl") if isinstance(html, dict) else html) or "")
    return sound_address(address, "_config.yml: html.baseurl") if address else ""


def sound_address(address: str, where: str) -> str:
    """An address of a site with a slash at its end. Raises BadInput that begins with `where` for one that is none."""
    if not re.fullmatch(r"https?://[\w.-]+(:[0-9]+)?(/[\w.~%/-]*)?", address, re.ASCII):
        raise BadInput(f"{where} is {shown(address)}; expected an address such as https://example.org/book/")
    return address.rstrip("/") + "/"


@contextlib.contextmanager
def at_address(address: str) -> Iterator[None]:
    """Have the book stand at an address, or at none, in this process and in those that it starts."""
    before = {name: value for name, value in os.environ.items() if name == cache.ADDRESS}
    os.environ[cache.ADDRESS] = address
    try:
        yield
    finally:
        del os.environ[cache.ADDRESS]
        os.environ.update(before)


# -------------------------------------------------------------------------------------------------------------- record


def find(name: str, items: Mapping[str, Item]) -> Item:
    """The item of an id, or of the anchor it has on its page. Raises BadInput that names the nearest ids."""
    if name in items:
        return items[name]
    for item in items.values():
        if item.anchor and name.lstrip("#") == item.anchor:
            return item
    raise BadInput(f"no page, section, figure, chart or claim {shown(name)}; {nearest(name, items)}")


def parameters_text(overrides: Overrides) -> str:
    """Parameters as a mark carries them: `03_delay.delay_months=6;…`, sorted; empty for none."""
    return ";".join(
        f"{chapter}.{name}={quote(str(value).lower() if isinstance(value, bool) else str(value), safe='')}"
        for chapter, values in sorted(overrides.items())
        for name, value in sorted(values.items())
    )


def mark(item: Item, edition: str, overrides: Overrides) -> str:
    """What `verify` reads: `id@edition:hash`, with `?parameters` after the edition where they are not the book's."""
    changed = parameters_text(overrides)
    return f"{item.id}@{edition}{'?' + changed if changed else ''}:{item.hash}"


def title(item: Item, book: Book, changes: str = "") -> str:
    """The title of an item: its words, and for a number or a claim what it says. `changes` are parameters in words."""
    words = {
        "book": book.title,
        "number": f"{item.title}: {item.text}",
        "claim": f"{item.title}: {item.text}",
    }.get(item.kind, item.title)
    return f"{words} (computed with {changes})" if changes else words


def record(item: Item, book: Book, edition: str, overrides: Overrides, changes: str = "") -> Record:
    """The CSL-JSON record of an item as it stands in an edition."""
    version = edition.removesuffix(DRAFT)
    note = [f"Draft after edition {version}" if version != edition else f"Edition {version} of {book.date}"]
    if not book.address:
        note.append(f"No public address is set; page {item.place}")
    if changes:
        note.append(f"Computed with {changes}, not with the book's own parameters")
    fields: Record = {
        "id": item.id,
        "type": _TYPES[item.kind],
        "title": title(item, book, changes),
        "author": [dict(author) for author in book.authors],
        "issued": {"date-parts": [[book.date.year, book.date.month, book.date.day]]},
        "version": edition,
        "note": ". ".join([*note, mark(item, edition, overrides)]),
    }
    if item.kind != "book":
        fields["container-title"] = book.title
    elif book.doi:
        fields["DOI"] = book.doi  # which styles print in place of an address: of a part it would not lead there
    if book.address:
        fields["URL"] = checkable_address(item, book, edition, overrides)
    return fields


def checkable_address(item: Item, book: Book, edition: str, overrides: Overrides) -> str:
    """The item's address with the edition and hash in it. Raises BadInput when the site has no address."""
    if not book.address:
        raise BadInput("_config.yml: html.baseurl is not set; expected the site's address before one can be cited")
    page, _, anchor = item.place.partition("#")
    asked = {"cite": mark(item, edition, overrides)}
    return f"{book.address}{page}?{urlencode(asked)}" + (f"#{anchor}" if anchor else "")


# -------------------------------------------------------------------------------------------------------------- styles


def cited(item: Item, book: Book, edition: str, overrides: Overrides, changes: str, style: str) -> str:
    """An item's citation in one of ALL_STYLES, or by a CSL file."""
    csl_record = record(item, book, edition, overrides, changes)
    if style in CSL_STYLES or style in MORE_STYLES or style.endswith(".csl"):
        return formatted([csl_record], style)[0]
    if style == "url":
        return checkable_address(item, book, edition, overrides)
    return plain_text_style(item, csl_record, style)


def plain_text_style(item: Item, csl_record: Record, style: str) -> str:
    """An item's record in one of the styles that need no CSL: those made one by one, and quickly."""
    return _OF_RECORD[style](csl_record) if style in _OF_RECORD else _OF_ITEM[style](item, csl_record)


def formatted(records: Sequence[Record], style: str) -> list[str]:
    """Records as entries of one bibliography, by a CSL style or file; the note of each, with its mark, comes last."""
    named = {**CSL_STYLES, **MORE_STYLES}.get(style, (style,))
    entries = bibliography.formatted_entries([without_note(csl_record) for csl_record in records], *named)
    return [with_note(entry, csl_record) for entry, csl_record in zip(entries, records, strict=True)]


def without_note(csl_record: Record) -> Record:
    """A record without its note, which is no style's to word."""
    return {key: value for key, value in csl_record.items() if key != "note"}


def with_note(entry: str, csl_record: Record) -> str:
    """An entry of a bibliography with its record's note, and so its mark, at the end."""
    return f"{entry} [{csl_record['note']}]"


def in_words_of(overrides: Overrides, defaults: Defaults) -> str:
    """Parameters in words: `delay_months of 03_delay at 6 instead of 3.5`. `defaults` by chapter and name."""
    return ", ".join(override_words(overrides, defaults, _value))


def override_words(overrides: Overrides, defaults: Defaults, value: Callable[[Any], str] = str) -> list[str]:
    """Each parameter in words, in their order; `value` writes one, by default as editions up to 0.3.0 did."""
    return [
        f"{name} of {chapter} at {value(changed)} instead of {value(defaults[chapter, name])}"
        for chapter, values in sorted(overrides.items())
        for name, changed in sorted(values.items())
    ]


def _value(value: Any) -> str:
    """A parameter's value in words: a whole number without a point."""
    return one_line(f"{value:.12g}" if isinstance(value, float) and abs(value) < 1e12 else str(value))


def ways(overrides: Overrides, defaults: Defaults) -> list[str]:
    """Each parameter in the words of this and of earlier editions, and of the pages."""
    return list(dict.fromkeys([*override_words(overrides, defaults, _value), *override_words(overrides, defaults)]))


# ------------------------------------------------------------------------------------------------------------- asking


def known_id(name: str, registered: Iterable[str]) -> None:
    """Raise BadInput that names the nearest ids, unless `name` is an id of the registry or an anchor made of one."""
    ids = set(registered)
    bare = name.lstrip("#").removeprefix("figure-").removeprefix("claim-")
    if not {name, bare, bare.replace("-", "_")} & ids:
        raise BadInput(f"no page, section, figure, chart or claim {shown(name)}; {nearest(name, ids)}")


def given_by(records: Records, typed: Iterable[parameters.Typed], params: str | None) -> dict[str, dict[str, Any]]:
    """Parameters by their homes, from a file or scenario and, over them, those typed; only those that are not the book's."""
    return single(records, parameters.overrides(records, typed, params))


def single(records: Records, overrides: Overrides) -> dict[str, dict[str, Any]]:
    """The parameters that are not the book's. Raises BadInput for a range: what is cited holds for one value."""
    for chapter, values in overrides.items():
        for name in drawing.asked(records.declared(chapter), values):
            raise BadInput(
                f"{chapter}: parameter {name!r} is {shown(values[name])}; expected one value, which can be cited"
            )
    return apart(overrides, {key: parameters.default(row) for key, row in records.declarations.items()})


def apart(overrides: Overrides, defaults: Defaults) -> dict[str, dict[str, Any]]:
    """The parameters among `given` that are not the book's own."""
    changed = {
        chapter: {name: value for name, value in values.items() if value != defaults[chapter, name]}
        for chapter, values in overrides.items()
    }
    return {chapter: values for chapter, values in changed.items() if values}


def parameters_of(text: str) -> list[tuple[str, str, str]]:
    """The parameters that a mark carries, as typed. Raises BadInput for a text that holds something else."""
    parameters_typed = []
    for part in text.split(";") if text else []:
        named = re.fullmatch(r"(\w+)\.(\w+)=(.+)", part)
        if named is None:
            raise BadInput(f"the citation's parameters {shown(text)} are cut short; expected chapter.name=value;…")
        parameters_typed.append((named.group(1), named.group(2), unquote(named.group(3))))
    return parameters_typed


def text_of(argument: str, most: int = MOST_CITATION) -> str:
    """A citation given on the command line: the text itself, a file that holds it, or `-` for the standard input."""
    path = Path(argument)
    try:
        is_file = len(argument) < 1024 and "\n" not in argument and path.is_file()
    except (OSError, ValueError):
        is_file = False
    most *= 4  # bytes
    if argument == "-":
        content = sys.stdin.buffer.read(most + 1)
    elif is_file:
        with path.open("rb") as file:
            content = file.read(most + 1)
    elif path.suffix.lower() in _FILES and not re.search(r"\s|://", argument):
        raise BadInput(f"{argument}: no such file; expected a citation, or a file that holds one")
    else:
        return argument
    if len(content) > most:
        return content.decode(errors="replace")  # too long, whatever it says
    return document.decoded(content, "the standard input" if argument == "-" else argument, "a citation")
