"""Outputs of executed cells on the page: figures as derivations, charts as figures; and the list at a chapter's end."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, cast

from docutils import nodes

from casefile.content import ledger, places
from casefile.errors import BadInput
from casefile.notebook import results
from casefile.notebook.results import CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE
from casefile.site import markup
from casefile.site.roles import link_from

if TYPE_CHECKING:
    from myst_nb.core.render import MimeData, NbElementRenderer
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from casefile.site.application import Application, Context

OURS = (FIGURES_MEDIA_TYPE, CHART_MEDIA_TYPE, results.MEDIA_TYPE)


class CasefileRenderer:
    """Draws the media types that `Chapter.show`, `.chart` and `.publish` put into a notebook.

    They go before others in a book with this package's extension alone: any other shows the notebook's plain outputs.
    """

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """The docutils nodes of one output; None for media types that are neither ours nor pictures."""
        if data.mime_type.startswith("image/"):
            return _picture(renderer, data)
        env: BuildEnvironment | None = getattr(renderer.renderer, "sphinx_env", None)
        if inline or data.mime_type not in OURS or env is None or not hasattr(env.app, "casefile_content"):
            return None
        app = cast("Application", env.app)
        content, page = app.casefile_content, env.docname
        link = link_from(app, page)
        plain = data.content if isinstance(data.content, dict) else json.loads(data.string)
        graph = content.pages[page].graph
        shown: set[str] = env.temp_data.setdefault("casefile_shown", set())
        if data.mime_type == CHART_MEDIA_TYPE:
            name = plain["chart"]
            proves = content.pages[page].charts[name].get("form") == "proof"
            told = env.temp_data.setdefault("casefile_charts", Counter())
            told[proves] += 1
            html = markup.place_of_chart(name, places.number_of_chart(told[proves], proves))
            return [nodes.raw("", html, format="html", chart=name)]
        if data.mime_type == FIGURES_MEDIA_TYPE:
            parts = [
                markup.derivation(content, graph, name, page, link, name not in shown) for name in plain["figures"]
            ]
            shown |= set(plain["figures"])
            html = markup.render("derivations.html", parts=parts)
        else:
            names = [name for name in graph.figures if name not in shown]
            parts = [markup.derivation(content, graph, name, page, link) for name in names]
            html = markup.render("all_figures.html", parts=parts, count=len(parts))
            answered = ledger.entries(content, chapter=content.pages[page].chapter)
            html = markup.render("chapter_claims.html", entries=answered, link=link) + html
        return [nodes.raw("", html, format="html")]


def _picture(renderer: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """A picture with the words that it was shown with: `Image(data, alt="A tree")`, or the metadata of any display."""
    drawn: list[nodes.Element] = renderer.render_image(data)
    metadata = data.output_metadata.get(data.mime_type, data.output_metadata)
    for picture in drawn:
        if words := metadata.get("alt"):
            picture["alt"] = str(words)
    return drawn


def check_pictures(doctree: nodes.document, page: str) -> None:
    """Raise BadInput for a picture that a cell shows without words for whoever does not see it."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code_output" and any(
            not picture.get("alt", "").strip() for picture in cell.findall(nodes.image)
        ):
            raise BadInput(
                f"{page}, cell {cell.parent.get('cell_index')}: picture without alternative text; expected its finding in words: "
                'Image(…, alt="…"), or display(…, metadata={"image/png": {"alt": "…"}})'
            )


def _fill(app: Application, page: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Put the charts into a page that is written now."""
    if "body" in context and page in app.casefile_content.pages:
        link, address = link_from(app, page), app.config.html_baseurl
        context["body"] = markup.with_charts(app.casefile_content, context["body"], page, link, address)


def _prefer(app: Application, config: Config) -> None:
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *(("*", kind, 1) for kind in OURS)]


def setup(app: Application) -> None:
    """Fill in charts before anything else looks at a page; the renderer itself is found by its entry point."""
    app.connect("config-inited", _prefer)
    app.connect("doctree-resolved", lambda app, doctree, page: check_pictures(doctree, page))
    app.connect("html-page-context", _fill, priority=100)
