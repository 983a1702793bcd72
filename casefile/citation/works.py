"""The sources as references: each in the styles and formats in which the book itself is cited, from the same writers.

What a source is lies in its row of `data/sources.csv`; nothing is added but the day of access, which is a month there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from casefile.citation import bibliography
from casefile.citation.citable import CitableBook
from casefile.citation.cite import CSL_STYLES, MORE_STYLES
from casefile.citation.record_formats import Record, bibtex, csl_json, ris
from casefile.errors import BadInput, nearest, shown
from casefile.records import Source
from casefile.system import cache

SOURCE_PREFIX = "source:"  # before a source's id, where ids of the book stand too
WORK_FORMATS = {"bib": "bibtex", "ris": "ris", "json": "csl-json"}
_OF_PAGES = (*CSL_STYLES, "bibtex", "ris", "csl-json")
# A person's name: two or three words with a capital each, a middle initial among them.
_PERSON = re.compile(r"(?!The )[^\W\d_a-z][^\W\d_A-Z]+(?: [A-Z]\.)?(?: [^\W\d_a-z][^\W\d_A-Z]+){1,2}")


def work_record(source: Source) -> Record:
    """A source as a CSL-JSON record; without an author its publisher stands for one."""
    names = re.split(r", | and ", source.author) if source.author else []
    if names and all(_PERSON.fullmatch(name) for name in names):
        authors = [dict(zip(("given", "family"), name.rsplit(" ", 1), strict=True)) for name in names]
    else:
        authors = [{"literal": source.author or source.publisher}]
    record: Record = {"id": source.id, "type": "webpage", "title": source.title or source.publisher, "author": authors}
    if source.publisher not in (source.author, authors[0].get("literal")):
        record["container-title"] = source.publisher
    for name, day in (("issued", source.published), ("accessed", source.accessed)):
        if re.fullmatch(r"\d{4}(-\d\d){0,2}", day):
            record[name] = {"date-parts": [[int(part) for part in day.split("-")]]}
    return record | ({"URL": source.url} if source.url else {})


def cited_work(name: str, sources: Mapping[str, Source], style: str) -> str:
    """A source's reference, by its id without SOURCE_PREFIX. Raises BadInput for an unknown id, or a style that says what only the book can."""
    if name not in sources:
        raise BadInput(f"no source {shown(name)}; {nearest(name, sources)}")
    styles = (*CSL_STYLES, *MORE_STYLES, *WORK_FORMATS.values())
    if style not in styles and not style.endswith(".csl"):
        raise BadInput(f"no style {shown(style)} for a source; {nearest(style, styles)}")
    return _texts([work_record(sources[name])], [style])[0][style]


def _texts(records: list[Record], styles: Iterable[str]) -> list[dict[str, str]]:
    """Records in some styles."""
    texts: list[dict[str, str]] = [{} for _ in records]
    for style in styles:
        if style in WORK_FORMATS.values():
            written = [{"bibtex": bibtex, "ris": ris, "csl-json": csl_json}[style](record) for record in records]
        else:
            named = {**CSL_STYLES, **MORE_STYLES}.get(style, (style,))
            written = bibliography.formatted_entries(records, *named)
        for of_record, text in zip(texts, written, strict=True):
            of_record[style] = text
    return texts


def based_on(book: CitableBook) -> dict[str, list[str]]:
    """The sources that each number and each chart rests on, by its id."""
    homes, based = book.homes, {}
    for name, page in homes.figures.items():
        based[name] = sorted(book.chapters[page].graph.sources(name))
    for name, page in homes.charts.items():
        based[f"chart-{name}"] = sorted(book.chapters[page].charts[name]["sources"])
    return based


def source_entries(sources: Mapping[str, Source], store: cache.Store) -> dict[str, dict[str, Any]]:
    """What the pages' dialog shows of each source, by its id with SOURCE_PREFIX; `store` keeps what is slow to word."""
    records = [work_record(source) for source in sources.values()]
    key = cache.digest(json.dumps([cache.package(pages=True), records]))
    texts = store.once("works", key, lambda: _texts(records, _OF_PAGES))
    return {
        f"{SOURCE_PREFIX}{record['id']}": {"kind": "source", "title": record["title"], "texts": of_record}
        for record, of_record in zip(records, texts, strict=True)
    }


def write_lists(site: Path, of_sources: Mapping[str, Mapping[str, Any]]) -> None:
    """Write all sources as one file of each format: `sources.bib`, `sources.ris`, `sources.json`."""
    if not of_sources:
        return
    for ending, style in WORK_FORMATS.items():
        texts = [str(entry["texts"][style]) for entry in of_sources.values()]
        if style == "csl-json":
            whole = json.dumps([json.loads(text)[0] for text in texts], ensure_ascii=False, indent=1) + "\n"
        else:
            whole = "\n".join(texts)
        (site / f"sources.{ending}").write_text(whole, encoding="utf-8")
