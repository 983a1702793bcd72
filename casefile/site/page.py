"""The page around the content: its head, its frame, and a content policy that the page itself obeys."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from docutils.parsers.rst.directives.body import Sidebar
from lxml import etree
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.environment.adapters.toctree import document_toc
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from casefile.citation import citation_file
from casefile.content import places, policy
from casefile.errors import BadInput
from casefile.figures.formats import typographic
from casefile.site import markup, teaser
from casefile.site.application import Application, Context
from casefile.site.paper import addressed_once
from casefile.site.roles import place_of
from casefile.site.search import reader_text
from casefile.system.tags import Tag, rewritten
from casefile.system.tree import of_html, removed

THEME = Path(__file__).parent / "theme"
CONTENT_STYLE = "content.css"
RUNNING = "running.css"

# What MyST-NB and sphinx-design lay beside every book, and no page asks for.
_UNUSED_FILES = ("mystnb.*.css", "sphinx-design.min.css", "design-tabs.js")
_SPECIAL = (
    nodes.math, nodes.math_block, nodes.footnote, nodes.caption, nodes.sidebar, nodes.topic, nodes.attribution, nodes.rubric,
    nodes.line_block, addnodes.versionmodified, addnodes.centered,
)  # fmt: skip
_LONGEST_DESCRIPTION = 300
_FINDING = "<!--finding-->"  # where the list of pages says what a page finds
MINUTES = "<!--minutes-->"  # where a page says how long it takes to read


def lead(body: str, longest: int = _LONGEST_DESCRIPTION) -> str:
    """The text of the first paragraph after the title, whole sentences of it up to `longest` characters.

    `body` is the HTML of a page's content; the answer is plain text, empty when there is no such paragraph.
    """
    text = " ".join(markup.screen_text(body, "(//h1)[1]/following::p[1]").split())
    if len(text) <= longest:
        return text
    sentence = max(text.rfind(mark, 0, longest) for mark in (". ", "? ", "! "))
    return text[: sentence + 1] if sentence > 0 else text[: text.rfind(" ", 0, longest)] + " …"


class _ReachedCode(PygmentsBridge.html_formatter):  # type: ignore[misc]
    """Code whose block, which scrolls, has a place in the tab order."""

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """The lines in their block, each piece with 1 for a line and 0 for what stands around them."""
        for is_line, piece in super().wrap(source):
            yield is_line, piece if is_line else piece.replace("<pre>", '<pre tabindex="0">')


def unstyled(html: str) -> str:
    """A piece of HTML without style sheets and style attributes; a printed DataFrame has both. Any other stays to the letter."""
    in_sheet = False

    def tag(tag: Tag) -> str:
        nonlocal in_sheet
        if tag.name == "style":
            in_sheet = not tag.ends
            return ""
        return tag.without("style") if "style" in tag.attributes else tag.written

    return rewritten(html, tag, lambda text: "" if in_sheet else text)


class PageTranslator(HTML5Translator):
    """Sphinx's writer of HTML, without the style attributes that the policy of pages forbids; wide tables and code scroll."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.highlighter.formatter = _ReachedCode

    def starttag(
        self, node: nodes.Element, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: object
    ) -> str:
        """A tag without its style; what is a heading by its role alone has a level, too."""
        attributes = {name: value for name, value in attributes.items() if name.lower() != "style"}
        if attributes.get("ROLE") == "heading":
            attributes.setdefault("ARIA-LEVEL", "2")
        return super().starttag(node, tagname, suffix, empty, **attributes)

    def visit_table(self, node: nodes.Element) -> None:
        """A table begins, in a box that scrolls where the table is wider than the page."""
        self.body.append('<div class="table-scroll">\n')
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        """It ends, and its box."""
        super().depart_table(node)
        self.body.append("</div>\n")


