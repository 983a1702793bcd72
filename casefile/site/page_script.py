"""A page's graph as a script: its figures, parameters and words as data, its formulas compiled to JavaScript.

The page is complete without it. With it, a reader asks a number where it comes from, and moves a parameter. Formulas
are compiled when the site is built, so that the page needs no `eval` and obeys `script-src 'self'`.
"""

from __future__ import annotations

import functools
import json
import re
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.content import tables
from casefile.figures import binding, encodings, pictures
from casefile.figures.encodings import Row, Specification
from casefile.figures.formats import typographic
from casefile.figures.graph import Graph
from casefile.figures.nodes import DRAWN, Figure
from casefile.notebook import parameters
from casefile.notebook.results import Chart, Results
from casefile.records import Declaration, Records
from casefile.system import cache

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.environment import BuildEnvironment

    from casefile.site.application import Application, Context

_SCRIPTS = ("formats.js", "graph.js", "ask.js", "slips.js")
_CHARTS, RANGES = "charts.js", "ranges.js"
WHAT_IF = (
    "fields.js",
    "windows.js",
    "whatif.js",
    "sentence.js",
    "handles.js",
    "kernel.js",
    "painting.js",
    "live.js",
    "own.js",
)
_STYLE, CHARTS_STYLE = "ask.css", "charts.css"
_SYMBOLS = ("point", "circle", "square")  # the marks of a chart that Vega draws as symbols


def script(
    chapter: Results, records: Records, book: str, read_by_code: frozenset[str] = frozenset(),
    pages: Mapping[str, tuple[str, str]] = types.MappingProxyType({}),
) -> str:  # fmt: skip
    """The script of one page. `read_by_code` are the parameters that the notebook's own code reads as plain values.

    `pages` gives the page of each chapter, and its title.
    """
    plain = page(chapter, records, book, read_by_code, pages)
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


def page(
    chapter: Results, records: Records, book: str, read_by_code: frozenset[str],
    pages: Mapping[str, tuple[str, str]] = types.MappingProxyType({}),
) -> dict[str, Any]:  # fmt: skip
    """What the page's script holds besides formulas: plain data, figures in an order in which inputs come first.

    Its texts are set as the page sets them, for the script compares the two.
    """
    graph = chapter.graph
    declared, moved = records.declared(chapter.chapter), moving(chapter, records)
    reached = downstream(graph, moved.values())
    units = {figure.unit for figure in graph.figures.values()}
    units |= {unit for drawn in chapter.charts.values() for _, _, unit in tables.columns(drawn) if unit}
    return {
        "book": book,
        "chapter": chapter.chapter,
        "title": chapter.question or chapter.title,
        "units": {unit: records.units[unit].for_page() for unit in sorted(units)},
        "figures": {name: _figure(figure, graph) for name, figure in graph.figures.items()},
        "words": {name: [typographic(label) for label, _ in choice.options] for name, choice in graph.choices.items()},
        "tallies": {
            name: {"label": typographic(tally.label), "words": list(tally.words), "more": tally.more}
            for name, tally in graph.tallies.items()
        },
        "charts": {name: _chart(drawn, reached) for name, drawn in chapter.charts.items()},
        **_draws(chapter),
        **({"presets": presets} if (presets := _presets(chapter, records)) else {}),
        "parameters": [
            _parameter(row, chapter.parameters[name], moved.get(name, ""), name in read_by_code)
            | {"others": [pages[other] for other in row.readers if other in pages and other != chapter.chapter]}
            for name, row in sorted(
                declared.items(), key=lambda pair: pair[1].chapter != chapter.chapter
            )  # its own first
        ],
    }


def _draws(chapter: Results) -> dict[str, Any]:
    """What a page needs to draw its ranges again: seed, count, the assumptions' spreads, the figures that have ranges of draws."""
    count, seed = chapter.parameters.get("draws"), chapter.parameters.get("seed")
    targets = [name for name, figure in chapter.graph.figures.items() if figure.band == DRAWN]
    if not targets or not isinstance(count, int) or not isinstance(seed, int):
        return {}
    spreads = {name: ends for name, ends in chapter.ranges.items() if ends["low"] < ends["high"]}
    return {"draws": {"seed": seed, "count": count, "spreads": spreads, "targets": targets}}


