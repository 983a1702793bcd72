"""The ledger of elements: what each speaks of (`SCOPES`), and what each must say (`SAYS`); both tables stand at the end.

An element is found by its class, its id up to the first dash (`#claim`), its place below a class (`rule>li`), an attribute
(`[data-figure]`), or its tag. A function of the second table holds the element to what it must say and answers True, or
answers False and leaves it to its scope.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from casefile.audit import numerals
from casefile.audit.accounts import CELL, CITATION, CODE, DATE, FIGURE, MEASURE, PARAMETER, RECORD, STRUCTURE, Scope
from casefile.audit.judge import Judge
from casefile.citation import cite
from casefile.errors import BadInput
from casefile.figures import binding, formats, pictures
from casefile.figures.graph import Figure, Graph
from casefile.notebook import parameters
from casefile.publication import offline
from casefile.records import Correction, Fact
from casefile.site import compiled, ledger, markup, mathematics
from casefile.site.page import number_of, reading_minutes

_LEADS_TO = re.compile(r"#(figure|claim|source)-([\w-]+)$")
_BOX = re.compile(r"0 0 [\d.]+ (\d+(?:\.\d+)?)")
_CORRECTED = "\N{DAGGER}"  # the sign beside a number that was corrected


@dataclass(frozen=True)
class Told:
    """A figure as a derivation tells it: the graph that explains it, and the steps below it."""

    figure: Figure
    graph: Graph
    steps: list[markup.Step]


@dataclass(frozen=True)
class Drawn:
    """A chart, and the graph that its texts take their figures from."""

    chart: Mapping[str, Any]
    graph: Graph


def classes(element: Any) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def keys(element: Any) -> list[str]:
    """The names by which the tables know an element, the most special first."""
    found = [f"[{name}]" for name in ("data-figure", "data-word") if element.get(name)]
    if name := element.get("id"):
        found.append(f"#{name.partition('-')[0]}")
    found += classes(element)
    parent = element.getparent()
    found += [f"{name}>{element.tag}" for name in classes(parent)] if parent is not None else []
    return [*found, element.tag]


def alternative(element: Any, attribute: str, scope: Scope) -> str | None:
    """What an attribute must say, where one thing alone is right."""
    if attribute == "aria-label" and "chart-picture" in classes(element) and isinstance(scope.about, Drawn):
        return scope.about.graph.fill(scope.about.chart["alt"])
    return None


def anchors(heading: Any) -> Iterator[Any]:
    """The elements around a heading whose ids lead to it."""
    yield from (heading, heading.getparent(), *heading.itersiblings("span", preceding=True))


def is_number(element: Any) -> bool:
    """Whether an element is a number that Sphinx gives to a section, a figure, a table or an equation."""
    return not {"section-number", "caption-number", "eqno"}.isdisjoint(classes(element))


def _whole(element: Any) -> str:
    return "".join(element.itertext())


def _of(element: Any) -> str:
    """The id of what an element's own id, `claim-ID`, names."""
    return str(element.get("id")).partition("-")[2]


def _term(element: Any) -> Any:
    """The `dt` that an element of a list of definitions belongs to; itself where there is none."""
    return element if element.tag == "dt" else next(element.itersiblings("dt", preceding=True), element)


def _position(element: Any) -> int:
    return len(list(element.itersiblings(element.tag, preceding=True)))


# ------------------------------------------------------------------------------------------------------ what is spoken of


