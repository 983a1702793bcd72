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


def write(folder: Path, records: Records, chapters: Mapping[str, results.Results]) -> None:
    """Write `figures.json`, `claims.json`, `sources.json` and `parameters.json` into `folder`; `chapters` are results by page."""
    folder.mkdir(parents=True)
    for name, plain in {
        "figures": figures_by_id(chapters),
        "claims": claims(records, chapters),
        "sources": {source.id: asdict(source) for source in records.sources.values()},
        "parameters": declared(records),
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_index(folder: Path, catalogue: Catalogue) -> None:
    """Write `index.json`: of which edition the folder's other files are, whose, under which licence, and how to cite them."""
    book = catalogue.book
    plain = {
        "title": book.title, "author": book.author, "edition": catalogue.edition(), "date": book.date.isoformat(),
        "licence": book.licence or None, "address": book.address or None, "cite": catalogue.mark(catalogue.items[BOOK_ID]),
        "files": sorted(path.name for path in folder.glob("*.json")),
    }  # fmt: skip
    (folder / "index.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


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
