"""A page's graph as a script: its figures, parameters and words as data, its formulas compiled to JavaScript.

The page is complete without it. With it, a reader asks a number where it comes from, and moves a parameter. Formulas
are compiled when the site is built, so that the page needs no `eval` and obeys `script-src 'self'`.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile import parameters
from casefile.figures import Figure, Graph
from casefile.records import Declaration, Records, Unit
from casefile.results import Results

SCRIPTS = ("formats.js", "graph.js", "ask.js")
WHAT_IF = "whatif.js"
STYLE = "ask.css"


def script(chapter: Results, known: Records, book: str, read_by_code: frozenset[str] = frozenset()) -> str:
    """The script of one page. `read_by_code` are the parameters that the notebook's own code reads as plain values."""
    plain = page(chapter, known, book, read_by_code)
    graph = chapter.graph
    formulas = {name: figure.formula for name, figure in graph.figures.items() if figure.formula is not None}
    lines = [
        "globalThis.casefile ??= {};",
        f"casefile.page = {json.dumps(plain, ensure_ascii=False, separators=(',', ':'))};",
        "casefile.formulas = {",
        *(f"{json.dumps(name)}: {formula.javascript}," for name, formula in formulas.items()),
        "};",
        "casefile.conditions = {",
        *(
            f"{json.dumps(name)}: [{', '.join(condition.javascript for _, condition in choice.options)}],"
            for name, choice in graph.choices.items()
        ),
        "};",
    ]
    return "\n".join(lines) + "\n"


def page(chapter: Results, known: Records, book: str, read_by_code: frozenset[str]) -> dict[str, Any]:
    """What the page's script holds besides formulas: plain data, figures in an order in which inputs come first."""
    graph = chapter.graph
    declared, moved = known.declared(chapter.chapter), moving(chapter, known)
    units = {figure.unit for figure in graph.figures.values()}
    return {
        "book": book,
        "chapter": chapter.chapter,
        "title": chapter.question or chapter.title,
        "units": {unit: _unit(known.units[unit]) for unit in sorted(units)},
        "figures": {name: _figure(figure, graph) for name, figure in graph.figures.items()},
        "words": {name: [label for label, _ in choice.options] for name, choice in graph.choices.items()},
        "charts": {name: _figures_of(drawn, graph) for name, drawn in chapter.charts.items()},
        "parameters": [
            _parameter(row, chapter.parameters[name], moved.get(name, ""), name in read_by_code)
            for name, row in declared.items()
        ],
    }


def moving(chapter: Results, known: Records) -> dict[str, str]:
    """The parameters that a formula or a word of their chapter reads, each with its figure: those a page can move."""
    graph, declared = chapter.graph, known.declared(chapter.chapter)
    read = {name for figure in graph.figures.values() if figure.formula is not None for name in figure.inputs}
    read |= {name for choice in graph.choices.values() for name in choice.inputs}
    return {
        figure.parameter: name
        for name, figure in graph.figures.items()
        if figure.kind == "parameter"
        and figure.parameter in declared
        and figure.chapter == graph.chapter
        and name in read
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {"style": unit.style, "prefix": unit.prefix, "suffix": unit.suffix, "digits": unit.digits}


def _figure(figure: Figure, graph: Graph) -> dict[str, Any]:
    plain = {
        "kind": figure.kind, "unit": figure.unit, "meaning": figure.meaning, "value": figure.value, "low": figure.low,
        "high": figure.high, "band": figure.band, "digits": figure.digits, "inputs": list(figure.inputs),
        "arithmetic": figure.formula.arithmetic if figure.formula is not None else [],
    }  # fmt: skip
    return {key: value for key, value in plain.items() if value not in (None, "", [])}


def _figures_of(drawn: Mapping[str, Any], graph: Graph) -> list[str]:
    """The figures a chart draws or names: those of its rows, its title, its alternative text and its note."""
    texts = (drawn["title"], drawn["alt"], drawn["note"])
    named = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    named |= {row["figure"] for row in drawn["rows"] if row.get("figure")}
    return sorted(named & set(graph.figures))


def _parameter(row: Declaration, value: parameters.Value, figure: str, read_by_code: bool) -> dict[str, Any]:
    kind = parameters.type_of(row)
    plain = {
        "name": row.name, "type": row.type, "value": value, "default": parameters.default(row),
        "minimum": row.minimum, "maximum": row.maximum, "choices": [kind(choice) for choice in row.choices],
        "low": row.low, "high": row.high, "meaning": row.meaning, "note": row.note, "code": read_by_code,
        "takes": parameters.expected(row),
    }  # fmt: skip
    return {"figure": figure, **{key: item for key, item in plain.items() if item not in (None, "", [])}}


def _write(app: Any, env: Any, docnames: list[str]) -> None:
    """Write every chapter's script, before pages are written that name it with its hash."""
    content, book = app.casefile_content, str(app.config.html_title or app.config.project)
    folder = Path(app.outdir) / "_static" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for page, chapter in content.pages.items():
        notebook = Path(app.srcdir) / f"{page}.ipynb"
        if notebook.is_file():  # a page that is rendered alone has no other beside it
            code = parameters.read_by_code(json.loads(notebook.read_text(encoding="utf-8")))
            text = script(chapter, content.records, book, code)
            (folder / f"{chapter.chapter}.js").write_text(text, encoding="utf-8")


def _add(app: Any, page_name: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put a chapter's script, with those that read it, into the head of its page."""
    chapter = app.casefile_content.pages.get(page_name)
    if chapter is None:
        return
    what_if = moving(chapter, app.casefile_content.records)
    names = (f"figures/{chapter.chapter}.js", *SCRIPTS, *((WHAT_IF,) if what_if else ()))
    for position, name in enumerate(names):
        app.add_js_file(name, priority=900 + position, loading_method="defer")
    app.add_css_file(STYLE, priority=900)


def setup(app: Any) -> None:
    """Give every chapter's page its script."""
    app.connect("env-before-read-docs", _write)
    app.connect("html-page-context", _add, priority=400)
