"""A picture for each page, for where its link is shared: the book's name, the question, the first chart. Drawn without a browser."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree

from markupsafe import Markup

from casefile.figures import pictures
from casefile.figures.pictures import FONT
from casefile.site import markup, teaser
from casefile.site.downloads import light_colours
from casefile.site.lettering import drawable, wrapped
from casefile.site.page import lead

if TYPE_CHECKING:
    from docutils import nodes

    from casefile.site.application import Application, Context
    from casefile.site.builder import PageBuilder

_WIDTH, _HEIGHT = 1200, 630  # in pixels; everything else is in halves of them
_FOLDER = "share"
_MARGIN = 40
_COLUMN = _WIDTH / 2 - 2 * _MARGIN
_ASIDE = 200  # the width of a title beside a chart
_TOP, _FOOT = 58.0, _HEIGHT / 2 - 14  # between which a chart may stand
_HEAD, _LOWEST = 92.0, _HEIGHT / 2 - 24  # where the title begins, and the last line of words may end
_LONGEST_FINDING = 230
_SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", _SVG)


@dataclass(frozen=True)
class _Line:
    """A line of words, by the height of its foot."""

    foot: float
    size: float
    weight: str
    text: str


@dataclass(frozen=True)
class Layout:
    """The lines of the title, and the room that they leave for a chart: left, top, width, height."""

    title: list[_Line]
    room: tuple[float, float, float, float]

    def scale(self, chart: ElementTree.Element) -> float:
        """How large a chart is drawn in the room, against its own size."""
        *_, width, height = self.room
        return min(width / float(chart.attrib["width"]), height / float(chart.attrib["height"]))


def _lines(text: str, column: float, size: float, head: float, weight: str, leading: float) -> list[_Line]:
    words = wrapped(text, size, column)
    return [_Line(head + place * size * leading, size, weight, line) for place, line in enumerate(words, start=1)]


def _title(title: str, column: float, most: int) -> list[_Line]:
    """A title as large as puts it into so many lines, no word parted."""
    for size in (36, 30, 25, 21):
        lines = _lines(title, column, size, _HEAD, "bold", 1.16)
        if (
            len(lines) <= most
            and _foot(lines) <= _LOWEST
            and " ".join(line.text for line in lines).split() == title.split()
        ):
            break
    return lines


def _foot(lines: Sequence[_Line]) -> float:
    return lines[-1].foot if lines else _HEAD


def _layouts(title: str) -> tuple[Layout, ...]:
    """A chart below its title, and beside it."""
    above, aside = _title(title, _COLUMN, 2), _title(title, _ASIDE, 5)
    head, left = _foot(above) + 12, _MARGIN + _ASIDE + 20
    return (
        Layout(above, (_MARGIN, head, _COLUMN, _FOOT - head)),
        Layout(aside, (left, _TOP, _MARGIN + _COLUMN - left, _FOOT - _TOP)),
    )


def _placed(chart: ElementTree.Element, layout: Layout) -> str:
    """A chart as SVG in the middle of its room."""
    (left, top, *room), scale = layout.room, layout.scale(chart)
    size = [float(chart.attrib[side]) * scale for side in ("width", "height")]
    corner = [start + (whole - part) / 2 for start, whole, part in zip((left, top), room, size, strict=True)]
    for name, value in zip(("x", "y", "width", "height"), (*corner, *size), strict=True):
        chart.set(name, f"{value:.2f}")
    return ElementTree.tostring(chart, encoding="unicode")


def share_picture(book: str, title: str, finding: str, drawings: Sequence[str] = ()) -> str:
    """The picture as SVG, at half its size in pixels. `finding` may be empty.

    Of `drawings`, one chart as SVG at several widths, that is taken which can be drawn largest, below the title or beside
    it. It stands in place of the finding.
    """
    if drawings:
        charts = [ElementTree.fromstring(drawing) for drawing in drawings]
        pairs = ((layout, chart) for chart in charts for layout in _layouts(title))
        layout, chart = max(pairs, key=lambda pair: pair[0].scale(pair[1]))
        lines, drawn = layout.title, _placed(chart, layout)
    else:
        lines, drawn = _title(title, _COLUMN, 2), ""
        for size in (20, 18, 16, 14):
            answer = _lines(finding, _COLUMN, size, _foot(lines) + 12, "normal", 1.4)
            if _foot(answer) <= _LOWEST:
                break
        lines += answer
    return markup.render(
        "share.svg",
        width=_WIDTH // 2, height=_HEIGHT // 2, margin=_MARGIN, font=FONT, book=book, lines=lines, chart=Markup(drawn),
        colours=light_colours(),
    )  # fmt: skip


def picture_address(base: str, page: str, up: str) -> str:
    """The address of a page's picture: whole where the site's own is known, as it must be; else from the page, `up` first."""
    return f"{base.rstrip('/')}/{_FOLDER}/{page}.png" if base else f"{up}{_FOLDER}/{page}.png"


def _drawings(app: Application, page: str) -> list[str]:
    """The first chart that a page shows, as SVG at both of its widths; none for a page without one."""
    content, name = app.casefile_content, teaser.first_chart(app, page)
    if not name:
        return []
    spec = content.pages[page].charts[name]["spec"]
    drawn = (content.pictures.svg(pictures.sized(spec, width)) for width in (pictures.WIDE, pictures.NARROW))
    return [pictures.coloured(drawing, light_colours()) for drawing in drawn]


def _draw(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Draw the picture of one page, and tell the head of the page where it lies; none where the font lacks a letter."""
    if page_name not in app.env.found_docs:
        return
    title, book = markup.screen_text(context["title"]), markup.screen_text(context["docstitle"])
    finding = lead(context["body"], _LONGEST_FINDING)
    if not drawable(book + title + finding):
        return  # no picture rather than one of empty boxes
    drawn = app.casefile_content.pictures.raster(share_picture(book, title, finding, _drawings(app, page_name)))
    cast("PageBuilder", app.builder).put(page_name, f"{_FOLDER}/{page_name}.png", drawn)
    context["share_picture"] = picture_address(app.config.html_baseurl, page_name, "../" * page_name.count("/"))
    context["share_alt"] = html.escape(f"{book}: {title} {finding}".strip())
    context["share_width"], context["share_height"] = _WIDTH, _HEIGHT


def setup(app: Application) -> None:
    """Draw a picture beside each page."""
    app.connect("html-page-context", _draw, priority=995)
