"""The book as a research object: `ro-crate-metadata.json` by RO-Crate 1.1 (w3id.org/ro/crate/1.1).

It names the data, the notebooks, the files for machines and the references of the sources, with whose work they are,
of which edition, under which licence, and what each notebook was made from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import BOOK_ID
from casefile.citation.cite import author_name

CRATE_FILE = "ro-crate-metadata.json"
_ORGANIZATION = "Organization"
_KINDS = {".csv": "text/csv", ".json": "application/json", ".ipynb": "application/x-ipynb+json", ".yml": "application/yaml",
          ".bib": "application/x-bibtex", ".ris": "application/x-research-info-systems", ".md": "text/markdown"}  # fmt: skip
# Of each folder what its files are.
_FOLDERS = {
    "data": "Data of the book", "data/series": "A series of the data", "api": "What the book computes, for machines",
    "notebooks": "A chapter's notebook, as it ran", "notebooks/source": "A chapter's notebook, as it was written", ".": "The sources as references",
}  # fmt: skip


def write(site: Path, catalogue: Catalogue) -> None:
    """Write the crate's description into a site that has its data, notebooks and files for machines."""
    book = catalogue.book
    authors = [_author(place, author) for place, author in enumerate(book.authors, start=1)]
    files = [
        entity
        for folder, meaning in _FOLDERS.items()
        for path in sorted((site / folder).glob("sources.*" if folder == "." else "*"))
        if path.suffix in _KINDS and (entity := _file(path, site, meaning))
    ]
    licence = {
        "@id": book.licence, "@type": "CreativeWork", "name": book.licence.rpartition("/")[2],
        "description": "The licence of the text, the charts and the book's own data",
    }  # fmt: skip
    publisher = [author for author in authors if author["@type"] == _ORGANIZATION][:1]
    if book.address and publisher == authors:
        authors[0]["url"] = book.address
    whole: dict[str, Any] = {
        "@id": "./", "@type": "Dataset", "name": book.title, "description": book.abstract or book.title,
        "datePublished": book.date.isoformat(), "version": book.version, "inLanguage": "en", "keywords": list(book.keywords),
        "author": _named(authors), "publisher": _named(publisher), "hasPart": _named(files),
        "identifier": f"https://doi.org/{book.doi}" if book.doi else catalogue.mark(catalogue.items[BOOK_ID]),
        "url": book.address or book.url, "license": {"@id": book.licence} if book.licence else "",
        "sameAs": book.repository,
    }  # fmt: skip
    described = {
        "@id": CRATE_FILE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}
    }  # fmt: skip
    graph = [described, {key: _compact(said) for key, said in whole.items() if said}, *authors]
    graph += [licence] if book.licence else []
    plain = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [*graph, *files]}
    (site / CRATE_FILE).write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _named(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _compact(said: Any) -> Any:
    """What is said of an entity as RO-Crate has it: one thing alone stands in no list."""
    return said[0] if isinstance(said, list) and len(said) == 1 else said


def _author(place: int, author: Any) -> dict[str, Any]:
    kind = _ORGANIZATION if "literal" in author else "Person"
    return {"@id": author.get("ORCID", f"#author-{place}"), "@type": kind, "name": author_name(author)}


def _file(path: Path, site: Path, meaning: str) -> dict[str, Any]:
    place = path.relative_to(site).as_posix()
    entity: dict[str, Any] = {
        "@id": place, "@type": "File", "name": path.name, "description": meaning, "encodingFormat": _KINDS[path.suffix],
        "contentSize": str(path.stat().st_size),
    }  # fmt: skip
    if place.startswith("notebooks/") and not place.startswith("notebooks/source/"):
        entity["isBasedOn"] = {"@id": f"notebooks/source/{path.name}"}
    return entity
