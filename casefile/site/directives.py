"""Directives that print whole tables from the records and results: the ledger, the sources, the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from docutils import nodes
from docutils.parsers.rst import directives as rst
from markupsafe import Markup
from sphinx.util.docutils import SphinxDirective, SphinxRole

from casefile.citation import corrections
from casefile.content import explained, ledger
from casefile.content.content import Content
from casefile.errors import BadInput, nearest
from casefile.figures import claims, formats
from casefile.notebook import parameters
from casefile.records import Event, Fact, Measure, Reply, Source, dating
from casefile.site import markup
from casefile.site.application import Application, application
from casefile.site.roles import link_from

TemplateValues = dict[str, object]  # what a template is given, by name


class Table(SphinxDirective):
    """A directive without content that renders one template."""

    template = ""
    optional_arguments = 1

    @property
    def casefile(self) -> Content:
        """What the pages show."""
        return application(self.env).casefile_content

    @property
    def argument(self) -> str:
        """What stands behind the directive's name; empty where nothing does."""
        return str(self.arguments[0]) if self.arguments else ""

    def values(self) -> TemplateValues:
        """What the template needs besides what every template gets. Raises BadInput for what is not there."""
        return {}

    def run(self) -> list[nodes.Node]:
        page = self.env.docname
        link = link_from(application(self.env), page)
        try:
            values = self.values()
        except BadInput as error:
            return [self.state.document.reporter.error(str(error), line=self.lineno)]

        def number(name: str) -> Markup:
            return Markup(markup.number(self.casefile, name, "value", page, link))

        html = markup.render(
            self.template, link=link, content=self.casefile, number=number, up="../" * page.count("/"), **values
        )
        return [nodes.raw("", html, format="html")]


class Ledger(Table):
    """Every judged claim: verdict, rule, margin, flip points, origins, replies."""

    template = "ledger.html"

    def values(self) -> TemplateValues:
        entries = ledger.entries(self.casefile)
        return {"entries": entries, "told": ledger.told_at(entries)}


class _Article(Table):
    """The judged claims of one paragraph of the text, in short, each with its chapter."""

    template = "article.html"
    required_arguments = 1
    optional_arguments = 0

    def values(self) -> TemplateValues:
        if not self.argument.isdigit():
            raise BadInput(f"{self.env.docname}: paragraph {self.argument!r}; expected a whole number")
        return {"entries": ledger.entries(self.casefile, paragraph=int(self.argument))}


class Barcode(Table):
    """The judged claims in the order of the text, each a bar with the shape and colour of its verdict, leading to it."""

    template = "barcode.html"
    optional_arguments = 0

    def values(self) -> TemplateValues:
        entries = ledger.entries(self.casefile)
        return {"entries": entries, "key": ledger.bars_told(entry.verdict for entry in entries)}


class Kicker(Table):
    """What the book checks, named by its source's id, and the edition with its day: one line above a page's title."""

    template = "kicker.html"
    required_arguments = 1
    optional_arguments = 0

    def values(self) -> TemplateValues:
        sources, catalogue = self.casefile.records.sources, self.casefile.catalogue
        if self.argument not in sources:
            raise BadInput(f"{self.env.docname}: no source {self.argument!r}; {nearest(self.argument, sources)}")
        edition = catalogue.edition(catalogue.stamped(self.env.docname)) if catalogue else ""
        return {"source": sources[self.argument], "edition": edition}


class Score(Table):
    """How many claims have each verdict: on the page of the ledger the choice of those that it shows, elsewhere the way to them."""

    template = "score.html"

    def values(self) -> TemplateValues:
        judged = {entry.verdict for entry in ledger.entries(self.casefile)}
        verdicts = [verdict for verdict in claims.VERDICTS if verdict in judged]
        return {"verdicts": verdicts, "page": self.env.docname, "ledger": self.casefile.places.get("casefile-ledger")}


def source_groups(content: Content) -> dict[str, list[Source]]:
    """The sources under the first page that rests on each, by publisher and date; under no page what none rests on."""
    pages = {name: content.cited_on.get(name, []) for name in content.records.sources}
    gathers = {page for page, results in content.pages.items() if results.needs}
    groups: dict[str, list[Source]] = {page: [] for page in [*content.pages, ""]}
    for source in sorted(
        content.records.sources.values(),
        key=lambda source: (
            source.publisher.lower(),
            formats.day_number(source.published) if source.published else 0,
        ),
    ):
        rest_on_it = sorted(pages[source.id], key=lambda page: page in gathers)
        groups[rest_on_it[0] if rest_on_it else ""].append(source)
    return {page: rows for page, rows in groups.items() if rows}


