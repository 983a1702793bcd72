"""The rows of the tables of `data/`: a kind of row each, its columns described where they are typed.

`data/datapackage.json` is made of these (`casefile describe`), and the tables are read by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from casefile.records import columns
from casefile.records.columns import MONTH_PATTERN, URL_PATTERN, Column, Schema

ASSUMPTION = "assumption"
AT_LEAST, AT_MOST = "at least", "at most"

# Cells that more than one table has.
RowId = Annotated[str, columns.key_column()]
Grade = Annotated[
    str,
    Column(
        "read: the source itself was read; relayed: known through another",
        required=True,
        one_of=("read", "relayed"),
    ),
]
PrintedForm = Annotated[str, columns.text_column("The form in which the source prints it")]
SourceId = Annotated[str, columns.id_column("sources", "Where it comes from: an id of sources", required=True)]
Locator = Annotated[str, columns.text_column("The place in the source: page, table, row or commit", required=True)]
Note = Annotated[str, columns.text_column("What to know before using the row: conflicts between sources, limits")]


@dataclass(frozen=True)
class Origin:
    """The first place where a report was made; many sources may relay one origin."""

    id: RowId
    name: Annotated[str, columns.text_column("Short name", required=True)]
    date: Annotated[str, columns.date_column("Date of the first report, as a year, month or day")]
    meaning: Annotated[str, columns.text_column("What was reported there", required=True)]


@dataclass(frozen=True)
class Source:
    """A publication that was read, or that is known through another (`grade`)."""

    id: RowId
    publisher: Annotated[str, columns.text_column("Who published it", required=True)]
    title: Annotated[
        str, columns.text_column("Its title; square brackets mark a description in place of an unknown title")
    ]
    author: Annotated[str, columns.text_column("Its author, where named")]
    published: Annotated[str, columns.date_column("When it was published, as a year, month or day")]
    url: Annotated[
        str,
        Column(
            "Its address", form=URL_PATTERN, expected="an address that begins with http:// or https://", hidden=True
        ),
    ]
    accessed: Annotated[
        str,
        Column(
            "Month by which it had been read", required=True, form=MONTH_PATTERN, expected="a month such as 2024-06"
        ),
    ]
    licence: Annotated[str, Column("Licence of what was taken, or facts only", required=True, own=True)]
    origin: Annotated[
        str,
        columns.id_column(
            "origins", "The report this source repeats: an id of origins; empty when it speaks for itself"
        ),
    ]
    grade: Grade
    checked: Annotated[str, columns.text_column("How it was checked, and the limits of that", required=True)]

    @property
    def named(self) -> str:
        """Its publisher as a link says it, with a word where it was not read itself but is known through others."""
        return f"{self.publisher}, relayed" if self.grade == "relayed" else self.publisher


@dataclass(frozen=True)
class Fact:
    """A number printed in a source: a value, a range, or both."""

    id: RowId
    value: Annotated[float | None, Column("The number; empty where the source prints a range alone", "number")]
    low: Annotated[float | None, Column("Lower end of a range", "number")]
    high: Annotated[float | None, Column("Upper end of a range", "number")]
    unit: Annotated[str, columns.unit_column("Unit of the value: a unit of units", required=True)]
    date: Annotated[str, columns.date_column("What the number is dated to, as a year, month or day")]
    meaning: Annotated[str, columns.text_column("What the number measures", required=True)]
    printed: PrintedForm
    source: SourceId
    locator: Locator
    grade: Grade
    note: Note


@dataclass(frozen=True)
class Event:
    """A dated fact."""

    id: RowId
    date: Annotated[str, columns.date_column("When, as a year, month or day", required=True)]
    meaning: Annotated[str, columns.text_column("What happened", required=True)]
    printed: PrintedForm
    source: SourceId
    locator: Locator
    grade: Grade
    note: Note


@dataclass(frozen=True)
class Reply:
    """What someone accused or concerned answered, or that they did not."""

    id: RowId
    who: Annotated[str, columns.text_column("Who replied", required=True)]
    date: Annotated[str, columns.date_column("When, as a year, month or day", required=True)]
    meaning: Annotated[str, columns.text_column("What was answered", required=True)]
    printed: PrintedForm
    source: SourceId
    locator: Locator
    grade: Grade


@dataclass(frozen=True)
class Claim:
    """One claim of the article, in own words, with its printed form and paragraph."""

    id: RowId
    paragraph: Annotated[
        int,
        Column("Paragraph of the article that makes it, counting from 1", "integer", required=True, least=0, own=True),
    ]
    claim: Annotated[str, columns.text_column("The claim, in other words", required=True)]
    printed: Annotated[str, columns.text_column("Figures or few words as the article prints them")]
    allegation: Annotated[
        bool, Column("Whether the claim accuses someone; then a reply stands beside it", "boolean", required=True)
    ]
    finding: Annotated[str, columns.text_column("What the sources say", required=True)]
    chapter: Annotated[str, columns.chapter_column("Chapter that answers it")]
    figures: Annotated[
        tuple[str, ...], columns.ids_column("Figures it rests on, from figures or published by a chapter")
    ]
    sources: Annotated[tuple[str, ...], columns.ids_column("Sources it rests on")]
    replies: Annotated[tuple[str, ...], columns.ids_column("Replies to it")]


@dataclass(frozen=True)
class Unit:
    """How a unit is defined (pint) and how its values are printed."""

    unit: Annotated[str, Column("Unit, as an expression pint can read", required=True, unique=True)]
    definition: Annotated[
        str,
        Column(
            "Line that defines the unit for pint; empty where pint knows it or where it is built from others",
            form=r"^[A-Za-z_][A-Za-z0-9_]* = \[[a-z0-9_]*\]$",
            expected="a definition such as apple = [apple]",
        ),
    ]
    style: Annotated[
        str,
        Column(
            "How a value is printed; percent multiplies by 100",
            required=True,
            one_of=("number", "money", "percent", "scientific", "date", "text"),
        ),
    ]
    prefix: Annotated[str, columns.text_column("Printed before the number")]
    suffix: Annotated[str, columns.text_column("Printed after the number, with its leading space where there is one")]
    digits: Annotated[int, Column("Decimals printed", "integer", least=0, most=6)]
    meaning: Annotated[str, columns.text_column("What the unit counts", required=True)]

    def for_page(self) -> dict[str, str | int]:
        """What a page's script needs to print a value in it."""
        return {"style": self.style, "prefix": self.prefix, "suffix": self.suffix, "digits": self.digits}


