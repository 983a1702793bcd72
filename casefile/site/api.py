"""The site's files for machines: figures, claims, sources and parameters as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import BOOK_ID
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook import parameters, results
from casefile.notebook.homes import Homes
from casefile.records import Records

ABOUT = "@about"  # what no id can be


def write(folder: Path, records: Records, chapters: Mapping[str, results.Results]) -> None:
    """Write `figures.json`, `claims.json`, `sources.json` and `parameters.json` into `folder`; `chapters` are results by page."""
    folder.mkdir(parents=True)
    for name, plain in {
        "figures": figures_by_id(chapters),
        "claims": claims(records, chapters),
        "sources": {source.id: asdict(source) for source in records.sources.values()},
        "parameters": declared(records),
    }.items():
        _write(folder / f"{name}.json", plain)


def say_whose(folder: Path, catalogue: Catalogue) -> None:
    """Put first into each of the folder's files, as `ABOUT`, of which edition it is, whose, under which licence, and how to cite it.

    Every number and claim that can be cited says its own mark. `index.json` says the same once, and lists the files.
    """
    book, paths = catalogue.book, sorted(folder.glob("*.json"))
    about = {
        "title": book.title, "author": book.author, "edition": catalogue.edition(), "date": book.date.isoformat(),
        "licence": book.licence or None, "address": book.address or None, "cite": catalogue.mark(catalogue.items[BOOK_ID]),
    }  # fmt: skip
    for path in paths:
        plain = json.loads(path.read_text(encoding="utf-8"))
        for name, record in plain.items() if path.stem in ("figures", "claims") else ():
            record["cite"] = catalogue.mark(catalogue.items[name]) if name in catalogue.items else None
        _write(path, {ABOUT: about, **plain})
    _write(folder / "index.json", {**about, "files": [path.name for path in paths]})


def records_of(plain: Mapping[str, Any]) -> dict[str, Any]:
    """What one of these files holds by id, without what it says of itself."""
    return {name: record for name, record in plain.items() if name != ABOUT}


def _write(path: Path, plain: Any) -> None:
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def figures_by_id(chapters: Mapping[str, results.Results]) -> dict[str, Any]:
    """Every published figure by id: value, unit, text as printed, kind, formula, inputs, sources, chapter, page anchor."""
    graphs = {page: chapter.graph for page, chapter in chapters.items()}
    return {name: _figure(graphs[page][name], graphs[page], page) for name, page in Homes(chapters).publishers.items()}


def _figure(figure: Figure, graph: Graph, page: str) -> dict[str, Any]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "band": figure.band or None,
        "unit": figure.unit,
        "text": graph.printed(figure.id),
        "range": graph.printed(figure.id, "range") if figure.band and figure.value is not None else None,
        "meaning": figure.meaning,
        "kind": figure.kind,
        "formula": graph.arithmetic(figure.id) or None,
        "latex": figure.formula.latex if figure.formula is not None else None,
        "function": figure.function or None,
        "rows": figure.rows or None,
        "inputs": list(figure.inputs),
        "sources": list(graph.sources(figure.id)),
        "chapter": graph.chapter,
        "page": f"{page}.html#figure-{figure.id}",
    }


def claims(records: Records, chapters: Mapping[str, results.Results]) -> dict[str, Any]:
    """Every claim of the article by id, with its verdict where a chapter gives one."""
    verdicts = {name: chapters[page].verdicts[name] for name, page in Homes(chapters).verdicts.items()}
    return {name: {**asdict(claim), "verdict": verdicts.get(name)} for name, claim in records.claims.items()}


def declared(records: Records) -> dict[str, Any]:
    """Every parameter by each chapter that takes it and by name, with its default in its type, its home and who reads it."""
    by_chapter: dict[str, Any] = {}
    for (home, name), row in records.declarations.items():
        for chapter in row.readers:
            plain = {**asdict(row), "chapter": chapter, "home": home, "default": parameters.default(row)}
            by_chapter.setdefault(chapter, {})[name] = plain
    return by_chapter
