"""HTML of the things pages show. Every text is escaped by the template engine; nothing is built by joining strings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from casefile import expressions, formats, pictures
from casefile.figures import Graph
from casefile.results import dumps
from casefile.site.content import Content

Link = Callable[[str], str]
TEMPLATES = Path(__file__).parent / "templates"


@functools.lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates, every one autoescaped and strict about names."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["json"] = lambda plain: Markup(dumps(plain).replace("<", "\\u003c").replace("&", "\\u0026"))
    return made


def render(template: str, **values: Any) -> str:
    """One template with its values."""
    return environment().get_template(template).render(**values)


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
    import string

    parts = []
    for literal, name, part, _ in string.Formatter().parse(template):
        parts.append(Markup.escape(literal))
        if name is not None:
            parts.append(Markup(number(content, name, part or "value", page, link)))
    return Markup("").join(parts)


def derivation(content: Content, graph: Graph, name: str, page: str, link: Link, anchored: bool = True) -> str:
    """A figure explained: meaning, value, range, arithmetic, formula, sources."""
    figure = graph[name]
    formula = ""
    if figure.expression is not None:
        formula = Markup(expressions.mathml(figure.expression, graph.labels(figure.inputs)))
    sources = [content.records.sources[source] for source in figure.sources]
    return render(
        "derivation.html",
        figure=figure, value=graph.printed(name), anchored=anchored, arithmetic=graph.arithmetic(name), formula=formula,
        range=graph.printed(name, "range") if figure.band and figure.value is not None else "",
        sources=sources, link=link, inputs=[graph[inner] for inner in figure.inputs],
        origin=lambda source: content.records.origins.get(source.origin),
        home=content.home(figure), page=page, unit=content.records.units[figure.unit],
        correction=content.corrected.get(name),
    )  # fmt: skip


def chart(content: Content, name: str, page: str, link: Link, position: int) -> str:
    """A chart as a figure: finding, picture in two widths, table, downloads, sources."""
    results = content.pages[page]
    drawn = results.charts[name]
    prefix = f"chart-{name}"
    return render(
        "chart.html",
        chart=drawn, position=position,
        title=filled(content, drawn["title"], page, link), alt=results.graph.fill(drawn["alt"]),
        note=filled(content, drawn["note"], page, link),
        wide=Markup(pictures.element(drawn["spec"], pictures.WIDE, f"{prefix}-wide", content.pictures.svg)),
        narrow=Markup(pictures.element(drawn["spec"], pictures.NARROW, f"{prefix}-narrow", content.pictures.svg)),
        header=[label.partition("|")[0] for label in drawn["columns"].values()],
        cells=[cells(content, drawn["columns"], row) for row in drawn["rows"]],
        sources=[content.records.sources[source] for source in drawn["sources"]], link=link,
    )  # fmt: skip


def cells(content: Content, columns: dict[str, str], row: dict[str, Any]) -> list[str]:
    """One row of a chart's table as printed texts, in the units its columns name."""
    texts = []
    for column, label in columns.items():
        unit, value = label.partition("|")[2], row[column]
        if value is None:
            texts.append("–")
        elif unit and isinstance(value, int | float):
            texts.append(formats.printed(float(value), content.records.units[unit]))
        elif isinstance(value, float):
            texts.append(formats.fixed(value, 4) if value >= 0 else formats.MINUS + formats.fixed(value, 4))
        else:
            texts.append(str(value)[:10] if str(value).endswith("T00:00:00.000") else str(value))
    return texts