Bound = float | str | None  # of what a parameter takes: a number, for a date a day; None where there is none


@dataclass(frozen=True)
class Declaration:
    """A parameter: its type, unit, bounds or choices, default, and what the default rests on.

    `chapter` is its home, which publishes its figure; the chapters of `read_by` take it too, always with the same value.
    """

    chapter: Annotated[
        str, columns.chapter_column("Chapter that the parameter belongs to, where its figure is published")
    ]
    name: Annotated[str, columns.key_column("Name of the parameter in the notebook", unique=False)]
    read_by: Annotated[
        tuple[str, ...],
        columns.chapters_column(
            "Other chapters that take the parameter, separated by spaces; a change of it holds in all of them"
        ),
    ]
    figure: Annotated[str, columns.id_column("", "Name of the figure it feeds")]
    type: Annotated[
        str, Column("Type of the value", required=True, one_of=("integer", "number", "string", "date", "boolean"))
    ]
    unit: Annotated[str, columns.unit_column("Unit of the value: a unit of units")]
    default: Annotated[str, columns.text_column("Value used unless another is given", required=True)]
    minimum: Annotated[Bound, columns.text_column("Smallest value accepted, or earliest date")]
    maximum: Annotated[Bound, columns.text_column("Largest value accepted, or latest date")]
    choices: Annotated[tuple[str, ...], columns.text_column("Values accepted, separated by spaces")]
    labels: Annotated[
        str, columns.text_column("What readers read for each of those values, in their order, separated by semicolons")
    ]
    low: Annotated[float | None, columns.text_column("Low end of the plausible range")]
    high: Annotated[float | None, columns.text_column("High end of the plausible range")]
    meaning: Annotated[str, columns.text_column("What the parameter stands for", required=True)]
    basis: Annotated[
        str, columns.id_column("", "Id of the figure the default is taken from, or the word assumption", required=True)
    ]
    note: Note

    @property
    def readers(self) -> tuple[str, ...]:
        """The chapters that take it, its home first."""
        return (self.chapter, *self.read_by)

    @property
    def labelled(self) -> Mapping[str, str]:
        """What readers read for each of its choices."""
        labels = self.labels.split(";") if self.labels else [choice.replace("_", " ") for choice in self.choices]
        return dict(zip(self.choices, map(str.strip, labels), strict=True))