def _begin_fold(translator: HTML5Translator, node: nodes.Element) -> None:
    """A folded cell of MyST-NB, whose summary has its visible text, open and closed, as its name for screen readers."""
    folded = " ".join(("admonition", "hide", *node["classes"]))
    said = "\n".join(
        f'<span class="{state} admonition-title">{html.escape(node[prompt])}</span>'
        for state, prompt in (("collapsed", "prompt_show"), ("expanded", "prompt_hide"))
    )
    translator.body.append(f'<details class="{folded}">\n<summary>\n{said}\n</summary>\n')


def _end_fold(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append("</details>\n")


class Margin(Sidebar):
    """What stands beside the text, with or without a title: `margin`, as Jupyter Book offers it."""

    required_arguments, optional_arguments = 0, 1

    def run(self) -> list[nodes.Node]:
        """A sidebar of its own class."""
        self.arguments = self.arguments or [""]
        sidebar: list[nodes.Element] = super().run()  # type: ignore[no-untyped-call]
        sidebar[0]["classes"].append("margin")
        return [*sidebar]


def contents(app: Application, page: str) -> str:
    """The list of a page's sections, without the title that is above them."""
    listed = document_toc(app.env, page, app.builder.tags).children
    inner = next(listed[0].findall(nodes.bullet_list), None) if listed else None
    return "" if inner is None else app.builder.render_partial(inner)["fragment"].strip()


def without_links(fragment: str) -> str:
    """A piece of HTML in a heading as lists of headings have it: without links, for each entry is one, and texts for paper."""
    (whole,) = of_html(f"<body><span>{fragment}</span>").xpath("(//span)[1]")
    etree.strip_tags(whole, "a")
    for paper in whole.xpath(".//span[@class='print-only']"):
        removed(paper)
    written = etree.tostring(whole, encoding="unicode", method="html")
    return written.removeprefix("<span>").removesuffix("</span>")


def _list_plainly(app: Application, doctree: nodes.document) -> None:
    for raw in app.env.tocs[app.env.docname].findall(nodes.raw):
        raw.children = [nodes.Text(without_links(raw.astext()))]


def numbered_chapters(tree: str, sections: str, found_at: Mapping[str, str]) -> str:
    """Sphinx's list of pages, the current one marked for screen readers with its sections below it, each with what it finds.

    That is a chart, by the address of the page, for one that has one; room is left for its title.
    """
    finding = below = ""

    def line(tag: Tag) -> str:
        nonlocal finding, below
        if tag.name != "a":
            return tag.written
        ended, finding, below = f"{finding}{tag.written}{below}", "", ""
        if tag.ends:
            return ended
        classes = tag.attributes.get("class")
        if classes == "current reference internal":
            below = sections
            return tag.changed("class", classes, ' aria-current="page"')
        chart = found_at.get(tag.attributes.get("href", ""))
        if chart and classes == "reference internal":
            finding = f'<span class="contents-finding" data-chart="{chart}">{_FINDING}</span>'
        return tag.written

    return rewritten(tree, line)


def told_findings(page: str, titles: Mapping[str, str]) -> str:
    """A page whose list of pages has room for findings, with them: the titles of charts, which may hold numbers that move."""
    told, *rest = page.split(_FINDING)
    for part in rest:
        chart = told.rpartition(' data-chart="')[2].partition('"')[0]
        told += html.escape(titles[chart]) + part
    return told


@dataclass(frozen=True)
class ShortName:
    """A chapter in the bar at the top: its page, the number its file's name begins with (empty without one), its short name."""

    page: str
    number: str
    name: str


def short_names(app: Application) -> list[ShortName]:
    """The book's notebooks in reading order, each by the title it has in the contents, or else in its results."""
    titles = {
        page: title
        for tree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree)
        for title, page in tree["entries"]
        if title
    }
    pages_of_book = app.casefile_content.pages
    order = [page for pages in app.env.toctree_includes.values() for page in pages if page in pages_of_book]
    return [
        ShortName(page, places.number_of(page), titles.get(page) or pages_of_book[page].title)
        for page in dict.fromkeys(order)
        if page != app.config.root_doc
    ]