def _presets(chapter: Results, records: Records) -> list[dict[str, Any]]:
    """The named scenarios that set what this page can move: each with its title and its values."""
    movable, presets = moving(chapter, records), []
    for described in parameters.scenarios(records).values():
        values = described["parameters"].get(chapter.chapter, {})
        if values and set(values) <= set(movable):
            title, meaning = typographic(described["title"]), typographic(described["meaning"])
            presets.append({"title": title, "meaning": meaning, "values": values})
    return presets


def moving(chapter: Results, records: Records) -> dict[str, str]:
    """The parameters that a formula or a word of their chapter reads, each with its figure: those a page can move.

    One that a chapter it needs takes too is none of them: what that chapter says would not follow.
    """
    graph, needed = chapter.graph, set(chapter.needs)
    declared = {name: row for name, row in records.declared(chapter.chapter).items() if not needed & set(row.readers)}
    read = {name for figure in graph.figures.values() if figure.formula is not None for name in figure.inputs}
    read |= {name for choice in graph.choices.values() for name in choice.inputs}
    return {
        figure.parameter: name
        for name, figure in graph.figures.items()
        if figure.kind == "parameter"
        and figure.parameter in declared
        and figure.chapter == declared[figure.parameter].chapter
        and name in read
    }


def downstream(graph: Graph, roots: Iterable[str]) -> frozenset[str]:
    """The figures and words that rest on some figures through formulas, themselves included."""
    names = set(roots)
    for name, figure in graph.figures.items():
        if figure.formula is not None and names & set(figure.inputs):
            names.add(name)
    names |= {name for name, choice in graph.choices.items() if len(choice.options) > 1 and names & set(choice.inputs)}
    return frozenset(names | {name for name, tally in graph.tallies.items() if names & set(tally.words)})


def drawings(chapter: Results, drawer: pictures.Pictures) -> str:
    """The script that holds a page's charts in Vega; it is asked for when the first of them is seen."""
    plain = {
        name: {
            "spec": json.loads(drawer.vega(pictures.sized(drawn["spec"], pictures.WIDE))),
            "widths": {"wide": pictures.WIDE, "narrow": pictures.NARROW} if pictures.resizable(drawn["spec"]) else {},
            "columns": tables.columns(drawn),
            **_narrow(drawn["spec"], drawer),
        }
        for name, drawn in chapter.charts.items()
    }
    return f"casefile.drawings = {json.dumps(plain, ensure_ascii=False, separators=(',', ':'))};\n"


def _narrow(spec: Specification, drawer: pictures.Pictures) -> dict[str, Any]:
    """A chart's other shape for a narrow screen in Vega, where it has one."""
    has_one = binding.NARROW_FORM in spec.get("usermeta", {})
    return {"narrow": json.loads(drawer.vega(pictures.sized(spec, pictures.NARROW)))} if has_one else {}


def _figure(figure: Figure, graph: Graph) -> dict[str, Any]:
    plain = {
        "kind": figure.kind, "unit": figure.unit, "meaning": typographic(figure.meaning), "value": figure.value, "low": figure.low,
        "high": figure.high, "low_figure": figure.low_figure, "high_figure": figure.high_figure, "band": figure.band, "digits": figure.digits, "inputs": list(figure.inputs),
        "arithmetic": figure.formula.arithmetic if figure.formula is not None else [],
    }  # fmt: skip
    return {key: value for key, value in plain.items() if value not in (None, "", [])}


def _chart(drawn: Chart, reached: frozenset[str]) -> dict[str, Any]:
    """What of a chart follows parameters: figures it draws, figures it rests on otherwise, its alternative text."""
    rows = [row for rows in drawn["spec"].get("datasets", {}).values() for row in rows]
    bound = frozenset(name for row in rows for cell in binding.bindings(row) for name in cell.figures)
    loose = {name for row in [*rows, *drawn["rows"]] for name in _unbound_ranges(row, drawn)}
    loose |= set(drawn["figures"]) - bound
    texts = binding.names_in_text(drawn["alt"])
    if not bound | loose | texts | binding.names_in_text(drawn["title"]):
        loose = set(reached)  # it names nothing, so it may rest on anything
    plain = {
        "moves": sorted(bound & reached),
        "loose": sorted(loose & reached),
        "alt": typographic(drawn["alt"]) if texts & reached else "",
    }
    return {key: value for key, value in plain.items() if value}


