"""The book's own record, which every citation repeats: from `CITATION.cff`, and the address that it stands at."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.citation.record_formats import author_name
from casefile.errors import BadInput, of_library, one_line, shown
from casefile.system import cache, document


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
    contact: str = ""  # where a correction is sent: a mail address as a link, or a page

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
        _web(plain, "url"), _web(plain, "repository-code"), _contact(plain),
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


def _contact(plain: Mapping[str, Any]) -> str:
    """The link of the first of `contact` that has a mail address, or a page. Raises BadInput for what is neither."""
    listed = plain.get("contact") or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput("CITATION.cff: contact; expected a list of persons or entities, each with an email or a website")
    for one in listed:
        mail = str(one.get("email") or "")
        if mail and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", mail, re.ASCII):
            raise BadInput(f"CITATION.cff: email {shown(mail)}; expected one such as press@example.org")
        if link := f"mailto:{mail}" if mail else _web(one, "website"):
            return link
    return ""


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

    It stands in `_config.yml` as `html.baseurl`; `at_address` has another in its place for a while, a preview's for one.
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
    before = os.environ.get(cache.ADDRESS)
    os.environ[cache.ADDRESS] = address
    try:
        yield
    finally:
        del os.environ[cache.ADDRESS]
        if before is not None:
            os.environ[cache.ADDRESS] = before
