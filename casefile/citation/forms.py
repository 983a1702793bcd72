"""What a citation says, field by field, read from each of its forms: BibTeX, RIS, CSL-JSON, an address, or words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from casefile.citation import latex, wording
from casefile.errors import BadInput, of_library, shown

EXPECTED = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it"
FORM_WORDS, FORM_ADDRESS = "words", "address"
# What the fields of each form tell; a field that reference managers keep for themselves tells nothing that is compared.
FIELDS = {
    "BibTeX": {
        "title": "title", "author": "author", "year": "date", "month": "date", "day": "date", "date": "date", "version": "edition",
        "edition": "edition", "note": "note", "addendum": "note", "booktitle": "book", "maintitle": "book", "url": "address",
        "howpublished": "container", "publisher": "publisher", "institution": "publisher", "organization": "publisher",
        **dict.fromkeys(("abstract", "annote", "annotation", "doi", "bdsk-url-1", "copyright", "date-added", "date-modified", "file", "groups",
        "keywords", "langid", "language", "owner", "shorttitle", "timestamp", "urldate", "rights", "type", "key"), ""),
    },
    "RIS": {
        "TI": "title", "T1": "title", "CT": "title", "AU": "author", "A1": "author", "PY": "date", "Y1": "date", "DA": "date",
        "ET": "edition", "N1": "note", "NO": "note", "T2": "book", "BT": "book", "JO": "book", "JF": "book", "UR": "address",
        "LK": "address", "PB": "publisher",
        **dict.fromkeys(("TY", "ID", "ER", "DO", "AB", "AN", "DB", "DP", "KW", "L1", "LA", "N2", "RP", "ST", "Y2", "M3"), ""),
    },
    "CSL-JSON": {
        "title": "title", "author": "author", "issued": "date", "version": "edition", "edition": "edition", "note": "note",
        "container-title": "book", "URL": "address", "publisher": "publisher",
        **dict.fromkeys(("id", "type", "abstract", "accessed", "citation-key", "citation-label", "keyword", "language", "license", "source", "DOI",
        "title-short", "categories", "genre"), ""),
    },
}  # fmt: skip


# What each field may tell, where that is more than its name says.
TELLS = {
    "title": ("title", "value", "range", "parameters"), "note": ("edition", "date", "place", "parameters"),
    "publisher": ("author", "book"), "container": ("book", "address"),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a text says: by field what is compared, and the names of what is not. `form` is for messages."""

    form: str
    fields: Mapping[str, str]
    left: tuple[str, ...] = ()


def read(text: str) -> Said:
    """What a text says, in whichever form it is. Raises BadInput for a record that is broken."""
    if re.match(r"@\w+\s*[{(]", text):
        return _of_fields("BibTeX", _bibtex(text))
    if re.match(r"(?:\d+\.\s*)?TY\s+-", text):
        return _of_fields("RIS", _ris(text))
    if text[0] in "[{" and not text.startswith(("[[", "{{")):  # which begin words of a wiki
        record = _csl_json(text)
        if record is not None:
            return _of_fields("CSL-JSON", record)
    unwrapped = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", text)
    if re.fullmatch(r"<?https?://\S+", unwrapped, re.IGNORECASE):
        return Said(FORM_ADDRESS, {FORM_ADDRESS: wording.entities(unwrapped)})
    cleaned, left = wording.cleaned(wording.entities(text))
    return Said(FORM_WORDS, {FORM_WORDS: cleaned}, tuple(left))


def _of_fields(form: str, entries: Iterable[tuple[str, str]]) -> Said:
    fields: dict[str, str] = {}
    left: list[str] = []
    for name, value in entries:
        tells = FIELDS[form].get(name)
        if tells is None:
            raise BadInput(f"the {form} record has a field {shown(name)}, which no record of the book has; {EXPECTED}")
        if tells:
            fields[tells] = f"{fields[tells]}{wording.PART}{value}" if tells in fields else value
        elif name not in ("ER", "TY") and value.strip():
            left.append(name)
    return Said(form, fields, tuple(dict.fromkeys(left)))


def _one(entries: list[Any], form: str) -> Any:
    if len(entries) != 1:
        raise BadInput(f"the {form} holds {len(entries)} records; expected one")
    return entries[0]


def _bibtex(text: str) -> list[tuple[str, str]]:
    """The fields of one BibTeX record, as they read."""
    from pybtex.database.input.bibtex import (
        Parser,
    )  # by name: asked for by its kind, every installed package is looked through
    from pybtex.exceptions import PybtexError

    if re.search(r"@\s*(string|preamble)\s*[{(]", text, re.IGNORECASE):  # a macro of macros can grow without end
        raise BadInput(f"the BibTeX defines macros; {EXPECTED}")
    try:
        entry = _one(list(Parser().parse_string(text).entries.values()), "BibTeX")
    except (PybtexError, UnicodeError) as error:
        raise BadInput(f"broken BibTeX: {of_library(error)}; {EXPECTED}") from None
    people = [(role.lower(), str(person)) for role, persons in entry.persons.items() for person in persons]
    fields = [("key", str(entry.key)), *people, *((name.lower(), value) for name, value in entry.fields.items())]
    return [(name, value if name == "key" else latex.latex_text(value)) for name, value in fields]