def handle(drawn: Chart, chapter: Results, records: Records) -> dict[str, str]:
    """What a reader can move by a mark of a chart, in words, by the form of the drawing: `wide`, `narrow`; empty without one.

    The same rule as in handles.js: the first symbol that stands along an axis where a number puts it that a hand moves,
    or one worked out from that directly.
    """
    numbers, declared = moving(chapter, records), records.declared(chapter.chapter)
    meanings = {
        figure: declared[name].meaning
        for name, figure in numbers.items()
        if declared[name].type in ("number", "integer") and not declared[name].choices
        and None not in (declared[name].minimum, declared[name].maximum)
    }  # fmt: skip
    forms = {"wide": drawn["spec"], "narrow": drawn["spec"].get("usermeta", {}).get(binding.NARROW_FORM, drawn["spec"])}
    moved = {form: _handle(spec, chapter.graph, meanings) for form, spec in forms.items()}
    return {form: meaning for form, meaning in moved.items() if meaning}


def _handle(spec: Specification, graph: Graph, meanings: Mapping[str, str]) -> str:
    for part in encodings.parts(spec):
        along = {one.get("field") for axis in ("x", "y") for one in encodings.of_channel(part.encoding.get(axis))}
        for row in (part.rows or ()) if part.mark.get("type") in _SYMBOLS else ():
            for cell in binding.bindings(row):
                movers = (cell.figure, *graph[cell.figure].inputs) if cell.figure in graph.figures else ()
                if cell.column in along and (
                    moved := next((meanings[name] for name in movers if name in meanings), "")
                ):
                    return moved
    return ""


def _unbound_ranges(row: Row, drawn: Chart) -> Iterable[str]:
    """The figure of a row whose range is drawn or listed as the notebook worked it out."""
    shown = {*drawn["columns"], *re.findall(r'"field": "(\w+)"', json.dumps({**drawn["spec"], "datasets": {}}))}
    if any(end in shown and row.get(end) is not None and not row.get(f"{end}_figure") for end in ("low", "high")):
        yield from [str(row["figure"])] if row.get("figure") else []


def _parameter(row: Declaration, value: parameters.Value, figure: str, read_by_code: bool) -> dict[str, Any]:
    kind = parameters.type_of(row)
    plain = {
        "name": row.name, "home": row.chapter, "type": row.type, "value": value, "default": parameters.default(row),
        "minimum": row.minimum, "maximum": row.maximum, "choices": [kind(choice) for choice in row.choices],
        "labels": dict(row.labelled),
        "low": row.low, "high": row.high, "meaning": typographic(row.meaning), "note": typographic(row.note), "code": read_by_code,
        "takes": parameters.expected(row), "unit": "" if figure else row.unit,
    }  # fmt: skip
    return {"figure": figure, **{key: item for key, item in plain.items() if item not in (None, "", [], {})}}


def _write(app: Application, env: BuildEnvironment, docnames: list[str]) -> None:
    """Write every chapter's script, before pages are written that name it with its hash."""
    content, book = app.casefile_content, str(app.config.html_title or app.config.project)
    folder = Path(app.outdir) / "_static" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {chapter.chapter: (page, chapter.title) for page, chapter in content.pages.items()}
    root = content.records.root
    by = {**cache.data_parts(root), "package": cache.package(pages=True), "book": book, "pages": repr(pages)}
    for page, chapter in content.pages.items():
        notebook = Path(app.srcdir) / f"{page}.ipynb"
        if notebook.is_file():  # a page that is rendered alone has no other beside it
            code = parameters.read_by_code(json.loads(notebook.read_text(encoding="utf-8")), notebook.name)
            key = cache.key({**by, "results": content.digests[page], "code": repr(sorted(code))})
            work = functools.partial(script, chapter, content.records, book, code, pages)
            text = cache.Store(root / cache.FOLDER).once("scripts", key, work)
            (folder / f"{chapter.chapter}.js").write_text(text, encoding="utf-8")


def _add(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Put a chapter's script, with those that read it, into the head of its page."""
    chapter = app.casefile_content.pages.get(page_name)
    if chapter is None:
        return
    names = [f"figures/{chapter.chapter}.js", *_SCRIPTS]
    if chapter.charts:
        names.append(_CHARTS)
        app.add_css_file(CHARTS_STYLE, priority=900)
    if app.casefile_content.records.declared(chapter.chapter):
        if _draws(chapter):
            names.append(RANGES)
        names += WHAT_IF
        context["what_if"] = True
    for position, name in enumerate(names):
        app.add_js_file(name, priority=900 + position, loading_method="defer")
    app.add_css_file(_STYLE, priority=900)


def setup(app: Application) -> None:
    """Give every chapter's page its script."""
    app.connect("env-before-read-docs", _write)
    app.connect("html-page-context", _add, priority=400)
