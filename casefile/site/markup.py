"""HTML of the things pages show. Every text is escaped by the template engine; nothing is built by joining strings."""

from __future__ import annotations

import functools
import itertools
import math
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from casefile.content import explained, places, tables
from casefile.content.content import Content
from casefile.figures import binding, formats, pictures
from casefile.figures.encodings import Row
from casefile.figures.graph import Graph
from casefile.notebook.results import Chart
from casefile.site import page_script, whole
from casefile.system.tags import Tag, rewritten
from casefile.system.tree import of_html

Link = Callable[[str], str]
_CHART, _END = "<!--chart ", "-->"  # no text of a page holds them: there they are escaped
TEMPLATES = Path(__file__).parent / "templates"
CHART_FILES = {
    "csv": "Data (CSV)", "vl.json": "Vega-Lite", "svg": "SVG", "png": "PNG", "zip": "All of it, with notes (zip)"
}  # fmt: skip
_AS_TYPED = frozenset(("code", "pre", "script", "style", "textarea"))  # their quotes are their own


def _as_printed(value: object) -> object:
    """A value of a template as pages print it, with one kind of apostrophe; HTML, and an address of another site, as they are."""
    return formats.with_apostrophes(value) if type(value) is str and "://" not in value else value


@functools.lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    """The templates, every one autoescaped and strict about names."""
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_as_printed,
    )  # fmt: skip
    jinja.filters["day"], jinja.filters["words"], jinja.filters["whole"] = formats.day, formats.in_words, whole.in_html
    return jinja


def screen_text(markup: str, within: str = "") -> str:
    """The text of some HTML as a screen shows it, without what is there for paper alone; of the element `within`, an XPath."""
    tree = of_html(f"<body>{markup}")
    return "".join(tree.xpath(f"{within}//text()[not(ancestor::*[@class='print-only' or @class='corrected'])]"))


def render(template: str, **values: object) -> str:
    """One template with its values."""
    return quotes(_environment().get_template(template).render(**values))


def quotes(html: str) -> str:
    """HTML with the quotes of print around words; tags and code keep theirs."""
    typed = ""

    def tag(tag: Tag) -> str:
        nonlocal typed
        if tag.name in _AS_TYPED and typed in ("", tag.name):
            typed = "" if tag.ends else tag.name
        return tag.written

    def words(text: str) -> str:
        if typed:
            return text
        pieces = text.replace("&quot;", "&#34;").split("&#34;")
        printed = pieces[0]
        for before, after in itertools.pairwise(pieces):
            ends = before[-1:].isalnum() or before.endswith(tuple("_.,;:!?)…")) or after[:1].isspace()
            printed += ("”" if ends else "“") + after
        return printed

    return rewritten(html, tag, words) if "&#34;" in html or "&quot;" in html else html


def number(content: Content, name: str, part: str, page: str, link: Link) -> str:
    """A figure in prose: its printed value, a link to where it is explained."""
    owner = content.page_of(name, page)
    graph = content.pages[owner].graph
    if name in graph.choices:
        return render("word.html", name=name, text=graph.chosen(name))
    return render(
        "number.html", name=name, part=part, text=graph.printed(name, part), href=f"{link(owner)}#figure-{name}",
        correction=content.restated.get(name), link=link,
    )  # fmt: skip


def filled(content: Content, template: str, page: str, link: Link) -> Markup:
    """A text with `{figure}` in it, each figure as in prose."""
    parts = []
    for literal, name, part, _ in string.Formatter().parse(template):
        parts.append(whole.in_html(literal))
        if name is not None:
            parts.append(Markup(number(content, name, part or "value", page, link)))
    return Markup("").join(parts)


