"""HTML of the things pages show. Every text is escaped by the template engine; nothing is built by joining strings."""

from __future__ import annotations

import functools
import math
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from casefile.figures import binding, formats, pictures
from casefile.figures.graph import Figure, Graph
from casefile.records import Fact, Source, Unit
from casefile.site import compiled
from casefile.site.content import Content

Link = Callable[[str], str]
TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    "csv": "Data (CSV)", "vl.json": "Vega-Lite", "svg": "SVG", "png": "PNG", "zip": "All of it, with notes (zip)"
}  # fmt: skip
FRAME = 220  # pixels of an embedded chart's title, note and credit
_APOSTROPHE = re.compile(r"""(\b(?:href|src|action|content)="[^"]*")|(?<=\w)(?:&#39;|&#x27;)""")


@functools.lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates, every one autoescaped and strict about names."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["day"], made.filters["words"] = formats.day, formats.in_words
    return made


def text_of(markup: str) -> str:
    """The text of some HTML as a screen shows it, without what is there for paper alone."""
    tree = etree.HTML(f"<body>{markup}".encode(), etree.HTMLParser(encoding="utf-8"))
    return "".join(tree.xpath("//text()[not(ancestor::*[@class='print-only' or @class='corrected'])]"))


def render(template: str, **values: Any) -> str:
    """One template with its values."""
    return apostrophes(environment().get_template(template).render(**values))


def apostrophes(html: str) -> str:
    """HTML with one kind of apostrophe within and after words, that of the prose around it; addresses and policies keep theirs."""
    return _APOSTROPHE.sub(lambda found: found[1] or "’", html)


def number(content: Content, name: str, part: str, page: str, link: Link) -> str:
    """A figure in prose: its printed value, a link to where it is explained."""
    owner = content.page_of(name, page)
    graph = content.pages[owner].graph
    if name in graph.choices:
        return render("word.html", name=name, text=graph.chosen(name))
    return render(
        "number.html", name=name, part=part, text=graph.printed(name, part), href=f"{link(owner)}#figure-{name}",
        correction=content.corrected.get(name), link=link,
    )  # fmt: skip


def filled(content: Content, template: str, page: str, link: Link) -> Markup:
    """A text with `{figure}` in it, each figure as in prose."""
    parts = []
    for literal, name, part, _ in string.Formatter().parse(template):
        parts.append(Markup.escape(literal))
        if name is not None:
            parts.append(Markup(number(content, name, part or "value", page, link)))
    return Markup("").join(parts)


# Units of pint's own of which a number says nothing without their name.
_OF_TIME = ("hour", "day", "month", "year")


def fact(fact: Fact, unit: Unit) -> str:
    """A fact in print, its unit named: its value; its range where it has no value, or where the value is its one bound."""
    name = f" {noun}" if (noun := _counted(unit)) else ""
    if fact.value is None or (fact.low is None) != (fact.high is None):
        return formats.printed_range(fact.low, fact.high, unit) + name
    return formats.printed(fact.value, unit) + name


def _counted(unit: Unit) -> str:
    """What a unit without prefix and suffix counts, in the plural: a time, or the dimension that its definition gives it."""
    dimension = re.fullmatch(r"\w+ = \[(\w+)\]", unit.definition)
    noun = dimension[1].replace("_", " ") if dimension else unit.unit if unit.unit in _OF_TIME else ""
    if not noun or unit.style != "number" or unit.prefix or unit.suffix:
        return ""
    return "people" if noun == "person" else re.sub(r"(?<=[^aeiou])y$", "ie", noun) + "s"


@dataclass(frozen=True)
class Step:
    """One figure that another was made from, as it is told under that other."""

    figure: Figure
    value: str
    arithmetic: str
    sources: list[Source]


def derivation(content: Content, graph: Graph, name: str, page: str, link: Link, anchored: bool = True) -> str:
    """A figure explained: meaning, value, range, arithmetic, formula, sources.

    One that stands on another page is told as that page tells it, with all that it was made from.
    """
    figure, home = graph[name], content.home(graph[name])
    explaining = explained_by(content, graph, name)
    explained = explaining[name]
    formula = Markup(explained.formula.mathml) if explained.formula is not None else ""
    return render(
        "derivation.html",
        figure=figure, value=graph.printed(name), anchored=anchored, explained=explained,
        arithmetic=explaining.arithmetic(name), formula=formula,
        range=graph.printed(name, "range") if figure.band and figure.value is not None else "",
        sources=[content.records.sources[source] for source in explained.sources], link=link,
        origin=lambda source: content.records.origins.get(source.origin),
        lineage=lineage(content, explaining, name, {}) if explaining is not graph else [],
        home=home, home_title=content.pages[home].question or content.pages[home].title, page=page,
        correction=content.corrected.get(name),
    )  # fmt: skip


