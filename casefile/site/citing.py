"""Citing on the page: anchors that stay, the notes at a page's foot, a page for each claim, and what the dialog needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from docutils import nodes
from markupsafe import Markup, escape

from casefile.citation import catalogue, corrections
from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import BOOK_ID
from casefile.content import ledger
from casefile.content.content import Content
from casefile.errors import BadInput, nearest
from casefile.records import Correction
from casefile.site import markup, search
from casefile.site.directives import Table, TemplateValues
from casefile.site.roles import link_from, place_of
from casefile.system.tags import Tag, rewritten

if TYPE_CHECKING:
    from casefile.site.application import Application, Context

_SCRIPT, _STYLE = "cite.js", "cite.css"
_STYLES = {
    "sentence": "Sentence", "apa": "APA", "chicago": "Chicago", "bibtex": "BibTeX", "ris": "RIS", "csl-json": "CSL-JSON",
    "markdown": "Markdown", "news": "News line", "wikipedia": "Wikipedia",
}  # fmt: skip
_FILES = {"BibTeX": "bib", "RIS": "ris", "CSL-JSON": "json"}


class Citations(Table):
    """`{casefile-citations} ID STYLE STYLE`: how to cite something, in the styles named, from its one record."""

    template = "citations.html"
    required_arguments = 1
    optional_arguments = len(_STYLES)

    def values(self) -> TemplateValues:
        catalogue, (name, *styles) = self.casefile.catalogue, self.arguments
        for style in styles:
            if style not in _STYLES:
                raise BadInput(f"{self.env.docname}: no style {style!r}; {nearest(style, _STYLES)}")
        if catalogue is None:
            raise BadInput(f"{self.env.docname}: nothing to cite without CITATION.cff")
        item = catalogue.find(name)
        return {"citations": {_STYLES[style]: catalogue.cited(item, style) for style in styles or _STYLES}}


class Verify(Table):
    """The form that says whether a citation still stands."""

    template = "verify.html"

    def values(self) -> TemplateValues:
        catalogue = self.casefile.catalogue
        return {"editions": list(catalogue.editions) if catalogue else []}


def label_first(app: Application, doctree: nodes.document) -> None:
    """Give each section the id that was written for it, before the one made of its words, which changes with them."""
    written = {doctree.nameids.get(name) for name, explicit in doctree.nametypes.items() if explicit}
    for section in doctree.findall(nodes.section):
        section["ids"].sort(key=lambda name: name not in written)


def same_sections(app: Application, doctree: nodes.document) -> None:
    """Raise BadInput when a page or section that can be cited is not, on its page, the one that its citation names."""
    catalogue, page = app.casefile_content.catalogue, app.env.docname
    if catalogue is None:
        return
    sections = list(doctree.findall(nodes.section))
    for item in catalogue.items.values():
        if item.page != page or item.kind not in ("page", "section"):
            continue
        section = next((one for one in sections if item.kind == "page" or one["ids"][0] == item.anchor), None)
        title = search.reader_text(next(section.findall(nodes.title))) if section else ""
        if _letters(title) != _letters(item.title):
            there = f"that section is “{title}” on the page" if section else "no section of the page has that label"
            raise BadInput(
                f"{page}: {item.id!r} is cited as “{item.title}”, and {there}; expected one heading for both"
            )


def _letters(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).casefold()


def with_anchors(body: str, anchors: dict[str, str]) -> str:
    """The HTML of a page with `data-cite` on each element that can be cited; `anchors` maps anchors to public ids."""

    def told(tag: Tag) -> str:
        id = tag.attributes.get("id", "")
        if tag.name not in ("section", "figure", "div") or id not in anchors:
            return tag.written
        return tag.changed("id", id, beside=f' data-cite="{anchors[id]}"')

    return rewritten(body, told)


def under_title(body: str, corrected: list[Correction]) -> str:
    """The HTML of a page with a line below its answer, the first paragraph, that it was corrected; the note is at its foot."""
    if not corrected:
        return body
    line, awaited = markup.render("correction_line.html", row=corrected[0]), ["p", "h1"]

    def told(tag: Tag) -> str:
        if not (tag.ends and awaited and tag.name == awaited[-1]):
            return tag.written
        awaited.pop()
        return tag.written if awaited else tag.written + line

    return rewritten(body, told)


def anchors_of(catalogue: Catalogue, page: str) -> dict[str, str]:
    """The anchors of a page that lead to something that can be cited, each with its public id."""
    items = [catalogue.items[name] for name in catalogue.shown.get(page, [])]
    return {item.anchor or item.id.replace("_", "-"): item.id for item in items if item.id != BOOK_ID}


@cache  # asked for by the page's key, and for the page
def foot(app: Application, page_name: str) -> str:
    """What stands at a page's foot: all that the catalogue says of it, as HTML; empty where there is nothing to cite."""
    content: Content = app.casefile_content
    catalogue = content.catalogue
    if catalogue is None or (page_name not in catalogue.shown and page_name not in catalogue.left_behind):
        return ""
    link, corrected = link_from(app, page_name), catalogue.corrected.get(page_name, [])
    stamped = catalogue.stamped(page_name)
    item = stamped if stamped and stamped.kind == "page" else None
    return markup.render(
        "cite_foot.html", stamp=catalogue.stamp(stamped) if stamped else "",
        context_objects=catalogue.context_objects.get(page_name, []),
        verify_page=link("casefile-verify") if place_of(app, "casefile-verify") else "",
        corrections=corrected, touched=corrections.on_page(corrected, page_name, catalogue.items), link=link, item=item, files=_FILES,
        marks=not {row.id for row in content.restated.values()}.isdisjoint(row.id for row in corrected),
        left=catalogue.left_behind.get(page_name, {}), up="../" * page_name.count("/"),
        cite_page=link("casefile-citations") if place_of(app, "casefile-citations") else None, page=page_name,
        editions=[version for version, pages in catalogue.archived.items() if page_name in pages][::-1],
        notebook=content.pages[page_name].chapter if page_name in content.pages else "",
        rerun_page=link("casefile-parameters") if place_of(app, "casefile-parameters") else "",
    )  # fmt: skip