def derivation(content: Content, graph: Graph, name: str, page: str, link: Link, anchored: bool = True) -> str:
    """A figure explained: meaning, value, range, arithmetic, formula, sources.

    One that stands on another page is told as that page tells it, with all that it was made from.
    """
    figure, home = graph[name], content.home(graph[name])
    explaining = explained.by(content, graph, name)
    figure_there = explaining[name]
    formula = Markup(figure_there.formula.mathml) if figure_there.formula is not None else ""
    return render(
        "derivation.html",
        figure=figure, value=graph.printed(name), anchored=anchored, explained=figure_there,
        arithmetic=explaining.arithmetic(name), formula=formula,
        range=graph.printed(name, "range") if figure.band and figure.value is not None else "",
        sources=[content.records.sources[source] for source in figure_there.sources], link=link,
        origin=lambda source: content.records.origins.get(source.origin),
        lineage=explained.lineage(content, explaining, name, {}) if explaining is not graph else [],
        home=home, home_title=content.pages[home].question or content.pages[home].title, page=page,
        correction=content.corrected.get(name),
    )  # fmt: skip


def place_of_chart(name: str, position: str) -> str:
    """What stands for a chart until its page is written: pictures are still being drawn while pages are read."""
    return f"{_CHART}{name} {position}{_END}"


def with_charts(content: Content, body: str, page: str, link: Link, address: str) -> str:
    """The HTML of a page's content with its charts in their places."""
    filled_in, *parts = body.split(_CHART)
    for part in parts:
        named, _, after = part.partition(_END)
        name, position = named.split()
        filled_in += chart(content, name, page, link, position, address) + after
    return filled_in


def chart(content: Content, name: str, page: str, link: Link, position: str, address: str = "") -> str:
    """A chart as a figure: finding, picture in two widths, table, downloads, sources.

    `address` is that of the book on the web, for whoever embeds the chart; without one the page's script finds it.
    """
    results = content.pages[page]
    drawn = results.charts[name]
    prefix, up = f"chart-{name}", "../" * page.count("/")
    moving = page_script.moving(results, content.records).values()
    reached = page_script.downstream(results.graph, moving)
    title = results.graph.fill(drawn["title"])
    wide = pictures.element(drawn["spec"], pictures.WIDE, f"{prefix}-wide", content.pictures.svg)
    return render(
        "chart.html",
        chart=drawn, position=position,
        title=filled(content, drawn["title"], page, link), alt=results.graph.fill(drawn["alt"]),
        note=filled(content, drawn["note"], page, link),
        wide=Markup(wide), handle=page_script.handle(drawn, results, content.records), cue=places.cue,
        narrow=Markup(pictures.element(drawn["spec"], pictures.NARROW, f"{prefix}-narrow", content.pictures.svg)),
        columns=tables.columns(drawn), rows=[cells(content, results.graph, drawn, row, reached) for row in drawn["rows"]],
        files=[(f"{up}charts/{name}.{kind}", words) for kind, words in CHART_FILES.items()], embed=f"{up}embed/{name}.html",
        snippet=places.snippet(f"{address.rstrip('/')}/embed/{name}.html".lstrip("/"), title, drawn_height(wide)),
        sources=[content.records.sources[source] for source in drawn["sources"]], link=link,
    )  # fmt: skip


def drawn_height(element: str) -> int:
    """The height of an SVG element in pixels of its own."""
    box = str(of_html(element).xpath("string(//svg/@viewbox)")).split()
    return math.ceil(float(box[3])) if box else 0


@dataclass(frozen=True)
class _Cell:
    """One cell of a chart's table: its text, and what it follows when a parameter moves.

    `figure` is printed in the column's unit, `template` is filled; `range` names the figure whose range, which no formula gives,
    the cell holds.
    """

    text: str
    figure: str = ""
    template: str = ""
    range: str = ""


def cells(content: Content, graph: Graph, drawn: Chart, row: Row, reached: frozenset[str]) -> list[_Cell]:
    """One row of a chart's table as printed texts, in the units its columns name; `reached` are the figures that may move."""
    bound = {source.column: source for source in binding.bindings(row) if source.figures & reached}
    row_cells = []
    for column, _, unit in tables.columns(drawn):
        text, source = tables.cell(content, graph, row, column, unit), bound.get(column)
        if source:
            row_cells.append(_Cell(text, figure=source.figure, template=source.template))
        elif column in ("low", "high") and row.get("figure") in reached:
            row_cells.append(_Cell(text, range=str(row["figure"])))
        else:
            row_cells.append(_Cell(text))
    return row_cells