def _around(app: Application, page_name: str, context: Context) -> None:
    """The bar of short names, the pages before and after in full, the edition at the foot."""
    titles, order = app.env.titles, [app.config.root_doc, *app.env.toctree_includes.get(app.config.root_doc, [])]
    context["short_names"] = chapters = short_names(app)
    at = order.index(page_name) if page_name in order else None
    after = order[at + 1] if at is not None and at + 1 < len(order) else None
    before = order[at - 1] if at else None
    context["next_question"], context["prev_question"] = (
        reader_text(titles[page]) if page else "" for page in (after, before)
    )
    context["teased"], context["teased_picture"] = (
        (teaser.teaser_words(app, after), teaser.picture(app, after)) if after else ("", "")
    )
    context["next_short"] = next((chapter for chapter in chapters if chapter.page == after), None)
    catalogue = app.casefile_content.catalogue
    context["edition"] = catalogue.book if catalogue else None
    stamped = catalogue.stamped(page_name) if catalogue else None
    context["edition_said"] = catalogue.edition(stamped) if catalogue else ""
    context["corrections_page"] = place_of(app, "casefile-corrections")


def _frame(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Fill the page's frame."""
    body = context["body"] = addressed_once(context.get("body", ""))
    if complaint := policy.forbidden(body):
        raise BadInput(f"{page_name}: {complaint}; {policy.REFUSAL}")
    if MINUTES in body:
        minutes = places.reading_minutes(of_html(body))
        body = context["body"] = body.replace(MINUTES, f' · <span class="minutes">{minutes} min to read</span>')
    title = html.escape(typographic(markup.screen_text(context.get("title", ""))))
    context["title"] = context.get("title") or {"search": "Search", "404": "There is no such page"}.get(page_name, "")
    context["page_title"] = f"{title or context['title']} — {context['docstitle']}"
    context["content_policy"] = policy.CONTENT_POLICY
    context["description"] = html.escape(lead(body))
    context["page_contents"] = contents(app, page_name) if page_name in app.env.tocs else ""
    tree = context["toctree"](collapse=True, maxdepth=1, titles_only=True, includehidden=True) or ""
    found_at = {
        app.builder.get_relative_uri(page_name, page): chart for page, (chart, _) in teaser.findings(app).items()
    }
    context["chapters"] = numbered_chapters(tree, context["page_contents"], found_at)
    context["root_title"] = reader_text(app.env.titles[app.config.root_doc])
    _around(app, page_name, context)
    context["has_depths"] = (
        any(f'class="{name}' in body for name in ("proof", "all-figures", "cell")) or "above-input" in body
    )
    # Met at any depth, its links lead from the site's first folder; by path alone, so that they do on a preview's host.
    base = app.config.html_baseurl if page_name == "404" else ""
    context["base_address"] = urlsplit(base).path if base else ""


def _style(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Bring the style of what only some pages hold to those that do."""
    if doctree is not None and any(_is_special(node) for node in doctree.findall(nodes.Element)):
        app.add_css_file(CONTENT_STYLE, priority=950)


def _is_special(node: nodes.Element) -> bool:
    classes: list[str] = node.get("classes", [])
    return isinstance(node, _SPECIAL) or any(name.startswith("sd-") for name in classes)


def _mark_cells(app: Application, doctree: nodes.document) -> None:
    """Tell by classes which cells have no output, and what holds a picture of a form of its own.

    The style then knows them before the rest of the page has come; and a rule that looked into what it styles would be
    worked out again with every number that a reader moves.
    """
    chapter = app.casefile_content.pages.get(app.env.docname)
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        if not any(part.get("nb_element") == "cell_code_output" for part in cell.findall(nodes.container)):
            cell["classes"].append("silent")
        drawn = [node["chart"] for node in cell.findall(nodes.raw) if "chart" in node]
        forms = {chapter.charts[name].get("form", "") for name in drawn} if chapter else set()
        for form in sorted(forms & {"hero", "small"}):
            for holder in (cell, cell.parent):
                holder["classes"] += [f"of-{form}"] * (f"of-{form}" not in holder["classes"])
            for section in _sections_over(cell.parent) if form == "hero" else ():
                section["classes"].append("over-hero")


def _sections_over(node: nodes.Element) -> Iterator[nodes.section]:
    while (node := node.parent) is not None:
        if isinstance(node, nodes.section):
            yield node


def _check(app: Application, doctree: nodes.document) -> None:
    """Name each picture and each piece of HTML that no page may hold, with its page and line."""
    elements: list[nodes.Element] = [*doctree.findall(nodes.image), *doctree.findall(nodes.raw)]
    for node in elements:
        if isinstance(node, nodes.raw) and (plain := unstyled(node.astext())) != node.astext():
            node.children = [nodes.Text(plain)]
        address = node.get("uri", "")
        if policy.elsewhere(address) and not address.startswith("data:image/"):
            complaint = f"a picture from another host: {address}"
        else:
            complaint = policy.forbidden(node.astext())
        if complaint:
            refuse(app, f"{complaint}; {policy.REFUSAL}", node)


def refuse(app: Application, complaint: str, node: nodes.Node | None) -> None:
    """Have the pages fail by a complaint about a node, named with its page and the nearest line that is noted."""
    line = None
    while node is not None and line is None:
        node, line = node.parent, node.line
    logging.getLogger(__name__).error(complaint, location=(app.env.docname, line))


def _finish(app: Application, exception: Exception | None) -> None:
    """After the build: no file that no page asks for, and a first page that is the book's root."""
    if exception is not None:
        return
    out = Path(app.outdir)
    titles = dict(teaser.findings(app).values())
    for path in out.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if (told := told_findings(page, titles)) != page:
            path.write_text(told, encoding="utf-8")
    for pattern in _UNUSED_FILES:
        for path in (out / "_static").glob(pattern):
            path.unlink()
    index, root = out / "index.html", f"{app.config.root_doc}.html"
    if "/" not in root:
        if (out / root) != index:
            shutil.copyfile(out / root, index)
    else:
        index.write_text(
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(app.config.project)}</title>'
            f'<meta http-equiv="refresh" content="0; url={root}"></head>'
            f'<body><main><h1><a href="{root}">{html.escape(app.config.project)}</a></h1></main></body></html>\n',
            encoding="utf-8",
        )


def running(book: str, edition: str, address: str) -> str:
    """The style that prints the book's title, its edition and its address above each sheet."""
    font = 'font: 8.5pt "Casefile Sans", Arial, sans-serif'
    left, right = (
        json.dumps(text, ensure_ascii=False) for text in (book, " · ".join(filter(None, (edition, address))))
    )
    return f"@page {{ @top-left {{ content: {left}; {font}; }} @top-right {{ content: {right}; {font}; }} }}\n"


def _write_running(app: Application, env: BuildEnvironment, docnames: list[str]) -> None:
    catalogue = app.casefile_content.catalogue
    edition, address = (catalogue.edition(), catalogue.book.address) if catalogue else ("", "")
    path = Path(app.outdir) / "_static" / RUNNING
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(running(str(app.config.html_title or app.config.project), edition, address), encoding="utf-8")


def _configure(app: Application, config: Config) -> None:
    config.html_additional_pages = {**config.html_additional_pages, "404": "404.html"}
    config.html_use_index = False
    config.html_baseurl = citation_file.address_of(Path(config.casefile_root))  # one base for all that needs one


def setup(app: Application) -> None:
    """Put the frame around every page."""
    app.add_html_theme("casefile", str(THEME))
    app.set_translator("html", PageTranslator)
    app.add_node(HideCodeCellNode, override=True, html=(_begin_fold, _end_fold))
    app.add_directive("margin", Margin)
    app.connect("config-inited", _configure)
    app.connect("env-before-read-docs", _write_running)
    app.connect("doctree-read", _mark_cells)
    app.connect("doctree-read", _check)
    app.connect("doctree-read", _list_plainly, priority=900)  # once Sphinx has its list of sections
    app.connect("html-page-context", _style, priority=450)
    app.connect("html-page-context", _frame, priority=990)
    app.connect("build-finished", _finish, priority=900)