def _add(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Tag what can be cited on a page, and add the notes at its foot, the dialog's script and its style."""
    catalogue = app.casefile_content.catalogue
    if catalogue is None or not (told := foot(app, page_name)):
        return
    if template == "left.html":
        context["foot"] = Markup(told)
        return
    body = under_title(context.get("body", ""), catalogue.corrected.get(page_name, []))
    context["body"] = with_anchors(body, anchors_of(catalogue, page_name)) + told
    if catalogue.shown.get(page_name):
        app.add_js_file(_SCRIPT, priority=950, loading_method="defer", **{"data-page": page_name})
        app.add_css_file(_STYLE, priority=950)


def _pages(app: Application) -> Iterator[tuple[str, Context, str]]:
    """A page for each judged claim, and one for each address whose page is gone."""
    content: Content = app.casefile_content
    book = content.catalogue
    if book is None:
        return
    entries = ledger.entries(content)
    for before, entry, after in zip([None, *entries], entries, [*entries[1:], None], strict=False):
        page = catalogue.claim_page(entry.claim.id)
        link = link_from(app, page)

        def number(name: str, page: str = page, link: markup.Link = link) -> Markup:
            return Markup(markup.number(content, name, "value", page, link))

        body = markup.render(
            "claim_body.html", entry=entry, before=before, after=after, told=ledger.told_at([entry]), content=content,
            link=link, number=number, open=True,
        )  # fmt: skip
        yield page, {"title": str(escape(entry.claim.claim)), "body": body, "claim": entry}, "page.html"
    for page, notes in book.left_behind.items():
        if page not in book.shown:
            moved = any(note.place for note in notes.values())
            yield page, {"title": f"This page {'has moved' if moved else 'was withdrawn'}"}, "left.html"


def setup(app: Application) -> None:
    """Register the directives, and what is done to each page."""
    app.add_directive("casefile-citations", Citations)
    app.add_directive("casefile-verify", Verify)
    app.connect("doctree-read", label_first, priority=100)
    app.connect("doctree-read", same_sections, priority=200)
    app.connect("html-page-context", _add, priority=450)
    app.connect("html-collect-pages", _pages)