def figure(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A figure explained, with all that it was made from."""
    shown = element.find(".//data[@data-figure]")
    return None if shown is None else of_figure(page, shown.get("data-figure"))


def of_figure(page: Judge, name: str) -> Scope | None:
    """All that may be said of a figure."""
    try:
        owner = page.content.page_of(name, page.name)
    except BadInput:
        return None
    if (owner, name) not in page.truth.figures and name in page.content.pages[owner].graph:
        page.truth.figures[owner, name] = _told(page, page.content.pages[owner].graph, name)
    return page.truth.figures.get((owner, name))


def _told(page: Judge, graph: Graph, name: str) -> Scope:
    content, told = page.content, graph[name]
    explaining = markup.explained_by(content, graph, name)
    steps = markup.lineage(content, explaining, name, {}) if explaining is not graph else []
    home = content.pages[content.home(told)]
    scope = Scope(about=Told(told, explaining, steps)).add(STRUCTURE, home.question or home.title)
    scope.add(FIGURE, graph.printed(name))
    _grounds(page, scope, told)
    _grounds(page, scope, explaining[name])
    if correction := content.corrected.get(name):
        _corrected(scope, correction)
    return scope


def _grounds(page: Judge, scope: Scope, told: Figure) -> Scope:
    """What a figure rests on, in words."""
    scope.add(
        RECORD,
        told.meaning,
        told.note,
        told.rows,
        told.band,
        told.function,
        told.id.replace("_", " "),
    )
    scope.add(CITATION, told.printed_form, told.locator).add(PARAMETER, told.parameter)
    for name in told.sources:
        source = page.content.records.sources[name]
        origin = page.content.records.origins.get(source.origin)
        scope.add(CITATION, origin.name if origin else "").add(DATE, source.published)
    return scope


def step(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """One of the figures that another was made from."""
    if not isinstance(scope.about, Told) or _position(element) >= len(scope.about.steps):
        return None
    found = scope.about.steps[_position(element)]
    return _grounds(page, Scope(about=found), found.figure)


def chart(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A chart, on the page of its chapter or alone."""
    page.charts += 1
    name = _of(element) if element.get("id") else PurePosixPath(page.name).name
    home = next((home for home, results in page.content.pages.items() if name in results.charts), None)
    if home is None:
        return None
    results = page.content.pages[home]
    drawn, sources = results.charts[name], page.content.records.sources
    publishers = {sources[source].publisher for source in results.charts[name]["sources"]}
    more = Scope(about=Drawn(drawn, results.graph)).add(CITATION, *publishers)
    return more.add(STRUCTURE, f"and {len(publishers) - 3} more", f"Data of chart {page.charts}")


def claim(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A claim with its verdict, rule, origins and replies."""
    return of_claim(page, _of(element))


def of_claim(page: Judge, name: str) -> Scope | None:
    """All that may be said of a claim."""
    entry = page.truth.entries.get(name)
    if entry is None:
        return None
    said, words = entry.claim, [name.replace("_", " ") for name, _ in entry.inputs]
    scope = Scope(about=entry).add(RECORD, said.claim, said.finding, entry.reason, *words)
    scope.add(RECORD, *(meaning for _, meaning in entry.inputs)).add(CITATION, said.printed)
    scope.add(STRUCTURE, f"paragraph {said.paragraph}", f"Paragraph {said.paragraph}", entry.explained_title)
    origins, sources = len(entry.origins), len(said.sources)
    scope.add(
        STRUCTURE,
        f"{origins} independent origin{'s' * (origins != 1)}, behind {sources} source{'s' * (sources != 1)} read",
    )
    for reply in entry.replies:
        scope.add(RECORD, f"{reply.who}, {formats.day(reply.date)}: {reply.meaning}")
    return scope


def linked(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A line of a list that begins with a link to a figure or a claim speaks of it."""
    first = next(iter(element), element)
    found = _LEADS_TO.search(first.get("href") or "") if first.tag == "a" and not first.get("data-figure") else None
    if found:
        if found[1] == "figure":
            return of_figure(page, found[2])
        if found[1] == "claim":
            return of_claim(page, found[2])
    return None


def source(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """An entry of the list of sources."""
    records = page.content.records
    row = records.sources.get(_of(element))
    if row is None:
        return None
    more = Scope().add(CITATION, row.publisher, row.author, row.title, row.licence).add(RECORD, row.checked, row.id)
    more.add(CITATION, records.origins[row.origin].name if row.origin else "").add(DATE, row.published, row.accessed)
    event = records.events.get(next(filter(None, page.written.asked("casefile-sources")), ""))
    return more.add(DATE, formats.age(row.published, event.date) if event else "")


def fact(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A fact or an event that was read and that no chapter uses."""
    records, name = page.content.records, _of(element)
    row = records.figures.get(name) or records.events.get(name)
    if row is None:
        return None
    source = records.sources[row.source]
    more = Scope().add(RECORD, row.meaning, row.note).add(CITATION, row.printed, row.locator)
    more.add(CITATION, records.origins[source.origin].name if source.origin else "").add(
        DATE, source.published, row.date
    )
    return more.add(FIGURE, markup.fact(row, records.units[row.unit]) if isinstance(row, Fact) else "")


def origin(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A row of the table of origins."""
    row = page.content.records.origins.get(_of(element))
    return Scope().add(CITATION, row.name).add(DATE, row.date) if row else None


def parameter(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A parameter's name with its default, and its description below."""
    chapter, _, name = _of(_term(element)).partition("-")
    row = page.content.records.declarations.get((chapter, name))
    if row is None:
        return None
    more = (
        Scope()
        .add(PARAMETER, f"{row.name} = {row.default}", parameters.expected(row))
        .add(RECORD, row.meaning, row.note)
    )
    if row.low is not None:
        more.add(PARAMETER, f"plausible from {row.low:,g} to {row.high:,g}")
    return more.add(RECORD, f"Basis: {row.basis.replace('_', ' ')}")


def scenario(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A scenario's name, and what it sets."""
    name = _of(_term(element))
    described = page.truth.scenarios.get(name)
    if described is None:
        return None
    more = Scope().add(RECORD, name, described["title"], described["meaning"])
    for chapter, values in described["parameters"].items():
        more.add(PARAMETER, *(f"of {chapter} to {parameters.in_print(value)}" for value in values.values()))
    return more


def correction(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A correction in the list of them."""
    row = page.content.records.corrections.get(_of(element))
    items = page.content.catalogue.items if page.content.catalogue else {}
    touched = [items[name].title for name in (*row.figures, *row.sections, *row.claims) if name in items] if row else []
    return _corrected(Scope().add(STRUCTURE, *touched), row) if row else None


def corrections(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """The notes of corrections at the foot of a page."""
    more = Scope()
    for row in page.content.records.corrections.values():
        _corrected(more, row)
    return more


def corrected(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """The mark beside what was corrected."""
    row = page.content.records.corrections.get(str(element.get("href")).partition("#correction-")[2])
    return _corrected(Scope(), row) if row else None


def _corrected(scope: Scope, row: Correction) -> Scope:
    return scope.add(RECORD, row.right, row.wrong, row.note, row.since, row.owed_to).add(DATE, row.date)


def left_behind(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """What became of something public that stood here."""
    known = page.content.catalogue
    notes = known.left_behind.get(page.name, {}) if known else {}
    note = notes.get(str(element.get("id")))
    return Scope().add(STRUCTURE, note.text if note else "")


def measure(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A row of a table of measures."""
    row = page.content.records.measures.get(_of(element))
    if row is None:
        return None
    unit = page.content.records.units[row.unit]
    more = Scope().add(RECORD, row.meaning).add(MEASURE, formats.printed(row.value, unit))
    return more.add(MEASURE, f"{row.bound} {formats.printed(row.goal, unit)}" if row.goal is not None else "")


def measures(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """A table of measures: the day of one part's run and the command that made it."""
    rows = [row for row in page.content.records.measures.values() if row.part == _of(element)]
    return Scope().add(DATE, max(row.date for row in rows)).add(CODE, rows[0].command) if rows else None


# --------------------------------------------------------------------------------------------------------- what is said


def number(page: Judge, element: Any, scope: Scope) -> bool:
    """A figure or a word, as this page's graph, or the one that publishes it, prints it."""
    name = element.get("data-figure") or element.get("data-word")
    try:
        graph = page.content.pages[page.content.page_of(name, page.name)].graph
        text = graph.chosen(name) if name in graph.choices else graph.printed(name, element.get("data-part") or "value")
    except BadInput:
        return False
    kind = PARAMETER if name in graph and graph[name].kind == "parameter" else FIGURE
    page.exact(_whole(element), kind, text, element)
    if element.tag == "data" and name in graph:
        _for_machines(page, element, graph[name].value)
    return True


def _for_machines(page: Judge, element: Any, expected: float | None) -> None:
    """The value that an element tells machines, to twelve digits: no processor's last bit counts."""
    said = element.get("value") or ""
    try:
        same = not said if expected is None else math.isclose(float(said), expected, rel_tol=1e-12)
    except ValueError:
        same = False
    if not same:
        page.fault(element, f"says “{said}” to machines; expected “{'' if expected is None else expected}”")


def arithmetic(page: Judge, element: Any, scope: Scope) -> bool:
    """The line of arithmetic of a figure, or of a step below one."""
    about = scope.about
    if isinstance(about, markup.Step):
        page.exact(_whole(element), FIGURE, f"= {about.arithmetic}", element)
    elif isinstance(about, Told):
        page.exact(_whole(element), FIGURE, f"= {about.graph.arithmetic(about.figure.id)}", element)
    return isinstance(about, markup.Step | Told)


def formula(page: Judge, element: Any, scope: Scope) -> bool:
    """The formula of a figure in print: names of figures and constants."""
    if not isinstance(scope.about, Told):
        return _in_prose(page, element, scope)
    found = scope.about.graph[scope.about.figure.id].formula
    expected = "=" + _text_of(found.mathml) if found else ""
    page.exact(_whole(element), FIGURE, expected, element)
    return True


def _text_of(mathml: str) -> str:
    return "".join(etree.fromstring(f"<math>{mathml}</math>").itertext())


def _in_prose(page: Judge, element: Any, scope: Scope) -> bool:
    """A formula of the page's text or of a cell's output: what it was made from stands there, and it shows just that.

    Single digits, powers of ten and indices are the formula's own; any other number in it is judged as in a sentence.
    """
    tex = element.get("data-tex")
    if tex is None:
        return False
    if not page.written.has_formula(tex):
        page.fault(element, f"formula that no text of the page holds: {tex[:80]}")
    shown = _text_of(mathematics.mathml(tex, element.get("display") == "block"))
    if numerals.plain(shown) != numerals.plain(_whole(element)):
        page.fault(element, f"says “{_whole(element)[:80]}”; expected “{shown[:80]}”")
    for leaf in element.iter():
        text = leaf.text or ""
        if re.fullmatch(r"\d|10+", text) or (text.isdigit() and _is_index(leaf)):
            page.counted[STRUCTURE] += 1
        else:
            page.passage(text, scope, leaf)
    return True


def _is_index(leaf: Any) -> bool:
    parent = leaf.getparent()
    return parent.tag in ("msub", "msubsup", "munder", "munderover") and parent.index(leaf) == 1


def numbering(page: Judge, element: Any, scope: Scope) -> bool:
    """The number of a section, a figure, a table or an equation: it follows the one before it, within its section."""
    text = (element.text or "").strip("() ")
    number = numerals.last(text)
    kind = f"{classes(element)[0]} {text.removesuffix('.').removesuffix(number)}"
    linked = next(element.iterancestors("a"), None) is not None  # and held against what it leads to
    if linked or not re.fullmatch(r"\d+(\.\d+)*", number) or numerals.count(kind):
        return False
    here = tuple(map(int, number.split(".")))
    before = page.numbering.get(kind)
    if before is not None and not _follows(here, before):
        page.fault(element, f"says “{text}” after {'.'.join(map(str, before))}; expected the next number")
    section = page.numbering.get("section-number ", here)
    if section[: len(here) - 1] != here[:-1] and not kind.startswith("section-number"):
        page.fault(
            element, f"says “{text}” in section {'.'.join(map(str, section))}; expected a number of that section"
        )
    page.numbering[kind] = here
    page.counted[STRUCTURE] += 1
    return True


def _follows(here: tuple[int, ...], before: tuple[int, ...]) -> bool:
    """Whether a number such as 2.1 may stand after another: the next in its row, or the first of a later row or one below."""
    same = next(
        (place for place, pair in enumerate(zip(here, before, strict=False)) if pair[0] != pair[1]), len(before)
    )
    if same >= len(here) or any(part != 1 for part in here[same + 1 :]):
        return False
    return here[same] == (before[same] + 1 if same < len(before) else 1) or (
        same < len(before) and same < len(here) - 1 and here[same] > before[same]
    )


def footnote_sign(page: Judge, element: Any, scope: Scope) -> bool:
    """The sign of a footnote in a text: that of the note it leads to."""
    name = (element.get("href") or "").removeprefix("#")
    note = next(iter(element.getroottree().xpath("//aside[@id=$name]/span[@class='label']", name=name)), None)
    page.exact(_whole(element), STRUCTURE, "" if note is None else _whole(note), element)
    return True


def footnote_label(page: Judge, element: Any, scope: Scope) -> bool:
    """The sign of a note, which no other note of the page has; or the ways back from it, counted."""
    if "backrefs" in classes(element):
        for place, link in enumerate(element.iter("a"), start=1):
            page.exact(_whole(link), STRUCTURE, str(place), link)
        return True
    if "label" not in classes(element) or not re.fullmatch(r"\[\d+\]", _whole(element)):
        return False
    if (
        sum(
            _whole(other) == _whole(element)
            for other in element.getroottree().iterfind(".//aside/span[@class='label']")
        )
        > 1
    ):
        page.fault(element, f"two notes {_whole(element)}; expected one")
    page.counted[STRUCTURE] += 1
    return True


def value(page: Judge, element: Any, scope: Scope) -> bool:
    """The value of a step."""
    if not isinstance(scope.about, markup.Step):
        return False
    page.exact(_whole(element), FIGURE, scope.about.value, element)
    _for_machines(page, element, scope.about.figure.value)
    return True


def title(page: Judge, element: Any, scope: Scope) -> bool:
    """The title of a chart, figures filled in."""
    return _filled(page, element, scope, "title")


def note(page: Judge, element: Any, scope: Scope) -> bool:
    """The note below a chart, figures filled in."""
    return _filled(page, element, scope, "note")


def _filled(page: Judge, element: Any, scope: Scope, part: str) -> bool:
    if not isinstance(scope.about, Drawn):
        return False
    said = _whole(element).replace(_CORRECTED, "")
    page.exact(said, FIGURE, scope.about.graph.fill(scope.about.chart[part]), element)
    return True


def chart_number(page: Judge, element: Any, scope: Scope) -> bool:
    """Which of the page's charts a chart is."""
    page.exact(_whole(element), STRUCTURE, f"Chart {page.charts}", element)
    return True


def picture(page: Judge, element: Any, scope: Scope) -> bool:
    """A drawing of a chart."""
    if not isinstance(scope.about, Drawn):
        return False
    width = pictures.WIDE if "chart-wide" in classes(element) else pictures.NARROW
    for svg in element.iter("svg"):
        drawing = page.truth.drawings[scope.about.chart["id"]]
        for complaint in drawing.faults(svg, width, page.truth.accounts, page.counted):
            page.fault(svg, complaint)
        for part in svg.iter():
            page.passage(part.get("aria-label") or "", scope, element)
            page.passage(_whole(part) if part.tag in ("title", "desc") else "", scope, element)
    return True


def table(page: Judge, element: Any, scope: Scope) -> bool:
    """The table of a chart's data: its columns, and a row for each of the chart's."""
    if not isinstance(scope.about, Drawn):
        return False
    drawn = scope.about.chart
    columns = compiled.columns(drawn)
    lines = [line.findall("*") for line in element.iter("tr")]
    expected = [[(label, RECORD) for _, label, _ in columns]]
    for row in drawn["rows"]:
        expected.append([(markup.cell(page.content, row[name], unit), CELL) for name, _, unit in columns])
        for found in binding.bindings(row):  # a row that draws a figure holds what the figure holds
            if found.figure in scope.about.graph and row.get(found.column) != scope.about.graph[found.figure].value:
                page.fault(element, f"{found.figure} is drawn at {row.get(found.column)}; expected its value")
    if [len(line) for line in lines] != [len(line) for line in expected]:
        page.fault(
            element, f"{len(lines) - 1} rows; expected the chart's {len(expected) - 1}, each with {len(columns)} cells"
        )
    for line, cells in zip(lines, expected, strict=False):
        for cell, (text, kind) in zip(line, cells, strict=False):
            page.exact(_whole(cell), kind, text, cell)
    for label in element.xpath(".//@aria-label"):
        page.passage(label, scope, element)
    return True


def snippet(page: Judge, element: Any, scope: Scope) -> bool:
    """The HTML that puts a chart into a frame elsewhere, as high as the chart is drawn."""
    if not isinstance(scope.about, Drawn):
        return False
    about = scope.about
    wide = next((up.find(".//*[@class='chart-wide']/svg") for up in element.iterancestors("figure")), None)
    box = _BOX.fullmatch("" if wide is None else wide.get("viewbox") or wide.get("viewBox") or "")
    height = math.ceil(float(box[1])) if box else 0
    frame = f"{page.truth.address}embed/{about.chart['id']}.html"
    expected = markup.snippet(frame, about.graph.fill(about.chart["title"]), height)
    page.exact(_whole(element), STRUCTURE, expected, element)
    return True


def publisher(page: Judge, element: Any, scope: Scope) -> bool:
    """A link to a source in the list of them says who published it."""
    found = _LEADS_TO.search(element.get("href") or "")
    row = page.content.records.sources.get(found[2]) if found and found[1] == "source" else None
    if row is None:
        return False
    page.exact(_whole(element), CITATION, row.publisher, element)
    return True


def address(page: Judge, element: Any, scope: Scope) -> bool:
    """The address of the source linked just before, for paper."""
    before = element.getprevious()
    found = _LEADS_TO.search(before.get("href") or "") if before is not None else None
    row = page.content.records.sources.get(found[2]) if found else None
    if row is None:
        return False
    page.exact(_whole(element), CITATION, f"<{row.url}>", element)
    return True


def link(page: Judge, element: Any, scope: Scope) -> bool:
    """Any plain link to a source's entry says who published it."""
    return not classes(element) and publisher(page, element, scope)


def rule(page: Judge, element: Any, scope: Scope) -> bool:
    """One line of a claim's rule."""
    lines = scope.about.rule if isinstance(scope.about, ledger.Entry) else ()
    if _position(element) >= len(lines):
        return False
    label, condition = lines[_position(element)]
    expected = f"{label} otherwise" if condition == "otherwise" else f"{label} when {condition}"
    page.exact(_whole(element), FIGURE, expected, element)
    return True


def flip(page: Judge, element: Any, scope: Scope) -> bool:
    """One value of a figure that would change a verdict."""
    found = scope.about.flips if isinstance(scope.about, ledger.Entry) else ()
    if _position(element) >= len(found):
        return False
    turn = found[_position(element)]
    away = f" instead, {turn.distance} away" if turn.distance else ""
    expected = f"to {turn.becomes}, if {turn.figure.replace('_', ' ')} were {turn.at}{away}"
    page.exact(_whole(element), FIGURE, expected, element)
    return True


def origin_of_claim(page: Judge, element: Any, scope: Scope) -> bool:
    """One of the independent origins behind a claim's sources."""
    found = scope.about.origins if isinstance(scope.about, ledger.Entry) else ()
    if _position(element) >= len(found):
        return False
    page.exact(_whole(element), CITATION, found[_position(element)], element)
    return True


def replies(page: Judge, element: Any, scope: Scope) -> bool:
    """An allegation stands with every reply to it beside it."""
    if isinstance(scope.about, ledger.Entry) and scope.about.claim.allegation:
        beside = numerals.plain(" ".join(map(_whole, element.iterfind(".//*[@class='claim-replies']"))))
        for reply in scope.about.replies:
            if numerals.plain(reply.meaning) not in beside:
                page.fault(element, f"claim without reply: {reply.id} is not beside it")
        if not scope.about.replies:
            page.fault(element, "claim without reply: an allegation needs one, or the statement that none was found")
    return False


def other_figures(page: Judge, element: Any, scope: Scope) -> bool:
    """How many figures the list at a chapter's end holds."""
    held = len(element.getparent().xpath(".//div[starts-with(@class, 'derivation ')]"))
    page.exact(_whole(element), STRUCTURE, f"The other {held} figures of this chapter, with their sources", element)
    return True


def source_code(page: Judge, element: Any, scope: Scope) -> bool:
    """Code shown as code: a cell of the notebook, a block or words of the page's text, a name in the scope around."""
    lines = _numbered_lines(element)
    text = numerals.plain("".join(element.xpath(".//text()[not(parent::span[@class='linenos'])]")))
    if text in page.code:
        page.counted[CODE] += numerals.count(text)
        for line in lines:
            line_number(page, line, scope)
    elif "cell_input" in {name for up in element.iterancestors("div") for name in classes(up)}:
        page.fault(element, f"code that no cell of the notebook holds: {text[:80]}")
    else:
        return False
    return True


def _numbered_lines(element: Any) -> list[Any]:
    return [line for line in element.iter("span") if "linenos" in classes(line)]


def line_number(page: Judge, element: Any, scope: Scope) -> bool:
    """The number of a line of code: it counts on from the first one's."""
    lines = next((_numbered_lines(up) for up in element.iterancestors("pre")), [element])
    first = _whole(lines[0]).strip()
    page.exact(_whole(element), STRUCTURE, str(int(first) + lines.index(element)) if first.isdigit() else "", element)
    return True


def citation(page: Judge, element: Any, scope: Scope) -> bool:
    """A citation on the page that shows how to cite."""
    if (known := page.content.catalogue) is None:
        return False
    text = numerals.plain(_whole(element))
    for name, *styles in map(str.split, filter(None, page.written.asked("casefile-citations"))):
        for style in styles or cite.STYLES:
            if text == numerals.plain(known.cited(known.find(name), style)):
                page.counted[CITATION] += numerals.count(text)
                return True
    page.fault(element, f"no citation that the book gives: {text[:80]}")
    return True


def kicker(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """The line above the first title: the source that is checked, and its day."""
    row = page.content.records.sources.get(next(filter(None, page.written.asked("casefile-kicker")), ""))
    return Scope().add(CITATION, row.title, row.publisher).add(DATE, row.published) if row else None


def quote(page: Judge, element: Any, scope: Scope) -> Scope | None:
    """The printed words of a fact, an event or a reply, at size."""
    records, name = page.content.records, element.get("data-record") or ""
    row = records.figures.get(name) or records.events.get(name) or records.replies.get(name)
    return Scope(open=True).add(CITATION, row.printed) if row else None


def minutes(page: Judge, element: Any, scope: Scope) -> bool:
    """How long the page takes to read."""
    article = next(up for up in element.iterancestors("article"))
    page.exact(_whole(element), STRUCTURE, f"{reading_minutes(article)} min to read", element)
    return True


def chapter_place(page: Judge, element: Any, scope: Scope) -> bool:
    """The number of a chapter in the bar and on the card to it: that of the page its link leads to."""
    address = next((up.get("href") or "" for up in element.iterancestors("a")), "")
    name = PurePosixPath(address.partition("#")[0] or f"{page.name}.html").stem
    page.exact(_whole(element), STRUCTURE, number_of(name), element)
    return True


def edition(page: Judge, element: Any, scope: Scope) -> bool:
    """The edition that the foot of each page names, with its day."""
    if (known := page.content.catalogue) is None:
        return False
    told = {
        "edition-version": known.book.version, "edition-date": formats.day(known.book.date.isoformat()),
        "edition-said": known.edition(known.stamped(page.name)),
        "edition-licences": ", ".join(known.book.licences), "edition-address": known.book.address,
    }  # fmt: skip
    page.exact(_whole(element), CITATION, told[classes(element)[0]], element)
    return True


def edition_link(page: Judge, element: Any, scope: Scope) -> bool:
    """A way to the same page in an edition: the version that its address leads to."""
    _, _, version = (element.get("href") or "").partition("v/")
    if not numerals.count(_whole(element)):
        return False
    page.exact(_whole(element), CITATION, version.partition("/")[0], element)
    return True


def file_size(page: Judge, element: Any, scope: Scope) -> bool:
    """The size of the book's file that a page's foot offers: that of the file which the link around it leads to."""
    address = next((up.get("href") or "" for up in element.iterancestors("a")), "")
    file = page.truth.site / PurePosixPath(address).name
    told = offline.size_in_words(file.stat().st_size) if file.is_file() else ""
    page.exact(_whole(element), STRUCTURE, told, element)
    return True


def stamp(page: Judge, element: Any, scope: Scope) -> bool:
    """The edition, the day and the mark at a page's foot."""
    if (known := page.content.catalogue) is None:
        return False
    text = numerals.plain(_whole(element))
    item = known.stamped(page.name)
    if item is not None and text == numerals.plain(known.stamp(item)):
        page.counted[CITATION] += numerals.count(text)
        return True
    page.fault(element, f"no edition and mark that the page has: {text[:80]}")
    return True


SCOPES: dict[str, Callable[[Judge, Any, Scope], Scope | None]] = {
    # what carries it          what it speaks of
    "derivation":              figure,
    "derivation-lineage>li":   step,
    "chart":                   chart,
    "embed":                   chart,
    "#claim":                  claim,
    "kicker":                  kicker,
    "quote":                   quote,
    "li":                      linked,
    "source-entry":            source,
    "#fact":                   fact,
    "#origin":                 origin,
    "parameters>dt":           parameter,
    "parameters>dd":           parameter,
    "scenarios>dt":            scenario,
    "scenarios>dd":            scenario,
    "correction":              correction,
    "corrected":               corrected,
    "correction-note":         corrections,
    "correction-line":         corrections,
    "left-note":               left_behind,
    "#measures":               measures,
    "#measure":                measure,
}  # fmt: skip

SAYS: dict[str, Callable[[Judge, Any, Scope], bool]] = {
    # what carries it          what it must say
    "[data-figure]":           number,
    "[data-word]":             number,
    "derivation-arithmetic":   arithmetic,
    "derivation-step":         arithmetic,
    "math":                    formula,
    "chapter-place":           chapter_place,
    "minutes":                 minutes,
    "edition-version":         edition,
    "edition-date":            edition,
    "edition-said":            edition,
    "cite-editions>a":         edition_link,
    "edition-licences":        edition,
    "edition-address":         edition,
    "file-size":               file_size,
    "section-number":          numbering,
    "caption-number":          numbering,
    "eqno":                    numbering,
    "footnote-reference":      footnote_sign,
    "footnote>span":           footnote_label,
    "data":                    value,
    "all-figures>summary":     other_figures,
    "chart-number":            chart_number,
    "chart-title":             title,
    "embed-title":             title,
    "chart-note":              note,
    "chart-wide":              picture,
    "chart-narrow":            picture,
    "chart-data":              table,
    "chart-snippet":           snippet,
    "source-link":             publisher,
    "print-only":              address,
    "a":                       link,
    "claim":                   replies,
    "rule>li":                 rule,
    "flips>li":                flip,
    "origins>li":              origin_of_claim,
    "citations>dd":            citation,
    "cite-mark":               stamp,
    "linenos":                 line_number,
    "code":                    source_code,
    "pre":                     source_code,
}  # fmt: skip