def explained_by(content: Content, graph: Graph, name: str) -> Graph:
    """The graph of the page that works a figure out, if it says there what `graph` says; `graph` itself otherwise."""
    theirs = content.pages[content.home(graph[name])].graph
    one, other = graph[name], theirs[name]
    return theirs if (one.value, one.low, one.high) == (other.value, other.low, other.high) else graph


def lineage(content: Content, graph: Graph, name: str, seen: dict[str, Step]) -> list[Step]:
    """All that a figure was made from, each once, down to the sources: every input followed by its own."""
    for inner in graph[name].inputs:
        if inner not in seen:
            theirs = explained_by(content, graph, inner)
            sources = [content.records.sources[source] for source in theirs[inner].sources]
            seen[inner] = Step(theirs[inner], theirs.printed(inner), theirs.arithmetic(inner), sources)
            lineage(content, theirs, inner, seen)
    return list(seen.values())


def place_of_chart(name: str, position: int) -> str:
    """What stands for a chart until its page is written: pictures are still being drawn while pages are read."""
    return f"<!--chart {name} {position}-->"


def with_charts(content: Content, body: str, page: str, link: Link, address: str) -> str:
    """The HTML of a page's content with its charts in their places."""
    return re.sub(
        r"<!--chart (\w+) (\d+)-->",
        lambda found: chart(content, found.group(1), page, link, int(found.group(2)), address),
        body,
    )


def chart(content: Content, name: str, page: str, link: Link, position: int, address: str = "") -> str:
    """A chart as a figure: finding, picture in two widths, table, downloads, sources.

    `address` is that of the book on the web, for whoever embeds the chart; without one the page's script finds it.
    """
    results = content.pages[page]
    drawn = results.charts[name]
    prefix, up = f"chart-{name}", "../" * page.count("/")
    moving = compiled.moving(results, content.records).values()
    reached = compiled.downstream(results.graph, moving)
    title = results.graph.fill(drawn["title"])
    wide = pictures.element(drawn["spec"], pictures.WIDE, f"{prefix}-wide", content.pictures.svg)
    return render(
        "chart.html",
        chart=drawn, position=position,
        title=filled(content, drawn["title"], page, link), alt=results.graph.fill(drawn["alt"]),
        note=filled(content, drawn["note"], page, link),
        wide=Markup(wide),
        narrow=Markup(pictures.element(drawn["spec"], pictures.NARROW, f"{prefix}-narrow", content.pictures.svg)),
        columns=compiled.columns(drawn), rows=[cells(content, drawn, row, reached) for row in drawn["rows"]],
        files=[(f"{up}charts/{name}.{kind}", words) for kind, words in FILES.items()], embed=f"{up}embed/{name}.html",
        snippet=snippet(f"{address.rstrip('/')}/embed/{name}.html".lstrip("/"), title, drawn_height(wide)),
        sources=[content.records.sources[source] for source in drawn["sources"]], link=link,
    )  # fmt: skip


def drawn_height(element: str) -> int:
    """The height of an SVG element in pixels of its own."""
    found = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', element)
    return math.ceil(float(found.group(1))) if found else 0


def snippet(address: str, title: str, height: int) -> str:
    """The HTML that puts a chart into a frame on another site."""
    frame = '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>'
    return str(Markup(frame).format(address, title, height + FRAME))


@dataclass(frozen=True)
class Cell:
    """One cell of a chart's table: its text, and what it follows when a parameter moves.

    `figure` is printed in the column's unit, `template` is filled; `range` names the figure whose range, which no formula gives,
    the cell holds.
    """

    text: str
    figure: str = ""
    template: str = ""
    range: str = ""


def cells(content: Content, drawn: Mapping[str, Any], row: Mapping[str, Any], reached: frozenset[str]) -> list[Cell]:
    """One row of a chart's table as printed texts, in the units its columns name; `reached` are the figures that may move."""
    bound = {found.column: found for found in binding.bindings(row) if found.figures & reached}
    made = []
    for column, _, unit in compiled.columns(drawn):
        text, found = cell(content, row[column], unit), bound.get(column)
        if found:
            made.append(Cell(text, figure=found.figure, template=found.template))
        elif column in ("low", "high") and row.get("figure") in reached:
            made.append(Cell(text, range=row["figure"]))
        else:
            made.append(Cell(text))
    return made


def cell(content: Content, value: Any, unit: str) -> str:
    """A value in a chart's table, in a unit or as it is; the same as `formats.cell` of the page's script."""
    if value is None:
        return "–"
    if unit and isinstance(value, int | float):
        return formats.printed(float(value), content.records.units[unit])
    if isinstance(value, float):
        return formats.fixed(value, 4) if value >= 0 else formats.MINUS + formats.fixed(value, 4)
    return formats.day(str(value).removesuffix("T00:00:00.000"))