class Sources(Table):
    """Every source, under the first page that rests on it; a page that gathers from others comes after those.

    The argument, an event's id, is the day from which ages are counted; without one no age is told.
    """

    template = "sources.html"

    def values(self) -> TemplateValues:
        events, sources = self.casefile.records.events, self.casefile.records.sources
        if self.argument and self.argument not in events:
            raise BadInput(f"{self.env.docname}: no event {self.argument!r}; {nearest(self.argument, events)}")
        return {
            "groups": source_groups(self.casefile),
            "pages": {name: self.casefile.cited_on.get(name, []) for name in sources},
            "tables": self.casefile.records.series_of_sources(),
            "age": self.argument and (lambda source: formats.age(source.published, events[self.argument].date)),
        }


class SourceFilter(Table):
    """A field that narrows the list of sources on the same page, and the way to each of its groups.

    Without a script there is no field.
    """

    template = "source_filter.html"

    def values(self) -> TemplateValues:
        return {"groups": source_groups(self.casefile)}


class Origins(Table):
    """The origins that more than one source relays, with their relays."""

    template = "origins.html"

    def values(self) -> TemplateValues:
        relays: dict[str, list[Source]] = {}
        for source in self.casefile.records.sources.values():
            if source.origin:
                relays.setdefault(source.origin, []).append(source)
        several = {name: sources for name, sources in relays.items() if len(sources) > 1}
        return {"relays": dict(sorted(several.items(), key=lambda item: -len(item[1])))}


class Parameters(Table):
    """Every parameter of every chapter, with its bounds, default and basis."""

    template = "parameters.html"

    def values(self) -> TemplateValues:
        rows = self.casefile.records.declarations.values()
        shown = [row for row in rows if self.argument in ("", *row.readers)]
        pages = {results.chapter: page for page, results in self.casefile.pages.items()}
        return {"rows": shown, "expected": parameters.expected, "pages": pages}


class Scenarios(Table):
    """The named scenarios, with what each sets."""

    template = "scenarios.html"

    def values(self) -> TemplateValues:
        return {"scenarios": parameters.scenarios(self.casefile.records), "in_print": parameters.in_print}


class Corrections(Table):
    """What was corrected, the latest first; or that nothing was."""

    template = "corrections.html"

    def values(self) -> TemplateValues:
        rows = corrections.newest_first(self.casefile.records.corrections.values())
        items = self.casefile.catalogue.items if self.casefile.catalogue else {}
        places = {row.id: [items[name] for name in sorted(corrections.ids_named(row)) if name in items] for row in rows}
        return {"rows": rows, "places": places}


class Facts(Table):
    """Facts and events that were read and that nothing else of the book uses, one id a line, each with its source.

    What is named neither here nor by a chapter, a claim or a parameter does not belong in `data/`.
    """

    template = "facts.html"
    optional_arguments = 0
    has_content = True

    def values(self) -> TemplateValues:
        records = self.casefile.records
        dated: dict[str, Fact | Event] = {**records.figures, **records.events}
        rows = []
        for name in " ".join(self.content).split():
            if name not in dated:
                raise BadInput(f"{self.env.docname}: no fact or event {name!r}; {nearest(name, dated)}")
            if name in self.casefile.read:
                raise BadInput(f"{self.env.docname}: a chapter uses {name}; expected what nothing else uses")
            row = dated[name]
            number = explained.fact_text(row, records.units[row.unit]) if isinstance(row, Fact) else ""
            rows.append((row, number, records.sources[row.source]))
        return {"rows": rows}


class Timeline(Table):
    """`{casefile-timeline} CHART`: the rows of a page's chart as a list, each event on its date with its source."""

    template = "timeline.html"
    required_arguments = 1

    def values(self) -> TemplateValues:
        """The rows of the chart, oldest first, with their sources."""
        page = self.casefile.pages.get(self.env.docname)
        drawn = page.charts if page else {}
        if self.argument not in drawn:
            raise BadInput(f"{self.env.docname}: no chart {self.argument!r}; {nearest(self.argument, drawn)}")
        rows = drawn[self.argument]["rows"]
        sources = self.casefile.records.sources
        return {"rows": [(row, formats.date(str(row["date"])), sources[str(row["source"])]) for row in rows]}


