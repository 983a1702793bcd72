"""What the parts of a chart on a page must say: title, note, picture, table, the frame that embeds it."""

from __future__ import annotations

import math
import re
from typing import Literal

from casefile.audit import numerals
from casefile.audit.accounts import CELL, FIGURE, RECORD, STRUCTURE, Scope
from casefile.audit.elements import classes, whole
from casefile.audit.judge import Judge
from casefile.audit.scopes import ChartShown
from casefile.content import places, tables
from casefile.figures import binding, pictures
from casefile.system.tree import Element

_BOX = re.compile(r"0 0 [\d.]+ (\d+(?:\.\d+)?)")
_CORRECTED = "\N{DAGGER}"  # the sign beside a number that was corrected


def alternative(element: Element, attribute: str, scope: Scope) -> str | None:
    """What an attribute must say, where one thing alone is right."""
    if attribute == "aria-label" and "chart-picture" in classes(element) and isinstance(scope.about, ChartShown):
        return scope.about.graph.fill(scope.about.chart["alt"])
    return None


def chart_title(page: Judge, element: Element, scope: Scope) -> bool:
    """The title of a chart, figures filled in."""
    return _filled(page, element, scope, "title")


def contents_finding(page: Judge, element: Element, scope: Scope) -> bool:
    """What the contents say that a chapter finds: the title of its first chart."""
    name = element.get("data-chart") or ""
    owner = page.content.homes.charts.get(name)
    if owner is None:
        return False
    chapter = page.content.pages[owner]
    page.exact(whole(element), FIGURE, chapter.graph.fill(chapter.charts[name]["title"]), element)
    return True


def chart_cue(page: Judge, element: Element, scope: Scope) -> bool:
    """What says that a mark of a chart is a handle: of a parameter, by its meaning."""
    said = numerals.plain(whole(element))
    cues = [places.cue(row.meaning) for row in page.content.records.declarations.values()]
    page.exact(said, RECORD, next((cue for cue in cues if numerals.plain(cue) == said), ""), element)
    return True


def chart_note(page: Judge, element: Element, scope: Scope) -> bool:
    """The note below a chart, figures filled in."""
    return _filled(page, element, scope, "note")


def _filled(page: Judge, element: Element, scope: Scope, part: Literal["title", "note"]) -> bool:
    if not isinstance(scope.about, ChartShown):
        return False
    words = whole(element).replace(_CORRECTED, "")
    page.exact(words, FIGURE, scope.about.graph.fill(scope.about.chart[part]), element)
    return True


def chart_number(page: Judge, element: Element, scope: Scope) -> bool:
    """Which of the page's charts a chart is."""
    page.exact(whole(element), STRUCTURE, f"Chart {page.chart}", element)
    return True


def chart_picture(page: Judge, element: Element, scope: Scope) -> bool:
    """A drawing of a chart."""
    if not isinstance(scope.about, ChartShown):
        return False
    width = pictures.WIDE if "chart-wide" in classes(element) else pictures.NARROW
    for svg in element.iter("svg"):
        drawing = page.truth.drawings[scope.about.chart["id"]]
        for complaint in drawing.faults(svg, width, page.truth.accounts, page.counted):
            page.fault(svg, complaint)
        for part in svg.iter():
            page.passage(part.get("aria-label") or "", scope, element)
            page.passage(whole(part) if part.tag in ("title", "desc") else "", scope, element)
    return True


def data_table(page: Judge, element: Element, scope: Scope) -> bool:
    """The table of a chart's data: its columns, and a row for each of the chart's."""
    if not isinstance(scope.about, ChartShown):
        return False
    drawn = scope.about.chart
    columns = tables.columns(drawn)
    lines = [line.findall("*") for line in element.iter("tr")]
    expected = [[(label, RECORD) for _, label, _ in columns]]
    for row in drawn["rows"]:
        expected.append(
            [(tables.cell(page.content, scope.about.graph, row, name, unit), CELL) for name, _, unit in columns]
        )
        for bound in binding.bindings(row):  # a row that draws a figure holds what the figure holds
            if bound.figure in scope.about.graph and row.get(bound.column) != scope.about.graph[bound.figure].value:
                page.fault(
                    element,
                    f"{bound.figure} is drawn at {row.get(bound.column)}; expected its value",
                )
    if [len(line) for line in lines] != [len(line) for line in expected]:
        page.fault(
            element, f"{len(lines) - 1} rows; expected the chart's {len(expected) - 1}, each with {len(columns)} cells"
        )
    for line, cells in zip(lines, expected, strict=False):
        for cell, (text, kind) in zip(line, cells, strict=False):
            page.exact(whole(cell), kind, text, cell)
    for label in element.xpath(".//@aria-label"):
        page.passage(label, scope, element)
    return True


def chart_snippet(page: Judge, element: Element, scope: Scope) -> bool:
    """The HTML that puts a chart into a frame elsewhere, as high as the chart is drawn."""
    if not isinstance(scope.about, ChartShown):
        return False
    about = scope.about
    wide = next((up.find(".//*[@class='chart-wide']/svg") for up in element.iterancestors("figure")), None)
    box = _BOX.fullmatch("" if wide is None else wide.get("viewbox") or wide.get("viewBox") or "")
    height = math.ceil(float(box[1])) if box else 0
    frame = f"{page.truth.address}embed/{about.chart['id']}.html"
    expected = places.snippet(frame, about.graph.fill(about.chart["title"]), height)
    page.exact(whole(element), STRUCTURE, expected, element)
    return True
