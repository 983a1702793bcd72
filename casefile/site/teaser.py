"""What announces a page elsewhere: on the card that leads to it the first words of its answer, its numbers as it prints them, and
its first picture; in the contents the title of that picture.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from docutils import nodes
from markupsafe import Markup

from casefile.figures.formats import typographic
from casefile.site import markup

if TYPE_CHECKING:
    from casefile.site.application import Application


@cache  # asked for by the page before, for its key and for its card
def teaser_words(app: Application, page: str) -> Markup:
    """What the first paragraph of a page says in bold, each number in it by its figure's name; empty where none is bold."""
    for section in app.env.get_doctree(page).findall(nodes.section):
        paragraph = next((child for child in section if isinstance(child, nodes.paragraph)), None)
        bold = next(paragraph.findall(nodes.strong), None) if paragraph is not None else None
        return Markup("").join(_part(app, page, child) for child in bold.findall(nodes.Node)) if bold else Markup("")
    return Markup("")


def _part(app: Application, page: str, node: nodes.Node) -> Markup:
    if isinstance(node, nodes.raw):
        content = app.casefile_content
        name, part = node.get("figure", ""), node.get("part", "")
        graph = content.pages[content.page_of(name, page)].graph if name else None
        if graph is None or name in graph.choices:
            return Markup.escape(markup.screen_text(node.astext()))
        said = Markup('<span class="teased" data-figure="{}" data-part="{}">{}</span>')
        return said.format(name, part, graph.printed(name, part))
    if isinstance(node, nodes.Text) and not isinstance(node.parent, nodes.raw):
        return Markup.escape(node.astext())
    return Markup("")


@cache  # asked for as often
def first_chart(app: Application, page: str) -> str:
    """The id of the first chart that a page shows at any depth; empty for a page without one."""
    results = app.casefile_content.pages.get(page)
    charts = results.charts if results is not None else {}
    placed = [node["chart"] for node in app.env.get_doctree(page).findall(nodes.raw) if "chart" in node]
    return next((name for name in placed if name in charts and charts[name].get("form") != "proof"), "")


@lru_cache(maxsize=1)  # asked for by every page
def findings(app: Application) -> dict[str, tuple[str, str]]:
    """What each chapter finds, by its page: the first chart that it shows, by its id and its title."""
    content, titles = app.casefile_content, {}
    for page in app.env.toctree_includes.get(app.config.root_doc, []):
        if chart := first_chart(app, page):
            results = content.pages[page]
            titles[page] = chart, typographic(results.graph.fill(results.charts[chart]["title"]))
    return titles


def picture(app: Application, page: str) -> str:
    """The file of that chart, from the site's root; empty for a page without one.

    A PNG, since an SVG that a page shows as a picture finds none of the page's fonts.
    """
    name = first_chart(app, page)
    return f"charts/{name}.png" if name else ""