class Spine(Table):
    """Some events by date as a short list, each with its source: a line `ID: what happened` for each, oldest first.

    An argument names the series of a timeline, whose rows with dates of their own may stand among the events.
    """

    template = "spine.html"
    has_content = True

    def values(self) -> TemplateValues:
        records = self.casefile.records
        rows = records.series_rows(self.argument) if self.argument else []
        dated = {row["id"]: (row["date"], row["source"]) for row in rows if row["date"]}
        dated |= {event.id: (event.date, event.source) for event in records.events.values()}
        told = []
        for name, words in labelled(self.content):
            if name not in dated:
                raise BadInput(f"{self.env.docname}: no event {name!r}; {nearest(name, dated)}")
            date, source = dated[name]
            told.append((date, formats.date(date), words, records.sources[source]))
        return {"rows": sorted(told, key=lambda row: dating.last_day(row[0]))}


def labelled(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The lines `ID: words` of a directive's content, as pairs."""
    pairs = [line.partition(":") for line in lines if line.strip()]
    return [(name.strip(), words.strip()) for name, _, words in pairs]


class Quotes(Table):
    """Printed words at size: a line `ID: whose words` for each fact, event or reply whose printed words are shown."""

    template = "quotes.html"
    optional_arguments = 0
    has_content = True

    def values(self) -> TemplateValues:
        records = self.casefile.records
        quotable: dict[str, Fact | Event | Reply] = {**records.figures, **records.events, **records.replies}
        rows = []
        for name, whose in labelled(self.content):
            if name not in quotable or not quotable[name].printed:
                raise BadInput(f"{self.env.docname}: no printed words of {name!r}; {nearest(name, quotable)}")
            rows.append((quotable[name], whose, records.sources[quotable[name].source]))
        return {"rows": rows}


class Measures(Table):
    """What the long runs of one part of the project's own checks measured, with goals and days; or that none ran yet."""

    template = "measures.html"
    required_arguments = 1
    optional_arguments = 0

    def values(self) -> TemplateValues:
        units = self.casefile.records.units

        def printed(row: Measure, value: float | None) -> str:
            return formats.printed(value, units[row.unit])

        rows = [row for row in self.casefile.records.measures.values() if row.part == self.argument]
        return {"part": self.argument, "rows": rows, "printed": printed}


# What Jupyter Book offers and a page here cannot hold, each with what to do instead.
REFUSED = {
    "toctree": "the pages of the book stand in _toc.yml",
    "header": "pages have the book's own frame",
    "footer": "pages have the book's own frame",
    "sectnum": "`numbered: true` in _toc.yml numbers sections",
    "target-notes": "write footnotes, as in [^note]",
    "role": "write each role out",
    "default-role": "write each role out",
    "nb-exec-table": "how long a run took is another on each machine",
    "article-info": "CITATION.cff says who wrote the book, and when",
    "_all-octicon": "name the one icon, as in {octicon}`star`",
}
# Icons that only a font from elsewhere has.
REFUSED_ROLES = ("fa", "fab", "far", "fas", "fa-brands", "fa-regular", "fa-solid")


class _Anything(dict[str, Callable[[str], str]]):
    """The options of a directive that is refused with any."""

    def __bool__(self) -> bool:
        return True

    def __missing__(self, name: str) -> Callable[[str], str]:
        return rst.unchanged


class Refused(SphinxDirective):
    """A directive that a page here cannot hold."""

    optional_arguments = 100
    has_content = True
    option_spec = _Anything()

    def run(self) -> list[nodes.Node]:
        instead = REFUSED[self.name]
        return [
            self.state.document.reporter.error(f"the directive {self.name} is not carried: {instead}", line=self.lineno)
        ]


class RefusedRole(SphinxRole):
    """A role that a page here cannot hold."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = f"the role {self.name} is not carried: pages bring no font of icons along; take {{octicon}}"
        return [], [self.inliner.reporter.error(message, line=self.lineno)]


def setup(app: Application) -> None:
    """Register the directives, and the refusal of others."""
    for name in REFUSED:
        app.add_directive(name, Refused, override=True)
    for name in REFUSED_ROLES:
        app.add_role(name, RefusedRole(), override=True)
    for name, directive in {
        "ledger": Ledger,
        "article": _Article,
        "score": Score,
        "barcode": Barcode,
        "kicker": Kicker,
        "sources": Sources,
        "source-filter": SourceFilter,
        "origins": Origins,
        "parameters": Parameters,
        "scenarios": Scenarios,
        "corrections": Corrections,
        "facts": Facts,
        "measures": Measures,
        "timeline": Timeline,
        "spine": Spine,
        "quotes": Quotes,
    }.items():
        app.add_directive(f"casefile-{name}", directive)
