"""A CSL-JSON record in the formats of reference managers: BibTeX, RIS, CSL-JSON, and a line of Markdown."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from casefile.citation import latex

Record = dict[str, Any]


def author_name(author: Mapping[str, str]) -> str:
    """An author's name as one reads it."""
    parts = ("given", "non-dropping-particle", "family", "suffix")
    return author.get("literal") or " ".join(author[key] for key in parts if author.get(key))


def _last_first(author: Mapping[str, str]) -> str:
    """An author's name as RIS has it: last name with its particle, given name, suffix (Refman's format, tag A1)."""
    last = " ".join(author[key] for key in ("non-dropping-particle", "family") if author.get(key))
    if "literal" in author:
        return f"{author['literal']},"  # the comma says that it is no person's
    return ", ".join(part for part in (last, author.get("given"), author.get("suffix")) if part)


def bibtex(record: Record) -> str:
    """A record as BibTeX that LaTeX prints sign for sign."""
    from pybtex.database import BibliographyData, Entry
    from pybtex.database.output.bibtex import Writer

    year, month, _ = _day(record)
    fields = {
        "title": f"{{{latex.escaped(record['title'])}}}",
        "year": year,
        "month": _MONTHS[int(month) - 1] if month else "",
        "version": record.get("version", ""),
        "note": latex.escaped(record.get("note", "")),
        "doi": record.get("DOI", ""),
        "urldate": "-".join(filter(None, _day(record, "accessed"))),
    }
    fields = {name: value for name, value in fields.items() if value}
    if "container-title" in record:
        fields["howpublished"] = f"In {latex.escaped(record['container-title'])}"
    if "URL" in record:
        fields["url"] = record["URL"]
    people = [_person(author) for author in record["author"]]

    class Plain(Writer):  # type: ignore[misc]
        """pybtex's writer without its own escapes, and with a month as the word that every style knows."""

        def _write_field(self, stream: Any, type: str, value: str) -> None:
            stream.write(f",\n    {type} = {value if type == 'month' else self.quote(value)}")

        def _encode(self, text: str) -> str:
            return text

    written = io.StringIO()
    Plain().write_stream(BibliographyData({key_of(record): Entry("misc", fields, {"author": people})}), written)
    return written.getvalue()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def key_of(record: Record) -> str:
    """A key for BibTeX that no other work of a bibliography has: author, year and id."""
    first = record["author"][0]
    letters = unicodedata.normalize("NFKD", first.get("literal") or first["family"])
    return f"{re.sub('[^A-Za-z0-9]', '', letters)[:40]}{_day(record)[0]}-{record['id']}"


def _day(record: Record, name: str = "issued") -> tuple[str, str, str]:
    """Year, month and day of a date as digits, each empty where the record does not say it."""
    parts = record[name]["date-parts"][0] if name in record else []
    year, month, day = (*parts, None, None, None)[:3]
    return f"{year:04d}" if year else "", f"{month:02d}" if month else "", f"{day:02d}" if day else ""


def _person(author: Mapping[str, str]) -> Any:
    """An author for BibTeX; one name alone stands in braces, so that no reader takes it apart."""
    from pybtex.database import Person

    if "given" not in author:
        return Person(f"{{{latex.escaped(author_name(author))}}}")
    parts = {"first": "given", "prelast": "non-dropping-particle", "last": "family", "lineage": "suffix"}
    return Person(**{part: latex.escaped(author.get(key, "")) for part, key in parts.items()})


def ris(record: Record) -> str:
    """A record as RIS."""
    import rispy

    day, read = _day(record), _day(record, "accessed")
    of_others = record["type"] == "webpage"  # a source, not a part of the book
    entry: dict[str, Any] = {
        "type_of_reference": {"report": "RPRT", "chapter": "CHAP", "dataset": "DATA", "webpage": "ELEC"}[
            record["type"]
        ],
        "id": record["id"],
        "title": record["title"],
        "authors": [_last_first(author) for author in record["author"]],
        "year": day[0],
        "date": "/".join(day) if any(day) else "",
        "access_date": "/".join(read) if any(read) else "",
        "doi": record.get("DOI", ""),
        "edition": record.get("version", ""),
        "notes": [record["note"]] if "note" in record else [],
        "publisher": record.get("container-title", "")
        if of_others
        else " and ".join(map(author_name, record["author"])),
        "language": "" if of_others else "en",
    }
    if "container-title" in record:
        entry["secondary_title"] = record["container-title"]
    if "URL" in record:
        entry["urls"] = [record["URL"]]

    entry = {name: value for name, value in entry.items() if value}

    class Bare(rispy.RisWriter):  # type: ignore[misc]
        """rispy's writer without the running number above the record, which no format asks for."""

        def set_header(self, count: int) -> str:
            return ""

    return (
        str(rispy.dumps([entry], implementation=Bare)).strip() + " \n"
    )  # its last field ends in a blank, as the others begin


def csl_json(record: Record) -> str:
    """A record as CSL-JSON: a list with one object."""
    return json.dumps([record], ensure_ascii=False, indent=1) + "\n"


def markdown(record: Record) -> str:
    """A record as a line of Markdown, the title linked where there is an address."""
    words = re.sub(r"([\\`*_\[\]$<>])", r"\\\1", record["title"])
    linked = f"[{words}]({record['URL']})" if "URL" in record else f"“{words}”"
    container = f", *{record['container-title']}*" if "container-title" in record else ""
    year = record["issued"]["date-parts"][0][0]
    text, _, mark_text = record["note"].rpartition(". ")
    return f"{' and '.join(author_name(author) for author in record['author'])} ({year}): {linked}{container}. {text}. `{mark_text}`"


def context_object(record: Record) -> str:
    """A record as an OpenURL context object (ANSI/NISO Z39.88), which COinS carry and Zotero, Mendeley and others read.

    A corporate author stands in `aucorp`: in any other key readers take its words for a person's names.
    """
    whole, of_others = record["type"] == "report", record["type"] == "webpage"
    kind = "dc" if of_others else "book"
    title, container = str(record["title"]), str(record.get("container-title", ""))
    said = [("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}")]
    if of_others:
        said += [("rft.type", "webpage"), ("rft.title", title), ("rft.source", container)]
    elif whole:
        said += [("rft.genre", "report"), ("rft.btitle", title)]
    else:
        said += [("rft.genre", "bookitem"), ("rft.btitle", container), ("rft.atitle", title)]
    for author in record["author"]:
        if "given" in author:
            last = " ".join(author[part] for part in ("non-dropping-particle", "family", "suffix") if part in author)
            said += [("rft.aulast", last), ("rft.aufirst", author["given"])]
        else:
            said += [("rft.aucorp", author_name(author))]
    said += [("rft.date", "-".join(filter(None, _day(record)))), ("rft.edition", record.get("version", ""))]
    said += [("rft_id", record.get("URL", "")), ("rft_id", f"info:doi/{record['DOI']}" if "DOI" in record else "")]
    # Zotero takes a plus, escaped too, for a space; one of full width is the same sign to whoever reads it and to `verify`.
    plain = [(name, text if name == "rft_id" else text.replace("+", "＋")) for name, text in said]
    return "&".join(f"{name}={quote(text, safe='')}" for name, text in plain if text)