@dataclass(frozen=True)
class Correction:
    """What this book said and no longer says: a `correction` of an error, or an `update` of data that others changed."""

    id: RowId
    kind: Annotated[
        str,
        Column(
            "correction: the book was wrong; update: what others publish changed, and the book follows",
            required=True,
            one_of=("correction", "update"),
        ),
    ]
    date: Annotated[str, Column("Day of the correction", "date", required=True)]
    wrong: Annotated[str, columns.text_column("What was said", required=True)]
    right: Annotated[str, columns.text_column("What is right", required=True)]
    since: Annotated[str, Column("Since when the mistake stood", "date")]
    figures: Annotated[tuple[str, ...], columns.ids_column("Figures touched")]
    sections: Annotated[tuple[str, ...], columns.text_column("Sections touched")]
    claims: Annotated[tuple[str, ...], columns.ids_column("Claims touched")]
    owed_to: Annotated[str, columns.text_column("Who found it")]
    note: Note


@dataclass(frozen=True)
class Measure:
    """What a long run of the project's own checks measured, in `unit`; `bound` says what the goal is to the value."""

    id: RowId
    part: Annotated[str, columns.id_column("", "The check that measured it", required=True)]
    meaning: Annotated[str, columns.text_column("What was measured", required=True)]
    value: Annotated[float | None, Column("What was found, in the unit", "number", required=True)]
    unit: Annotated[str, columns.unit_column("Unit of the value and of the goal", required=True)]
    bound: Annotated[str, Column("What the value is to be to the goal", one_of=(AT_LEAST, AT_MOST))]
    goal: Annotated[float | None, Column("What was aimed at", "number")]
    date: Annotated[str, Column("Day of the run", "date", required=True)]
    command: Annotated[str, columns.text_column("The command that measures it again", required=True)]

    @property
    def met(self) -> bool | None:
        """Whether the value keeps to the goal; None without one."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.bound == AT_LEAST else self.value <= self.goal


@dataclass(frozen=True)
class Name:
    """The name of a thing that holds digits and is no quantity."""

    name: Annotated[str, Column("The name as printed", required=True, unique=True)]
    meaning: Annotated[str, columns.text_column("What it names", required=True)]


@dataclass(frozen=True)
class PublicId:
    """A row of the registry: an id that was given out, and where it leads. A retired one says why in `note`."""

    id: Annotated[
        str, Column("Public id", required=True, unique=True, form="^[a-z0-9][A-Za-z0-9_-]*$", expected="a public id")
    ]
    kind: Annotated[
        str, Column("What it names", required=True, one_of=("book", "page", "section", "number", "chart", "claim"))
    ]
    page: Annotated[str, columns.text_column("Page it is on, without its ending", required=True)]
    anchor: Annotated[str, columns.text_column("Anchor on that page; empty for the page itself")]
    status: Annotated[str, Column("Whether the book still has it", required=True, one_of=("public", "retired"))]
    note: Annotated[str, columns.text_column("Why it was retired, and what stands in its place")]


TABLES = (
    Schema("units", Unit, ('unit',), "Units",
          "Every unit a value may carry, with its definition for pint and the way it is printed."),
    Schema("names", Name, ('name',), "Names that hold digits",
          "Names of things, not quantities; the audit of the pages lets them stand."),
    Schema("origins", Origin, ('id',), "Origins",
          "The first places where reports were made. Several sources may repeat one origin, and then count once."),
    Schema("sources", Source, ('id',), "Sources",
          "Everything that was read or is relied on, with who published it and how it was checked."),
    Schema("figures", Fact, ('id',), "Figures",
          "Single numbers as sources print them. Shares and growth are fractions, money is in whole units."),
    Schema("events", Event, ('id',), "Events",
          "Dated facts: launches, announcements, filings."),
    Schema("replies", Reply, ('id',), "Replies",
          "What those accused or concerned answered."),
    Schema("claims", Claim, ('id',), "Claims",
          "The claims of the article, one by one, with what the sources say and the reply of those accused."),
    Schema("corrections", Correction, ('id',), "Corrections",
          "What a published page said and no longer says: errors put right, and data that others changed."),
    Schema("measures", Measure, ('id',), "Measures of trust",
          "What the long runs of this project's own checks measured: how far the book can be trusted. Written by the run, dated."),
    Schema("ids", PublicId, ('id',), "Public ids",
          "Every id that was given out, of pages, sections, numbers, charts and claims, and where it leads. None is ever taken away."),
    Schema("parameters", Declaration, ('chapter', 'name'), "Parameters",
          "What a reader may change in a chapter: the default, its bounds and what the default rests on."),
)  # fmt: skip
