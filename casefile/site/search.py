"""The search index: every figure, claim, chart, section, source and defined term of the book, each with its address.

A static script that the search page loads; nothing of it is on any other page. Sphinx's own index is not made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from casefile.content import ledger
from casefile.content.content import Content
from casefile.figures import formats
from casefile.site import markup
from casefile.site.roles import place_of

if TYPE_CHECKING:
    from sphinx.config import Config

    from casefile.site.application import Application, Context

SCRIPT = "search-index.js"


@dataclass(frozen=True)
class Document:
    """One thing that can be found: `title` and `text` are what is searched, `value` is printed beside the title.

    `place` says in words where it stands; `href` leads there from the site's root.
    """

    kind: str
    title: str
    value: str
    text: str
    place: str
    href: str


def _figures(content: Content, titles: dict[str, str]) -> Iterator[Document]:
    """Every figure once, on the page that explains it: its meaning, printed value, note and publishers."""
    for name, page in content.homes.figures.items():
        graph = content.pages[page].graph
        figure = graph[name]
        publishers = dict.fromkeys(content.records.sources[source].publisher for source in graph.sources(name))
        text = " · ".join(filter(None, (figure.printed_form, figure.note, *publishers)))
        yield Document("figure", figure.meaning, graph.printed(name), text, titles[page], f"{page}.html#figure-{name}")


def _claims(content: Content, titles: dict[str, str]) -> Iterator[Document]:
    """Every judged claim: its words, verdict, printed form, finding and replies."""
    for entry in ledger.entries(content):
        claim = entry.claim
        text = " ".join(filter(None, (claim.printed, claim.finding, *(reply.meaning for reply in entry.replies))))
        href = f"{entry.ledger_page}.html#claim-{claim.id}"
        yield Document("claim", claim.claim, entry.verdict, text, titles[entry.ledger_page], href)


def charts(content: Content, titles: dict[str, str]) -> Iterator[Document]:
    """Every chart: its finding, and what it shows."""
    for name, page in content.homes.charts.items():
        graph, drawn = content.pages[page].graph, content.pages[page].charts[name]
        title, shows = graph.fill(drawn["title"]), graph.fill(drawn["alt"])
        yield Document("chart", title, "", shows, titles[page], f"{page}.html#chart-{name}")


def _sources(content: Content, place: str, page: str) -> Iterator[Document]:
    """Every source, as the page that lists them has it: publisher and title, author, date, origin, what was checked."""
    for source in content.records.sources.values():
        origin = content.records.origins.get(source.origin)
        facts = (source.author, origin.name if origin else "", source.checked)
        title = ": ".join(filter(None, (source.publisher, source.title)))
        href = f"{page}.html#source-{source.id}"
        yield Document("source", title, formats.day(source.published), " · ".join(filter(None, facts)), place, href)


def documents_of_page(page: str, title: str, doctree: nodes.document) -> Iterator[Document]:
    """The sections and defined terms of one page; its first section is the page itself."""
    for position, section in enumerate(doctree.findall(nodes.section)):
        heading = next(section.findall(nodes.title))
        text = [reader_text(child) for child in section if not isinstance(child, nodes.section | nodes.title)]
        place, anchor = (title, f"#{section['ids'][0]}") if position else ("", "")
        yield Document(
            "section", reader_text(heading), "", " ".join(" ".join(text).split()), place, f"{page}.html{anchor}"
        )
    for term in doctree.findall(nodes.term):
        meaning = " ".join(map(reader_text, term.parent.findall(nodes.definition)))
        yield Document("term", reader_text(term), "", " ".join(meaning.split()), title, f"{page}.html#{term['ids'][0]}")


def reader_text(node: nodes.Node) -> str:
    """The text of a node as its reader sees it: the numbers in a sentence stand in it, code and whole tables do not."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.raw):
        in_a_sentence = isinstance(node.parent, nodes.TextElement)
        return markup.screen_text(node.astext()) if in_a_sentence else ""
    if isinstance(node, nodes.literal_block | nodes.comment | nodes.definition_list):
        return ""
    if isinstance(node, nodes.TextElement):
        return "".join(map(reader_text, node.children))
    return " ".join(filter(None, map(reader_text, node.children)))


def everything(content: Content, titles: dict[str, str]) -> Iterator[Document]:
    """What the results and records hold of the pages that are there: a page rendered alone knows no other."""
    pages = {page: results for page, results in content.pages.items() if page in titles}
    places = {directive: page for directive, page in content.places.items() if page in titles}
    there = Content(content.records, pages, places=places)
    yield from _figures(there, titles)
    yield from _claims(there, titles)
    yield from charts(there, titles)


def index_script(entries: list[Document]) -> str:
    """The index as a script: one entry a line, texts in the order of `Document`."""
    lines = [
        json.dumps(
            [entry.kind, *map(_typeset, list(asdict(entry).values())[1:-1]), entry.href],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for entry in entries
    ]
    return "globalThis.casefile ??= {};\ncasefile.searchIndex = [\n" + ",\n".join(lines) + "\n];\n"


def _typeset(text: str) -> str:
    """A text as pages show it: days in words, names of series in words, one kind of apostrophe."""
    return formats.typographic(formats.in_words(text))


def _anchor_terms(app: Application, doctree: nodes.document) -> None:
    """Give each defined term an address."""
    for term in doctree.findall(nodes.term):
        if not term["ids"]:
            term["ids"].append(f"term-{nodes.make_id(term.astext())}")


def _write(app: Application, exception: Exception | None) -> None:
    if exception is not None:
        return
    content, titles = app.casefile_content, _titles(app)
    documents = list(everything(content, titles))
    for page, title in titles.items():
        documents += documents_of_page(page, title, app.env.get_doctree(page))
    if (listed := place_of(app, "casefile-sources")) is not None:
        documents += _sources(content, titles[listed], listed)
    (Path(app.outdir) / "_static" / SCRIPT).write_text(index_script(documents), encoding="utf-8")


def _titles(app: Application) -> dict[str, str]:
    """The title of every page, in the order of the book."""
    documents = app.env.found_docs
    order = [app.config.root_doc, *(page for pages in app.env.toctree_includes.values() for page in pages)]
    return {
        page: reader_text(app.env.titles[page])
        for page in dict.fromkeys([*order, *sorted(documents)])
        if page in documents
    }


def _list(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Give the search page what it lists where scripts are off."""
    if page_name != "search":
        return
    titles = _titles(app)
    listed = [replace(entry, title=_typeset(entry.title)) for entry in everything(app.casefile_content, titles)]
    context["search_index"] = SCRIPT
    context["listed_pages"] = list(titles.items())
    context["listed"] = {kind: [entry for entry in listed if entry.kind == kind] for kind in ("claim", "figure")}


def _configure(app: Application, config: Config) -> None:
    config.html_additional_pages = {**config.html_additional_pages, "search": "search.html"}


def setup(app: Application) -> None:
    """Write our own index in place of Sphinx's."""
    app.connect("config-inited", _configure)
    app.connect("doctree-read", _anchor_terms)
    app.connect("html-page-context", _list)
    app.connect("build-finished", _write)