def _ris(text: str) -> list[tuple[str, str]]:
    """The fields of one RIS record; a line that has no tag goes on with the field above it."""
    fields: list[tuple[str, str]] = []
    ended = 0
    for line in re.split(r"\r\n|\r|\n", text):
        tag = re.match(r"(?:\d+\.\s*)?([A-Z][A-Z0-9])\s{1,2}-(?: (.*))?$", line.rstrip() + " ")
        if tag:
            fields.append((tag[1], (tag[2] or "").strip()))
            ended += tag[1] == "ER"
        elif line.strip() and not re.fullmatch(r"\s*\d+\.\s*", line):
            if not fields or fields[-1][0] in ("TY", "ER"):
                raise BadInput(f"broken RIS: a line goes on where no field began; {EXPECTED}")
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
    if not ended:
        raise BadInput(f"broken RIS: the record does not end in `ER  -`: cut short; {EXPECTED}")
    _one([tag for tag, _ in fields if tag == "TY"], "RIS")
    return fields


def _csl_json(text: str) -> list[tuple[str, str]] | None:
    """The fields of one CSL-JSON record; None for words that happen to begin with a bracket."""
    try:
        records = json.loads(text)
    except RecursionError:
        raise BadInput(f"broken CSL-JSON: nested too deeply; {EXPECTED}") from None
    except ValueError as error:
        if re.match(r"[\[{]\s*[{\"]", text):
            raise BadInput(f"broken CSL-JSON: {of_library(error)}; {EXPECTED}") from None
        return None
    record = _one(records, "CSL-JSON") if isinstance(records, list) else records
    if not isinstance(record, dict):
        raise BadInput("the CSL-JSON holds no record; expected an object with title, version and note")
    return [(name, wording.visible(wording.entities(_flat(value)))) for name, value in record.items()]


_PARTS = ("given", "non-dropping-particle", "dropping-particle", "family", "literal", "suffix", "date-parts", "raw")


def _flat(value: Any) -> str:
    """A value of CSL-JSON in one line, the parts of a name or a day in their order."""
    if isinstance(value, dict):
        if stray := sorted(value.keys() - {*_PARTS, "ORCID"}):
            raise BadInput(
                f"the CSL-JSON record has a part {shown(stray[0])}, which no name and no day has; {EXPECTED}"
            )
        return " ".join(_flat(value[name]) for name in _PARTS if name in value)
    if isinstance(value, list):
        return " ".join(map(_flat, value))
    return "" if value is None else str(value)


# --------------------------------------------------------------------------------------------------------------- address

_SENT_ON = re.compile(
    r"(?i)^https?://(?:www\.google\.[a-z.]+/url|[\w.-]*safelinks\.protection\.outlook\.com/|l\.facebook\.com/l\.php)"
)
_COUNTED = re.compile(r"(?i)utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref")


@dataclass(frozen=True)
class Address:
    """An address: what stands before its query, the mark that it asks of, its anchor, and what in it is not compared."""

    base: str
    mark: str
    anchor: str
    left: tuple[str, ...]


def address(text: str) -> Address:
    """The parts of an address that carries a mark. Raises BadInput for one that cannot be read or carries none."""
    text = re.sub(r"(?i)^https?://web\.archive\.org/web/\d+(?:[a-z]{2}_)?/(?=http)", "", text.strip("<> \t"))
    text = text.rstrip(">.,;:)]}'\"’”")
    try:
        parts = urlsplit(text)
        # Addresses of the book hold no space, so that a plus in one is a sign too many.
        asked = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise BadInput(f"the address cannot be read: {of_library(error)}; {EXPECTED}") from None
    if _SENT_ON.match(text):
        for name, value in asked:
            if name in ("q", "u", "url") and re.match(r"(?i)https?://", value) and not _SENT_ON.match(value):
                return address(value)
    fragment = parts.fragment.partition(":~:")[0]  # what follows is where the browser is to scroll
    cited = [value for name, value in asked if name == "cite"]
    if not cited:
        name = fragment or parts.path.rsplit("/", 1)[-1]
        raise BadInput(
            f"the address names {shown(name or 'a page')} but no edition and no hash, so there is nothing to check it against; "
            f"expected one with ?cite=id@edition:hash, or a whole citation"
        )
    strays = [name for name, _ in asked if name != "cite" and not _COUNTED.fullmatch(name)]
    if strays or len(cited) > 1 or "" in parts.query.split("&"):
        raise BadInput(f"the address also asks for {shown((strays or ['cite'])[0])}: altered; {EXPECTED}")
    counted = ("what its sender counts by",) if len(asked) > 1 else ()
    return Address(f"{parts.scheme}://{parts.netloc}{parts.path}".lower(), cited[0], fragment, counted)
