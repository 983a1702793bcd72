"""A picture for each page, for where its link is shared: the book's name, the question, the finding. Drawn without a browser."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, cast

from casefile.figures.pictures import FONT
from casefile.site import markup
from casefile.site.downloads import light_colours
from casefile.site.lettering import drawable, wrapped
from casefile.site.page import lead

if TYPE_CHECKING:
    from docutils import nodes

    from casefile.site.application import Application, Context
    from casefile.site.builder import PageBuilder

_WIDTH, _HEIGHT = 1200, 630
_FOLDER = "share"
_MARGIN = 40
_LONGEST_FINDING = 230


def share_picture(book: str, title: str, finding: str) -> str:
    """The picture as SVG, at half its size in pixels. `finding` may be empty."""
    half, column = _HEIGHT / 2, _WIDTH / 2 - 2 * _MARGIN
    title_size = next(size for size in (36, 30, 25, 21) if len(wrapped(title, size, column)) <= 2 or size == 21)
    lines: list[tuple[float, float, str, str, str]] = []  # height, size, weight, colour, text
    top = 92.0
    for line in wrapped(title, title_size, column):
        top += title_size * 1.16
        lines.append((top, title_size, "bold", "--ink", line))
    top += 12
    finding_size = next(
        size
        for size in (20, 18, 16, 14)
        if top + len(wrapped(finding, size, column)) * size * 1.4 <= half - 24 or size == 14
    )
    for line in wrapped(finding, finding_size, column):
        top += finding_size * 1.4
        lines.append((top, finding_size, "normal", "--ink", line))
    return markup.render(
        "share.svg",
        width=_WIDTH // 2,
        height=_HEIGHT // 2,
        margin=_MARGIN,
        font=FONT,
        book=book,
        lines=lines,
        colours=light_colours(),
    )


def picture_address(base: str, page: str, up: str) -> str:
    """The address of a page's picture: whole where the site's own is known, as it must be; else from the page, `up` first."""
    return f"{base.rstrip('/')}/{_FOLDER}/{page}.png" if base else f"{up}{_FOLDER}/{page}.png"


def _draw(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Draw the picture of one page, and tell the head of the page where it lies; none where the font lacks a letter."""
    if page_name not in app.env.found_docs:
        return
    title, book = markup.screen_text(context["title"]), markup.screen_text(context["docstitle"])
    finding = lead(context["body"], _LONGEST_FINDING)
    if not drawable(book + title + finding):
        return  # no picture rather than one of empty boxes
    drawn = app.casefile_content.pictures.raster(share_picture(book, title, finding))
    cast("PageBuilder", app.builder).put(page_name, f"{_FOLDER}/{page_name}.png", drawn)
    context["share_picture"] = picture_address(app.config.html_baseurl, page_name, "../" * page_name.count("/"))
    context["share_alt"] = html.escape(f"{book}: {title} {finding}".strip())
    context["share_width"], context["share_height"] = _WIDTH, _HEIGHT


def setup(app: Application) -> None:
    """Draw a picture beside each page."""
    app.connect("html-page-context", _draw, priority=995)
