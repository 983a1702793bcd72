"""What each element of a page speaks of (`SCOPES`, at the end), with all that may be said of it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from casefile.audit.accounts import CITATION, CODE, DATE, FIGURE, MEASURE, PARAMETER, RECORD, STRUCTURE, Scope
from casefile.audit.elements import LEADS_TO, id_of, index_among_siblings, term
from casefile.audit.judge import Judge
from casefile.content import explained, places
from casefile.errors import BadInput
from casefile.figures import formats
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook import parameters
from casefile.notebook.results import Chart
from casefile.records import Correction, Fact
from casefile.system.tree import Element


@dataclass(frozen=True)
class Told:
    """A figure as a derivation tells it: the graph that explains it, and the steps below it."""

    figure: Figure
    graph: Graph
    steps: list[explained.Step]


@dataclass(frozen=True)
class ChartShown:
    """A chart, and the graph that its texts take their figures from."""

    chart: Chart
    graph: Graph


def figure(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A figure explained, with all that it was made from."""
    shown = element.find(".//data[@data-figure]")
    return None if shown is None else of_figure(page, shown.get("data-figure", ""))


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
    content, figure = page.content, graph[name]
    explaining = explained.by(content, graph, name)
    steps = explained.lineage(content, explaining, name, {}) if explaining is not graph else []
    home = content.pages[content.home(figure)]
    scope = Scope(about=Told(figure, explaining, steps)).add(STRUCTURE, home.question or home.title)
    scope.add(FIGURE, graph.printed(name))
    _grounds(page, scope, figure)
    _grounds(page, scope, explaining[name])
    if correction := content.corrected.get(name):
        _corrected(scope, correction)
    return scope


def _grounds(page: Judge, scope: Scope, figure: Figure) -> Scope:
    """What a figure rests on, in words."""
    scope.add(
        RECORD,
        figure.meaning,
        figure.note,
        figure.rows,
        figure.band,
        figure.function,
        figure.id.replace("_", " "),
    )
    scope.add(CITATION, figure.printed_form, figure.locator).add(PARAMETER, figure.parameter)
    for name in figure.sources:
        source = page.content.records.sources[name]
        origin = page.content.records.origins.get(source.origin)
        scope.add(CITATION, origin.name if origin else "").add(DATE, source.published)
    return scope


def step(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """One of the figures that another was made from."""
    if not isinstance(scope.about, Told) or index_among_siblings(element) >= len(scope.about.steps):
        return None
    step = scope.about.steps[index_among_siblings(element)]
    return _grounds(page, Scope(about=step), step.figure)


def of_chart(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A chart, on the page of its chapter or alone."""
    name = id_of(element) if element.get("id") else PurePosixPath(page.name).name
    home = next((home for home, results in page.content.pages.items() if name in results.charts), None)
    if home is None:
        return None
    results = page.content.pages[home]
    drawn, sources = results.charts[name], page.content.records.sources
    proves = drawn.get("form") == "proof"
    page.charts[proves] += 1
    page.chart = places.number_of_chart(page.charts[proves], proves)
    publishers = {sources[source].publisher for source in results.charts[name]["sources"]}
    more = Scope(about=ChartShown(drawn, results.graph)).add(CITATION, *publishers)
    return more.add(STRUCTURE, f"and {len(publishers) - 3} more", f"Data of chart {page.chart}")


def claim(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A claim with its verdict, rule, origins and replies."""
    return of_claim(page, id_of(element))


def of_claim(page: Judge, name: str) -> Scope | None:
    """All that may be said of a claim."""
    entry = page.truth.entries.get(name)
    if entry is None:
        return None
    claim, words = entry.claim, [name.replace("_", " ") for name, _ in entry.inputs]
    scope = Scope(about=entry).add(RECORD, claim.claim, claim.finding, entry.reason, *words)
    scope.add(RECORD, *(meaning for _, meaning in entry.inputs)).add(CITATION, claim.printed)
    scope.add(STRUCTURE, f"paragraph {claim.paragraph}", f"Paragraph {claim.paragraph}", entry.explained_title)
    origins, sources = len(entry.origins), len(claim.sources)
    scope.add(
        STRUCTURE,
        f"{origins} independent origin{'s' * (origins != 1)}, behind {sources} source{'s' * (sources != 1)} read",
    )
    for reply in entry.replies:
        told = f"{reply.who}, {formats.day(reply.date)}"
        scope.add(RECORD, f"{told}: {reply.meaning}", told)
    return scope


def of_linked(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A line of a list that begins with a link to a figure or a claim speaks of it."""
    first = next(iter(element), element)
    target = LEADS_TO.search(first.get("href") or "") if first.tag == "a" and not first.get("data-figure") else None
    if target:
        if target[1] == "figure":
            return of_figure(page, target[2])
        if target[1] == "claim":
            return of_claim(page, target[2])
    return None


def of_source(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """An entry of the list of sources."""
    records = page.content.records
    row = records.sources.get(id_of(element))
    if row is None:
        return None
    more = Scope().add(CITATION, row.publisher, row.author, row.title, row.licence).add(RECORD, row.checked, row.id)
    more.add(CITATION, records.origins[row.origin].name if row.origin else "").add(DATE, row.published, row.accessed)
    event = records.events.get(next(filter(None, page.written.asked("casefile-sources")), ""))
    return more.add(DATE, formats.age(row.published, event.date) if event else "")


def of_fact(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A fact or an event that was read and that no chapter uses."""
    records, name = page.content.records, id_of(element)
    row = records.figures.get(name) or records.events.get(name)
    if row is None:
        return None
    source = records.sources[row.source]
    more = Scope().add(RECORD, row.meaning, row.note).add(CITATION, row.printed, row.locator)
    more.add(CITATION, records.origins[source.origin].name if source.origin else "").add(
        DATE, source.published, row.date
    )
    return more.add(FIGURE, explained.fact_text(row, records.units[row.unit]) if isinstance(row, Fact) else "")


def origin(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A row of the table of origins."""
    row = page.content.records.origins.get(id_of(element))
    return Scope().add(CITATION, row.name).add(DATE, row.date) if row else None


def of_parameter(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A parameter's name with its default, and its description below."""
    chapter, _, name = id_of(term(element)).partition("-")
    row = page.content.records.declarations.get((chapter, name))
    if row is None:
        return None
    more = (
        Scope()
        .add(PARAMETER, f"{row.name} = {row.default}", parameters.expected(row, labelled=True))
        .add(RECORD, row.meaning, row.note)
    )
    if row.low is not None:
        more.add(PARAMETER, f"plausible from {row.low:,g} to {row.high:,g}")
    return more.add(RECORD, f"Basis: {row.basis.replace('_', ' ')}")


def of_scenario(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A scenario's name, and what it sets."""
    name = id_of(term(element))
    described = page.truth.scenarios.get(name)
    if described is None:
        return None
    more = Scope().add(RECORD, name, described["title"], described["meaning"])
    for chapter, values in described["parameters"].items():
        more.add(PARAMETER, *(f"of {chapter} to {parameters.in_print(value)}" for value in values.values()))
    return more


def correction(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A correction in the list of them."""
    row = page.content.records.corrections.get(id_of(element))
    items = page.content.catalogue.items if page.content.catalogue else {}
    touched = [items[name].title for name in (*row.figures, *row.sections, *row.claims) if name in items] if row else []
    return _corrected(Scope().add(STRUCTURE, *touched), row) if row else None


def corrections(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """The notes of corrections at the foot of a page."""
    more = Scope()
    for row in page.content.records.corrections.values():
        _corrected(more, row)
    return more


def corrected(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """The mark beside what was corrected."""
    row = page.content.records.corrections.get(str(element.get("href")).partition("#correction-")[2])
    return _corrected(Scope(), row) if row else None


def _corrected(scope: Scope, row: Correction) -> Scope:
    return scope.add(RECORD, row.right, row.wrong, row.note, row.since, row.owed_to).add(DATE, row.date)


def of_left_behind(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """What became of something public that stood here."""
    catalogue = page.content.catalogue
    notes = catalogue.left_behind.get(page.name, {}) if catalogue else {}
    note = notes.get(element.get("id") or "")
    return Scope().add(STRUCTURE, note.text if note else "")


def measure(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A row of a table of measures."""
    row = page.content.records.measures.get(id_of(element))
    if row is None:
        return None
    unit = page.content.records.units[row.unit]
    more = Scope().add(RECORD, row.meaning).add(MEASURE, formats.printed(row.value, unit))
    return more.add(MEASURE, f"{row.bound} {formats.printed(row.goal, unit)}" if row.goal is not None else "")


def measures(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A table of measures: the day of one part's run and the command that made it."""
    rows = [row for row in page.content.records.measures.values() if row.part == id_of(element)]
    return Scope().add(DATE, max(row.date for row in rows)).add(CODE, rows[0].command) if rows else None


def kicker(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """The line above the first title: the source that is checked, and its day."""
    row = page.content.records.sources.get(next(filter(None, page.written.asked("casefile-kicker")), ""))
    return Scope().add(CITATION, row.title, row.publisher).add(DATE, row.published) if row else None


def quote(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """The printed words of a fact, an event or a reply, at size."""
    records, name = page.content.records, element.get("data-record") or ""
    row = records.figures.get(name) or records.events.get(name) or records.replies.get(name)
    return Scope(open=True).add(CITATION, row.printed) if row else None


def opened(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """A link that opens a term's definition: the word, and what the glossary says of it."""
    anchor = str(element.get("href")).partition("#")[2]
    definition = page.truth.definitions.get(anchor)
    return Scope().add(STRUCTURE, *definition) if definition else None


def of_context_object(page: Judge, element: Element, scope: Scope) -> Scope | None:
    """What reference managers read of something that can be cited: the whole of it must be what the book gives out."""
    catalogue = page.content.catalogue
    title = element.get("title") or ""
    if catalogue is None or title not in catalogue.context_objects.get(page.name, []):
        page.fault(element, f"no context object that the book gives: {title[:80]}")
        return None
    return Scope().add(CITATION, title)


SCOPES: dict[str, Callable[[Judge, Element, Scope], Scope | None]] = {
    # what carries it          what it speaks of
    "derivation":              figure,
    "derivation-lineage>li":   step,
    "chart":                   of_chart,
    "embed":                   of_chart,
    "#claim":                  claim,
    "kicker":                  kicker,
    "quote":                   quote,
    "li":                      of_linked,
    "opens":                   opened,
    "source-entry":            of_source,
    "#fact":                   of_fact,
    "#origin":                 origin,
    "parameters>dt":           of_parameter,
    "parameters>dd":           of_parameter,
    "scenarios>dt":            of_scenario,
    "scenarios>dd":            of_scenario,
    "correction":              correction,
    "corrected":               corrected,
    "correction-note":         corrections,
    "correction-line":         corrections,
    "left-note":               of_left_behind,
    "Z3988":                   of_context_object,
    "#measures":               measures,
    "#measure":                measure,
}  # fmt: skip
